"""A network that is missing or damaged is reported in a sentence; the pad still draws, and others can be chosen."""

import shutil
from pathlib import Path

import pytest

from .conftest import Visit
from .hand import SEVEN
from .servers import ROOT, voila
from .test_more import open_networks
from .visitor import STATE


@pytest.mark.parametrize("damage", ["missing", "truncated"])
def test_the_page_says_what_is_wrong_with_the_network(damage: str, tmp_path: Path, visit: Visit) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "models", tmp_path / "models")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)  # what makes the folder a checkout
    network = tmp_path / "models" / "digits.tflite"
    (tmp_path / "models" / "fast.tflite").write_bytes(b"")
    if damage == "missing":
        network.unlink()
    else:
        network.write_bytes(network.read_bytes()[:1000])
    with voila(PYTHONPATH=str(tmp_path / "src")) as server:
        visitor = visit(server.url)
        alert = visitor.page.locator(".digits-app [role=alert]").inner_text()
        assert str(network) in alert and "make train" in alert and "Traceback" not in visitor.page.content()
        visitor.put_down(SEVEN[0])
        visitor.lift(SEVEN[0][-1])
        visitor.wait_until(f"() => {STATE}.received === '1'")
        assert visitor.inked(SEVEN[0][1])
        open_networks(visitor)
        beside = visitor.page.locator("[data-network=fast]")
        assert "fast.tflite is damaged" in beside.inner_text() and beside.locator("input").count() == 0
        visitor.page.locator("[data-network=keras_example] input").click()
        visitor.page.locator("[data-answer='7']").wait_for()
        visitor.page.locator(".digits-app [role=alert]").wait_for(state="detached")
        visitor.page.context.close()
