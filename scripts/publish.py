"""Adds to a built site what machines read: JSON, an Atom feed, llms.txt, JSON-LD and a content policy.

Runs after any engine, on the folder it wrote. It also writes the search index (of `search_index`) and the page that
lists all headings. In the other pages it changes three things: names that screen readers say, the address of the search
script, and the addresses in explained terms.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from lxml import html as lxml_html
from markupsafe import escape

import search_index
from kb.graph import Graph
from kb.model import KINDS, PLURALS, Pilot, Resource
from kb.render import to_root
from kb.rules import references
from kb.views import open_graph

ROOT = Path(__file__).resolve().parent.parent
NAME = "Product Fieldbook"
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\b(?:src|type)\s*=)[^>]*>(.*?)</script>", re.DOTALL)
_ADDED = re.compile(
    r'\n<meta http-equiv="Content-Security-Policy"[^>]*>|\n<script type="application/ld\+json">.*?</script>', re.DOTALL
)
# Zensical's search box writes this style into the page when it opens; any other inline style stays forbidden.
_ZENSICAL_STYLE = "sha256-NwSx/R2V/U4jnW0Tq5pQ53Y/rzPVJ4dqE7D6UTA/J1k="
_CHARSET = re.compile(r"<meta charset=[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """A built page: its file, its path from the site's root, and what its head and main column say."""

    file: Path
    path: str
    title: str
    description: str
    text: str


def read_page(site: Path, file: Path) -> Page:
    """Reads a built page; text is the main column, a line a block, less what only navigates."""
    tree = lxml_html.parse(str(file), parser=lxml_html.HTMLParser(encoding="utf-8")).getroot()
    title = (tree.findtext(".//title") or "").removesuffix(f" - {NAME}").strip()
    found = tree.xpath('//meta[@name="description"]/@content')
    path = file.relative_to(site).as_posix().removesuffix("index.html")
    main = tree.xpath('//article[contains(@class, "md-content__inner")]')
    # What a term shows on hover stands in the middle of a sentence, and the list of headings is added later.
    for part in tree.xpath('//span[@class="kb-tip"] | //noscript | //div[@id="headings"]/*'):
        part.drop_tree()
    return Page(file, path, title, str(found[0]) if found else "", "\n".join(_blocks(main[0])) if main else "")


_BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "dt", "dd", "tr", "blockquote", "pre", "figcaption", "summary"}


def _blocks(element: Any) -> Iterator[str]:
    """The text of an element, one line for each block; headings keep their marks."""
    for part in element.iter():
        if part.tag not in _BLOCKS or any(child.tag in _BLOCKS - {"tr"} for child in part.iterdescendants()):
            continue
        if part.tag in ("td", "th") or any(parent.tag == "tr" for parent in part.iterancestors()):
            continue
        line = " ".join("".join(_words(part)).split())
        if line:
            marks = "#" * int(part.tag[1]) + " " if re.fullmatch(r"h\d", part.tag) else "- " if part.tag == "li" else ""
            yield marks + line


