"""Keeps HTML out of Markdown's way: a macro leaves a short token in the page, and this extension fills it in afterward.

Markdown would otherwise run its inline patterns over every cell of every table, and read data as markup. A
Python-Markdown extension works in every engine that the site builds with; an engine's own hook would not.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

TOKEN = re.compile(r"(<p>)?(KBFRAGMENT[0-9a-f]{24}Z)(?(1)(</p>)?)")
_HEADING = re.compile(r'<h2 data-toc id="([\w-]+)">([^<]+)</h2>')
_kept: dict[str, tuple[str, bool]] = {}


def keep(html: str, inline: bool) -> str:
    """What stands for `html` in Markdown text: a token, which is a paragraph of its own for a block.

    Headings that are marked `data-toc` become headings of Markdown, so that the page's table of contents has them.
    """
    text, *rest = _HEADING.split(html, maxsplit=1)
    token = f"KBFRAGMENT{hashlib.sha256(text.encode()).hexdigest()[:24]}Z"
    _kept[token] = (text, inline)
    if inline:
        return token
    return f"\n\n{token}\n\n" + (f"## {rest[1]} {{ #{rest[0]} }}{keep(rest[2], inline)}" if rest else "")


def _fill(match: re.Match[str]) -> str:
    html, inline = _kept[match[2]]
    before, after = match[1] or "", match[3] or ""
    return html if not inline and before and after else f"{before}{html}{after}"


class _Fill(Postprocessor):
    def run(self, text: str) -> str:
        return TOKEN.sub(_fill, text)


class FragmentExtension(Extension):
    """Fills tokens in after Markdown's own raw HTML is back in place (priority 30)."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the name Python-Markdown calls)
        md.postprocessors.register(_Fill(md), "fragments", 5)


def makeExtension(**settings: Any) -> FragmentExtension:  # noqa: N802 (the name Python-Markdown looks for)
    return FragmentExtension(**settings)
