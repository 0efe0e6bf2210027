"""In place of the installer that the kernel calls for its packages, which are all here already."""


async def install(*names: str, **options: object) -> None:
    """Do nothing."""
