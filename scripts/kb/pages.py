"""What the written pages hold, counted from their Markdown."""

from __future__ import annotations

import re
from pathlib import Path

_HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_MARKS = re.compile(r"\{\{.*?\}\}|\{ [#.][^}]*\}|\]\([^)]*\)|<[^>]+>|[#*_`|>!-]")


def of_domain(docs: Path, domain: str) -> list[str]:
    """The Markdown of the pages of a domain: its hub, its skills and, for Industry, its product types."""
    return [
        _HEAD.sub("", file.read_text(encoding="utf-8")) for file in sorted((docs / "domains" / domain).rglob("*.md"))
    ]


def words(text: str) -> int:
    """The words that a person wrote on a page, without what macros put there."""
    return len(re.findall(r"[A-Za-z0-9][\w'’]*", _MARKS.sub(" ", text)))


def examples(text: str) -> int:
    """The worked examples of a page: the boxes that begin with `!!! example`."""
    return len(re.findall(r"^!!! example", text, re.MULTILINE))


def outside_links(text: str) -> int:
    """The links of a page that lead to other sites."""
    return len(re.findall(r"\]\(https?://", text))
