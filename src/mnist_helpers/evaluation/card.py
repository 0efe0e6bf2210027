"""Write the model card, `models/README.md`.

All its figures come from the JSON file beside the network, where training, calibration, export and measurement save
theirs.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mnist_helpers.recognition.model_metadata import read_metadata, sha256

TEMPLATE = """# Model card

An ensemble of two convolutional networks that recognises one handwritten digit or says that there is none. Written by
`mnist-helpers card`: to change a figure, measure again.

| file | what | bytes | SHA-256 |
|---|---|---|---|
{files}

**In**: digit images (n, 28, 28, 1) of floats in [0, 1], white on black, as in MNIST; `rasterise` makes them.
**Out**: the probabilities (n, 10) of the ten digits; 1 minus their sum is the probability of the no-digit class.
**For**: digits drawn one at a time with a mouse, a pen or a finger, and for learning how that is done. Not for cheques,
forms or post: it was not trained to read whole numbers, photographs or letters.

## Training

{training}

Data: the 60,000 training images of MNIST (CC BY-SA 3.0), distorted anew in every epoch, with variants that people draw
and MNIST lacks (a flag and a foot on the 1, a bar on the 7, a slash through the 0), digits from stroke templates, and
negatives from stroke templates and pieces of digits. No drawing of a person was trained on. `make train` trains it
again; `notebooks/02_train.ipynb` tells how. Trained twice on one machine, the network came out the same; another
processor rounds otherwise, and then its accuracy may differ a little.

## Accuracy

{mnist}

{drawings}

## Calibration

{calibration}

## Other forms

{export}

## Limits

- A 1 with a long flag may be read as a 7, a 7 with a foot as a 2, a narrow 8 as a 0: people disagree about those too.
- Letters that look like digits (O, l, S, Z, g) are read as digits; nothing in their ink says that they are none.
- It has met Latin digits only, and people who wrote with a pen on paper or a tablet, in a few countries.
- The drawings that the threshold was chosen on also measure it, so the shares of answers and rejections on them
  are a little too good.

## Licence

MIT, as the rest of the project; the training data is MNIST (Yann LeCun, Corinna Cortes, Christopher J. C. Burges),
CC BY-SA 3.0.
"""
ADOPTED = """# Model card of {name}

A network that was added by `mnist-helpers add`, from {source}. As it came, it {found}; it is kept so that
it takes and gives what the project's own networks do.

| file | what | bytes | SHA-256 |
|---|---|---|---|
{files}

**In**: digit images (n, 28, 28, 1) of floats in [0, 1], white on black, as in MNIST; `rasterise` makes them.
**Out**: the probabilities (n, 10) of the ten digits. {no_digit}

## Accuracy

{mnist}

{drawings}

## Calibration

{calibration}
"""
FILES = {
    ".keras": "the trained Keras model",
    ".tflite": "the same for LiteRT, which the page runs",
}
NO_DIGIT = "1 minus their sum is the probability of the no-digit class."
NO_NO_DIGIT = (
    "They sum to 1, since it has no no-digit class: it reads a letter as one of the digits unless it is unsure of all."
)
MISSING = "Not measured for this network yet: `{command}`."


def write_card(network: Path) -> None:
    """Write the card of a network from its JSON file: README.md beside it or, if it was added, its name with .md.

    Raises `ModelError` if the JSON file is missing or damaged.
    """
    settings = read_metadata(network)
    current = sha256(network)
    measured = settings.get("measured", {})
    if measured.get("sha256") != current:
        measured = {}
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
    own = {"training": _training(settings.get("training", {})), "export": _export(measured.get("export"))}
    network.with_name("README.md").write_text(TEMPLATE.format(**sections, **own))


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
