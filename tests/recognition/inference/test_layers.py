"""The layers of a network are what Keras built, and their maps the same from LiteRT and from NumPy."""

import sys
from pathlib import Path

import numpy as np
import pytest

from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings
from mnist_helpers.preprocessing.raster import SIZE, rasterise
from mnist_helpers.recognition.explain import activation_occlusion_map
from mnist_helpers.recognition.inference.landscape import find_landscape
from mnist_helpers.recognition.inference.layers import Inside, layers_of
from mnist_helpers.recognition.inference.litert_file import Graph, Operation, Table, read_graph
from mnist_helpers.recognition.inference.network import Network
from mnist_helpers.recognition.model_metadata import MODELS, ModelError

FILE = MODELS / "digits.tflite"
SHAPES = [
    [(26, 26, 12), (12, 12, 24), (10, 10, 44), (4, 4, 44), (4, 4, 112), (2, 2, 112), (1, 1, 11)],
    [(12, 12, 24), (4, 4, 48), (4, 4, 128), (2, 2, 96), (1, 1, 11)],
]
SEES = [[3, 6, 10, 16, 24, 28, 28], [6, 16, 24, 28, 28]]
LABELS, DIGITS = zip(*((each.label, rasterise(each.drawing)) for each in read_drawings(SAMPLES)), strict=True)
DIGITS = np.stack(DIGITS)


@pytest.fixture(scope="module")
def inside() -> Inside:
    return Inside(FILE.read_bytes())


@pytest.fixture
def in_numpy(monkeypatch: pytest.MonkeyPatch) -> Inside:
    """As in a browser, where LiteRT cannot be installed."""
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    monkeypatch.setattr("mnist_helpers.recognition.inference.network.find_spec", lambda name: None)
    return Inside(FILE.read_bytes())


def test_the_two_members_have_the_layers_that_they_were_built_of(inside: Inside) -> None:
    maps = inside.maps(DIGITS[:2])
    for member in (0, 1):
        own = [place for place, layer in enumerate(inside.layers) if layer.member == member]
        assert [maps[place].shape[1:] for place in own] == SHAPES[member]
        assert [inside.layers[place].receptive_field for place in own] == SEES[member]
        assert [inside.layers[place].depth for place in own] == list(range(1, len(own) + 1))


def test_litert_and_numpy_find_the_same_maps_and_features(inside: Inside, in_numpy: Inside) -> None:
    for ours, theirs in zip(inside.maps(DIGITS), in_numpy.maps(DIGITS), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)
        assert np.ptp(ours) > 1
    np.testing.assert_allclose(inside.features(DIGITS[:5]), in_numpy.features(DIGITS[:5]), atol=1e-4)


def test_a_point_of_a_map_changes_with_the_pixels_that_it_sees_and_with_no_others(inside: Inside) -> None:
    layer, seen = inside.layers[1], set()
    for digit in DIGITS[:3]:  # in one of them alone, a pixel may matter to no map
        pixels = np.repeat(digit[np.newaxis], SIZE * SIZE, axis=0).reshape(SIZE * SIZE, -1)
        pixels[np.diag_indices(SIZE * SIZE)] = 1 - pixels[np.diag_indices(SIZE * SIZE)]
        (maps,) = inside.maps(pixels.reshape(-1, SIZE, SIZE), [layer])
        (plain,) = inside.maps(digit[np.newaxis], [layer])
        changed = np.any(maps[:, 4, 5] != plain[0, 4, 5], axis=-1).reshape(SIZE, SIZE)
        seen |= set(map(tuple, np.argwhere(changed).tolist()))
    assert seen == {(row, column) for row in range(8, 14) for column in range(10, 16)}


