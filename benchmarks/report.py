"""The measured figures as a table and as a picture."""

from pathlib import Path
from typing import Any

from benchmarks.peers import PEERS

FIGURES = {
    "seconds_to_pad": ("cold browser to a pad that can be drawn on, s", 2),
    "answer_ms_median": ("pointer event to changed probabilities, median, ms", 0),
    "answer_ms_p95": ("the same, 95th centile, ms", 0),
    "visitor_mb": ("memory of one more visitor, MB", 0),
    "cpu_ms_per_second": ("CPU of server and kernel per second of drawing, ms", 0),
    "wire_mb": ("first visit over the wire, MB", 1),
    "install_mb": ("size of the installation, MB", 0),
    "install_seconds": ("time of the installation, s", 0),
}


def table(found: dict[str, dict[str, float]]) -> str:
    """A table in Markdown."""
    peers = [peer for peer in PEERS if peer.name in found]
    lines = ["| | " + " | ".join(peer.title for peer in peers) + " |", "|---" * (len(peers) + 1) + "|"]
    for key, (words, digits) in FIGURES.items():
        known = (found[peer.name].get(key) for peer in peers)
        cells = ("" if value is None else f"{round(value, digits) + 0.0:.{digits}f}" for value in known)  # no -0
        lines.append(f"| {words} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def training_line(found: dict[str, Any]) -> str:
    """What `benchmarks.training` found, in one line."""
    fast, example = (f"{found[name]['seconds']:.0f} s to {found[name]['accuracy']:.2%}" for name in ("fast", "example"))
    return f"Training: fast recipe {fast}, Keras's example {example}; ratio {found['ratio']:.3f}"


def picture(found: dict[str, dict[str, float]], path: Path) -> None:
    """A bar for each peer and figure."""
    import matplotlib  # heavy, and only wanted here

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    peers = [peer for peer in PEERS if peer.name in found]
    figure, axes = plt.subplots(2, 4, figsize=(14, 5), layout="constrained")
    for axis, (key, (words, digits)) in zip(axes.flat, FIGURES.items(), strict=True):
        values = [found[peer.name].get(key, 0) for peer in peers]
        bars = axis.barh([peer.title.split(" ", 1)[0] for peer in peers][::-1], values[::-1], color="#4338ca")
        axis.bar_label(bars, fmt=f"%.{digits}f", padding=3)
        axis.set_title(words.replace(", ", ",\n"), fontsize=9)
        axis.margins(x=0.2)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)
    plt.close(figure)
