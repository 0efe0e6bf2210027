"""Networks of other people: two architectures with every supported interface, and others that are refused."""

import itertools
import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mnist_helpers.__main__ import main
from mnist_helpers.mnist.data import Mnist, load_mnist
from mnist_helpers.page.dashboard import Dashboard
from mnist_helpers.recognition.calibration import Calibration
from mnist_helpers.recognition.inference.network import Network
from mnist_helpers.recognition.model_metadata import MODELS, ModelError
from mnist_helpers.recognition.recogniser import Recogniser

keras = pytest.importorskip("keras", reason="needs what only training installs")
adopt = pytest.importorskip("mnist_helpers.training.adopt")
interface = pytest.importorskip("mnist_helpers.training.interface")
opening = pytest.importorskip("mnist_helpers.training.foreign")
open_foreign, keras_network = opening.open_foreign, opening.KerasNetwork
to_litert = pytest.importorskip("mnist_helpers.training.export").to_litert
layers, numpy_of = keras.layers, keras.ops.convert_to_numpy

pytestmark = pytest.mark.slow  # trains networks first

CLOSE = 0.002
"""Largest difference of the accuracy on MNIST's test digits before and after adoption."""
TO_WHITE = {"0..1": (1, 0), "0..255": (1 / 255, 0), "-1..1": (1 / 2, 1 / 2), "standardised": (0.3081, 0.1307)}
TO_WHITE_FROM_BLACK = {
    "0..1": (-1, 1),
    "0..255": (-1 / 255, 1),
    "-1..1": (-1 / 2, 1 / 2),
    "standardised": (-0.3081, 0.1307),
}
FORMS = [
    ((28, 28), "0..1", "white", 10, "probabilities", ".keras"),
    ((28, 28, 1), "0..1", "white", 10, "logits", ".h5"),
    ((784,), "0..255", "white", 10, "probabilities", ".tflite"),
    ((28, 28, 3), "0..255", "white", 10, "logits", ".keras"),
    ((28, 28, 1), "standardised", "white", 11, "probabilities", ".h5"),
    ((28, 28), "standardised", "white", 11, "logits", ".tflite"),
    ((784,), "0..1", "black", 10, "probabilities", ".keras"),
    ((28, 28, 3), "0..255", "black", 10, "logits", ".tflite"),
    ((28, 28, 1), "standardised", "black", 10, "probabilities", ".tflite"),
    ((28, 28), "-1..1", "black", 11, "logits", ".keras"),
    ((28, 28, 1), "0..255", "black", 11, "probabilities", ".tflite"),
]
TABLE = list(itertools.product(["dense", "convolutional"], FORMS))[:-1]


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    """MNIST with few training digits, on which networks are tried and calibrated in a moment."""
    whole = load_mnist()
    few = whole.train_images[-2000:], whole.train_labels[-2000:]
    tests = whole.test_images, whole.test_labels
    return Mnist(train_images=few[0], train_labels=few[1], test_images=tests[0], test_labels=tests[1])


@pytest.fixture(scope="module")
def cores(mnist: Mnist) -> dict:
    """Networks from digit images (n, 28, 28, 1) to ten or eleven logits, trained in seconds on digits and noise."""
    whole = load_mnist()
    digits = whole.train_images[:10_000, ..., np.newaxis] / np.float32(255)
    noise = np.random.default_rng(0).random((1000, 28, 28, 1), np.float32)
    images, labels = np.concatenate([digits, noise]), np.concatenate([whole.train_labels[:10_000], [10] * 1000])
    keras.utils.set_random_seed(0)
    bodies = {
        "dense": [layers.Flatten(), layers.Dense(48, activation="relu")],
        "convolutional": [layers.Conv2D(8, 4, strides=2, activation="relu"), layers.MaxPooling2D(), layers.Flatten()],
    }
    return {name: dict(zip((11, 10), _trained(body, images, labels), strict=True)) for name, body in bodies.items()}


