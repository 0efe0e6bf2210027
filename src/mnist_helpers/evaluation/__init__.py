"""Measure accuracy and robustness, and plot them."""
