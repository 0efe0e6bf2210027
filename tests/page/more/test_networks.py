"""Networks are compared, one is chosen to read, and the row of a broken one shows the error."""

import json
import re
import shutil
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from mnist_helpers.page.dashboard import Dashboard
from mnist_helpers.page.more.networks import best_guess_text, reading_text
from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings
from mnist_helpers.preprocessing.raster import resize_whole_pad
from mnist_helpers.recognition.model_metadata import MODELS
from mnist_helpers.recognition.number import Part, Reading
from mnist_helpers.recognition.reading import Reader
from mnist_helpers.recognition.recogniser import Recogniser
from mnist_helpers.recognition.recognition import Recognition
from tests.numbers import number

SHIPPED = ["digits", "fast", "keras_example"]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped networks in a folder that tests may change."""
    folder = tmp_path / "models"
    folder.mkdir()
    for path in MODELS.glob("*.*"):
        shutil.copy(path, folder)
    monkeypatch.setattr("mnist_helpers.page.more.networks.MODELS", folder)
    return folder


def opened() -> Dashboard:
    dashboard = Dashboard()
    dashboard.requests.value = '{"open": ["More", "Networks"]}'
    return dashboard


def rows(dashboard: Dashboard) -> dict[str, str]:
    """The HTML of each row, by the network's name."""
    assert dashboard._more
    shown = dashboard._more._built["Networks"].widget.value  # type: ignore[attr-defined]
    found = re.findall(r'<(label|div) class="network" data-network="([^"]+)">(.*?)</\1>', shown)
    return {unescape(name): content for _, name, content in found}


def said(dashboard: Dashboard) -> dict[str, str]:
    return {name: re.findall("<strong>(.*)</strong>", row)[0] for name, row in rows(dashboard).items()}


def choose(dashboard: Dashboard, place: object) -> None:
    dashboard.requests.value = json.dumps({"network": place})


def test_each_network_has_a_row_and_the_pages_own_is_the_first_and_chosen() -> None:
    found = rows(opened())
    assert [*found][:3] == SHIPPED and [*found][-1] == "the usual way"
    assert [name for name, row in found.items() if " checked" in row] == ["digits"]
    assert "393,914 parameters, trained in 37 minutes of one core. Right on 99.8% of MNIST" in found["digits"]
    assert all("of people&#x27;s drawings" in found[name] for name in SHIPPED)


@pytest.mark.parametrize("written", ["7", "407"])
def test_each_says_what_it_reads_by_itself(written: str) -> None:
    dashboard = opened()
    assert set(said(dashboard).values()) == {""}
    dashboard.pad.show_drawing(number(written))
    texts = said(dashboard)
    for name in SHIPPED:
        alone = Reader(Recogniser(MODELS / f"{name}.tflite")).read(dashboard.pad.drawing, pad_size=PAD_SIZE)
        assert texts[name] == reading_text(alone) != ""
    assert texts["digits"].startswith(f"{written}, ")


def test_the_usual_way_is_the_whole_pad_resized_and_read_by_the_network_that_is_chosen() -> None:
    dashboard = opened()
    dashboard.pad.show_drawing([[(x / 4, y / 4) for x, y in stroke] for stroke in number("7")])
    for place, name in enumerate(SHIPPED):
        choose(dashboard, place)
        shrunk = resize_whole_pad(dashboard.pad.drawing, pad_size=PAD_SIZE, pen_width=dashboard.pad.pen_width)
        assert said(dashboard)["the usual way"] == best_guess_text(Recogniser(MODELS / f"{name}.tflite")(shrunk))


def test_the_chosen_network_reads_what_is_there_and_what_comes_with_its_own_calibration_and_is_named() -> None:
    dashboard = opened()
    dashboard.pad.show_drawing(number("407"))
    before = dashboard.answer.reading
    choose(dashboard, 1)
    alone = Recogniser(MODELS / "fast.tflite")
    assert dashboard.reader and dashboard.reader.recogniser.calibration == alone.calibration
    for drawing in (dashboard.pad.drawing, number("5")):
        dashboard.pad.show_drawing(drawing)
        wanted = Reader(alone).read(dashboard.pad.drawing, pad_size=PAD_SIZE)
        probabilities = [part.recognition.probabilities for part in dashboard.answer.reading.parts]
        np.testing.assert_allclose(probabilities, [part.recognition.probabilities for part in wanted.parts], atol=1e-5)
        assert "Read by fast." in dashboard.answer.value
    assert " checked" in rows(dashboard)["fast"] and " checked" not in rows(dashboard)["digits"]
    choose(dashboard, 0)
    dashboard.pad.undo()
    again = dashboard.answer.reading
    assert [part.recognition for part in again.parts] == [part.recognition for part in before.parts]
    assert "Read by" not in dashboard.answer.value