def _words(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.get("class") != "headerlink":
            apart = "" if child.tag in search_index.INLINE else " "
            yield apart
            yield from _words(child)
            yield apart
        yield child.tail or ""


def pages(site: Path) -> list[Page]:
    """All pages of the site but the error page, home first."""
    found = (read_page(site, file) for file in site.rglob("*.html") if file.name != "404.html")
    return sorted((page for page in found if page.text), key=lambda page: page.path)


def api(graph: Graph) -> dict[str, Any]:
    """The content of each file under api/: records with address, links out and links in, and an index with counts."""
    files: dict[str, Any] = {}
    for kind, plural in PLURALS.items():
        rows = []
        for entry in (entry for entry in graph.catalogue.entries if entry.kind == kind):
            record = entry.record
            rows.append({
                **record.model_dump(mode="json"),
                "path": graph.address(record),
                "links": sorted({target for _, _, _, target in references(entry)}),
                "linked_from": {
                    PLURALS[other]: [item.id for item in graph.pointing_at(record.id, other)]
                    for other in KINDS if graph.pointing_at(record.id, other)
                },
            })  # fmt: skip
        files[f"{plural}.json"] = {"kind": kind, "count": len(rows), "records": rows}
    files["index.json"] = {
        "name": NAME,
        "license": "CC BY 4.0",
        "counts": {plural: files[f"{plural}.json"]["count"] for plural in PLURALS.values()},
        "files": [f"api/{plural}.json" for plural in PLURALS.values()],
        "schemas": [f"data/schema/{kind}.json" for kind in KINDS],
        "moved": graph.moved,
        "retired": graph.retired,
    }
    return files


def feed(graph: Graph, base: str, most: int = 50) -> bytes:
    """An Atom feed of the newest resources by their `added` date."""
    # Of those added on one day, the last of each file are the newest: that is where people append.
    below: Counter[str] = Counter()
    rank: dict[str, int] = {}
    for item in reversed(graph.catalogue.entries):
        rank[item.record.id] = below[item.file]
        below[item.file] += 1
    newest = sorted(graph.of("resource"), key=lambda row: (row.added, -rank[row.id]), reverse=True)[:most]
    root = ElementTree.Element("feed", xmlns="http://www.w3.org/2005/Atom")

    def add(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> ElementTree.Element:
        element = ElementTree.SubElement(parent, tag, attributes)
        element.text = text or None
        return element

    def identifier(name: str) -> str:
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'product-fieldbook/{name}')}"

    add(root, "id", identifier("feed"))
    add(root, "title", f"{NAME}: newest resources")
    add(root, "updated", f"{newest[0].added if newest else '1970-01-01'}T00:00:00Z")
    add(add(root, "author"), "name", NAME)
    add(root, "link", rel="self", href=f"{base}feed.xml")
    add(root, "link", rel="alternate", href=f"{base}resources/")
    row: Resource
    for row in newest:
        entry = add(root, "entry")
        add(entry, "id", identifier(f"resource/{row.id}"))
        add(entry, "title", row.name)
        add(entry, "updated", f"{row.added}T00:00:00Z")
        add(entry, "link", rel="alternate", href=f"{base}{graph.address(row)}")
        add(entry, "link", rel="related", href=row.url)
        add(entry, "summary", f"Read it for: {row.read_for} Skip it if: {row.skip_if}")
        for domain in row.domains:
            add(entry, "category", term=domain)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def linked_data(page: Page, graph: Graph, base: str) -> dict[str, Any]:
    """What a page is, in schema.org's terms."""
    url = f"{base}{page.path}"
    common = {"@context": "https://schema.org", "name": page.title, "description": page.description, "url": url,
              "inLanguage": "en", "license": "https://creativecommons.org/licenses/by/4.0/"}  # fmt: skip
    if page.path == "":
        return {**common, "@type": "WebSite", "name": NAME}
    if page.path.startswith("glossary/") and page.path != "glossary/":
        return {**common, "@type": "DefinedTermSet"}
    for pilot in graph.of("pilot"):
        if isinstance(pilot, Pilot) and graph.address(pilot) == page.path:
            hours = f"PT{round(pilot.hours * 60)}M"
            steps = [{"@type": "HowToStep", "text": text} for text in pilot.steps]
            return {**common, "@type": "HowTo", "totalTime": hours, "step": steps}
    return {**common, "@type": "WebPage", "isPartOf": {"@type": "WebSite", "name": NAME, "url": base or "/"}}


def policy(html: str) -> str:
    """A content policy for one page: everything from this site, and the inline scripts it has now, by their hash."""
    hashes = sorted({base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
                     for body in _INLINE_SCRIPT.findall(html)})  # fmt: skip
    scripts = " ".join(["'self'", *(f"'sha256-{value}'" for value in hashes)])
    styles = f"'self' '{_ZENSICAL_STYLE}'" if 'name="generator" content="zensical' in html else "'self'"
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src 'self' data:; connect-src 'self'; "
        "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'"
    )


# The theme leaves its search dialog without the name that a screen reader says. Mended here, not by a copy of the
# theme's template: those differ between engines.
_UNNAMED_DIALOG = re.compile(r'(data-md-component="?search"? role="?dialog"?)(?=>)')


def complete(page: Page, graph: Graph, base: str, preview: bool) -> None:
    """Names the search dialog, sets addresses, puts JSON-LD and the content policy into a page. Again adds nothing."""
    html = _UNNAMED_DIALOG.sub(r'\1 aria-label="Search"', _ADDED.sub("", page.file.read_text(encoding="utf-8")))
    html = _WORKER.sub(r"\1assets/search-worker.js\2", html)
    # Explained terms do not know where their page stands; Zensical takes their links for relative ones.
    html = to_root(re.sub(r'="(?:\.\./)+~/', '="~/', html), page.path)
    data = json.dumps(linked_data(page, graph, base), ensure_ascii=False).replace("<", "\\u003c")
    extra = f'\n<script type="application/ld+json">{data}</script>'
    if not preview:
        extra = f'\n<meta http-equiv="Content-Security-Policy" content="{policy(html)}">{extra}'
    page.file.write_text(_CHARSET.sub(lambda match: match[0] + extra, html, count=1), encoding="utf-8")


# What the theme's script loads with every page. It is told of a worker that fetches the real index when it is needed:
# in pages of MkDocs, which write a space after the name. Zensical's have none, and no such worker.
_EMPTY_INDEX = {"config": {"lang": ["en"], "separator": r"[\s\-]+", "pipeline": [], "fields": {}}, "docs": []}
_WORKER = re.compile(r'("search": "[^"]*?)assets/[^"]*(")')


