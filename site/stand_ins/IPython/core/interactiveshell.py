"""ipywidgets imports it, and asks `get_ipython` whether there is one."""

InteractiveShell = None
