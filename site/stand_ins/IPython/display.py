"""Show values on the page, as IPython does: by `_ipython_display_`, or by what `_repr_mimebundle_` says, or as text."""

from types import SimpleNamespace

publisher = SimpleNamespace()  # its callbacks are set by the kernel's JavaScript


class HTML:
    """Text that is shown as HTML."""

    def __init__(self, data: str) -> None:
        self.data = data

    def _repr_mimebundle_(self, **options: object) -> dict[str, str]:
        return {"text/html": self.data, "text/plain": repr(self)}


def display(*values: object, **options: object) -> None:
    """Show each value."""
    for value in values:
        if hasattr(value, "_ipython_display_"):
            value._ipython_display_()
            continue
        bundle = value._repr_mimebundle_() if hasattr(value, "_repr_mimebundle_") else {"text/plain": repr(value)}
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        publisher.display_data_callback(data, metadata, {})


def clear_output(wait: bool = False) -> None:
    """Take back what was shown."""
    publisher.clear_output_callback(wait)
