"""Serve the page, read numbers, and measure, calibrate, describe, convert or add networks."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from mnist_helpers.evaluation.card import write_card
from mnist_helpers.evaluation.evaluate import evaluate_drawings, evaluate_mnist
from mnist_helpers.preprocessing.drawings_file import digit_labels, read_drawings
from mnist_helpers.preprocessing.picture import is_picture
from mnist_helpers.recognition.inference.landscape import save_landscape
from mnist_helpers.recognition.inference.network import Network, silence_stderr
from mnist_helpers.recognition.model_metadata import (
    MODELS,
    SHIPPED,
    existing_network,
    read_calibration,
    save_section,
    stored_threshold,
)
from mnist_helpers.recognition.number import Reading, as_json
from mnist_helpers.recognition.reading import Reader
from mnist_helpers.recognition.recogniser import Recogniser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status, 2 with one sentence on stderr if the input cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        if "model" in options:
            options.model = existing_network(options.model)
        result = options.run(options)
    except KeyboardInterrupt:
        return 130
    except (OSError, ValueError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 2
    if isinstance(result, dict):
        print(json.dumps(result, indent=2))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mnist-helpers", description=__doc__)
    commands = parser.add_subparsers(required=True)
    page = _command(commands, "page", _page, "serve the page and open it in a browser")
    page.add_argument("--port", type=int, default=8866, help="where it is served on this computer (%(default)s)")
    page.add_argument("--no-browser", action="store_true", help="do not open a browser")
    read = _command(commands, "read", _read, "read the numbers in pictures and drawings, one JSON object a line")
    read.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a picture, or drawings as JSON lines")
    evaluate = _command(commands, "evaluate", _evaluate, "print accuracy, coverage and rejections as one JSON object")
    evaluate.add_argument("--mnist", action="store_true", help="measure on MNIST's 10,000 test digits instead")
    calibrate = _command(
        commands, "calibrate", _calibrate, "fit temperature and threshold, save them, and measure with them"
    )
    card = _command(commands, "card", _card, "measure a network and write its model card")
    export = _command(
        commands, "export", _export, "convert to TensorFlow.js and compare all formats on MNIST's 10,000 test digits"
    )
    _command(commands, "train-small", _train_small, "train the two small networks beside the full one, in two minutes")
    landscape = _command(
        commands, "landscape", _landscape, 'compute where MNIST\'s digits lie in the network, for "Inside" on the page'
    )
    add = _command(commands, "add", _add, "test your own network on MNIST, adapt it, and write it to models")
    add.add_argument("file", type=Path, metavar="FILE", help="a Keras model, .keras or .h5, or .tflite")
    add.add_argument("--name", help="its name in models (that of FILE)")
    _add_shared_options((read, evaluate, calibrate, card, export, landscape), (evaluate, calibrate, card))
    return parser


def _add_shared_options(
    with_network: Sequence[argparse.ArgumentParser], with_drawings: Sequence[argparse.ArgumentParser]
) -> None:
    for command in with_network:
        command.add_argument("--model", default=SHIPPED, help="a .tflite file, or a name in models (%(default)s)")
    for command in with_drawings:
        command.add_argument("--drawings", nargs="+", default=[], metavar="FILE", help="drawings of digits, JSON lines")
        command.add_argument("--negatives", nargs="+", default=[], metavar="FILE", help="drawings of anything else")


def _command(commands, name: str, run, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    return command


def _page(options: argparse.Namespace) -> None:
    from mnist_helpers.serving.app import serve_page  # imports Voila

    read_calibration(MODELS / "digits.tflite")  # so that an error is shown here, not on the page
    serve_page(options.port, open_browser=not options.no_browser)


def _mnist():
    from mnist_helpers.mnist.data import load_mnist  # needs the extra `lab`

    return load_mnist()


def _read(options: argparse.Namespace) -> None:
    """Print the reading of each file; errors of files that cannot be read are raised together at the end."""
    reader, refused = Reader(Recogniser(options.model)), []
    for path in options.files:
        try:
            for reading in _readings(reader, path):
                print(json.dumps({"file": str(path)} | as_json(reading)))
        except (OSError, ValueError) as error:
            refused.append(str(error))
    if refused:
        raise ValueError("\n".join(refused))


def _readings(reader: Reader, path: Path) -> Iterator[Reading]:
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder. Give the files in it.")
    if not path.exists():
        raise FileNotFoundError(f"There is no file {path}. Give a picture (PNG, JPEG or WebP) or a drawings file.")
    if is_picture(path):
        yield reader.read_picture(path)
    elif drawings := read_drawings(path):
        yield from (reader.read(each.drawing) for each in drawings)
    else:
        raise ValueError(f"{path} is empty. Give a picture (PNG, JPEG or WebP) or a drawings file.")


def _evaluate(options: argparse.Namespace) -> dict:
    if options.mnist:
        return evaluate_mnist(Recogniser(options.model), _mnist())
    drawings, negatives = read_drawings(*options.drawings), read_drawings(*options.negatives)
    return evaluate_drawings(Recogniser(options.model), drawings, negatives)


def _calibrate(options: argparse.Namespace) -> dict:
    from mnist_helpers.training.calibrate import choose_threshold, fit_temperature_on_mnist

    drawings, negatives = read_drawings(*options.drawings), read_drawings(*options.negatives)
    network = Network(options.model)
    if wanted := drawings or negatives:
        digit_labels(drawings)  # raises for unusable labels, before the fit takes its time
    temperature = fit_temperature_on_mnist(network, _mnist())
    chosen_on = [Path(name).name for name in options.drawings] or ["an earlier network"]
    threshold = choose_threshold(options.model, temperature, drawings) if wanted else stored_threshold(options.model)
    settings = {"temperature": temperature, "threshold": threshold, "threshold_chosen_on": chosen_on}
    kept = save_section(options.model, "calibration", settings)
    return kept | evaluate_drawings(Recogniser(options.model), drawings, negatives) if wanted else kept


def _train_small(options: argparse.Namespace) -> dict:
    with silence_stderr():  # TensorFlow writes messages when it is imported
        from mnist_helpers.training.small import SMALL, train_small

    mnist = _mnist()
    for name in SMALL:
        train_small(name, mnist)
    return {name: _measured(MODELS / f"{name}.tflite", mnist) for name in SMALL}


def _measured(network: Path, mnist) -> dict:
    """Measure a network on MNIST's test digits, and save the result."""
    return save_section(network, "measured", {"mnist": evaluate_mnist(Recogniser(network), mnist)})["mnist"]


