"""The fragments a page can call for, as HTML. Every value passes through an autoescaping template: data is text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup

from kb import certificates, charts, pages
from kb.graph import Graph
from kb.load import QUESTIONS, Catalogue, load
from kb.model import KINDS, LEVELS, PLURALS, Concept, Credential, Industry, Pilot, Record, Resource, Skill
from kb.problems import UsageError, nearest, report
from kb.query import limited, select
from kb.render import MACROS, Fragment, macro, number, render
from kb.rules import check
from kb.terms import used_on

__all__ = ["MACROS", "certificates", "open_graph"]  # importing the other fragments registers them


def open_graph(data: Path) -> Graph:
    """The graph of the data folder. Raises `UsageError` that lists every problem when the data is not sound."""
    catalogue, problems = load(data)
    return _sound(_Same(catalogue), tuple(problems))


class _Same:
    """Compares by identity, so that a catalogue can key a cache without being hashed."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.catalogue is self.catalogue

    def __hash__(self) -> int:
        return id(self.catalogue)


@lru_cache(maxsize=2)
def _sound(same: _Same, problems: tuple[Any, ...]) -> Graph:
    found = [*problems, *check(same.catalogue)]
    if found:
        raise UsageError(f"the data is not sound:\n{report(found)}")
    return Graph(same.catalogue)


def _by_level(records: Iterable[Any]) -> list[Any]:
    return sorted(records, key=lambda record: (LEVELS.index(record.level), record.title.casefold()))


@macro
def lead(graph: Graph, id_: str) -> Fragment:
    """What a record is, in a line under the page's title."""
    return render(graph, "lead", record=graph.get(id_))


@macro
def field(graph: Graph, id_: str, name: str) -> Fragment:
    """One field of a record: words that can stand in a sentence or alone, or a list."""
    record: Record = graph.get(id_)
    value = getattr(record, name, None) if name in type(record).model_fields else None
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        known = [key for key in type(record).model_fields if isinstance(getattr(record, key), str | list)]
        raise UsageError(f"{record.kind} '{id_}' has no text field '{name}'" + nearest(name, known))
    if isinstance(value, str):
        return Fragment(str(Markup('<span class="kb-field">{}</span>').format(value)), inline=True)
    return render(graph, "field", texts=value)


@macro
def levels(graph: Graph, id_: str) -> Fragment:
    """The four levels of a skill, as behaviors a colleague could tick."""
    return render(graph, "levels", skill=graph.get(id_, Skill))


@macro
def probe(graph: Graph, id_: str) -> Fragment:
    """How an interviewer tests a skill."""
    return render(graph, "probe", skill=graph.get(id_, Skill))


@macro
def skills(graph: Graph, related: str | None = None, **filters: Any) -> Fragment:
    """A table of skills: of a domain, or the neighbors of one skill (in both directions)."""
    rows = select(graph, "skill", **filters)
    if related is not None:
        skill = graph.get(related, Skill)
        near = {*skill.related, *(other.id for other in graph.pointing_at(related, "skill"))}
        rows = [row for row in rows if row.id in near]
    return render(graph, "skills", rows=rows, mixed=related is not None or "domain" not in filters)


@macro
def pilots(graph: Graph, max_hours: float | None = None, limit: int | None = None, **filters: Any) -> Fragment:
    """A table of pilots; `max_hours` keeps those that fit into so many hours."""
    rows = [row for row in select(graph, "pilot", **filters) if max_hours is None or row.hours <= max_hours]
    return render(graph, "pilots", rows=limited(_by_level(rows), limit))


@macro
def pilot(graph: Graph, id_: str) -> Fragment:
    """What to do in one pilot, in the order in which one does it, up to what one ends with."""
    return render(graph, "pilot", pilot=graph.get(id_, Pilot))


@macro
def pilot_after(graph: Graph, id_: str) -> Fragment:
    """What belongs to one pilot after its deliverable: figures to check against, dangers, material, sources."""
    return render(graph, "pilot_after", pilot=graph.get(id_, Pilot))


ORDERS: dict[str, Callable[[Resource], Any]] = {
    "level": lambda row: (LEVELS.index(row.level), row.cost != "free", row.name.casefold()),
    "name": lambda row: row.name.casefold(),
    "hours": lambda row: (row.hours or 1e9, row.name.casefold()),
    "newest": lambda row: (-int(row.added.replace("-", "")), row.name.casefold()),
}


