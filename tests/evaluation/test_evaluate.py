"""The commands `evaluate`, `calibrate` and `card`, as a person types them."""

import gzip
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from mnist_helpers.__main__ import main
from mnist_helpers.evaluation.card import write_card
from mnist_helpers.evaluation.evaluate import evaluate_drawings, wilson_interval
from mnist_helpers.preprocessing.drawings_file import SAMPLES, LabelledDrawing, write_drawings
from mnist_helpers.recognition import model_metadata
from mnist_helpers.recognition.model_metadata import MODELS, sha256
from mnist_helpers.recognition.recognition import Recognition
from mnist_helpers.training import calibrate
from tests.numbers import digits_of, number

CALIBRATION_ERROR = 0.005
LABELS = ["407", "401", "40", "4"]
KEYS = ["n", "accuracy", "accuracy_by_set", "accuracy_by_writer_mean", "answered", "accuracy_answered", "split_wrong"]


class SaysWhatIsWritten:
    """Reads a drawing of one point (best, answered) as such a recognition."""

    def recognise_many(self, drawings, digits, **_):
        return [self._as_written(*drawing[0][0]) for drawing in drawings]

    def _as_written(self, best, is_answered):
        probabilities = tuple(float(digit == best) for digit in range(10))
        return Recognition(probabilities=probabilities, answer=int(best) if is_answered else None)


@pytest.fixture
def network(tmp_path):
    for name in ("digits.tflite", "digits.json", "digits.keras"):
        (tmp_path / name).write_bytes((MODELS / name).read_bytes())
    return tmp_path / "digits.tflite"


@pytest.fixture
def few_images(monkeypatch):
    """Fit the temperature on few images, for tests that do not check it."""
    monkeypatch.setattr(calibrate, "TEMPERATURE_IMAGES", 500)


def _drawing(best, is_answered, label="7", **fields):
    return LabelledDrawing(drawing=(((float(best), float(is_answered)),),), label=label, **fields)


def test_every_share_counts_what_it_says():
    drawings = [
        _drawing(7, True, writer="Ada", source="pen"),
        _drawing(7, False, writer="Ada", source="pen"),
        _drawing(1, False, writer="Ada", source="mouse"),
        _drawing(1, True, writer="Ben", source="mouse"),
        _drawing(7, False, writer="Cem", source="pen"),
    ]
    negatives = [_drawing(3, True, "m", ambiguous=True), _drawing(3, False, "q"), _drawing(3, False, "?")]
    assert evaluate_drawings(SaysWhatIsWritten(), drawings, negatives) == {
        "n": 5,
        "accuracy": 0.6,
        "accuracy_by_set": {"mouse": 0.0, "pen": 1.0},
        "accuracy_by_writer_mean": pytest.approx(5 / 9, abs=1e-6),
        "answered": 0.4,
        "accuracy_answered": 0.5,
        "split_wrong": 0.0,
        "rejected": pytest.approx(2 / 3, abs=1e-6),
        "rejected_clear": 1.0,
    }


