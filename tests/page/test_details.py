"""Once the pen is lifted, one widget shows the four stages and a link that saves the drawing."""

import base64
import io
import json
import re
from html import unescape

import numpy as np
import pytest
from PIL import Image

from mnist_helpers.page import details
from mnist_helpers.page.details import Details, DetailsView
from mnist_helpers.preprocessing.raster import stages
from mnist_helpers.recognition.reading import Reader
from mnist_helpers.recognition.recogniser import Recogniser

DRAWING = (((10.0, 10.0), (60.0, 12.0), (30.0, 90.0)),)


@pytest.fixture
def shown() -> str:
    """The HTML of the view for the drawing."""
    view = DetailsView()
    view.details = Details(drawing=DRAWING, stages=stages(DRAWING, pad_size=100, pen_width=6))
    return view.value


def test_nothing_is_shown_of_an_empty_pad() -> None:
    view = DetailsView()
    assert view.value == ""
    view.details = Details(drawing=DRAWING, stages=stages(DRAWING, pad_size=100, pen_width=6))
    assert view.value
    view.details = None
    assert view.value == ""


def test_stages_are_computed_again_only_for_another_drawing_or_pen(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(details, "stages", lambda strokes, **how: asked.append(how) or stages(strokes, **how))
    part, view = Reader(Recogniser()).read(DRAWING, pad_size=100).parts[0], DetailsView()
    for pen_width in (6, 6, 9):
        view.show(DRAWING, part, pen_width=pen_width)
    assert len(asked) == 2
    view.show((), None, pen_width=9)
    assert view.value == ""
    view.show(DRAWING, part, pen_width=9)
    assert len(asked) == 3 and view.value


def test_four_stages_stand_side_by_side_each_with_its_name(shown: str) -> None:
    assert re.findall("<figcaption>(.*?)</figcaption>", shown)[:2] == ["drawn", "cropped"]
    images = re.findall('src="data:image/png;base64,([^"]+)"', shown)
    assert len(images) == 4
    assert all(np.asarray(Image.open(io.BytesIO(base64.b64decode(image)))).any() for image in images)


def test_the_drawing_is_saved_in_the_format_that_evaluate_reads(shown: str) -> None:
    (content,) = re.findall('download="drawing.jsonl" href="data:[^,]*;base64,([^"]+)"', shown)
    saved = json.loads(base64.b64decode(unescape(content)))
    assert saved["s"] == [[list(point) for point in stroke] for stroke in DRAWING]