@macro
def resources(
    graph: Graph,
    view: str = "table",
    sort: str = "level",
    limit: int | None = None,
    first: int | None = None,
    **filters: Any,
) -> Fragment:
    """Resources as a table, as a list of titles, or as cards that each carry their own address (`view="cards"`).

    `first` shows so many rows and folds the others; `limit` leaves the others out.
    """
    if sort not in ORDERS:
        raise UsageError(f"resources: unknown sort '{sort}'" + nearest(sort, ORDERS))
    if view not in (views := ("table", "list", "cards")):
        raise UsageError(f"resources: unknown view '{view}'" + nearest(view, views))
    rows = limited(sorted(select(graph, "resource", **filters), key=ORDERS[sort]), limit)
    return render(graph, f"resources_{view}", rows=rows[: first or len(rows)], folded=rows[first:] if first else [])


@macro
def industries(graph: Graph) -> Fragment:
    """The product types side by side."""
    return render(graph, "industries", rows=graph.of("industry"))


@macro
def profile(graph: Graph, id_: str) -> Fragment:
    """One product type at a glance."""
    return render(graph, "profile", industry=graph.get(id_, Industry))


@macro
def learning_path(graph: Graph, ids: list[str]) -> Fragment:
    """Skills, pilots and resources in the order in which one takes them, with the hours of the last two summed."""
    rows: list[Record] = [graph.get(id_) for id_ in ids]
    for row in rows:
        if not isinstance(row, Skill | Pilot | Resource):
            raise UsageError(f"learning_path: '{row.id}' is no skill, pilot or resource")
        if isinstance(row, Resource) and row.cost != "free":
            raise UsageError(f"learning_path: resource '{row.id}' is not free")
    hours = {kind: sum(row.hours or 0 for row in rows if isinstance(row, kind)) for kind in (Pilot, Resource)}
    return render(graph, "learning_path", rows=rows, doing=hours[Pilot], reading=hours[Resource])


@macro
def driver_tree(graph: Graph, visitors: float, start: float, finish: float, pay: float, price: float) -> Fragment:
    """A driver tree from visitors to revenue that recomputes where JavaScript runs; shares from 0 to 1."""
    given = {"visitors": visitors, "start": start, "finish": finish, "pay": pay, "price": price}
    return render(graph, "driver_tree", given=given, svg=Markup(charts.driver_tree(given)))


@macro
def answers(graph: Graph) -> Fragment:
    """The questions that readers ask, with the page that answers each and how many points the answer holds."""
    try:
        known = yaml.safe_load((graph.catalogue.root / QUESTIONS).read_text(encoding="utf-8"))
    except OSError:
        raise UsageError(f"docs/data/{QUESTIONS} is missing") from None
    return render(graph, "answers", rows=[row for row in known if row.get("says")])


@macro
def rules(graph: Graph, id_: str) -> Fragment:
    """The laws and standards that bind a product type: whom, since when, and which step of the work they touch."""
    return render(graph, "rules", industry=graph.get(id_, Industry))


@macro
def failure(graph: Graph, id_: str) -> Fragment:
    """A true failure of a product type, with its sources and what we take from it."""
    return render(graph, "failure", industry=graph.get(id_, Industry))


@macro
def industry_map(graph: Graph) -> Fragment:
    """The product types as a picture: who pays, and how soon a change reaches users. Each is a link."""
    return render(graph, "picture", svg=Markup(charts.industry_map(graph.of("industry"), graph.address)))


@macro
def picture(graph: Graph, name: str) -> Fragment:
    """A picture drawn by hand, by the name of its file in `kb/templates/pictures`."""
    folder = Path(__file__).parent / "templates" / "pictures"
    known = sorted(file.stem for file in folder.glob("*.svg"))
    if name not in known:
        raise UsageError(f"unknown picture '{name}'" + nearest(name, known))
    return render(graph, "picture", svg=Markup((folder / f"{name}.svg").read_text(encoding="utf-8")))


@macro
def opinions(graph: Graph, cards: bool = False, limit: int | None = None, **filters: Any) -> Fragment:
    """What practitioners say, in our words, with where it was said."""
    return render(graph, "opinions", rows=limited(select(graph, "opinion", **filters), limit), cards=cards)


@macro
def concepts(graph: Graph, **filters: Any) -> Fragment:
    """Glossary entries, A to Z, each with its own address. Once on the site for each concept."""
    rows = sorted(select(graph, "concept", **filters), key=lambda row: row.term.casefold())
    return render(graph, "concepts", rows=rows, places=used_on(graph))


