"""Measure how often the network is right, and show it."""