def test_a_picture_is_read_by_all_and_has_no_usual_way() -> None:
    from tests.page.test_pad_reader import ask, picture_of

    dashboard = opened()
    ask(dashboard, picture_of("42"))
    assert said(dashboard)["digits"].startswith("42, ") and said(dashboard)["the usual way"] == ""
    choose(dashboard, 1)
    assert "Read by fast." in dashboard.answer.value and len(dashboard.answer.reading.parts) == 2


@pytest.mark.parametrize("place", [-1, 99, "fast", None, [1], {"a": 1}, 0.5, True])
def test_what_is_no_place_chooses_nothing(place: object) -> None:
    dashboard = opened()
    choose(dashboard, place if place is not True else "1")
    assert " checked" in rows(dashboard)["digits"] and dashboard.message.value == ""


@pytest.mark.parametrize(
    ("suffix", "content", "reason"),
    [
        (".tflite", b"", "is damaged"),
        (".tflite", b"TFL3" * 1000, "is damaged"),
        (".json", b"{", "is damaged"),
        (".json", b"[]", ""),
        (".json", b'{"calibration": [], "measured": [], "training": 3}', "damaged"),
        (".json", None, "Cannot read"),
    ],
)
def test_a_broken_network_beside_is_reported_in_its_row_and_the_page_lives(
    suffix, content, reason, models: Path
) -> None:
    file = models / f"fast{suffix}"
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    dashboard = opened()
    dashboard.pad.show_drawing(number("7"))
    found = rows(dashboard)
    assert reason in found["fast"] and ("<input" in found["fast"]) == (reason == "")
    assert dashboard.message.value == "" and said(dashboard)["digits"].startswith("7, ")
    if reason:
        choose(dashboard, 1)
        assert "fast" in dashboard.message.value and "Read by" not in dashboard.answer.value
    choose(dashboard, 2)
    assert "Read by keras example." in dashboard.answer.value and dashboard.message.value == ""


def test_where_the_pages_own_network_is_broken_another_can_be_chosen(monkeypatch, models: Path) -> None:
    (models / "digits.tflite").write_bytes(b"")
    monkeypatch.setattr("mnist_helpers.page.dashboard.Recogniser", lambda: Recogniser(models / "digits.tflite"))
    dashboard = opened()
    dashboard.pad.show_drawing(number("7"))
    assert "is damaged" in dashboard.message.value and "is damaged" in rows(dashboard)["digits"]
    choose(dashboard, 1)
    assert dashboard.answer.recognition.best == 7 and "Read by fast." in dashboard.answer.value
    assert dashboard.message.value == ""


def test_a_name_is_text(models: Path) -> None:
    for suffix in (".tflite", ".json"):
        shutil.copy(models / f"fast{suffix}", models / f'a<b onclick="x">{suffix}')
    dashboard = opened()
    name = 'a<b onclick="x">'
    assert name in rows(dashboard) and "<b onclick" not in rows(dashboard)[name]


def test_the_network_of_a_notebook_is_the_first_and_all_others_are_beside_it() -> None:
    dashboard = Dashboard(Recogniser(MODELS / "fast.tflite"))
    dashboard.requests.value = '{"open": ["More", "Networks"]}'
    assert [*rows(dashboard)][:4] == ["yours", *SHIPPED]
    assert [*rows_of_named("fast")][:3] == ["fast", "digits", "keras_example"]


def rows_of_named(name: str) -> dict[str, str]:
    dashboard = Dashboard(network=name)
    dashboard.requests.value = '{"open": ["More", "Networks"]}'
    return rows(dashboard)


@pytest.mark.parametrize(("four", "text"), [(0.5, "4, 50&nbsp;%"), (0.009, "no digit")])
def test_a_best_guess_is_a_digit_only_where_it_is_probable(four: float, text: str) -> None:
    assert best_guess_text(Recognition(probabilities=(0.0,) * 4 + (four,) + (0.0,) * 5, reason="No.")) == text


def test_what_is_said_is_an_answer_or_not_sure() -> None:
    def reading(*recognitions: Recognition) -> Reading:
        sample = Reader(Recogniser()).read(read_drawings(SAMPLES)[0].drawing).parts[0]
        parts = [Part(box=sample.box, digit_image=sample.digit_image, recognition=each) for each in recognitions]
        return Reading(parts=tuple(parts))

    seven = Recognition(probabilities=(0.0,) * 7 + (0.95,) + (0.0,) * 2, answer=7)
    torn = Recognition(probabilities=(0.0,) * 7 + (0.5,) + (0.0,) * 2, reason="Torn.")
    assert reading_text(Reading()) == "" and reading_text(reading(seven)) == "7, 95&nbsp;%"
    assert reading_text(reading(torn)) == "not sure; maybe 7, 50&nbsp;%"
    assert reading_text(reading(seven, torn)) == "not sure; maybe 77, 48&nbsp;%"
    assert reading_text(reading(Recognition(reason="Only a dot so far."))) == "not sure"
