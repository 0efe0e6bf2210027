"""The charts use the page's colours."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mnist_helpers.evaluation import charts
from mnist_helpers.recognition.recognition import OPPOSES, SUPPORTS


def test_overlay_shows_ink_for_and_against_the_answer_in_the_pages_colours():
    values = np.zeros((28, 28), np.float32)
    values[3, 4], values[5, 6] = 2, -2
    figure, axes = plt.subplots()
    charts.plot_attribution(axes, np.eye(28), values)
    (image,) = axes.images
    shown = image.cmap(image.norm(values))[..., :3] * 255
    plt.close(figure)
    assert shown[3, 4] == pytest.approx(SUPPORTS) and shown[5, 6] == pytest.approx(OPPOSES)
    assert shown[0, 0] == pytest.approx((255, 255, 255), abs=2)
