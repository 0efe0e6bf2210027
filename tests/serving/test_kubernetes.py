"""The manifests are what Kubernetes knows, to the letter: no cluster is needed to find a wrong name or a wrong kind."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

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


def part(kind: str) -> dict:
    return next(manifest for manifest in MANIFESTS if manifest["kind"] == kind)


def test_who_finds_a_pod_full_is_sent_to_another() -> None:
    annotations = part("Ingress")["metadata"]["annotations"]
    assert "http_503" in annotations["nginx.ingress.kubernetes.io/proxy-next-upstream"].split()
    assert annotations["nginx.ingress.kubernetes.io/session-cookie-change-on-failure"] == "true"


@pytest.fixture
def answers() -> Iterator[tuple[int, list[bytes]]]:
    """The port of a health address, and what it answers, one after the other: nothing is a connection that breaks."""
    answers: list[bytes] = []

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if answer := answers.pop(0):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, *arguments: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Health)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port, answers
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_pod_that_shall_stop_waits_for_its_visitors_though_a_probe_fails(answers: tuple[int, list[bytes]]) -> None:
    port, said = answers
    said += [json.dumps({"visitors": 1}).encode(), b"", b"half of {", json.dumps({"visitors": 0}).encode()]
    (container,) = part("Deployment")["spec"]["template"]["spec"]["containers"]
    _, option, script = container["lifecycle"]["preStop"]["exec"]["command"]
    no_pause = "import time; time.sleep = lambda seconds: None\n"
    script = no_pause + script.replace("127.0.0.1:8866", f"127.0.0.1:{port}")
    subprocess.run([sys.executable, option, script], check=True, timeout=60)
    assert not said
