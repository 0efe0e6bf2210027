"""Stands in for masked arrays: `numpy.median` asks whether it was given one."""


def isMaskedArray(values: object) -> bool:
    """There is none."""
    return False
