"""Stands in for the database of IPython's history, which a page does not keep."""

DatabaseError = OperationalError = IntegrityError = OSError


class Connection:
    """There is none."""


def register_converter(name: str, converter: object) -> None:
    """Do nothing."""
