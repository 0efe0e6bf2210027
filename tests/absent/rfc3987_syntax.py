"""In place of a package that Jupyter loads and no test needs: it builds a parser, which takes two seconds of CPU.

`mnist-helpers page` does without it too. The folder is on the path of all that `make test` starts.
"""

raise ImportError("left out by tests/absent")
