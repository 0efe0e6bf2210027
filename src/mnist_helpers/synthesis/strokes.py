"""Render thousands of drawings from stroke templates at once, for training.

`preprocessing.raster` renders one drawing exactly. Training needs ten thousand drawings an epoch, so here a drawing is
a fixed number of points, a curve is a matrix times its control points, and a batch is one matrix product. The images
look the same: ink in a 20 x 20 box, the same soft edge, and the centre of mass at the same index (within half a pixel,
since overlapping ink counts twice here; augmentation shifts images further than that).
"""

from dataclasses import dataclass, field

import numpy as np

from mnist_helpers.preprocessing.raster import BOX_SIZE, CENTRE_OF_MASS, EDGE_WIDTH, SIZE

POINTS = 160
"""Points of a rendered drawing."""
JITTER = 0.03, 0.11
"""Least and greatest standard deviation of a control point's shift, as a share of the drawing's size."""
HOOK_PROBABILITY = 0.35
"""Probability of a hook at an end of a stroke, as left by a pen that comes down or lifts while it moves."""
HOOK_LENGTH = 0.04, 0.28
"""Least and greatest length of a hook, as a share of the drawing's size."""
_HOOK_SPACE = 0.12  # the length for which points are set aside at each end; a third of these would be too few
_CHUNK = 64


@dataclass(frozen=True, kw_only=True)
class Template:
    """A stroke template: control points (c, 2) in a unit square, and the matrix (POINTS, c) from these to points.

    `ends` (e,) are the control points at which a hook may begin; the last e control points are the hooks' own ends.
    """

    controls: np.ndarray
    basis: np.ndarray
    ends: np.ndarray = field(default_factory=lambda: np.zeros(0, int))


def parse_template(text: str, *, hooks: bool = False) -> Template:
    """Read a template such as `"~.5,0 0,.5 .5,1; 0,1 1,1"`.

    Strokes are separated by `;`, a `~` makes one smooth. A point that occurs twice is one control point, so that
    strokes that meet stay connected when control points move. Written twice in a row, it makes a corner in a smooth
    stroke. With `hooks`, `jitter` adds hooks at the ends of some strokes.
    """
    strokes = [(part.strip().startswith("~"), part.strip(" ~").split()) for part in text.split(";")]
    names = list(dict.fromkeys(name for _, stroke in strokes for name in stroke))
    controls = np.array([[float(value) for value in name.split(",")] for name in names], np.float32)
    indices = [np.array([names.index(name) for name in stroke]) for _, stroke in strokes]
    ends = np.array([index[[0, -1]] for index in indices]).ravel() if hooks else np.zeros(0, int)
    if hooks:
        own = len(controls) + np.arange(len(ends)).reshape(-1, 2)
        indices = [np.concatenate([[first], index, [last]]) for index, (first, last) in zip(indices, own, strict=True)]
        controls = np.concatenate([controls, controls[ends]])
    lengths = [_length(controls[index]) for index in indices]
    counts = np.maximum(2, np.floor(POINTS * np.array(lengths) / sum(lengths))).astype(int)
    counts[np.argmax(counts)] += POINTS - counts.sum()
    basis = np.concatenate(
        [
            _basis(_positions(controls[index], count, hooks), len(index), smooth)
            @ np.eye(len(controls), dtype=np.float32)[index]
            for (smooth, _), index, count in zip(strokes, indices, counts, strict=True)
        ]
    )
    return Template(controls=controls, basis=basis, ends=ends)


def _length(path: np.ndarray) -> float:
    return float(np.hypot(*np.diff(path, axis=0).T).sum()) + 0.05


def _positions(path: np.ndarray, points: int, hooks: bool) -> np.ndarray:
    """Where the points (points,) of a stroke lie, counted in control points; evenly along a path with hooks."""
    if not hooks:
        return np.linspace(0, len(path) - 1, points)
    steps = np.maximum(np.hypot(*np.diff(path, axis=0).T), 0.01)
    steps[[0, -1]] = _HOOK_SPACE
    along = np.concatenate([[0], np.cumsum(steps)])
    return np.interp(np.linspace(0, along[-1], points), along, np.arange(len(path)))


