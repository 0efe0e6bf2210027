"""The landscape of a network: a projection of its last layer's inputs to two dimensions, with some of MNIST's digits.

It shows where a digit image lies among MNIST's. `mnist-helpers landscape` writes it to a file beside the network; it is
valid for that network only.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from mnist_helpers.recognition.inference.litert_file import Array
from mnist_helpers.recognition.model_metadata import MODELS

BETWEEN = 0.35
"""Share of the sum of the distances from the two nearest digits, from which on an image lies between them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Landscape:
    """A projection of features (n, count) to places (n, 2), and `points` (m, 2) of MNIST's digits with `labels` (m,).

    MNIST's points lie between 0 and 100 on both axes.
    """

    projection: Array
    origin: Array
    points: Array
    labels: Array

    def places(self, features: Array) -> Array:
        """Project features (n, count) to places (n, 2)."""
        return features @ self.projection + self.origin

    @property
    def centres(self) -> Array:
        """The median (10, 2) of the points of each digit."""
        return np.stack([np.median(self.points[self.labels == digit], axis=0) for digit in range(10)])

    def nearest(self, place: Array) -> tuple[int, int | None]:
        """The digit whose centre is nearest to a place (2,), and the second nearest if the place lies between both."""
        distances = np.hypot(*(self.centres - place).T)
        first, second = distances.argsort()[:2].tolist()
        is_between = distances[first] > BETWEEN * (distances[first] + distances[second])
        return first, second if is_between else None


_NAMES = [each.name for each in fields(Landscape)]


def save_landscape(landscape: Landscape, network: Path) -> None:
    """Write a landscape beside the network's file, with the SHA-256 of the network."""
    np.savez_compressed(
        network.with_suffix(".landscape.npz"),
        sha256=np.array(hashlib.sha256(network.read_bytes()).hexdigest()),
        projection=landscape.projection.astype(np.float32),
        origin=landscape.origin.astype(np.float32),
        points=landscape.points.astype(np.float16),
        labels=landscape.labels.astype(np.uint8),
    )


def find_landscape(content: bytes, folder: Path = MODELS) -> Landscape | None:
    """Find the landscape of the network with this LiteRT file in a folder; None if there is none."""
    wanted = hashlib.sha256(content).hexdigest()
    for path in sorted(folder.glob("*.landscape.npz")):
        with suppress(OSError, ValueError, LookupError, BadZipFile), np.load(path, allow_pickle=False) as kept:
            if str(kept["sha256"]) == wanted:
                return Landscape(**{name: kept[name].astype(np.float32) for name in _NAMES})
    return None
