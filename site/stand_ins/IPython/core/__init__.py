"""What ipywidgets imports of it."""
