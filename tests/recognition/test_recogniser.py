"""The recogniser, with drawings as on the page and with digit images."""

import math
import subprocess
import sys

import numpy as np
import pytest

from mnist_helpers.preprocessing.drawing import placed
from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings
from mnist_helpers.preprocessing.raster import rasterise
from mnist_helpers.preprocessing.stray_ink import without_stray_ink
from mnist_helpers.recognition import model_metadata
from mnist_helpers.recognition.calibration import (
    Calibration,
    apply_temperature,
    fit_temperature,
    reliability,
    threshold_for_coverage,
)
from mnist_helpers.recognition.model_metadata import MODELS, ModelError, save_section
from mnist_helpers.recognition.recogniser import Recogniser, decide
from mnist_helpers.recognition.recognition import EMPTY, Recognition
from mnist_helpers.recognition.second_look import second_looks

PAD_SIZE = 560.0
BAR = ((280.0, 100.0), (280.0, 460.0))
DRAWN = read_drawings(SAMPLES)


@pytest.fixture(scope="module")
def recogniser():
    return Recogniser()


@pytest.fixture
def network(tmp_path, monkeypatch):
    """A copy of the committed network and its JSON file, to be damaged, in a folder that stands in for `models/`."""
    for name in ("digits.tflite", "digits.json"):
        (tmp_path / name).write_bytes((MODELS / name).read_bytes())
    monkeypatch.setattr(model_metadata, "MODELS", tmp_path)
    return tmp_path / "digits.tflite"


def test_every_example_of_the_page_is_answered_right(recogniser):
    examples = [placed(sample.drawing, centre=(PAD_SIZE / 2, PAD_SIZE / 2), size=0.6 * PAD_SIZE) for sample in DRAWN]
    answers = [recogniser.recognise(example, pad_size=PAD_SIZE).answer for example in examples]
    assert len(DRAWN) >= 50
    assert list(map(str, answers)) == [sample.label for sample in DRAWN]


def test_a_plain_vertical_bar_is_a_one(recogniser):
    assert recogniser.recognise([BAR], pad_size=PAD_SIZE).answer == 1


def test_an_empty_pad_asks_for_a_digit(recogniser):
    assert recogniser.recognise([], pad_size=PAD_SIZE) == EMPTY
    assert recogniser.recognise([[]], pad_size=PAD_SIZE) == EMPTY
    assert recogniser(np.zeros((28, 28), np.float32)) == EMPTY


@pytest.mark.parametrize("stroke", [[(5.0, 5.0)], [(5.0, 5.0)] * 9, [(5.0, 5.0), (9.0, 12.0), (6.0, 4.0)]])
def test_a_dot_is_no_digit(recogniser, stroke):
    recognition = recogniser.recognise([stroke], pad_size=PAD_SIZE)
    assert (recognition.answer, recognition.reason) == (None, "Only a dot so far.")
    assert recognition.best is None


@pytest.mark.parametrize("drawing", [[[(0.0, 0.0), (0.0, 25.0)]], [[(0.0, 0.0)], [(0.0, 300.0)]]])
def test_a_speck_or_two_dots_are_too_little_to_tell(recogniser, drawing):
    assert recogniser.recognise(drawing, pad_size=PAD_SIZE).reason == "Too little ink to tell."


def test_a_drawing_in_unknown_units_is_never_too_small(recogniser):
    tiny = [[(x / 1e4, y / 1e4) for x, y in BAR]]
    assert recogniser.recognise(tiny).answer == 1


@pytest.mark.parametrize("points", [15, 30, 120])
def test_scribbles_get_no_answer(recogniser, points):
    random = np.random.default_rng(2)
    scribbles = [[random.uniform(0, PAD_SIZE, (points, 2))] for _ in range(20)]
    reasons = [recogniser.recognise(scribble, pad_size=PAD_SIZE).reason for scribble in scribbles]
    assert reasons.count("This does not look like a digit.") >= 17


def test_between_two_digits_both_are_named_in_order():
    probabilities = np.array([0, 0, 0, 0, 0.4, 0, 0, 0.02, 0, 0.5])
    recognition = decide(probabilities, threshold=0.6)
    assert (recognition.answer, recognition.reason) == (None, "Torn between 4 and 9.")
    assert (recognition.best, recognition.runner_up) == (9, 4)
    assert decide(probabilities, threshold=0.5).answer == 9


def test_no_digit_above_runner_up_gives_the_not_a_digit_reason():
    probabilities = np.array([0, 0, 0.1, 0, 0, 0, 0, 0, 0, 0.5])
    assert decide(probabilities, threshold=0.6).reason == "This does not look like a digit."


