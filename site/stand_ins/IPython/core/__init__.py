"""The modules that ipywidgets imports."""
