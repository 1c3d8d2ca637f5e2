"""What the search box searches: a document for each page, section and record of the built site, with the words that
people use for it. `overrides/assets/search-worker.js` reads it, when search is first wanted.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import html as lxml_html

from kb.graph import Graph
from kb.model import Concept, Credential, Record, Resource

KINDS = {"skill": "Skill", "industry": "Product type", "pilot": "Pilot", "credential": "Certificate",
         "evidence": "Evidence", "resource": "Resource", "concept": "Term", "opinion": "Opinion",
         "domain": "Domain"}  # fmt: skip
# Words that a question is made of and that no page is about.
STOP = str.split(
    "a about am an and any are as at be been being but by can could d did do does doing don for from get got "
    "had has have having he her here how i if in into is it its just ll m me my need of on or our out re s "
    "shall she should so some someone t than that the their them then there these they this to too us use "
    "used using ve very vs want was way we were what when where which while who whom whose why will with "
    "would you your really still ever "
)
_MAIN = '<article class="md-content__inner'
_HEADING = {"h1", "h2", "h3"}
# Elements marked with `data-skip` are left out as well: what stands elsewhere with an address of its own. The theme's
# own mark would not do, since Zensical takes it out of the page.
_SKIP = {"script", "style", "form", "svg", "button", "noscript"}
# Elements that words run through; around all others there is a space.
INLINE = {"a", "abbr", "b", "code", "em", "i", "mark", "small", "span", "strong", "sub", "sup"}
_WORD = re.compile(r"[a-z]{4,}")
# American endings of the site's own words, and how they are spelled elsewhere.
_SPELLINGS = (("ization", "isation"), ("izing", "ising"), ("ized", "ised"), ("izes", "ises"), ("ize", "ise"),
              ("izer", "iser"), ("yzing", "ysing"), ("yzed", "ysed"), ("yze", "yse"), ("avior", "aviour"),
              ("avioral", "avioural"), ("olor", "olour"), ("avor", "avour"), ("abor", "abour"), ("enter", "entre"),
              ("icense", "icence"), ("efense", "efence"), ("ogram", "ogramme"), ("atalog", "atalogue"),
              ("ialog", "ialogue"), ("eling", "elling"), ("eled", "elled"), ("fillment", "filment"),
              ("judgment", "judgement"))  # fmt: skip
_OURS = tuple(ours for ours, _ in _SPELLINGS)


def documents(site: Path, graph: Graph, paths: list[str]) -> Iterator[dict[str, Any]]:
    """A document for each page and section: address `l`, title `t`, kind `k`, text `x`, other words for it `a`."""
    records = {graph.address(record): record for record in reversed(list(graph.records.values()))}
    former = {graph.address(graph.records[new]).partition("#")[0] + f"#{old}" for old, new in graph.moved.items()}
    for path in paths:
        html = (site / path / "index.html").read_text(encoding="utf-8")
        start, end = html.find(_MAIN), html.rfind("</article>")
        if start < 0:
            continue
        main = lxml_html.fragment_fromstring(html[start:end])  # the rest of a page, its menus, is the larger part
        asked = [" ".join(item.text_content().split()) for item in main.xpath('./details[@class="kb-asks"]//li')]
        page_kind = KINDS.get(getattr(records.get(path), "kind", ""), "Comparison" if "-vs-" in path else "Page")
        for place, (anchor, title, text) in enumerate(_sections(main)):
            address = path if place == 0 else f"{path}#{anchor}"
            if place and (not anchor or address in former):
                continue
            record = records.get(address)
            kind = KINDS[record.kind] if record else page_kind if place == 0 else "Section"
            if kind == "Section" and isinstance(graph.records.get(anchor), Credential):
                kind = "Figures"  # of a certificate that has a page of its own
            names = [*_names(record), *(asked if place == 0 else [])]
            yield {"l": address, "t": title, "k": kind, "x": text, **({"a": names} if names else {})}


def _sections(main: Any) -> list[tuple[str, str, str]]:
    """Anchor, title and text of the page's beginning and of each section, less what search leaves out."""
    found: list[tuple[str, str, list[str]]] = [("", "", [])]

    def walk(element: Any) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in _SKIP or element.get("data-skip") is not None:
            return
        if element.get("class") in ("kb-tip", "kb-asks", "headerlink"):
            return
        if tag in _HEADING and (element.get("id") or tag == "h1"):
            name = element.text_content()
            for link in element.xpath('.//a[@class="headerlink"]'):
                name = name.replace(link.text_content(), "")
            found.append((element.get("id") or "", " ".join(name.split()), []))
            return
        found[-1][2].append(element.text or "")
        for child in element:
            apart = "" if child.tag in INLINE else " "
            found[-1][2].append(apart)
            walk(child)
            found[-1][2].append(apart + (child.tail or ""))

    walk(main)
    return [(anchor, title, " ".join("".join(words).split())) for anchor, title, words in found if title]


def _names(record: Record | None) -> list[str]:
    """The words that people use for a record: its id, other names, and the questions that it answers."""
    if record is None:
        return []
    found = [record.id.replace("-", " "), *getattr(record, "aliases", []), *getattr(record, "asks", [])]
    if isinstance(record, Credential):
        found.append(record.short)
    if isinstance(record, Resource):
        found += record.people
    return found


def vocabulary(graph: Graph, texts: list[str]) -> dict[str, dict[str, str]]:
    """What one may type for the site's words: abbreviations from the records, spellings from the words themselves."""
    words = Counter(word for text in texts for word in _WORD.findall(text.lower()))
    spelled = [word for word in words if word.endswith(_OURS)]
    spellings = {
        word[: -len(ours)] + theirs: word
        for word in spelled for ours, theirs in _SPELLINGS if word.endswith(ours) and len(word) > len(ours)
    }  # fmt: skip
    short: dict[str, str] = {}
    for row in graph.of("concept"):
        concept: Concept = row
        for alias in concept.aliases:
            key = re.sub(r"[^a-z0-9]", "", alias.lower())
            if alias.isupper() and 1 < len(key) <= 6 and key not in short:
                short[key] = concept.term.lower()
    for credential in graph.of("credential"):
        short.setdefault(re.sub(r"[^a-z0-9]", "", credential.short.lower()), credential.short.lower())
    return {"spelled": {key: word for key, word in spellings.items() if key not in words}, "short": short}


def build(site: Path, graph: Graph, paths: list[str]) -> dict[str, Any]:
    """The index, by the name of each file under search/: what is read first, and the texts, which are most of it.

    Texts belong to names by their place, so the names say which file of texts is theirs, not one of another build.
    """
    found = list(documents(site, graph, paths))
    words = vocabulary(graph, [f"{row['t']} {row['x']}" for row in found])
    texts = [row.pop("x") for row in found]
    file = f"texts.{hashlib.sha256(repr(texts).encode()).hexdigest()[:8]}.json"
    return {"names.json": {"texts": file, "docs": found, "stop": STOP, **words}, file: texts}


def read(site: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The documents of a written index, and the text of each. Raises `OSError` or `ValueError` where there is none."""
    names = json.loads((site / "search" / "names.json").read_text(encoding="utf-8"))
    return names["docs"], json.loads((site / "search" / names["texts"]).read_text(encoding="utf-8"))
