"""Explains the first use of a glossary term on a page: on hover, focus and touch, with a link to its entry.

A Markdown extension, so that it works in every engine. It looks at paragraphs and list items, and leaves headings,
links, code, tables and fragments alone. Links are written from the site's root (`~/`), which only `publish.py` can make
relative: a Markdown extension does not know where its page will stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from kb.graph import Graph
from kb.model import Concept
from kb.problems import UsageError
from kb.terms import Names, matches, names
from kb.views import open_graph

DATA = Path(__file__).resolve().parent.parent / "docs" / "data"
A_BLOCK = 2  # explanations in one paragraph: more would clutter it
_SKIP = {"a", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "th", "td", "script", "svg", "summary", "button"}


def explain(graph: Graph, concept: Concept, written: str) -> Element:
    """The words as they are written, with the explanation that shows on hover, focus and touch."""
    term = Element("span", {"class": "kb-term", "tabindex": "0", "aria-describedby": f"term-{concept.id}"})
    term.text = written
    tip = Element("span", {"class": "kb-tip", "role": "tooltip", "id": f"term-{concept.id}", "data-search-exclude": ""})
    tip.text = f"{concept.definition} "
    link = Element("a", {"href": f"~/{graph.address(concept)}"})
    link.text = f"More on {concept.term}"
    tip.append(link)
    term.append(tip)
    return term


class _Explain(Treeprocessor):
    def run(self, root: Element) -> None:
        try:
            graph = open_graph(DATA)
        except UsageError:
            return  # whoever calls the build says what is wrong with the data
        known, seen = names(graph), set[str]()
        for block in [element for element in root.iter() if element.tag in ("p", "li")]:
            self._block(graph, block, known, seen)

    def _block(self, graph: Graph, block: Element, known: Names, seen: set[str]) -> None:
        chosen: list[tuple[Element, int | None, str, int, int, Concept]] = []
        for owner, position in _texts(block):
            text = (owner.text if position is None else owner[position].tail) or ""
            for start, end, concept in matches(text, known):
                if concept.id not in seen and len(chosen) < A_BLOCK:
                    seen.add(concept.id)
                    chosen.append((owner, position, text, start, end, concept))
                    break  # one explanation for each piece
        for owner, position, text, start, end, concept in reversed(chosen):  # so that those still to come stay in place
            term = explain(graph, concept, text[start:end])
            term.tail = text[end:]
            if position is None:
                owner.text = text[:start]
                owner.insert(0, term)
            else:
                owner[position].tail = text[:start]
                owner.insert(position + 1, term)


def _texts(element: Element) -> Iterator[tuple[Element, int | None]]:
    """The pieces of text of a block as one reads them: the text of an element (None), or the tail of its nth child."""
    yield element, None
    for position, child in enumerate(element):
        if child.tag not in _SKIP and child.tag not in ("ul", "ol", "p", "li", "table"):
            yield from _texts(child)
        yield element, position


class TermsExtension(Extension):
    """Runs after all other tree processors, MkDocs' check of links included."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the name Python-Markdown calls)
        md.treeprocessors.register(_Explain(md), "terms", -20)


def makeExtension(**settings: Any) -> TermsExtension:  # noqa: N802 (the name Python-Markdown looks for)
    return TermsExtension(**settings)
