"""In place of masked arrays; `numpy.median` checks whether it was given one."""


def isMaskedArray(values: object) -> bool:
    """False: there are no masked arrays."""
    return False
