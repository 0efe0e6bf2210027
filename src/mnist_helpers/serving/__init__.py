"""Serve the page with Voila: limits, kernels and files. `/voila.json` names these classes."""
