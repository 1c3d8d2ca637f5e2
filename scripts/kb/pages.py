"""What the written pages hold, counted from their Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.graph import Graph

_HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_LINK = re.compile(r"\]\((https?://(?:[^()\s]|\([^()\s]*\))+)\)")
_MARKS = re.compile(r"\{\{.*?\}\}|\{ [#.][^}]*\}|\]\([^)]*\)|<[^>]+>|[#*_`|>!-]")


@dataclass(frozen=True)
class Written:
    """A written page: its title, its path from the site's root, and its Markdown without the head."""

    title: str
    address: str
    text: str


def written(docs: Path) -> list[Written]:
    """The pages that teach: domains, the job, practice, certificates."""
    found = []
    for folder in ("domains", "job", "practice", "certifications"):
        for file in sorted((docs / folder).rglob("*.md")):
            text = file.read_text(encoding="utf-8")
            title = re.search(r"^# (.+)$", text, re.MULTILINE)
            address = file.relative_to(docs).as_posix().removesuffix(".md").removesuffix("index").rstrip("/") + "/"
            found.append(Written(title[1] if title else address, address, _HEAD.sub("", text)))
    return found


def links(text: str) -> Iterator[tuple[int, str]]:
    """The outside addresses that a page's Markdown links to, each with its line."""
    for number, line in enumerate(text.splitlines(), 1):
        yield from ((number, url) for url in _LINK.findall(line))


def of_domain(docs: Path, domain: str) -> list[str]:
    """The Markdown of a domain's pages: hub, skills and, for Industry, the comparison of product types."""
    folder = docs / "domains" / domain
    return _texts([*folder.glob("*.md"), *folder.glob("types/index.md")])


def product_types(docs: Path) -> list[str]:
    """The Markdown of the pages on one product type each, which Industry has besides."""
    files = (docs / "domains" / "industry" / "types").glob("*.md")
    return _texts(file for file in files if file.stem != "index")


def _texts(files: Iterable[Path]) -> list[str]:
    return [_HEAD.sub("", file.read_text(encoding="utf-8")) for file in sorted(files)]


def words(text: str) -> int:
    """The words that a person wrote on a page, without what macros put there."""
    return len(re.findall(r"[A-Za-z0-9][\w'’]*", _MARKS.sub(" ", text)))


def examples(text: str) -> int:
    """The worked examples of a page: the boxes that begin with `!!! example`."""
    return len(re.findall(r"^!!! example", text, re.MULTILINE))


def sources(graph: Graph, domain: str) -> set[str]:
    """The outside addresses that a domain's pages, skills, pilots and terms rest on."""
    found = {link for text in of_domain(graph.catalogue.root.parent, domain) for link in _LINK.findall(text)}
    for kind in ("skill", "pilot", "concept"):
        found |= {url for row in graph.of(kind) if row.domain == domain for url in row.sources}
    return found
