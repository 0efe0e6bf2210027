"""The measured figures as a table."""

from typing import Any

FIGURES = {
    "ink": ("cold browser to first ink, s", 2),
    "answer": ("cold browser to the answer of a stroke begun at once, s", 2),
    "second_ink": ("second visit to first ink, s", 2),
    "second_answer": ("second visit to that answer, s", 2),
    "seconds_to_page": ("command to a page with a kernel, second start, s", 1),
    "changed_ms": ("pointer event to changed probabilities, ms", 0),
    "requests": ("files of a first visit", 0),
    "kilobytes": ("first visit over the wire, kB", 0),
    "second_kilobytes": ("second visit over the wire, kB", 0),
    "visitor_mb": ("memory of one more visitor, MB", 0),
    "cpu_ms_per_second": ("CPU of server and kernel per second of drawing, ms", 0),
    "install_mb": ("size of the installation, MB", 0),
}


def table(peers: dict[str, dict[str, Any]]) -> str:
    """A table in Markdown; each column names the command that its figures belong to."""
    heads = (f"{each['title']}, `{each['command']}`" for each in peers.values())
    lines = ["| | " + " | ".join(heads) + " |", "|---" * (len(peers) + 1) + "|"]
    for key, (words, digits) in FIGURES.items():
        known = (each.get(key) for each in peers.values())
        cells = ("" if value is None else f"{round(value, digits) + 0.0:.{digits}f}" for value in known)  # no -0
        lines.append(f"| {words} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def training_line(found: dict[str, Any]) -> str:
    """What `benchmarks.training` found, in one line."""
    fast, example = (f"{found[name]['seconds']:.0f} s to {found[name]['accuracy']:.2%}" for name in ("fast", "example"))
    return f"Training: fast recipe {fast}, Keras's example {example}; ratio {found['ratio']:.3f}"
