"""One widget shows what changes while the pen moves."""

from mnist_helpers.live import LiveView, Seen
from mnist_helpers.pixels import grey, png_url
from mnist_helpers.raster import rasterise
from mnist_helpers.recognition import Recognition

DRAWING = (((10.0, 10.0), (60.0, 12.0), (30.0, 90.0)),)
DIGIT = rasterise(DRAWING)


def seven(probability: float) -> Seen:
    probabilities = (0.0,) * 7 + (probability, 0.0, 0.0)
    recognition = Recognition(probabilities=probabilities, answer=7)
    return Seen(drawing=DRAWING, digit=DIGIT, recognition=recognition)


def test_answer_tiles_and_pixels_are_in_one_value() -> None:
    view = LiveView()
    assert 'data-answer=""' in view.value
    view.seen = seven(0.75)
    assert 'data-answer="7"' in view.value and 'data-digit="7" data-probability="0.7500"' in view.value
    assert f'data-seen="{png_url(grey(DIGIT))}"' in view.value


def test_a_bar_grows_from_where_it_was() -> None:
    view = LiveView()
    view.seen = seven(0.25)
    view.seen = seven(0.75)
    assert "--from:0.250;--to:0.750" in view.value


def test_a_change_is_one_message() -> None:
    sent = []
    view = LiveView()
    view.observe(lambda change: sent.append(change.name), view.keys)
    view.seen = seven(0.25)
    assert sent == ["value"]
