"""Write the model card, `models/README.md`.

All its figures come from the JSON file beside the network, where training, calibration, export and measurement save
theirs.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mnist_helpers.evaluation.card_template import ADOPTED, TEMPLATE
from mnist_helpers.recognition.model_metadata import read_metadata, sha256

FILES = {
    ".keras": "the trained Keras model",
    ".tflite": "the same for LiteRT, which the page runs",
    ".landscape.npz": 'where MNIST\'s digits lie in it, for "Inside" on the page',
}
NO_DIGIT = "1 minus their sum is the probability of the no-digit class."
NO_NO_DIGIT = (
    "They sum to 1, since there is no no-digit class: a letter is read as a digit unless all digits are improbable."
)
MISSING = "Not measured for this network yet: `{command}`."


def write_card(network: Path) -> None:
    """Write the card of a network from its JSON file: README.md for the full one, its name with .md for an added one.

    For a small one, README.md is written, where it has a row. Raises `ModelError` if the JSON file is missing or
    damaged.
    """
    settings = read_metadata(network)
    if "adopted" in settings and "training" in settings:
        network = network.with_name("digits.tflite")
        settings = read_metadata(network)
    measured = _current(network, settings, "measured")
    sections = {
        "files": _files(network),
        "mnist": _mnist(measured.get("mnist")),
        "drawings": _drawings(measured.get("drawings")),
        "calibration": _calibration(settings.get("calibration"), measured.get("mnist")),
    }
    if adopted := settings.get("adopted"):
        no_digit = NO_DIGIT if adopted["no_digit_class"] else NO_NO_DIGIT
        facts = {"name": network.stem, "source": adopted["from"], "found": adopted["found"], "no_digit": no_digit}
        network.with_suffix(".md").write_text(ADOPTED.format(**sections, **facts))
        return
    own = {
        "training": _training(settings.get("training", {})),
        "export": _export(measured.get("export")),
        "beside": _beside(network),
    }
    network.with_name("README.md").write_text(TEMPLATE.format(**sections, **own))


def _current(network: Path, settings: dict[str, Any], section: str) -> dict[str, Any]:
    """A section of the JSON file if it was made for the present network, otherwise an empty one."""
    found = settings.get(section, {})
    return found if found.get("sha256") == sha256(network) else {}


def _beside(network: Path) -> str:
    """A row for each network beside this one that the project has trained."""
    others = [(path, read_metadata(path)) for path in sorted(network.parent.glob("*.tflite")) if path != network]
    rows = [_row(path, settings) for path, settings in others if "training" in settings]
    measures = "MNIST | drawings | answered | right, where answered | letters and signs rejected"
    head = f"| network | what | bytes | parameters | minutes of one core | {measures} |\n|{'---|' * 10}\n"
    return head + _lines(rows) if rows else MISSING.format(command="mnist-helpers train-small")


def _row(network: Path, settings: dict[str, Any]) -> str:
    training, measured = (_current(network, settings, section) for section in ("training", "measured"))
    mnist, drawings = (measured.get(name, {}) for name in ("mnist", "drawings"))
    names = ("accuracy", "answered", "accuracy_answered", "rejected")
    shares = [mnist.get("accuracy"), *(drawings.get(name) for name in names)]
    facts = (training.get("what"), network.stat().st_size, training.get("parameters"), training.get("cpu_minutes"))
    cells = [network.stem, *map(_shown, facts), *("" if share is None else f"{share:.2%}" for share in shares)]
    return f"| {' | '.join(cells)} |"


def _files(network: Path) -> str:
    present = [(network.with_suffix(suffix), what) for suffix, what in FILES.items()]
    rows = [(path, what) for path, what in present if path.exists()]
    return _lines(f"| {path.name} | {what} | {path.stat().st_size:,} | `{sha256(path)}` |" for path, what in rows)


def _training(facts: dict[str, Any]) -> str:
    if not facts:
        return MISSING.format(command="make train")
    rows = (f"| {name.replace('_', ' ')} | {_shown(value)} |" for name, value in facts.items() if name != "sha256")
    return "| | |\n|---|---|\n" + _lines(rows)


def _mnist(scores: dict[str, Any] | None) -> str:
    if not scores:
        return MISSING.format(command="mnist-helpers evaluate --mnist")
    low, high = scores["accuracy_interval"]
    return (
        f"MNIST's {scores['n']:,} test digits: **{scores['accuracy']:.2%}** ({scores['wrong']} wrong; 95 % interval "
        f"{low:.2%} to {high:.2%}). `mnist-helpers evaluate --mnist`"
    )


def _drawings(scores: dict[str, Any] | None) -> str:
    command = "mnist-helpers evaluate --drawings FILE --negatives FILE"
    if not scores:
        return MISSING.format(command=command)
    rows = {
        "most probable digit is right": scores["accuracy"],
        "the same, mean over writers": scores["accuracy_by_writer_mean"],
        **{f"the same, of {name}": share for name, share in scores["accuracy_by_set"].items()},
        "answered": scores["answered"],
        "right, where answered": scores["accuracy_answered"],
        "letters and signs that are rejected": scores.get("rejected"),
        "the same, of those that cannot pass for a digit": scores.get("rejected_clear"),
    }
    table = _lines(f"| {name} | {share:.2%} |" for name, share in rows.items() if share is not None)
    files = " and ".join(f"`{name}`" for name in scores["files"])
    return f"{scores['n']:,} drawings of people, {files} (`{command}`):\n\n| | |\n|---|---|\n{table}"


def _calibration(calibration: dict[str, Any] | None, mnist: dict[str, Any] | None) -> str:
    if not calibration:
        return MISSING.format(command="mnist-helpers calibrate")
    error = (
        f" Expected calibration error (15 bins) on MNIST's test digits: {mnist['calibration_error']:.2%}."
        if mnist
        else ""
    )
    return (
        f"Temperature {calibration['temperature']:g}; an answer from a probability of {calibration['threshold']:g} on. "
        "The first is fitted on distorted training images, the second chosen on "
        f"{' and '.join(calibration['threshold_chosen_on'])}, by `mnist-helpers calibrate`; neither saw "
        f"MNIST's test digits.{error}"
    )


def _export(differences: dict[str, Any] | None) -> str:
    if not differences:
        return MISSING.format(command="make export")
    return (
        f"Largest difference of a probability from Keras over {differences['n']:,} test digits: LiteRT "
        f"{differences['litert']:.1e}, TensorFlow.js {differences['tfjs']:.1e}. `make export`"
    )


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_shown(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return f"{value:,}" if isinstance(value, int) and value > 9999 else str(value)


def _lines(rows: Iterable[str]) -> str:
    return "\n".join(rows)
