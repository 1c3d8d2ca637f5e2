"""Labels the cells of wide Markdown tables with their column, so that a phone can show each row as a card.

An empty corner of a table is made a plain cell: a heading without words says nothing to a screen reader.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

WIDE = 4  # columns: fewer fit on a phone as they are


class _Label(Treeprocessor):
    def run(self, root: Element) -> None:
        for table in root.iter("table"):
            heads = ["".join(head.itertext()).strip() for head in table.iterfind("thead/tr/th")]
            for head in table.iterfind("thead/tr/th"):
                head.tag = "th" if "".join(head.itertext()).strip() else "td"
            if len(heads) >= WIDE:
                table.set("class", "kb-labels")
                for row in table.iterfind("tbody/tr"):
                    for name, cell in zip(heads, row, strict=False):
                        cell.set("data-label", name)


class LabelsExtension(Extension):
    """Runs after the cells have been read as Markdown."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the name Python-Markdown calls)
        md.treeprocessors.register(_Label(md), "labels", -10)


def makeExtension(**settings: Any) -> LabelsExtension:  # noqa: N802 (the name Python-Markdown looks for)
    return LabelsExtension(**settings)
