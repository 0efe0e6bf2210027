"""A map in two dimensions of what a network's last layer gets: where a digit image lies among MNIST's.

It is made by `mnist-helpers landscape` and kept beside the network, for which alone it is right.
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
"""From this share of the way to the nearest digits on, an image lies between them and the next."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Landscape:
    """A linear map from features (n, count) to places (n, 2), from 0 to 100 for MNIST's, and some of MNIST's `points`
    (m, 2) with their `labels` (m,)."""

    projection: Array
    origin: Array
    points: Array
    labels: Array

    def places(self, features: Array) -> Array:
        """Where features (n, count) lie, (n, 2)."""
        return features @ self.projection + self.origin

    @property
    def centres(self) -> Array:
        """The middle of MNIST's points of each digit, (10, 2)."""
        return np.stack([np.median(self.points[self.labels == digit], axis=0) for digit in range(10)])

    def nearest(self, place: Array) -> tuple[int, int | None]:
        """The digit whose middle is nearest to a place (2,); and the next one if the place lies between both."""
        distances = np.hypot(*(self.centres - place).T)
        first, second = distances.argsort()[:2].tolist()
        is_between = distances[first] > BETWEEN * (distances[first] + distances[second])
        return first, second if is_between else None


_NAMES = [each.name for each in fields(Landscape)]


def save_landscape(landscape: Landscape, network: Path) -> None:
    """Keep a landscape beside the network's file, with the SHA-256 of the network that it was made for."""
    np.savez_compressed(
        network.with_suffix(".landscape.npz"),
        sha256=np.array(hashlib.sha256(network.read_bytes()).hexdigest()),
        projection=landscape.projection.astype(np.float32),
        origin=landscape.origin.astype(np.float32),
        points=landscape.points.astype(np.float16),
        labels=landscape.labels.astype(np.uint8),
    )


def find_landscape(content: bytes, folder: Path = MODELS) -> Landscape | None:
    """The landscape in `models/` that was made for the network with this LiteRT file; None if there is none."""
    wanted = hashlib.sha256(content).hexdigest()
    for path in sorted(folder.glob("*.landscape.npz")):
        with suppress(OSError, ValueError, LookupError, BadZipFile), np.load(path, allow_pickle=False) as kept:
            if str(kept["sha256"]) == wanted:
                return Landscape(**{name: kept[name].astype(np.float32) for name in _NAMES})
    return None
