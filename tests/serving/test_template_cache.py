"""A server compiles the templates of its pages once."""

from pathlib import Path
from types import CodeType

from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_notebook

from mnist_helpers.serving.template_cache import compile_once


def page(template: Path) -> tuple[str, CodeType]:
    """A page made by an exporter of its own, as Voila does for every visitor, and what its template compiled to."""
    exporter = HTMLExporter(template_file=str(template))
    html, _ = exporter.from_notebook_node(new_notebook())
    return html, exporter.template.root_render_func.__code__


def test_a_second_page_uses_the_compiled_template_of_the_first_until_it_changes(tmp_path: Path):
    compile_once()
    template = tmp_path / "page.html.j2"
    template.write_text("{{ 1 + 1 }} digits")
    first, compiled = page(template)
    again, used = page(template)
    assert first == again == "2 digits"
    assert used is compiled
    template.write_text("{{ 1 + 2 }} digits")
    assert page(template)[0] == "3 digits"
