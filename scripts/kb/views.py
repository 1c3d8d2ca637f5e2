"""The fragments a page can call for, as HTML. Every value passes through an autoescaping template: data is text.

Links inside the site are written `href="~/path"` and made relative to the calling page in one place, `to_root`.
Text from data cannot forge that mark, since its quotes are escaped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from kb import charts
from kb.graph import Graph
from kb.load import Catalogue, load
from kb.model import (
    KINDS,
    LEVELS,
    PLURALS,
    Concept,
    Credential,
    Domain,
    Fact,
    Industry,
    Pilot,
    Record,
    Resource,
    Skill,
)  # fmt: skip
from kb.problems import UsageError, nearest, report
from kb.rules import check, reference_fields


@dataclass(frozen=True)
class Fragment:
    """A piece of HTML; `inline` when it stands inside of a sentence."""

    html: str
    inline: bool = False


MACROS: dict[str, Callable[..., Fragment]] = {}


def macro(function: Callable[..., Fragment]) -> Callable[..., Fragment]:
    """Makes a function callable from a page under its own name (a trailing '_' is dropped)."""
    MACROS[function.__name__.rstrip("_")] = function
    return function


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


def to_root(html: str, place: str) -> str:
    """Makes the `~/` links of a fragment relative to `place`: a page's address, or its file, from the site's root."""
    depth = place.removeprefix("./").count("/")
    return html.replace('="~/', f'="{"../" * depth or "./"}')


# ---------------------------------------------------------------------------------------------- words and figures

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_UNITS = {"percent": "%", "SEU": " education units", "PDU": " PDUs", "USD per month": " a month",
          "USD per credit": " a credit"}  # fmt: skip
PROVES = {"attended": "that you attended", "passed a test": "that you passed a test",
          "finished a course": "that you finished a course", "degree": "a degree", "subscription": "a subscription",
          "a thing people used": "a thing people used"}  # fmt: skip
SPEAKERS = {"issuer": "issuer", "seller": "seller", "employer": "employer", "independent": "independent",
            "public": "public body"}  # fmt: skip


def number(value: float) -> str:
    """A number for reading: 1063300 becomes 1,063,300; 186.15 stays; 12.0 becomes 12."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")


def amount(value: float | str | None, to: float | None = None, unit: str | None = None) -> str:
    """A figure with its unit, as a range where it is one: $800–1,600, 14–16 hours, 74%."""
    if value is None:
        return "not found"
    if isinstance(value, str):
        return value
    text = number(value) + (f"–{number(to)}" if to is not None else "")
    unit = unit or ""
    sign = _SIGNS.get(unit.split(" ")[0], "")
    if sign:
        return f"{sign}{text}{_UNITS.get(unit, '')}"
    if value == 1 and to is None and unit.endswith("s"):
        unit = unit.removesuffix("s")
    return f"{text}{_UNITS.get(unit, f' {unit}' if unit else '')}"


def duration(hours: float | None) -> str:
    """Time to consume: minutes below an hour, hours above; an empty text when not stated."""
    if hours is None:
        return ""
    return f"{round(hours * 60)} min" if hours < 1 else f"{number(hours)} h"


def sentence(text: str) -> str:
    """A text as a sentence of its own: with a full stop where it has no end."""
    return text if text.endswith((".", "?", "!", ":")) else f"{text}."


def when(fact: Fact) -> str:
    """The date of a fact in words."""
    return "undated" if fact.as_of == "unknown" else fact.as_of


# ------------------------------------------------------------------------------------------------------ filtering


def _choices(graph: Graph, model: type[Record], name: str) -> set[str] | None:
    """The values that a filter on a field can have, or None when any will do."""
    kinds = reference_fields(model)
    if name in kinds:
        return {record.id for record in graph.of(kinds[name])}
    if name == "home":
        return {record.id for record in graph.of("domain")}
    found: set[str] = set()
    queue: list[Any] = [model.model_fields[name].annotation]
    while queue:
        part = queue.pop()
        arguments = get_args(part)
        found |= {value for value in arguments if isinstance(value, str)}
        queue += [value for value in arguments if not isinstance(value, str)]
    return found or None


def select(graph: Graph, kind: str, **filters: Any) -> list[Any]:
    """The records of `kind` whose fields have the given values (any of them, where a list is given).

    A singular stands for its list: `skill="tec-ai"` looks into `skills`. Raises `UsageError` for an unknown field,
    value or id, with the nearest right one.
    """
    model = KINDS.get(kind, Record)
    records = list(graph.of(kind))
    for name, wanted in filters.items():
        if wanted is None:
            continue
        plural = PLURALS.get(name, name + "s")
        field = name if name in model.model_fields else plural
        if field not in model.model_fields and not (name == "home" and model is Resource):
            known = [*model.model_fields, *(one for one, many in PLURALS.items() if many in model.model_fields)]
            raise UsageError(f"{kind}: unknown field '{name}'" + nearest(name, known))
        field = "home" if name == "home" else field
        values = set(wanted) if isinstance(wanted, list | tuple | set) else {wanted}
        choices = _choices(graph, model, field)
        for value in sorted(values, key=str):
            if choices is not None and value not in choices:
                if value in graph.moved:
                    raise UsageError(f"{name} '{value}' was renamed; use '{graph.moved[value]}'")
                raise UsageError(f"{kind}: unknown {name} '{value}'" + nearest(str(value), choices))
        records = [record for record in records if _has(getattr(record, field), values)]
    return records


