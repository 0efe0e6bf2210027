"""In place of IPython, which is for interactive use: a page needs only `display` of its hundreds of modules."""


def get_ipython() -> None:
    """None: there is no IPython."""