def _trained(body: list, images: np.ndarray, labels: np.ndarray) -> tuple:
    """A network with eleven outputs, and the same without the last."""
    eleven = keras.Sequential([keras.Input((28, 28, 1)), *body, layers.Dense(11)])
    eleven.compile(keras.optimizers.Adam(0.003), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    eleven.fit(images, labels, epochs=3, batch_size=100, verbose=0)
    ten = keras.Sequential([keras.Input((28, 28, 1)), *body, layers.Dense(10)])
    ten.layers[-1].set_weights([weights[..., :10] for weights in eleven.layers[-1].get_weights()])
    return eleven, ten


def foreign(cores: dict, shape, pixels: str, ink: str, outputs: int, gives: str):
    """A core with another interface, as a network of other people."""
    images = keras.Input(shape)
    digits = layers.Reshape((28, 28, 1))(images[..., :1] if shape == (28, 28, 3) else images)
    to_white = TO_WHITE[pixels] if ink == "white" else TO_WHITE_FROM_BLACK[pixels]
    logits = cores[outputs](layers.Rescaling(*to_white)(digits))
    return keras.Model(images, layers.Softmax()(logits) if gives == "probabilities" else logits)


def saved(model, path: Path) -> Path:
    to_litert(model, path) if path.suffix == ".tflite" else model.save(path)
    return path


def accuracy(probabilities: np.ndarray, mnist: Mnist) -> float:
    return float((probabilities[:, :10].argmax(axis=1) == mnist.test_labels).mean())


@pytest.fixture(scope="module")
def own_accuracy(cores: dict, mnist: Mnist) -> dict:
    """The digits that each core reads right, by its name and the number of its outputs."""
    digits = mnist.test_images[..., np.newaxis] / np.float32(255)
    found = {
        (name, outputs): accuracy(core.predict(digits, batch_size=500, verbose=0), mnist)
        for name, by_outputs in cores.items()
        for outputs, core in by_outputs.items()
    }
    assert min(found.values()) > 0.9
    return found


@pytest.mark.parametrize(("architecture", "form"), TABLE)
def test_a_network_is_taken_for_what_it_is(
    architecture: str, form, cores, own_accuracy, mnist: Mnist, tmp_path: Path
) -> None:
    shape, pixels, ink, outputs, gives, suffix = form
    theirs = open_foreign(saved(foreign(cores[architecture], *form[:-1]), tmp_path / f"theirs{suffix}"))
    found = interface.find_interface(theirs, theirs.shape, theirs.outputs, mnist)
    assert (found.shape, found.outputs, found.gives_logits) == (shape, outputs, gives == "logits")
    assert pixels in str(found) and f"{ink} ink" in str(found)
    given = theirs(numpy_of(found.inputs_of(mnist.test_images[..., np.newaxis] / np.float32(255))))
    adapted = accuracy(numpy_of(found.probabilities_of(given)), mnist)
    assert abs(adapted - own_accuracy[architecture, outputs]) <= CLOSE


def test_what_reads_far_worse_than_the_best_is_not_run_on_all_digits(cores, mnist: Mnist) -> None:
    theirs, images = keras_network(foreign(cores["dense"], *FORMS[0][:-1])), []
    found = interface.find_interface(lambda some: images.append(len(some)) or theirs(some), (28, 28), 10, mnist)
    assert found.pixels.name == "pixels of 0..1, white ink"
    assert sum(images) < 0.7 * len(interface.PIXELS) * interface.IMAGES


@pytest.mark.parametrize("form", [FORMS[4], FORMS[7]], ids=str)
def test_an_adopted_network_takes_digit_images_and_gives_ten_probabilities(
    form, cores, own_accuracy, mnist, tmp_path
) -> None:
    *others, outputs, gives, suffix = form
    file = saved(foreign(cores["convolutional"], *others, outputs, gives), tmp_path / f"theirs{suffix}")
    found = adopt.adopt(file, tmp_path / "kept.tflite", mnist)
    assert found.has_no_digit_class == (outputs == 11)
    digits = mnist.test_images / np.float32(255)
    kept = accuracy(Recogniser(tmp_path / "kept.tflite").probabilities_of(digits), mnist)
    assert abs(kept - own_accuracy["convolutional", outputs]) <= CLOSE
    if suffix != ".tflite":
        again = keras.models.load_model(tmp_path / "kept.keras").predict(digits[:100, ..., np.newaxis], verbose=0)
        np.testing.assert_allclose(again, Network(tmp_path / "kept.tflite")(digits[:100]), atol=1e-5)


def test_what_is_less_probable_than_not_is_no_answer(mnist: Mnist) -> None:
    unsure = adopt.calibrate_on_mnist(lambda digits: np.full((len(digits), 10), 0.05), mnist)
    assert unsure.threshold == Calibration.threshold == 0.5


def test_the_projects_own_network_needs_nothing(mnist: Mnist, tmp_path: Path) -> None:
    few = replace(mnist, train_images=mnist.train_images[-200:], train_labels=mnist.train_labels[-200:])
    found = adopt.adopt(MODELS / "digits.tflite", tmp_path / "kept.tflite", few)
    assert found.pixels.name == "pixels of 0..1, white ink" and found.has_no_digit_class
    assert (tmp_path / "kept.tflite").read_bytes() == (MODELS / "digits.tflite").read_bytes()


def _broken(core, how: str):
    if how == "NaN":
        core = keras.models.clone_model(core)
        core.layers[-1].set_weights([np.full(each.shape, np.nan) for each in core.layers[-1].get_weights()])
        return core
    images = keras.Input((32, 32, 1) if how == "size" else (28, 28, 1))
    if how == "size":
        return keras.Model(images, core(layers.Cropping2D(2)(images)))
    doubled = layers.Lambda(lambda x: x)(images) if how == "code" else _Own()(images) if how == "layer" else images
    logits = core(doubled)
    return keras.Model(images, logits[:, ::-1] if how == "order" else layers.Activation("sigmoid")(logits))


class _Own(layers.Layer):
    def call(self, inputs):
        return inputs


@pytest.mark.parametrize(
    ("how", "suffix", "reason"),
    [
        ("NaN", ".keras", "weights that are not finite"),
        ("NaN", ".tflite", "not finite"),
        ("size", ".tflite", r"takes images of shape \(32, 32, 1\)"),
        ("order", ".keras", "% of MNIST's digits at best"),
        ("sigmoid", ".keras", "sum to more than 1"),
        ("code", ".keras", "Python code"),
        ("code", ".h5", "Python code"),
        ("layer", ".keras", "needs _Own, which is not a part of Keras"),
        ("layer", ".h5", "needs _Own, which is not a part of Keras"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(how, suffix, reason, cores, mnist, tmp_path) -> None:
    file = saved(_broken(cores["dense"][10], how), tmp_path / f"theirs{suffix}")
    with pytest.raises(ModelError, match=f"theirs{suffix} cannot be used. .*{reason}") as error:
        adopt.adopt(file, tmp_path / "kept.tflite", mnist)
    assert "\n" not in str(error.value)
    assert not list(tmp_path.glob("kept*"))


def test_a_file_that_is_no_network_is_reported_in_a_sentence(mnist, tmp_path) -> None:
    for name in ("theirs.keras", "theirs.h5", "theirs.tflite", "theirs.pkl"):
        (tmp_path / name).write_bytes(pickle.dumps([1] * 1000))
        with pytest.raises(ModelError, match=rf"^\S+{name} cannot be used\. [^\n]+\.$"):
            adopt.adopt(tmp_path / name, tmp_path / "kept.tflite", mnist)


def test_a_file_that_is_too_large_is_not_even_read(mnist, tmp_path) -> None:
    for name in ("theirs.keras", "theirs.tflite"):
        with open(tmp_path / name, "wb") as file:
            file.truncate(2_000_000_000)  # takes no room on the disk
        with pytest.raises(ModelError, match="It has 2,000 MB; at most 100 can be served"):
            adopt.adopt(tmp_path / name, tmp_path / "kept.tflite", mnist)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "models").mkdir()
    for module in ("training.adopt", "recognition.model_metadata", "page.pad_reader"):
        monkeypatch.setattr(f"mnist_helpers.{module}.MODELS", tmp_path / "models")
    return tmp_path / "models"


@pytest.fixture
def theirs(cores, tmp_path: Path) -> Path:
    return saved(foreign(cores["convolutional"], (28, 28), "0..255", "black", 10, "logits"), tmp_path / "theirs.keras")


def test_add_keeps_a_network_with_its_card_and_it_can_be_drawn_on(theirs, models, mnist, monkeypatch, capsys) -> None:
    monkeypatch.setattr("mnist_helpers.__main__._mnist", lambda: mnist)
    assert main(["add", str(theirs), "--name", "mine"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["found"] == (
        "takes pixels of 0..255, black ink, of shape (28, 28); gives logits of ten digits, none for no digit"
    )
    assert {path.name for path in models.iterdir()} == {"mine.keras", "mine.tflite", "mine.json", "mine.md"}
    card = (models / "mine.md").read_text()
    assert printed["found"] in card and f"**{printed['mnist']['accuracy']:.2%}**" in card
    assert "there is no no-digit class" in card
    assert (Recogniser(models / "mine.tflite").calibration) == Dashboard(network="mine").reader.recogniser.calibration

    assert main(["add", str(theirs), "--name", "mine"]) == 2
    assert "already" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../mine", "a/b", "", ".", "x" * 65])
def test_a_name_that_is_none_is_refused(name, theirs, models, mnist, monkeypatch, capsys) -> None:
    monkeypatch.setattr("mnist_helpers.__main__._mnist", lambda: mnist)
    assert main(["add", str(theirs), f"--name={name}"]) == 2
    assert "is no name for a network" in capsys.readouterr().err
    assert not list(models.iterdir())


def test_what_fails_half_way_leaves_nothing_behind(models: Path) -> None:
    with pytest.raises(OSError, match="No space left"), adopt.new_network("mine") as network:
        network.write_bytes(b"half of")
        raise OSError("No space left on device")
    assert not list(models.iterdir())


def test_the_dashboard_shows_a_model_in_memory_that_was_not_made_for_it(cores, mnist, monkeypatch) -> None:
    monkeypatch.setattr("mnist_helpers.training.adopt.load_mnist", lambda: mnist)
    model = foreign(cores["convolutional"], (784,), "0..255", "white", 10, "logits")
    recogniser = Dashboard(network=model).reader.recogniser
    digits = mnist.test_images[:500] / np.float32(255)
    assert (recogniser.probabilities_of(digits).argmax(axis=1) == mnist.test_labels[:500]).mean() > 0.85


def test_the_dashboard_says_what_is_wrong_with_a_network(cores, mnist, monkeypatch) -> None:
    monkeypatch.setattr("mnist_helpers.training.adopt.load_mnist", lambda: mnist)
    assert "weights that are not finite" in Dashboard(network=_broken(cores["dense"][10], "NaN")).message.value
    assert "There is no network" in Dashboard(network="nobody's").message.value
