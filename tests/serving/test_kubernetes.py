"""The manifests are what Kubernetes knows, to the letter: no cluster is needed to find a wrong name or a wrong kind."""

from pathlib import Path

import kubernetes_validate
import pytest
import yaml

MANIFESTS = [
    manifest
    for path in sorted(Path(__file__).parents[2].glob("deploy/kubernetes/*.yaml"))
    for manifest in yaml.safe_load_all(path.read_text())
]
PARTS = {"Deployment", "Service", "Ingress", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"}


def test_all_parts_are_there() -> None:
    assert {manifest["kind"] for manifest in MANIFESTS} == PARTS


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest["kind"])
def test_a_manifest_is_valid(manifest: dict) -> None:
    kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)
