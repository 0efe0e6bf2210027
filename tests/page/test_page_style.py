"""The page's style is understood by browsers of some years ago, which drop what they do not know."""

from collections.abc import Iterable, Iterator
from importlib.resources import files

import pytest
import tinycss2
from tinycss2.ast import Node, QualifiedRule

STYLE = (files("mnist_helpers.page") / "page.css").read_text()
ADDED = """
.digit-pad { background: #000; canvas { filter: invert(1); } }
@media (width >= 60rem) { .tile { color: light-dark(#000, #fff); } }
"""
"""Rules that a browser of 2023 would drop."""


def rules_of(nodes: Iterable[Node]) -> Iterator[QualifiedRule]:
    """All style rules, also those within `@media` and `@container`."""
    for node in nodes:
        if node.type == "qualified-rule":
            yield node
        elif node.type == "at-rule" and node.content:
            yield from rules_of(tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True))


def dropped_by_older_browsers(style: str) -> list[str]:
    """Selectors of rules with another one inside (Safari 17.2), or with a colour for both schemes (Safari 17.5)."""
    rules = rules_of(tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True))
    return [
        tinycss2.serialize(rule.prelude).strip()
        for rule in rules
        if any(node.type == "{} block" for node in rule.content) or "light-dark(" in tinycss2.serialize(rule.content)
    ]


@pytest.mark.parametrize(("added", "dropped"), [("", []), (ADDED, [".digit-pad", ".tile"])])
def test_no_rule_is_dropped_by_browsers_of_2023(added: str, dropped: list[str]) -> None:
    assert dropped_by_older_browsers(STYLE + added) == dropped