def _basis(position: np.ndarray, controls: int, smooth: bool) -> np.ndarray:
    """The matrix (n, controls) of points at positions (n,) on a line, or on a Catmull-Rom curve, through controls."""
    left = np.minimum(position.astype(int), controls - 2)
    t = position - left
    if smooth:
        parts = [
            (-t + 2 * t**2 - t**3) / 2,
            (2 - 5 * t**2 + 3 * t**3) / 2,
            (t + 4 * t**2 - 3 * t**3) / 2,
            (t**3 - t**2) / 2,
        ]
    else:
        parts = [0 * t, 1 - t, t, 0 * t]
    basis = np.zeros((len(position), controls), np.float32)
    for part, offset in zip(parts, (-1, 0, 1, 2), strict=True):
        np.add.at(basis, (np.arange(len(position)), np.clip(left + offset, 0, controls - 1)), part)
    return basis


def jitter(template: Template, count: int, rng: np.random.Generator) -> np.ndarray:
    """Make random versions of one stroke template, some neat, some careless; returns points (count, POINTS, 2).

    Every control point is shifted on its own, some ends get a hook, then the whole is stretched, slanted and rotated.
    """
    moves = rng.normal(0, rng.uniform(*JITTER, (count, 1, 1)), (count, *template.controls.shape))
    if ends := len(template.ends):
        moves[:, -ends:] = moves[:, template.ends] + _hooks((count, ends), rng)
    moved = template.controls + moves.astype(np.float32)
    return distort(np.matmul(template.basis, moved), rng)


def _hooks(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """From a stroke's end to that of its hook, in any direction (*shape, 2); 0 for most."""
    angle = rng.uniform(0, 2 * np.pi, shape)
    length = rng.uniform(*HOOK_LENGTH, shape) * (rng.random(shape) < HOOK_PROBABILITY)
    return length[..., None] * np.stack([np.cos(angle), np.sin(angle)], -1)


def distort(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Stretch, slant and rotate each drawing of `points` (n, k, 2) by its own random amount."""
    count = len(points)
    aspect = np.exp(rng.normal(0, 0.2, count))
    slant = rng.normal(0, 0.15, count)
    angle = np.deg2rad(rng.normal(0, 6, count))
    cosine, sine = np.cos(angle), np.sin(angle)
    matrix = np.empty((count, 2, 2), np.float32)
    matrix[:, 0, 0], matrix[:, 0, 1] = cosine * aspect, sine * aspect
    matrix[:, 1, 0], matrix[:, 1, 1] = -sine - cosine * slant, cosine - sine * slant
    return np.matmul(points, matrix)


def render(points: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Render points (n, k, 2) with round pens of `width` (n,) pixels; returns images (n, 28, 28) uint8."""
    low, high = points.min(1, keepdims=True), points.max(1, keepdims=True)
    extent = np.maximum((high - low).max(2, keepdims=True), 1e-3)
    placed = (points - (low + high) / 2) * ((BOX_SIZE - width[:, None, None]) / extent)
    placed += CENTRE_OF_MASS - _centre_of_ink(placed)
    images = np.empty((len(points), SIZE, SIZE), np.uint8)
    grid = np.arange(SIZE, dtype=np.float32)
    for start in range(0, len(points), _CHUNK):
        part = placed[start : start + _CHUNK].astype(np.float32)
        across = (part[..., 0, None] - grid) ** 2
        down = (part[..., 1, None] - grid) ** 2
        distance = np.sqrt(_nearest(across, down))
        ink = 0.5 + (width[start : start + _CHUNK, None, None] / 2 - distance) / EDGE_WIDTH
        images[start : start + _CHUNK] = np.clip(ink, 0, 1) * 255 + 0.5
    return images


def _centre_of_ink(points: np.ndarray) -> np.ndarray:
    """The mean of the points, each weighing as much as its distance to the next (pen-up jumps weigh nothing)."""
    step = np.linalg.norm(np.diff(points, axis=1, append=points[:, -1:]), axis=2, keepdims=True)
    step[step > 4 * np.median(step, axis=1, keepdims=True) + 1e-6] = 0
    return (points * step).sum(1, keepdims=True) / np.maximum(step.sum(1, keepdims=True), 1e-6)


def _nearest(across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Squared distance (n, 28, 28) of each pixel to its nearest point, from (n, k, 28) squared differences."""
    nearest = np.full((len(across), SIZE, SIZE), np.inf, np.float32)
    between = np.empty_like(nearest)
    for point in range(across.shape[1]):
        np.add(down[:, point, :, None], across[:, point, None, :], out=between)
        np.minimum(nearest, between, out=nearest)
    return nearest
