"""Networks of other people: two architectures, in every form that is taken, and others that are refused."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from mnist_helpers.mnist.data import Mnist, load_mnist
from mnist_helpers.recognition.network import Network
from mnist_helpers.recognition.recogniser import Recogniser

keras = pytest.importorskip("keras", reason="needs what only training installs")
adopt = pytest.importorskip("mnist_helpers.training.adopt")
interface = pytest.importorskip("mnist_helpers.training.interface")
open_foreign = pytest.importorskip("mnist_helpers.training.foreign").open_foreign
to_litert = pytest.importorskip("mnist_helpers.training.export").to_litert
layers = keras.layers

CLOSE = 0.002
"""Share of MNIST's test digits by which an adopted network may differ from itself as it came."""
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
    digits = whole.train_images[:12_000, ..., np.newaxis] / np.float32(255)
    noise = np.random.default_rng(0).random((1000, 28, 28, 1), np.float32)
    images, labels = np.concatenate([digits, noise]), np.concatenate([whole.train_labels[:12_000], [10] * 1000])
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
    """The network of other people that a core becomes when it takes and gives that."""
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


def own_accuracy(core, mnist: Mnist) -> float:
    found = accuracy(
        core.predict(mnist.test_images[..., np.newaxis] / np.float32(255), batch_size=500, verbose=0), mnist
    )
    assert found > 0.9
    return found


@pytest.mark.parametrize(("architecture", "form"), TABLE)
def test_a_network_is_taken_for_what_it_is(architecture: str, form, cores, mnist: Mnist, tmp_path: Path) -> None:
    shape, pixels, ink, outputs, gives, suffix = form
    theirs = open_foreign(saved(foreign(cores[architecture], *form[:-1]), tmp_path / f"theirs{suffix}"))
    found = interface.find_interface(theirs, theirs.shape, theirs.outputs, mnist)
    assert (found.shape, found.outputs, found.gives_logits) == (shape, outputs, gives == "logits")
    assert pixels in str(found) and f"{ink} ink" in str(found)
    given = theirs(np.asarray(found.inputs_of(mnist.test_images[..., np.newaxis] / np.float32(255))))
    own = own_accuracy(cores[architecture][outputs], mnist)
    assert abs(accuracy(np.asarray(found.probabilities_of(given)), mnist) - own) <= CLOSE


@pytest.mark.parametrize("form", [FORMS[0], FORMS[4], FORMS[5], FORMS[7]], ids=str)
def test_an_adopted_network_takes_digit_images_and_gives_ten_probabilities(form, cores, mnist, tmp_path) -> None:
    *others, outputs, gives, suffix = form
    file = saved(foreign(cores["convolutional"], *others, outputs, gives), tmp_path / f"theirs{suffix}")
    found = adopt.adopt(file, tmp_path / "kept.tflite", mnist)
    assert found.has_no_digit_class == (outputs == 11)
    digits = mnist.test_images / np.float32(255)
    own = own_accuracy(cores["convolutional"][outputs], mnist)
    assert abs(accuracy(Recogniser(tmp_path / "kept.tflite").probabilities_of(digits), mnist) - own) <= CLOSE
    if suffix != ".tflite":
        again = keras.models.load_model(tmp_path / "kept.keras").predict(digits[:100, ..., np.newaxis], verbose=0)
        np.testing.assert_allclose(again, Network(tmp_path / "kept.tflite")(digits[:100]), atol=1e-5)


def test_the_projects_own_network_needs_nothing(mnist: Mnist, tmp_path: Path) -> None:
    found = adopt.adopt(MODELS / "digits.tflite", tmp_path / "kept.tflite", mnist)
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
    with pytest.raises(ModelError, match=f"theirs{suffix} cannot be used. .*{reason}") as told:
        adopt.adopt(file, tmp_path / "kept.tflite", mnist)
    assert "\n" not in str(told.value)
    assert not list(tmp_path.glob("kept*"))
