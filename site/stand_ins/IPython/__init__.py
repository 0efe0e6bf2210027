"""Stands in for IPython, which is for people who type: of its hundreds of modules a page needs `display` alone."""


def get_ipython() -> None:
    """There is none."""
