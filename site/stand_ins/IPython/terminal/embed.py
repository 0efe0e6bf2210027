"""Stands in for IPython in a terminal, which a browser has none of, and its hundred modules."""

embed = None
