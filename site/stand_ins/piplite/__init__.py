"""Stands in for the installer that the kernel asks for its parts: they are all here already."""


async def install(*names: str, **options: object) -> None:
    """Do nothing."""
