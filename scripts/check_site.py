"""Holds a built site to its promises: every link and anchor lands, nothing is loaded from elsewhere, nothing is left
over from building, and every record is findable by search and by link. Prints every problem; exit 1 when there is one.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree
from lxml import html as lxml_html

import search_index
from kb.graph import Graph
from kb.problems import Problem, report
from kb.views import open_graph

ROOT = Path(__file__).resolve().parent.parent
# What a browser fetches by itself when it shows a page: tag and attribute.
LOADS = {"script": "src", "img": "src", "iframe": "src", "audio": "src", "video": "src", "source": "src",
         "embed": "src", "object": "data", "input": "src", "track": "src", "use": "href", "image": "href"}  # fmt: skip
LOADING_RELS = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "manifest"}
LEFTOVER = re.compile(r"\{\{|\{%|KBFRAGMENT|functools\.partial|\bMacro(?: Rendering)? Error\b|=\"~/")


# A figure in words of the certificate pages, and the fragments that may hold one: they come from records. A worked
# example names its numbers as invented and stands in a box of its own.
_DIGITS = r"\d[\d,.]*[\s-]?(?:(?:to|[-–])\s?\d[\d,.]*[\s-]?)?"
_WORDS = ("two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|sixteen|twenty|thirty|forty|fifty|sixty|ninety|"
          "hundred|thousand")  # fmt: skip
FIGURE = re.compile(
    rf"[$€£₹]\s?\d|\b{_DIGITS}(?:%|(?:percent|USD|EUR|GBP|dollars?|euros?|hours?|minutes?|questions?|days?|weeks?|"
    rf"months?|years?)\b)|\b(?:{_WORDS})[\s-](?:hours?|percent|dollars?|euros?)\b", re.IGNORECASE,
)  # fmt: skip
_BLOCKS = {"p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "figcaption", "caption", "summary", "label",
           "div"}  # fmt: skip
FROM_RECORDS = {"kb-fact", "kb-glance", "kb-scope", "kb-record", "kb-picture", "kb-field", "kb-opinions"}


LISTS = {"about/everything/index.html", "about/headings/index.html"}  # link to all there is, and so prove nothing


class Site:
    """The parsed pages of a built site, by their path from its root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trees: dict[str, Any] = {}
        for file in sorted(folder.rglob("*.html")):
            parser = lxml_html.HTMLParser(encoding="utf-8")
            self.trees[file.relative_to(folder).as_posix()] = lxml_html.parse(str(file), parser=parser).getroot()
        self.anchors = {
            name: {*tree.xpath("//@id"), *tree.xpath("//a/@name"), "", "top"} for name, tree in self.trees.items()
        }

    def target(self, page: str, href: str) -> tuple[str | None, str]:
        """The file that a link on a page leads to (None when there is none), and its anchor."""
        parts = urlsplit(href)
        base = self.folder / page
        path = unquote(parts.path)
        goal = base if not path else self.folder / path.lstrip("/") if path.startswith("/") else base.parent / path
        goal = Path(*goal.parts).resolve()
        if goal.is_dir():
            goal = goal / "index.html"
        inside = goal.is_relative_to(self.folder.resolve()) and goal.is_file()
        return (goal.relative_to(self.folder.resolve()).as_posix() if inside else None), unquote(parts.fragment)


def _problem(page: str, element: Any, message: str) -> Problem:
    return Problem(page, getattr(element, "sourceline", None) or 1, "", message)


def links(site: Site) -> Iterator[Problem]:
    """Every link inside of the site leads to a file, and every anchor exists there."""
    for page, tree in site.trees.items():
        if page == "404.html":  # its links start at the address where the site is deployed, unknown here
            continue
        for element in tree.iter("a", "area", "{http://www.w3.org/2000/svg}a"):
            href = element.get("href")
            if href is None or re.match(r"(https?|mailto):", href):
                continue
            if re.match(r"[a-z]+:", href, re.IGNORECASE):
                yield _problem(page, element, f"link to '{href}': only http(s) and mailto are allowed")
                continue
            goal, anchor = site.target(page, href)
            if goal is None:
                yield _problem(page, element, f"dead link to '{href}'")
            elif anchor and goal in site.anchors and anchor not in site.anchors[goal]:
                yield _problem(page, element, f"link to '{href}': no such anchor in {goal}")