def own_search(site: Path, graph: Graph, found: list[Page]) -> None:
    """Writes the index of our own search. In a site of MkDocs the theme then loads an empty one instead of its own."""
    index = search_index.build(site, graph, [page.path for page in found])
    theirs = site / "search" / "search_index.json"
    theirs.parent.mkdir(exist_ok=True)
    for name, content in index.items():
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        (site / "search" / name).write_text(text, encoding="utf-8")
    if theirs.exists():
        theirs.write_text(json.dumps(_EMPTY_INDEX), encoding="utf-8")
    list_headings(site, index["names.json"]["docs"])


_LISTED = re.compile(r'(<div id="headings"[^>]*>).*?(</div>)', re.DOTALL)
_OFTEN = 5  # a heading that so many pages share says nothing


def list_headings(site: Path, documents: list[dict[str, Any]]) -> None:
    """Fills the page of headings, for those who have no script. Raises `ValueError` when it has no place for them."""
    page = site / "about" / "headings" / "index.html"
    if not page.exists():
        return  # not our site, but one that is made to try something
    listed = headings(documents)
    html, times = _LISTED.subn(lambda match: match[1] + listed + match[2], page.read_text(encoding="utf-8"))
    if not times:
        raise ValueError(f"{page} has no place for the list (an element with the id `headings`)")
    page.write_text(html, encoding="utf-8")


def headings(documents: list[dict[str, Any]]) -> str:
    """All pages from A to Z, each with those of its headings that are its own, as a list of links."""
    times = Counter(document["t"] for document in documents)
    pages: dict[str, tuple[str, list[str]]] = {}
    for document in documents:
        path, _, anchor = document["l"].partition("#")
        link = f'<a href="~/{escape(document["l"])}">{escape(document["t"])}</a>'
        if not anchor:
            pages[path] = (document["t"], [link])
        elif document["k"] == "Section" and times[document["t"]] < _OFTEN:
            pages[path][1].append(link)
    rows = (" · ".join(links) for _, links in sorted(pages.values(), key=lambda page: page[0].casefold()))
    return "<ul>" + "".join(f"<li>{row}</li>" for row in rows) + "</ul>"


def redirects(graph: Graph) -> dict[str, str]:
    """A small page for each moved record that has a page of its own, at the address that its old id had."""
    found = {}
    for old, new in graph.moved.items():
        record = graph.records[new]
        path, _, anchor = graph.address(record.model_copy(update={"id": old})).partition("#")
        if not anchor and path != graph.address(record):
            goal = escape("../" * path.count("/") + graph.address(record))
            found[path] = (
                '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
                '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
                f"<title>{escape(record.title)}</title>"
                f'<meta http-equiv="refresh" content="0; url={goal}"><meta name="robots" content="noindex">'
                f'<link rel="canonical" href="{goal}"></head><body><p>This page is now '
                f'<a href="{goal}">{escape(record.title)}</a>.</p></body></html>\n'
            )
    return found


def guide(found: list[Page], base: str) -> str:
    """llms.txt: what the site is and every page with its description."""
    lines = [f"# {NAME}", "", "> How to become a better product manager, and whether to get a certificate for it. "
             "Do, don't just study. Every figure carries source, speaker, date and confidence.", "",
             f"- [All text in one file]({base}llms-full.txt)", f"- [All records as JSON]({base}api/index.json)", "",
             "## Pages", ""]  # fmt: skip
    lines += [f"- [{page.title}]({base}{page.path}): {page.description}" for page in found]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Completes the site in the folder given on the command line. Fails, with nothing written, on unsound data."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--preview", action="store_true", help="leave out the content policy")
    choice = parser.parse_args()
    site, graph = choice.site, open_graph(ROOT / "docs" / "data")
    if not (site / "index.html").exists():
        print(f"{site} holds no built site", file=sys.stderr)
        return 1
    found = pages(site)
    canonical = lxml_html.parse(str(site / "index.html")).xpath('//link[@rel="canonical"]/@href')
    base = str(canonical[0]) if canonical else ""
    (site / "api").mkdir(exist_ok=True)
    for name, content in api(graph).items():
        (site / "api" / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (site / "feed.xml").write_bytes(feed(graph, base))
    (site / "llms.txt").write_text(guide(found, base), encoding="utf-8")
    full = "\n\n".join(f"<!-- {base}{page.path} -->\n{page.text}" for page in found)
    (site / "llms-full.txt").write_text(full + "\n", encoding="utf-8")
    own_search(site, graph, found)
    for page in [*found, read_page(site, site / "404.html")]:
        complete(page, graph, base, choice.preview)
    for path, html in redirects(graph).items():
        (site / path).mkdir(parents=True, exist_ok=True)
        (site / path / "index.html").write_text(html, encoding="utf-8")
    print(f"{len(found)} pages, {len(graph.records):,} records published")
    return 0


if __name__ == "__main__":
    sys.exit(main())
