"""Recognise hand-drawn digits: the path from a pen stroke to an answer, and the training of the network behind it."""

from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]
IS_CHECKOUT = (_CHECKOUT / "pyproject.toml").is_file()
PROJECT = _CHECKOUT if IS_CHECKOUT else Path(__file__).resolve().parent
"""Folder with `models/`, `dashboard.ipynb`, `voila.json` and `share/`: a checkout, or in a wheel the package itself."""