def anchors(site: Site) -> Iterator[Problem]:
    """An id stands once in a page; a second one could never be reached."""
    for page, tree in site.trees.items():
        seen: set[str] = set()
        for element in tree.xpath("//*[@id]"):
            name = element.get("id")
            if name in seen:
                yield _problem(page, element, f"id '{name}' stands twice")
            seen.add(name)


def loads(site: Site) -> Iterator[Problem]:
    """Nothing that a page or a style sheet loads comes from another host, and every file is there."""
    for page, tree in site.trees.items():
        for element in tree.iter(etree.Element):
            tag = element.tag if isinstance(element.tag, str) else ""
            address = element.get(LOADS.get(tag, ""), None) if tag in LOADS else None
            if tag == "link" and LOADING_RELS & set((element.get("rel") or "").split()):
                address = element.get("href")
            for url in [address, *re.findall(r"\S+(?=\s+[\d.]+[wx])", element.get("srcset") or "")]:
                yield from _loaded(site, page, element, url)
            for url in re.findall(r"url\(['\"]?([^'\")]+)", element.get("style") or ""):
                yield from _loaded(site, page, element, url)
    for file in sorted(site.folder.rglob("*.css")):
        name = file.relative_to(site.folder).as_posix()
        for url in re.findall(r"(?:url\(|@import\s+)['\"]?(?!url\()([^'\")\s]+)", file.read_text(encoding="utf-8")):
            if re.match(r"(https?:)?//", url):
                yield Problem(name, 1, "", f"loads '{url}' from another host")


def _loaded(site: Site, page: str, element: Any, url: str | None) -> Iterator[Problem]:
    if not url or url.startswith(("data:", "#")):
        return
    if re.match(r"([a-z]+:)?//", url, re.IGNORECASE):
        yield _problem(page, element, f"loads '{url}' from another host")
    elif page != "404.html" and site.target(page, url)[0] is None:
        yield _problem(page, element, f"loads '{url}', which is missing")


def styles(site: Site) -> Iterator[Problem]:
    """No inline style: the content policy blocks it. An alignment mark in a Markdown table (`---:`) makes one."""
    for page, tree in site.trees.items():
        for element in tree.xpath('//article[contains(@class, "md-content__inner")]//*[@style]'):
            yield _problem(
                page, element, f"inline style '{element.get('style')}' is blocked; use no ':' under a table's head"
            )


def leftovers(site: Site) -> Iterator[Problem]:
    """No mark of a macro, template or fragment is left in what a page says, outside of code that shows one."""
    for page, tree in site.trees.items():
        for text in tree.xpath("//body//text()[not(ancestor::code or ancestor::pre or ancestor::script)]"):
            for match in LEFTOVER.finditer(text):
                yield _problem(page, text.getparent(), f"'{match[0]}' is left over from building")
        for element in tree.xpath('//*[starts-with(@href, "~/")]'):
            yield _problem(page, element, f"'{element.get('href')}' is left over from building")


def figures(site: Site) -> Iterator[Problem]:
    """On the certificate pages, a price, share, duration or count of questions comes from a record or is an example."""
    for page, tree in site.trees.items():
        if not page.startswith("certifications/"):
            continue
        for main in tree.xpath('//article[contains(@class, "md-content__inner")]'):
            for block in main.iter(*_BLOCKS):
                if any(_from_record(element) for element in block.iterancestors()):
                    continue
                text = " ".join("".join(_own_words(block)).split())
                for found in FIGURE.finditer(text):
                    yield _problem(page, block, f"'{found[0]}' is no fact, and in no worked example: {text[:90]}")
        for text in tree.xpath('//meta[@name="description"]/@content'):
            for found in FIGURE.finditer(text):
                yield Problem(page, 1, "", f"'{found[0]}' in the description is no fact")


