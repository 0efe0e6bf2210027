"""ipywidgets imports this class, and calls `get_ipython` to see if there is an instance."""

InteractiveShell = None
