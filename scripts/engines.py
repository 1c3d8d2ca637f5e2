"""Builds the tree with three site engines and compares what a reader gets: pages, headings, anchors, visible text.

MkDocs and ProperDocs must be equal. Zensical may differ in the ways listed in `ACCEPTED`, each with its reason.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import html as lxml_html

from dev import ROOT, environment, run

FOLDER = ROOT / ".engines"
ENGINES = {
    "mkdocs": ("requirements.txt", ["mkdocs", "build", "--quiet", "--site-dir"]),
    "properdocs": ("requirements-properdocs.txt", ["properdocs", "build", "--quiet", "--site-dir"]),
    "zensical": ("requirements-zensical.txt", ["zensical", "build", "--clean"]),
}


@dataclass(frozen=True)
class Page:
    """What a reader gets in the main column of a page."""

    headings: tuple[str, ...]
    anchors: frozenset[str]
    text: str


@dataclass(frozen=True, order=True)
class Difference:
    """One way in which a page of another engine is not the same."""

    kind: str
    page: str
    detail: str


# Differences of Zensical that do not matter to a reader, each with its reason.
ACCEPTED = {
    "anchor is new: __skip": "its skip link goes to a name at the start of the page, the others' to a heading",
}


def build(engine: str) -> Path:
    """Builds the tree with an engine in its own environment and publishes it; the folder of the site."""
    requirements, command = ENGINES[engine]
    python = environment(FOLDER / f"env-{engine}", requirements)
    site = FOLDER / engine
    shutil.rmtree(site, ignore_errors=True)
    program = python.parent / command[0]
    if engine == "zensical":  # it takes its folder from the configuration only
        copy = FOLDER / "zensical-tree"
        shutil.rmtree(copy, ignore_errors=True)
        for name in ("docs", "overrides", "scripts"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "mkdocs.yml", copy)
        code = run(program, *command[1:], "--config-file", copy / "mkdocs.yml")
        if code == 0:
            (copy / "site").rename(site)
        shutil.rmtree(copy)
    else:
        code = run(program, *command[1:], site)
    if code or run(python, "scripts/publish.py", site):
        sys.exit(f"{engine} could not build the site; its message is above")
    return site


def read(site: Path) -> dict[str, Page]:
    """The pages of a built site by their path; the error page and redirects are left out."""
    pages = {}
    for file in sorted(site.rglob("*.html")):
        parser = lxml_html.HTMLParser(encoding="utf-8")
        found = lxml_html.parse(str(file), parser=parser).xpath('//article[contains(@class, "md-content__inner")]')
        if found and file.name != "404.html":
            pages[file.relative_to(site).as_posix()] = _page(found[0])
    return pages


def _page(main: Any) -> Page:
    for part in main.xpath('.//a[contains(@class, "headerlink")] | .//script | .//form'):
        part.drop_tree()
    headings = tuple(f"{part.tag} {_plain(part)}" for part in main.iter("h1", "h2", "h3", "h4"))
    return Page(headings, frozenset(main.xpath(".//@id")), _plain(main))


def _plain(element: Any) -> str:
    return " ".join(str(element.text_content()).split())


def compare(one: dict[str, Page], other: dict[str, Page]) -> list[Difference]:
    """Every difference between the pages of two engines."""
    found = [Difference("page is missing", page, "") for page in one.keys() - other.keys()]
    found += [Difference("page is new", page, "") for page in other.keys() - one.keys()]
    for page in one.keys() & other.keys():
        a, b = one[page], other[page]
        found += [Difference("heading is gone", page, text) for text in Counter(a.headings) - Counter(b.headings)]
        found += [Difference("heading is new", page, text) for text in Counter(b.headings) - Counter(a.headings)]
        found += [Difference("anchor is gone", page, name) for name in a.anchors - b.anchors]
        found += [Difference("anchor is new", page, name) for name in b.anchors - a.anchors]
        if a.text != b.text:
            place = next((n for n, (x, y) in enumerate(zip(a.text, b.text, strict=False)) if x != y), 0)
            ours, theirs = (text[max(0, place - 20) : place + 40] for text in (a.text, b.text))
            found.append(Difference("text differs", page, f"…{ours}… / …{theirs}…"))
    return sorted(found)


def accepted(difference: Difference) -> bool:
    """Whether a difference is one of those that Zensical may have."""
    return any(re.fullmatch(pattern, f"{difference.kind}: {difference.detail}") for pattern in ACCEPTED)


def show(name: str, found: list[Difference]) -> None:
    """Prints differences grouped by kind, with their number and the first of each."""
    print(f"\n{name}: {len(found)} difference{'' if len(found) == 1 else 's'}")
    for kind, number in Counter(item.kind for item in found).most_common():
        first = next(item for item in found if item.kind == kind)
        print(f"  {number} x {kind}, first in {first.page}: {first.detail}")


def main() -> int:
    """Builds with all three and prints the differences; returns 1 when one is not accepted."""
    sites = {engine: read(build(engine)) for engine in ENGINES}
    proper = compare(sites["mkdocs"], sites["properdocs"])
    zensical = compare(sites["mkdocs"], sites["zensical"])
    refused = [item for item in zensical if not accepted(item)]
    print(f"\n{len(sites['mkdocs'])} pages")
    show("MkDocs and ProperDocs", proper)
    show("MkDocs and Zensical", zensical)
    print(f"\nOf Zensical's differences, {len(zensical) - len(refused)} are accepted:")
    for pattern, reason in ACCEPTED.items():
        print(f"  {pattern}: {reason}")
    return 1 if proper or refused else 0


if __name__ == "__main__":
    sys.exit(main())