@macro
def terms(graph: Graph, skill: str) -> Fragment:
    """The glossary terms of a skill: those that its page uses and those that belong to it."""
    address = graph.address(graph.get(skill, Skill))
    places = used_on(graph)
    rows = [row for row in graph.of("concept") if any(address == place for _, place in places.get(row.id, ()))]
    return render(graph, "terms", rows=sorted(rows, key=lambda row: row.term.casefold()))


@macro
def glossary_index(graph: Graph) -> Fragment:
    """Every term and other name, A to Z, with a link to its entry."""
    names = [(row.term, row, True) for row in graph.of("concept")]
    names += [(alias, row, False) for row in graph.of("concept") for alias in row.aliases]
    letters: dict[str, list[tuple[str, Concept, bool]]] = {}
    for name, row, main in sorted(names, key=lambda item: (item[0].casefold(), not item[2])):
        letter = name[0].upper() if name[0].isascii() and name[0].isalpha() else "#"
        letters.setdefault(letter, []).append((name, row, main))
    return render(graph, "glossary_index", letters=letters)


@macro
def everything(graph: Graph) -> Fragment:
    """A link to every record, kind by kind, A to Z: the way in without a search box."""
    kinds = {
        PLURALS[kind]: sorted(graph.of(kind), key=lambda row: row.title.casefold())
        for kind in KINDS if kind != "concept"
    }  # fmt: skip
    return render(graph, "everything", kinds=kinds)


@macro
def link(graph: Graph, id_: str, text: str | None = None) -> Fragment:
    """A link to any record, by id; `text` replaces its name."""
    record: Record = graph.get(id_)
    label = text or (record.short if isinstance(record, Credential) else record.title)
    return Fragment(str(Markup('<a href="~/{}">{}</a>').format(graph.address(record), label)), inline=True)


@macro
def count(graph: Graph, kind: str, **filters: Any) -> Fragment:
    """How many records of a kind match, as a number."""
    return Fragment(number(len(select(graph, kind, **filters))), inline=True)


@macro
def sources(graph: Graph, id_: str) -> Fragment:
    """The sources of a record, as a list of links that name their host."""
    record: Record = graph.get(id_)
    if not hasattr(record, "sources"):
        raise UsageError(f"{record.kind} '{id_}' has no sources")
    return render(graph, "sources", record=record)


@macro
def domain_map(graph: Graph) -> Fragment:
    """The four domains as a picture that one can click, with the same in words."""
    return render(graph, "domain_map", domains=graph.of("domain"), svg=Markup(charts.domain_map(graph)))


@macro
def domain_cards(graph: Graph) -> Fragment:
    """The four domains with what they hold, counted."""
    return render(graph, "domain_cards", domains=graph.of("domain"))


@macro
def coverage(graph: Graph) -> Fragment:
    """What the site holds, domain by domain, and what it lacks, counted from the data."""
    homes = Counter(row.home for row in graph.of("resource"))
    free = Counter(row.home for row in graph.of("resource") if row.cost == "free")
    pilots_ = Counter(row.domain for row in graph.of("pilot"))
    terms = Counter(row.domain for row in graph.of("concept"))
    skills_ = Counter(row.domain for row in graph.of("skill"))
    rows = [(row, skills_[row.id], pilots_[row.id], homes[row.id], free[row.id], terms[row.id])
            for row in graph.of("domain")]  # fmt: skip
    docs = graph.catalogue.root.parent
    written = [(row.id, pages.of_domain(docs, row.id), pages.sources(graph, row.id)) for row in graph.of("domain")]
    typed = {url for row in graph.of("industry") for url in row.sources}
    depth = [(domain, len(texts), sum(map(pages.words, texts)), sum(map(pages.examples, texts)), len(sources))
             for domain, texts, sources in [*written, (None, pages.product_types(docs), typed)]]  # fmt: skip
    facts = [fact for row in graph.of("credential") for fact in row.facts]
    gaps = {
        "Facts": len(facts),
        "Facts without a date": sum(fact.as_of == "unknown" for fact in facts),
        "Facts of low confidence, shown as unverified": sum(fact.confidence == "low" for fact in facts),
        "Figures looked for and not found": sum(fact.value is None for fact in facts)
        + sum(len(row.missing) for row in graph.of("credential")),
        "Resources whose link nobody has opened yet": sum(row.checked is None for row in graph.of("resource")),
        "Concepts whose source is only related": sum(row.source_fit == "related" for row in graph.of("concept")),
        "Skills without a free resource": sum(
            not any(item.cost == "free" for item in graph.pointing_at(row.id, "resource")) for row in graph.of("skill")
        ),
    }
    return render(graph, "coverage", rows=rows, depth=depth, gaps=gaps)