def test_evaluate_prints_one_object(capsys):
    assert main(["evaluate", "--drawings", str(SAMPLES)]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert list(scores) == KEYS
    assert scores["n"] == len(SAMPLES.read_text().splitlines())
    assert scores["accuracy"] >= 0.95


def test_a_number_is_right_only_whole(capsys, tmp_path):
    write_drawings(
        tmp_path / "numbers.jsonl", [LabelledDrawing(drawing=number("407"), label=label) for label in LABELS]
    )
    assert main(["evaluate", "--drawings", str(tmp_path / "numbers.jsonl")]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["accuracy"] == scores["accuracy_answered"] == 0.25
    assert scores["split_wrong"] == 0.5
    assert scores["answered"] == 1


def test_calibrate_wants_single_digits(capsys, tmp_path, network):
    write_drawings(tmp_path / "numbers.jsonl", [LabelledDrawing(drawing=number("407"), label="407")])
    assert main(["calibrate", "--model", str(network), "--drawings", str(tmp_path / "numbers.jsonl")]) == 2
    assert "has the label '407'" in capsys.readouterr().err


def test_read_prints_one_object_a_line(capsys, tmp_path):
    path = tmp_path / "numbers.jsonl"
    write_drawings(path, [LabelledDrawing(drawing=drawing) for drawing in (number("407"), number("9"), ())])
    assert main(["read", str(path)]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["answer"] for each in found] == ["407", "9", ""]
    assert [each["best"] for each in found] == ["407", "9", ""]
    assert {each["file"] for each in found} == {str(path)}
    parts = found[0]["parts"]
    assert [part["answer"] for part in parts] == ["4", "0", "7"]
    for part, digit in zip(parts, digits_of("407"), strict=True):
        x = [x for stroke in digit for x, _ in stroke]
        assert part["box"][::2] == pytest.approx([min(x), max(x)], abs=1e-3)
        assert 0.9 < part["probability"] <= 1
        assert part["reason"] == ""


def test_read_says_of_another_file_what_is_wanted(capsys, tmp_path):
    (tmp_path / "page.txt").write_text("1 2 3")
    assert main(["read", str(tmp_path / "page.txt")]) == 2
    printed = capsys.readouterr()
    assert "page.txt" in printed.err and "Wanted" in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_evaluate_takes_several_files_and_negatives(capsys, tmp_path):
    crosses = tmp_path / "crosses.jsonl.gz"
    line = {"l": "*", "s": [[[0, 0], [9, 9]], [[0, 9], [9, 0]], [[0, 4], [9, 4]], [[4, 0], [4, 9]]], "amb": True}
    crosses.write_bytes(gzip.compress(json.dumps(line).encode()))
    assert main(["evaluate", "--drawings", str(SAMPLES), str(SAMPLES), "--negatives", str(crosses)]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert list(scores) == [*KEYS, "rejected", "rejected_clear"]
    assert scores["n"] == 2 * len(SAMPLES.read_text().splitlines())
    assert scores["rejected_clear"] == 0  # none of them is clear


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('{"l": "1", "s": [[[0, 0], [1', "line 2"),
        ('{"l": "1"}', "line 2"),
        ('{"l": "1", "s": [[[0, NaN]]]}', "line 2"),
        ('{"l": "m", "s": [[[0, 0]]]}', "Drawing 2 has the label 'm'"),
    ],
)
def test_a_malformed_drawing_is_reported_in_one_sentence(capsys, tmp_path, line, what):
    path = tmp_path / "mine.jsonl"
    path.write_text('{"l": "1", "s": [[[0, 0], [0, 9]]]}\n' + line + "\n")
    assert main(["evaluate", "--drawings", str(path)]) == 2
    printed = capsys.readouterr()
    assert what in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


@pytest.mark.parametrize("arguments", [["--drawings", "nowhere.jsonl"], [], ["--drawings", "empty.jsonl"]])
def test_without_drawings_there_is_a_sentence_and_no_traceback(arguments, tmp_path):
    (tmp_path / "empty.jsonl").touch()
    command = [sys.executable, "-m", "mnist_helpers", "evaluate", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Give " in done.stderr
    assert done.stderr.count("\n") == 1  # nothing of the runtime's either
    assert done.stdout == ""


def test_a_missing_network_is_a_sentence(capsys, tmp_path, monkeypatch):
    assert main(["evaluate", "--drawings", str(SAMPLES), "--model", str(tmp_path / "digits.tflite")]) == 2
    assert f"There is no network {tmp_path / 'digits.tflite'}. Give " in capsys.readouterr().err
    monkeypatch.setattr(model_metadata, "MODELS", tmp_path)
    assert main(["evaluate", "--drawings", str(SAMPLES)]) == 2
    assert "`make train`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "what"), [(None, "No such file"), ("{", "damaged"), ('{"calibration": 1}', "damaged")]
)
def test_what_is_wrong_with_the_settings_of_a_users_own_network_can_be_repaired(
    capsys, tmp_path, few_images, settings, what
):
    network = shutil.copy(MODELS / "fast.tflite", tmp_path / "mine.tflite")
    if settings:
        network.with_suffix(".json").write_text(settings)
    evaluation = ["evaluate", "--drawings", str(SAMPLES), "--model", str(network)]
    assert main(evaluation) == 2
    said = capsys.readouterr().err
    assert what in said and "settings of mine.tflite are wanted" in said and said.count("\n") == 1
    assert f"`mnist-helpers calibrate --model {network}`" in said and "git restore" not in said
    network.with_suffix(".json").unlink(missing_ok=True)
    assert main(["calibrate", "--model", str(network)]) == 0
    assert main(evaluation) == 0


def test_a_users_own_network_that_is_damaged_is_reported_with_what_to_do(capsys, tmp_path):
    shutil.copy(MODELS / "fast.json", tmp_path / "mine.json")
    network = tmp_path / "mine.tflite"
    network.write_bytes((MODELS / "fast.tflite").read_bytes()[:1000])
    assert main(["evaluate", "--drawings", str(SAMPLES), "--model", str(network)]) == 2
    said = capsys.readouterr().err
    assert "mine.tflite is damaged" in said and "A network in a .tflite file is wanted. Copy it again" in said
    assert "git restore" not in said


@pytest.mark.slow
def test_mnist_is_measured_with_an_interval_and_a_calibration_error(capsys):
    assert main(["evaluate", "--mnist"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["n"] == 10_000
    low, high = scores["accuracy_interval"]
    assert 0.99 <= low < scores["accuracy"] == 1 - scores["wrong"] / 10_000 < high
    assert scores["calibration_error"] <= CALIBRATION_ERROR


def test_the_interval_is_wilsons():
    assert wilson_interval(9975, 10_000) == pytest.approx((0.99631, 0.99831), abs=1e-5)
    assert wilson_interval(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)


@pytest.mark.slow
def test_calibrate_with_drawings_fits_both_settings_for_this_network(capsys, network):
    assert main(["calibrate", "--model", str(network), "--drawings", str(SAMPLES)]) == 0
    printed = json.loads(capsys.readouterr().out)
    kept = json.loads(network.with_suffix(".json").read_text())["calibration"]
    assert kept.items() <= printed.items()
    assert kept["sha256"] == sha256(network)
    assert kept["threshold_chosen_on"] == ["samples.jsonl"]
    assert printed["answered"] >= 0.97


def test_calibrate_wants_drawings_with_negatives(capsys, network):
    before = network.with_suffix(".json").read_text()
    assert main(["calibrate", "--model", str(network), "--negatives", str(SAMPLES)]) == 2
    assert "No drawing was given" in capsys.readouterr().err
    assert network.with_suffix(".json").read_text() == before


def test_calibrate_without_drawings_keeps_the_threshold_even_of_an_earlier_network(capsys, network, few_images):
    earlier = json.loads(network.with_suffix(".json").read_text())["calibration"]
    settings = {"calibration": {"temperature": 9.0, "threshold": 0.123, "sha256": "of another network"}}
    network.with_suffix(".json").write_text(json.dumps(settings))
    assert main(["calibrate", "--model", str(network)]) == 0
    kept = json.loads(capsys.readouterr().out)
    assert kept["threshold"] == 0.123
    assert 0.3 < kept["temperature"] < 1.5
    assert kept["sha256"] == earlier["sha256"]


@pytest.mark.parametrize("drawings", [[], ["--drawings", str(SAMPLES)]])
def test_calibrate_makes_the_settings_of_a_network_that_has_none(capsys, network, few_images, drawings):
    network.with_suffix(".json").unlink()
    assert main(["calibrate", "--model", str(network), *drawings]) == 0
    assert 0 < json.loads(network.with_suffix(".json").read_text())["calibration"]["threshold"] < 1


def test_the_committed_calibration_and_measurements_are_those_of_the_committed_network():
    settings = json.loads((MODELS / "digits.json").read_text())
    assert settings["calibration"]["sha256"] == settings["measured"]["sha256"] == sha256(MODELS / "digits.tflite")


def test_the_committed_card_says_what_was_measured(tmp_path):
    models = shutil.copytree(MODELS, tmp_path / "models")
    (models / "README.md").unlink()
    write_card(models / "digits.tflite")
    assert (models / "README.md").read_text() == (MODELS / "README.md").read_text()


def test_the_card_claims_nothing_of_a_network_that_was_not_measured(network):
    network.write_bytes(network.read_bytes() + b" ")
    write_card(network)
    card = network.with_name("README.md").read_text()
    assert "Not measured for this network yet: `mnist-helpers evaluate --mnist`" in card
    assert "**9" not in card


@pytest.mark.slow
def test_card_measures_and_writes(capsys, network):
    assert main(["card", "--model", str(network), "--drawings", str(SAMPLES)]) == 0
    measured = json.loads(capsys.readouterr().out)
    card = network.with_name("README.md").read_text()
    assert f"**{measured['mnist']['accuracy']:.2%}**" in card
    assert f"{measured['drawings']['n']} drawings of people, `samples.jsonl`" in card
    assert np.all([sha256(network.with_suffix(suffix)) in card for suffix in (".tflite", ".keras")])
