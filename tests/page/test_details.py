"""What is shown once the pen rests: four stages, the naive resize's answer, and the drawing to save, in one widget."""

import base64
import io
import json
import re
from html import unescape

import numpy as np
import pytest
from PIL import Image

from mnist_helpers.page.details import Details, DetailsView
from mnist_helpers.preprocessing.raster import stages
from mnist_helpers.recognition.recognition import Recognition

DRAWING = (((10.0, 10.0), (60.0, 12.0), (30.0, 90.0)),)


def shown(four: float, reason: str = "Torn between 4 and 9.") -> str:
    """What the view shows when the naive resize gives 4 this probability."""
    view = DetailsView()
    assert view.value == ""
    naive = Recognition(probabilities=(0.0,) * 4 + (four,) + (0.0,) * 5, reason=reason)
    view.details = Details(drawing=DRAWING, stages=stages(DRAWING, pad_size=100, pen_width=6), naive=naive)
    return view.value


def test_nothing_is_shown_of_an_empty_pad() -> None:
    view = DetailsView()
    view.details = Details(drawing=DRAWING, stages=stages(DRAWING, pad_size=100, pen_width=6), naive=Recognition())
    assert view.value
    view.details = None
    assert view.value == ""


def test_four_stages_stand_side_by_side_each_with_its_name() -> None:
    assert re.findall("<figcaption>(.*?)</figcaption>", shown(0.5))[:2] == ["drawn", "cropped"]
    images = re.findall('src="data:image/png;base64,([^"]+)"', shown(0.5))
    assert len(images) == 4
    assert all(np.asarray(Image.open(io.BytesIO(base64.b64decode(image)))).any() for image in images)


@pytest.mark.parametrize(("four", "text"), [(0.5, "4, 50&nbsp;%"), (0.009, "no digit")])
def test_the_naive_answer_is_told_in_a_sentence(four: float, text: str) -> None:
    naive = "Without these steps (the whole pad resized to 28 x 28) the network would read:"
    assert f"<p>{naive} <b>{text}</b></p>" in shown(four)


def test_the_drawing_is_saved_in_the_format_that_evaluate_reads() -> None:
    (content,) = re.findall('download="drawing.jsonl" href="data:[^,]*;base64,([^"]+)"', shown(0.5))
    saved = json.loads(base64.b64decode(unescape(content)))
    assert saved["s"] == [[list(point) for point in stroke] for stroke in DRAWING]
