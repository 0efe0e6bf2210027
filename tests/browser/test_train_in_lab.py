"""Who trains a network in JupyterLab draws on it in the last cell; half a minute of training, so not in every run."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .conftest import DESKTOP
from .hand import ONE_BAR, SEVEN
from .servers import ROOT, jupyterlab
from .test_lab import run
from .visitor import Visitor


@pytest.mark.trains
def test_the_network_that_was_just_trained_is_drawn_on_in_the_last_cell(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / "02_train.ipynb", tmp_path / "notebooks")
    with jupyterlab(tmp_path) as lab:
        page = chromium.new_context(**DESKTOP).new_page()
        visitor = Visitor(page, f"{lab.url}/lab/tree/notebooks/02_train.ipynb?reset")
        page.goto(visitor.url, timeout=120_000)
        run(visitor)
        visitor.draw(SEVEN)
        assert visitor.answer == "7"
        visitor.clear()
        visitor.draw(ONE_BAR)
        assert visitor.answer == "1"
        page.context.close()