def _has(value: Any, wanted: set[Any]) -> bool:
    return bool(wanted.intersection(value)) if isinstance(value, list) else value in wanted


def _limited(records: list[Any], limit: int | None) -> list[Any]:
    return records if limit is None else records[:limit]


def _by_level(records: Iterable[Any]) -> list[Any]:
    return sorted(records, key=lambda record: (LEVELS.index(record.level), record.title.casefold()))


# ------------------------------------------------------------------------------------------------------ rendering

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False,
)  # fmt: skip
_templates.filters.update(amount=amount, number=number, duration=duration, when=when, sentence=sentence)
_templates.globals.update(LEVELS=LEVELS, PROVES=PROVES, SPEAKERS=SPEAKERS)


def _render(graph: Graph, template: str, **values: Any) -> Fragment:
    html = _templates.get_template(f"{template}.html").render(graph=graph, **values)
    # Blank lines would be harmless, but every byte here is on every page.
    return Fragment("\n".join(filter(None, map(str.strip, html.split("\n")))))


@macro
def lead(graph: Graph, id_: str) -> Fragment:
    """What a record is, in a line under the page's title."""
    return _render(graph, "lead", record=graph.get(id_))


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
        return Fragment(str(escape(value)), inline=True)
    return _render(graph, "field", texts=value)


@macro
def levels(graph: Graph, id_: str) -> Fragment:
    """The four levels of a skill, as behaviors a colleague could tick."""
    return _render(graph, "levels", skill=graph.get(id_, Skill))


@macro
def probe(graph: Graph, id_: str) -> Fragment:
    """How an interviewer tests a skill."""
    return _render(graph, "probe", skill=graph.get(id_, Skill))


@macro
def skills(graph: Graph, related: str | None = None, **filters: Any) -> Fragment:
    """A table of skills: of a domain, or the neighbors of one skill (in both directions)."""
    rows = select(graph, "skill", **filters)
    if related is not None:
        skill = graph.get(related, Skill)
        near = {*skill.related, *(other.id for other in graph.pointing_at(related, "skill"))}
        rows = [row for row in rows if row.id in near]
    return _render(graph, "skills", rows=rows, mixed=related is not None or "domain" not in filters)


@macro
def pilots(graph: Graph, max_hours: float | None = None, limit: int | None = None, **filters: Any) -> Fragment:
    """A table of pilots; `max_hours` keeps those that fit into so many hours."""
    rows = [row for row in select(graph, "pilot", **filters) if max_hours is None or row.hours <= max_hours]
    return _render(graph, "pilots", rows=_limited(_by_level(rows), limit))


@macro
def pilot(graph: Graph, id_: str) -> Fragment:
    """Everything about one pilot, in the order in which one does it."""
    return _render(graph, "pilot", pilot=graph.get(id_, Pilot))


ORDERS: dict[str, Callable[[Resource], Any]] = {
    "level": lambda row: (LEVELS.index(row.level), row.cost != "free", row.name.casefold()),
    "name": lambda row: row.name.casefold(),
    "hours": lambda row: (row.hours or 1e9, row.name.casefold()),
    "newest": lambda row: (-int(row.added.replace("-", "")), row.name.casefold()),
}


@macro
def resources(graph: Graph, view: str = "table", sort: str = "level", limit: int | None = None, **filters: Any
              ) -> Fragment:  # fmt: skip
    """Resources as a table, or as cards that each carry their own address (`view="cards"`, once on the site)."""
    if sort not in ORDERS:
        raise UsageError(f"resources: unknown sort '{sort}'" + nearest(sort, ORDERS))
    if view not in ("table", "cards"):
        raise UsageError(f"resources: unknown view '{view}'" + nearest(view, ("table", "cards")))
    rows = sorted(select(graph, "resource", **filters), key=ORDERS[sort])
    return _render(graph, f"resources_{view}", rows=_limited(rows, limit))


@macro
def industries(graph: Graph) -> Fragment:
    """The product types side by side."""
    return _render(graph, "industries", rows=graph.of("industry"))


@macro
def profile(graph: Graph, id_: str) -> Fragment:
    """One product type at a glance."""
    return _render(graph, "profile", industry=graph.get(id_, Industry))


_GLANCE = (
    ("First cost", ("price", "price.total", "price.tuition_per_year", "price.per_credit", "price.history")),
    ("Hours", ("time.hours", "training.hours", "training.days", "time")),
    ("Exam", ("exam", "exam.questions", "exam.format")),
    ("Pass mark", ("exam.pass_mark",)),
    ("Valid", ("renewal.period",)),
    ("To renew", ("renewal.fee",)),
    ("Renewal hours", ("renewal.units",)),
)