def _own_words(block: Any) -> Iterator[str]:
    """The words of a block, less those of blocks inside of it and of fragments from records."""
    if not _from_record(block):
        yield block.text or ""
        for part in block:
            if part.tag not in _BLOCKS and isinstance(part.tag, str) and part.tag != "script":
                yield from _own_words(part)
            yield part.tail or ""


def _from_record(element: Any) -> bool:
    classes = set((element.get("class") or "").split())
    return bool(classes & FROM_RECORDS) or {"admonition", "example"} <= classes


def records(site: Site, graph: Graph) -> Iterator[Problem]:
    """Every record has its address, some other page links to it, and the search index holds it exactly once."""
    linked: set[str] = set()
    for page, tree in site.trees.items():
        if page in LISTS:
            continue
        for href in tree.xpath('//div[contains(@class, "md-content")]//@href'):
            if not re.match(r"[a-z]+:", href):
                goal, anchor = site.target(page, href)
                if goal != page:
                    linked.add(f"{(goal or '').removesuffix('index.html')}{'#' + anchor if anchor else ''}")
    try:
        documents, texts = search_index.read(site.folder)
    except (OSError, ValueError):
        yield Problem("search/names.json", 1, "", "there is no search index, or it lacks its texts")
        return
    if len(documents) != len(texts):
        yield Problem("search/names.json", 1, "", f"{len(documents)} documents, but {len(texts)} texts")
    times = Counter(document["l"] for document in documents)
    for record in graph.records.values():
        address = graph.address(record)
        path, _, anchor = address.partition("#")
        page = f"{path}index.html"
        if page not in site.trees or (anchor and anchor not in site.anchors[page]):
            yield Problem(page, 1, record.id, "the record is not where it should be")
        elif address not in linked and record.kind != "evidence":  # whose page is read from its beginning to its end
            yield Problem(page, 1, record.id, "no other page links to the record")
        elif times[address] != 1:
            yield Problem(page, 1, record.id, f"the record is {times[address]} times in the search index")
    for old, new in graph.moved.items():
        record = graph.records[new]
        path, _, anchor = graph.address(record).partition("#")
        if anchor and old not in site.anchors.get(f"{path}index.html", ()):
            yield Problem(f"{path}index.html", 1, old, f"moved to '{new}', but its old anchor is gone")
        former = graph.address(record.model_copy(update={"id": old}))
        if "#" not in former and former != path and not _leads(site, former, path):
            yield Problem(f"{former}index.html", 1, old, f"moved to '{new}', but its old page does not lead there")
    for old in graph.retired:
        if old not in site.anchors.get("about/everything/index.html", ()):
            yield Problem("about/everything/index.html", 1, old, "retired, but the page does not say so")


def _leads(site: Site, former: str, path: str) -> bool:
    page = f"{former}index.html"
    goals = site.trees[page].xpath('//meta[@http-equiv="refresh"]/@content') if page in site.trees else []
    return [site.target(page, goal.partition("url=")[2])[0] for goal in goals] == [f"{path}index.html"]


def check(folder: Path, graph: Graph) -> list[Problem]:
    """Every problem of the site in `folder`."""
    site = Site(folder)
    if not site.trees:
        return [Problem(folder.name, 1, "", "holds no page")]
    return [
        *links(site), *anchors(site), *loads(site), *styles(site), *leftovers(site), *figures(site),
        *records(site, graph),
    ]  # fmt: skip


def main() -> int:
    """Checks the folder on the command line; returns 1 when there is a problem."""
    folder = Path(sys.argv[1])
    problems = check(folder, open_graph(ROOT / "docs" / "data"))
    if problems:
        print(report(problems))
        return 1
    print(f"{len(list(folder.rglob('*.html')))} pages keep their promises")
    return 0


if __name__ == "__main__":
    sys.exit(main())