def test_the_mean_of_the_members_is_what_the_network_says(inside: Inside) -> None:
    for digit, outputs in zip(DIGITS[:10], Network(FILE)(DIGITS[:10]), strict=True):
        members = inside.probabilities(digit)
        assert members is not None and members.shape == (2, 11)
        np.testing.assert_allclose(members.sum(axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(members.mean(axis=0)[:10], outputs, atol=1e-5)
        score_of_7 = inside.activation(inside.layers[-1], 7, digit[np.newaxis])
        np.testing.assert_allclose(np.exp(score_of_7), members[1, 7], rtol=1e-3)


def test_what_the_upper_ink_excites_and_the_lower_quiets_is_shown_so() -> None:
    digit, upper = DIGITS[0], np.arange(SIZE)[:, np.newaxis] < SIZE / 2
    found = activation_occlusion_map(lambda digits: np.where(upper, digits, -digits).sum(axis=(1, 2)), digit)
    inked = digit > 0.5
    assert (found[:11][inked[:11]] > 0).all() and (found[17:][inked[17:]] < 0).all()
    assert (found[digit == 0] == 0).all()


def test_ink_that_excites_a_first_map_is_where_the_map_is_bright(inside: Inside) -> None:
    layer = inside.layers[0]
    (maps,) = inside.maps(DIGITS[:1], [layer])
    number = int(maps[0].max(axis=(0, 1)).argmax())
    found = activation_occlusion_map(lambda digits: inside.activation(layer, number, digits), DIGITS[0])
    row, column = np.unravel_index(maps[0, ..., number].argmax(), maps.shape[1:3])
    near = found[row : row + 3, column : column + 3]
    assert near.max() > 0.3 * found.max() > 0


def test_samples_lie_among_their_own_in_the_landscape(inside: Inside) -> None:
    landscape = find_landscape(FILE.read_bytes())
    assert landscape is not None
    nearest = [landscape.nearest(place)[0] for place in landscape.places(inside.features(DIGITS))]
    assert np.mean([str(digit) == label for digit, label in zip(nearest, LABELS, strict=True)]) >= 0.9


def test_between_two_digits_both_are_named() -> None:
    landscape = find_landscape(FILE.read_bytes())
    assert landscape is not None
    one, seven = landscape.centres[[1, 7]]
    assert landscape.nearest(one) == (1, None)
    assert landscape.nearest(0.55 * one + 0.45 * seven) == (1, 7)


def test_another_network_has_no_landscape() -> None:
    assert find_landscape(FILE.read_bytes() + b"\0") is None


def test_a_damaged_landscape_is_none(tmp_path: Path) -> None:
    (tmp_path / "digits.landscape.npz").write_bytes(b"PK of another kind")
    assert find_landscape(FILE.read_bytes(), tmp_path) is None


def _graph(*operations: tuple[int, tuple[int, ...], int]) -> Graph:
    """A graph with input tensor 0, in which tensor 99 holds a layer's weights."""
    options = read_graph(FILE.read_bytes()).operations[0].options
    assert isinstance(options, Table)
    steps = (Operation(code=code, inputs=inputs, output=output, options=options) for code, inputs, output in operations)
    return Graph(operations=tuple(steps), constants={99: np.ones((4, 3, 3, 1), np.float32)}, input=0, output=1)


def test_branches_of_one_member_are_layers_of_it() -> None:
    layers = layers_of(_graph((3, (0, 99), 1), (3, (1, 99), 2), (0, (1, 2), 3), (3, (3, 99), 4)))
    assert [(layer.member, layer.depth, layer.output) for layer in layers] == [(0, 1, 1), (0, 2, 3), (0, 3, 4)]


def test_branches_that_meet_before_the_last_layer_are_refused() -> None:
    with pytest.raises(ValueError, match="meet before the last layer"):
        layers_of(_graph((3, (0, 99), 1), (3, (0, 99), 2), (2, (1, 2), 3), (3, (1, 2), 4)))


def test_a_network_without_layers_and_a_damaged_file_are_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="neither convolutions nor dense"):
        layers_of(_graph((25, (0,), 1)))
    with pytest.raises(ModelError, match="The inside of this network cannot be shown: not a LiteRT file"):
        Inside(b"damaged")