def test_probabilities_are_ten_and_leave_room_for_no_digit(recogniser):
    for sample in DRAWN[:10]:
        recognition = recogniser.recognise(sample.drawing)
        assert len(recognition.probabilities) == 10
        assert math.isclose(sum(recognition.probabilities) + recognition.no_digit, 1, abs_tol=1e-9)


def test_many_digits_at_once_are_read_as_one_by_one(recogniser):
    digits = np.stack([rasterise(sample.drawing) for sample in DRAWN[:11]])
    alone = np.array([recogniser(digit).probabilities for digit in digits])
    together = recogniser.probabilities_of(digits)
    assert together.shape == (11, 10)
    assert together.dtype == np.float32
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert recogniser.probabilities_of(digits[:0]).shape == (0, 10)


@pytest.mark.parametrize(
    ("digit", "what"),
    [
        (np.zeros((28, 28), np.uint8), "uint8"),
        (np.zeros((28, 28), bool), "bool"),
        (np.full((28, 28), np.nan, np.float32), "not finite"),
        (np.full((28, 28), 255.0, np.float32), "255"),
        (np.full((28, 28), -0.5), "-0.5"),
        (np.zeros((27, 28), np.float32), r"\(27, 28\)"),
        (np.zeros((28, 28, 1), np.float32), r"\(28, 28, 1\)"),
        (np.float32(0), r"\(\)"),
    ],
)
def test_what_is_no_digit_is_refused_in_a_sentence(recogniser, digit, what):
    with pytest.raises(ValueError, match=rf"{what}.* came\. Give \(28, 28\) floats in \[0, 1\]"):
        recogniser(digit)


def test_a_coordinate_that_is_not_finite_is_refused(recogniser):
    with pytest.raises(ValueError, match="not finite"):
        recogniser.recognise([[(0.0, 0.0), (math.nan, 1.0)]])


def test_points_outside_the_pad_and_a_stroke_of_one_point_do_no_harm(recogniser):
    outside = [[(x - 900.0, y + 5000.0) for x, y in BAR]]
    assert recogniser.recognise(outside, pad_size=PAD_SIZE).answer == 1
    assert recogniser.recognise([BAR, [(280.0, 200.0)]], pad_size=PAD_SIZE).answer == 1


@pytest.mark.slow
def test_a_stroke_of_300_000_points_is_read(recogniser):
    many = [(280.0, 100.0 + 360.0 * step / 300_000) for step in range(300_000)]
    assert recogniser.recognise([many], pad_size=PAD_SIZE).answer == 1


@pytest.mark.parametrize("name", ["digits.tflite", "digits.json"])
def test_a_missing_file_is_reported_in_one_sentence(network, name):
    network.with_name(name).unlink()
    with pytest.raises(ModelError, match=rf"{name} \(No such file.*`git restore models`.*`make train`"):
        Recogniser(network)


@pytest.mark.parametrize("length", [0, 10, 1000, 100_000])
def test_a_truncated_network_is_reported_in_one_sentence(network, length):
    network.write_bytes(network.read_bytes()[:length])
    with pytest.raises(ModelError, match=r"damaged.*`git restore models`"):
        Recogniser(network)
    with pytest.raises(ModelError, match=r"damaged.*`git restore models`"):
        Recogniser(network, calibration=Calibration())


def test_a_network_with_altered_weights_is_not_run(network):
    content = bytearray(network.read_bytes())
    content[len(content) // 2] ^= 1
    network.write_bytes(content)
    with pytest.raises(ModelError, match="calibrate"):
        Recogniser(network)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"calibration": {"temperature": "warm"}}', '{"calibration": 1}'])
def test_damaged_settings_are_reported_in_one_sentence(network, text):
    network.with_suffix(".json").write_text(text)
    with pytest.raises(ModelError, match=r"damaged.*`git restore models`"):
        Recogniser(network)


def test_a_network_without_calibration_runs_as_it_is(network):
    network.with_suffix(".json").write_text("{}")
    assert Recogniser(network).calibration == Calibration()


def test_what_is_kept_of_an_earlier_network_goes(network):
    save_section(network, "notes", {"speed": 1})
    assert save_section(network, "notes", {"size": 2}).keys() == {"speed", "size", "sha256"}
    network.write_bytes(network.read_bytes() + b" ")
    assert save_section(network, "notes", {"size": 3}).keys() == {"size", "sha256"}