def _glance(credential: Credential) -> list[tuple[str, Fact]]:
    found = []
    for label, names in _GLANCE:
        for fact in filter(None, map(credential.fact, names)):
            found.append((label, fact))
            break
    return found


_RESTS_ON = {"cash": ("First cost", "To renew"), "hours": ("Hours", "Renewal hours")}


def _unverified(credential: Credential, figure: str) -> bool:
    """Whether a five-year figure ("cash" or "hours") rests on a fact of low confidence, or on none."""
    facts = [fact for label, fact in _glance(credential) if label in _RESTS_ON[figure]]
    return not facts or any(fact.confidence == "low" for fact in facts)


_templates.globals.update(glance=_glance, unverified=_unverified)


@macro
def glance(graph: Graph, id_: str) -> Fragment:
    """A credential's main figures, each with who says so and when."""
    return _render(graph, "glance", credential=graph.get(id_, Credential))


@macro
def fact(graph: Graph, id_: str, name: str) -> Fragment:
    """One sourced figure inside of a sentence; source, date and confidence show on hover, focus, touch and in print."""
    credential = graph.get(id_, Credential)
    found = credential.fact(name)
    if found is None:
        known = [item.field for item in credential.facts]
        raise UsageError(f"credential '{id_}' has no fact '{name}'" + nearest(name, known))
    return Fragment(_render(graph, "fact", fact=found).html.replace("\n", ""), inline=True)


@macro
def five_years(graph: Graph, id_: str) -> Fragment:
    """Cash and hours over five years inside of a sentence, as a range where it is one."""
    credential = graph.get(id_, Credential)
    if not credential.five_years:
        raise UsageError(f"credential '{id_}' has no five_years")
    return Fragment(_render(graph, "five_years", credential=credential).html.replace("\n", ""), inline=True)


@macro
def credentials(graph: Graph, ids: list[str] | None = None, domain: str | None = None, **filters: Any) -> Fragment:
    """Credentials side by side: those named, in that order, or those that match. `domain` keeps what teaches it."""
    rows = [graph.get(id_, Credential) for id_ in ids] if ids else select(graph, "credential", **filters)
    if domain is not None:
        graph.get(domain, Domain)
        rows = sorted((row for row in rows if row.domains.of(domain) >= 2), key=lambda row: -row.domains.of(domain))
    return _render(graph, "credentials", rows=rows)


@macro
def credential_cards(graph: Graph, **filters: Any) -> Fragment:
    """Every credential with every sourced figure, each with its own address. Once on the site."""
    return _render(graph, "credential_cards", rows=select(graph, "credential", **filters))


@macro
def evidence(graph: Graph, limit: int | None = None, cards: bool = False, **filters: Any) -> Fragment:
    """Graded studies and statements, strongest first. `cards=true` gives each its address; once on the site."""
    order = ("strong", "moderate", "weak", "anecdote")
    rows = sorted(select(graph, "evidence", **filters), key=lambda row: (order.index(row.quality), -(row.year or 0)))
    return _render(graph, "evidence_cards" if cards else "evidence", rows=_limited(rows, limit))


@macro
def opinions(graph: Graph, cards: bool = False, limit: int | None = None, **filters: Any) -> Fragment:
    """What practitioners say, in our words, with where it was said."""
    return _render(graph, "opinions", rows=_limited(select(graph, "opinion", **filters), limit), cards=cards)


@macro
def concepts(graph: Graph, **filters: Any) -> Fragment:
    """Glossary entries, A to Z, each with its own address. Once on the site for each concept."""
    rows = sorted(select(graph, "concept", **filters), key=lambda row: row.term.casefold())
    return _render(graph, "concepts", rows=rows)


@macro
def glossary_index(graph: Graph) -> Fragment:
    """Every term and other name, A to Z, with a link to its entry."""
    names = [(row.term, row, True) for row in graph.of("concept")]
    names += [(alias, row, False) for row in graph.of("concept") for alias in row.aliases]
    letters: dict[str, list[tuple[str, Concept, bool]]] = {}
    for name, row, main in sorted(names, key=lambda item: (item[0].casefold(), not item[2])):
        letter = name[0].upper() if name[0].isascii() and name[0].isalpha() else "#"
        letters.setdefault(letter, []).append((name, row, main))
    return _render(graph, "glossary_index", letters=letters)


@macro
def everything(graph: Graph) -> Fragment:
    """A link to every record, kind by kind, A to Z: the way in without a search box."""
    kinds = {
        PLURALS[kind]: sorted(graph.of(kind), key=lambda row: row.title.casefold())
        for kind in KINDS if kind != "concept"
    }  # fmt: skip
    return _render(graph, "everything", kinds=kinds)


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
    return _render(graph, "sources", record=record)


@macro
def domain_map(graph: Graph) -> Fragment:
    """The four domains as a picture that one can click, with the same in words."""
    return _render(graph, "domain_map", domains=graph.of("domain"), svg=Markup(charts.domain_map(graph)))


@macro
def domain_cards(graph: Graph) -> Fragment:
    """The four domains with what they hold, counted."""
    return _render(graph, "domain_cards", domains=graph.of("domain"))


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
    return _render(graph, "coverage", rows=rows, gaps=gaps)
