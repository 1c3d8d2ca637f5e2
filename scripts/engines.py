"""Builds the tree with three site engines and compares what a reader gets of each page: its head, headings, anchors,
links, visible text and search entries.

MkDocs and ProperDocs must be equal. Zensical may differ in the ways listed in `ACCEPTED`, each with its reason.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from lxml import html as lxml_html

import search_index
from dev import ROOT, environment

FOLDER = ROOT / ".engines"
# The requirement file and the command of each engine. Zensical always builds into site/ beside its configuration.
ENGINES = {
    "mkdocs": ("requirements.txt", ["mkdocs", "build", "--strict", "--config-file", "mkdocs.yml"]),
    "properdocs": ("requirements-properdocs.txt", ["properdocs", "build", "--strict", "--config-file", "mkdocs.yml"]),
    "zensical": ("requirements-zensical.txt", ["zensical", "build", "--strict", "--clean"]),
}
# What may differ with Zensical: a pattern of "kind: detail", and why it does not matter to a reader.
ACCEPTED = {
    r"anchor is new: __skip": "its skip link leads to a mark at the start of the page, Material's to the first heading",
}


@dataclass(frozen=True)
class Page:
    """What a reader gets of a page: the words of its main column, and its parts by kind."""

    text: str
    parts: dict[str, Counter[str]]


@dataclass(frozen=True, order=True)
class Difference:
    """One way in which a page of another engine is not the same."""

    kind: str
    page: str
    detail: str


def snapshot(folder: Path) -> Path:
    """Copies what a build needs, so that every engine builds the same even while somebody edits."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("docs", "overrides", "scripts"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "mkdocs.yml", folder)
    return folder


def build(engine: str, tree: Path) -> Path:
    """Builds and publishes `tree` with an engine in its own environment; the folder of the site. Exits on failure."""
    requirements, command = ENGINES[engine]
    python = environment(FOLDER / f"env-{engine}", requirements)
    site = tree / "site"
    shutil.rmtree(site, ignore_errors=True)
    settings = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(tree / "scripts")}
    for name in ("SITE_URL", "EDIT_URI_TEMPLATE", "NEW_ISSUE"):
        settings.pop(name, None)
    for step in ([python.parent / command[0], *command[1:]], [python, "scripts/publish.py", site]):
        words = [str(word) for word in step]
        run = subprocess.run(words, cwd=tree, env=settings, capture_output=True, text=True, check=False)
        if run.returncode:
            sys.exit(f"{run.stdout}{run.stderr}\n{engine}: `{' '.join(words[1:])}` failed, see above")
    done = tree / f"site-{engine}"
    shutil.rmtree(done, ignore_errors=True)
    return site.rename(done)


def read(site: Path) -> dict[str, Page]:
    """The pages of a built site by their path from its root; the error page and redirects are left out."""
    found = {}
    entries = _search(site)
    for file in sorted(site.rglob("*.html")):
        tree = lxml_html.parse(str(file), parser=lxml_html.HTMLParser(encoding="utf-8")).getroot()
        main = tree.xpath('//article[contains(@class, "md-content__inner")]')
        if main and file.name != "404.html":
            path = file.relative_to(site).as_posix().removesuffix("index.html")
            found[path] = _page(path, tree, main[0], entries.get(path, []))
    return found


def _page(path: str, tree: Any, main: Any, entries: list[str]) -> Page:
    for part in main.xpath('.//a[contains(@class, "headerlink")] | .//script | .//form'):
        part.drop_tree()
    parts = {
        "title": [_plain(tree.find(".//title"))],
        "description": tree.xpath('//meta[@name="description"]/@content'),
        "heading": [f"{part.tag} {_plain(part)}" for part in main.iter("h1", "h2", "h3", "h4", "h5", "h6")],
        "anchor": main.xpath(".//@id"),
        "link": [_target(path, href) for href in main.xpath(".//@href")],
        "search entry": entries,
    }
    return Page(_plain(main), {kind: Counter(map(str, values)) for kind, values in parts.items()})


def _target(page: str, href: str) -> str:
    # As if the site lay a few folders deep: a link that climbs too far would not stop at its root.
    root = "https://site.invalid/a/b/c/d/"
    return urljoin(root + page, href).removeprefix(root).replace("index.html", "")


def _search(site: Path) -> dict[str, list[str]]:
    """What our search knows of each page."""
    found: dict[str, list[str]] = {}
    if (site / "search" / "names.json").exists():
        for entry, text in zip(*search_index.read(site), strict=True):
            page, _, anchor = entry["l"].partition("#")
            found.setdefault(page, []).append(f"#{anchor} | {entry['t']} | {text} | {'; '.join(entry.get('a', []))}")
    return found


def _plain(element: Any) -> str:
    return " ".join(str(element.text_content()).split())


def compare(one: dict[str, Page], other: dict[str, Page]) -> list[Difference]:
    """Every difference between the pages of two engines, in a fixed order."""
    found = [Difference("page is gone", page, "") for page in one.keys() - other.keys()]
    found += [Difference("page is new", page, "") for page in other.keys() - one.keys()]
    for page in one.keys() & other.keys():
        a, b = one[page], other[page]
        for kind in a.parts:
            found += [Difference(f"{kind} is gone", page, name) for name in a.parts[kind] - b.parts[kind]]
            found += [Difference(f"{kind} is new", page, name) for name in b.parts[kind] - a.parts[kind]]
        if a.text != b.text:
            start = max(len(os.path.commonprefix([a.text, b.text])) - 20, 0)  # noqa: RUF071 (no paths)
            found.append(Difference("text differs", page, f"{a.text[start:][:60]} / {b.text[start:][:60]}"))
    return sorted(found)


def accepted(difference: Difference) -> bool:
    """Whether a difference is one of those that Zensical may have."""
    return any(re.fullmatch(pattern, f"{difference.kind}: {difference.detail}") for pattern in ACCEPTED)


def show(name: str, found: list[Difference], examples: int = 3) -> None:
    """Prints differences grouped by kind, with their number and the first few of each."""
    print(f"\n{name}: {len(found)} difference{'' if len(found) == 1 else 's'}")
    for kind, number in sorted(Counter(item.kind for item in found).items()):
        print(f"  {number} x {kind}")
        for item in [item for item in found if item.kind == kind][:examples]:
            print(f"      {item.page or 'home'}: {item.detail[:120]}")


def report(sites: dict[str, dict[str, Page]]) -> int:
    """Prints how the sites differ; returns 1 when they differ in what is not accepted."""
    proper = compare(sites["mkdocs"], sites["properdocs"])
    zensical = compare(sites["mkdocs"], sites["zensical"])
    refused = [item for item in zensical if not accepted(item)]
    print(f"{len(sites['mkdocs'])} pages with MkDocs")
    show("ProperDocs, which must be equal", proper)
    show("Zensical, not accepted", refused)
    show("Zensical, accepted", [item for item in zensical if accepted(item)])
    for pattern, reason in ACCEPTED.items():
        print(f"  {pattern}\n      {reason}")
    return 1 if proper or refused else 0


def main() -> int:
    """Builds with all three and compares; an exit code."""
    tree = snapshot(FOLDER / "tree")
    return report({engine: read(build(engine, tree)) for engine in ENGINES})


if __name__ == "__main__":
    sys.exit(main())