def test_the_recogniser_and_the_command_import_no_tensorflow():
    modules = "recognition.recogniser, recognition.explain, evaluation.evaluate, evaluation.card, __main__"
    check = "import sys; sys.exit(any(name.split('.')[0] in ('tensorflow', 'keras') for name in sys.modules))"
    command = "; ".join([*(f"import mnist_helpers.{name}" for name in modules.split(", ")), check])
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0


def test_temperature_corrects_underconfidence():
    raw, labels = _outputs(sharpness=0.5)
    temperature = fit_temperature(raw, labels)
    assert temperature == pytest.approx(0.5, abs=0.05)
    assert reliability(raw, labels).expected_calibration_error > 0.05
    assert reliability(apply_temperature(raw, temperature), labels).expected_calibration_error < 0.02


def test_the_threshold_leaves_the_wanted_share_an_answer():
    raw, _ = _outputs(sharpness=1.0)
    threshold = threshold_for_coverage(raw, coverage=0.9)
    assert np.mean(raw.max(axis=1) >= threshold) == pytest.approx(0.9, abs=0.01)


def _outputs(sharpness):
    """Outputs (n, 10) of a network that is under- or overconfident by a factor, and matching labels."""
    random = np.random.default_rng(0)
    scores = random.normal(0, 3, (5000, 11))
    true = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    labels = (true.cumsum(axis=1) > random.random((5000, 1))).argmax(axis=1)
    weights = np.exp(scores * sharpness)
    return (weights / weights.sum(axis=1, keepdims=True))[:, :10], labels


def test_two_taps_far_apart_are_no_digit_though_one_was_smeared() -> None:
    taps = (((100.0, 100.0), (106.0, 112.0)), ((700.0, 700.0),))
    assert Recogniser().recognise(taps, pad_size=840).reason == "Only a dot so far."


def _changed(drawing, across=1.0, degrees=0.0):
    angle = np.deg2rad(degrees)
    change = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * [[across], [1.0]]
    return [np.asarray(stroke) @ change for stroke in drawing]


@pytest.mark.parametrize("change", [{"across": 0.5}, {"degrees": 30}, {"degrees": -30}])
def test_squeezed_and_turned_digits_are_rarely_answered_wrong(recogniser, change):
    found = [(recogniser.recognise(_changed(each.drawing, **change)).answer, each.label) for each in DRAWN]
    wrong = [(answer, label) for answer, label in found if answer is not None and str(answer) != label]
    assert not wrong


def test_a_digit_that_is_taken_back_stays_the_most_probable(recogniser):
    flagged = _changed(DRAWN[61].drawing, degrees=30)
    assert recogniser(rasterise(flagged)).answer == 7
    found = recogniser.recognise(flagged)
    assert (found.answer, found.best, found.probabilities[1] > 0.3) == (None, 7, True)


@pytest.mark.parametrize(("sample", "change"), [(24, {"across": 0.4}), (41, {"degrees": 20})])
def test_what_may_be_two_digits_is_decided_by_all_its_slants(recogniser, sample, change):
    drawing = _changed(DRAWN[sample].drawing, **change)
    upright, slanted = recogniser(rasterise(drawing)), recogniser.recognise(drawing)
    assert upright.is_torn and str(upright.best) != DRAWN[sample].label
    assert str(slanted.best) == DRAWN[sample].label


NO_DIGIT, TORN = (
    Recognition(reason="none", probabilities=(0.1,) * 5 + (0.0,) * 5),
    Recognition(probabilities=(0.1,) * 10),
)


@pytest.mark.parametrize(
    ("found", "images"),
    [(NO_DIGIT, 0), (TORN, 2), (Recognition(answer=0), 0), (Recognition(answer=1), 2), (Recognition(answer=7), 1)],
)
def test_only_a_one_a_seven_and_what_may_be_two_digits_are_looked_at_again(found, images):
    assert len(second_looks(without_stray_ink(DRAWN[0].drawing), found)) == images


def test_a_straight_stroke_is_not_looked_at_again():
    one = Recognition(answer=1)
    assert second_looks([np.array([(100.0, 100.0), (110.0, 300.0), (130.0, 500.0)])], one) == []
    flagged = [np.array([(70.0, 130.0), (110.0, 100.0), (110.0, 500.0)])]
    assert len(second_looks(flagged, one)) == 2


def test_a_network_is_named_or_the_names_are_listed():
    assert Recogniser("fast").network_file == (MODELS / "fast.tflite").read_bytes()
    with pytest.raises(ModelError, match=r"no network .*nobody.tflite.* models: .*digits.*fast"):
        Recogniser("nobody")
