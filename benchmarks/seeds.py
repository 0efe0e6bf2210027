"""Measure how much a training depends on its seed: `python -m benchmarks.seeds full 1 2 3`, or `fast 1 2 3 4 5`.

Prints time and accuracy on MNIST's test digits of each run, then mean and standard deviation. A run that was stopped is
resumed. The accuracies of the full recipe are saved for the model card.
"""

import json
import os
import statistics
import sys
from pathlib import Path

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # TensorFlow leaves it off on processors without AVX-512

import numpy as np

from mnist_helpers.mnist.data import load_mnist
from mnist_helpers.recognition.model_metadata import MODELS, save_section
from mnist_helpers.training.recipe import FAST, FULL
from mnist_helpers.training.run import train

CHECKPOINTS = Path("build/training/seeds")


def main(recipe: str, *seeds: str) -> None:
    """Train once with each seed."""
    mnist = load_mnist()
    digits = mnist.test_images[..., np.newaxis] / np.float32(255)
    accuracies = {}
    for seed in seeds:
        checkpoints = CHECKPOINTS if recipe == "full" else None
        model, epochs = train(mnist, {"full": FULL, "fast": FAST}[recipe], int(seed), checkpoints)
        right = model.predict(digits, batch_size=500, verbose=0).argmax(1) == mnist.test_labels
        accuracies[seed] = round(float(right.mean()), 4)
        spent = {name: round(sum(getattr(it, name) for it in epochs), 1) for name in ("seconds", "cpu_seconds")}
        print(json.dumps({"recipe": recipe, "seed": int(seed), "accuracy": accuracies[seed]} | spent), flush=True)
    if len(seeds) > 1:
        values = list(accuracies.values())
        summary = {"mean": round(statistics.mean(values), 5), "standard_deviation": round(statistics.stdev(values), 5)}
        print(json.dumps(summary))
        if recipe == "full":
            save_section(MODELS / "digits.tflite", "training", {"accuracy_by_seed": accuracies | summary})


if __name__ == "__main__":
    main(*sys.argv[1:])