def _add(options: argparse.Namespace) -> dict:
    with silence_stderr():  # TensorFlow writes messages when it is imported
        from mnist_helpers.training.adopt import adopt, new_network

    mnist = _mnist()
    with new_network(options.file.stem if options.name is None else options.name) as network:
        found = adopt(options.file, network, mnist)
        scores = _measured(network, mnist)
        write_card(network)
    return {"network": network.stem, "found": str(found), "mnist": scores}


def _landscape(options: argparse.Namespace) -> None:
    from mnist_helpers.evaluation.landscape import fit_landscape  # needs what only training installs

    save_landscape(fit_landscape(options.model.read_bytes(), _mnist()), options.model)


def _export(options: argparse.Namespace) -> dict:
    from mnist_helpers.training.export import convert_and_compare  # imports TensorFlow

    images = _mnist().test_images
    differences = convert_and_compare(options.model, images / np.float32(255))
    return save_section(options.model, "measured", {"export": {"n": len(images)} | differences})


def _card(options: argparse.Namespace) -> dict:
    recogniser = Recogniser(options.model)
    measured = {"mnist": evaluate_mnist(recogniser, _mnist())}
    if options.drawings:
        files = [Path(name).name for name in (*options.drawings, *options.negatives)]
        scores = evaluate_drawings(recogniser, read_drawings(*options.drawings), read_drawings(*options.negatives))
        measured["drawings"] = {"files": files} | scores
    kept = save_section(options.model, "measured", measured)
    write_card(options.model)
    return kept


if __name__ == "__main__":
    sys.exit(main())
