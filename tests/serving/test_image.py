"""The image that `make image` has built serves the page as somebody without rights, and recognises a digit."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import DESKTOP
from tests.browser.hand import SEVEN
from tests.browser.visitor import Visitor

from .image import command_output, engine_with_image, inside, serving


@pytest.fixture(scope="module")
def engine() -> str:
    return engine_with_image() or pytest.skip("There is no image `digits`: `make test-image` builds it.")


def test_a_digit_drawn_on_the_page_of_the_image_is_recognised(engine: str, chromium: Browser):
    with serving(engine) as url:
        visitor = Visitor(chromium.new_context(**DESKTOP).new_page(), url).open()
        visitor.draw(SEVEN)
        assert visitor.answer == "7"
        assert visitor.page_errors == []


def test_image_runs_unprivileged_without_tensorflow(engine: str):
    with inside(engine) as words:
        assert command_output(*words, "id", "-u") == "10001"
        assert "tensorflow" not in command_output(*words, "sh", "-c", "ls /app/.venv/lib/python3*/site-packages")


def test_nobody_may_write_in_the_image_but_to_scratch(engine: str):
    writable = (
        "find / -xdev -writable ! -type l ! -path '/proc/*' ! -path '/sys/*' ! -path '/dev/*' 2>/dev/null || true"
    )
    with inside(engine) as words:
        found = command_output(*words, "sh", "-c", writable).split()
    assert found and all(path.startswith(("/tmp", "/var/tmp", "/run/lock", "/dev")) for path in found), found
