"""The fragments about credentials: figures, comparisons, five-year cost, and the evidence on them."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from kb import charts, cost
from kb.graph import Graph
from kb.model import Credential, Domain, Fact, FiveYears
from kb.problems import UsageError, nearest
from kb.query import limited, select
from kb.render import Fragment, macro, render, templates

_GLANCE = (
    ("First cost", ("price", "price.total", "price.tuition_per_year", "price.per_credit", "price.history")),
    ("Hours", ("time.hours", "training.hours", "training.days", "time")),
    ("Exam", ("exam", "exam.questions", "exam.format")),
    ("Pass mark", ("exam.pass_mark",)),
    ("Valid", ("renewal.period",)),
    ("To renew", ("renewal.fee",)),
    ("Renewal hours", ("renewal.units",)),
)
_RESTS_ON = {"cash": ("First cost", "To renew"), "hours": ("Hours", "Renewal hours")}
_LASTS = ("mba", "software-engineering", "practice")


def _glance(credential: Credential) -> list[tuple[str, Fact]]:
    found = []
    for label, names in _GLANCE:
        for fact in filter(None, map(credential.fact, names)):
            found.append((label, fact))
            break
    return found


def _unverified(credential: Credential, figure: str) -> bool:
    """Whether a five-year figure ("cash" or "hours") rests on a fact of low confidence, or on none."""
    facts = [fact for label, fact in _glance(credential) if label in _RESTS_ON[figure]]
    return not facts or any(fact.confidence == "low" for fact in facts)


def _traits(credential: Credential) -> dict[str, str]:
    """What the filters of the full table ask for: each a word, a number or words with spaces between."""
    plan = credential.five_years[0] if credential.five_years else None
    known = cost.five_years(plan, cost.Reader()) if plan else None
    valid = credential.fact("renewal.period")
    lapses = isinstance(valid.value, int | float) if valid else None
    return {
        "family": credential.family,
        "cash": f"{known.cash.low:g}" if known and known.cash and plan and plan.unit == "USD" else "",
        "hours": f"{known.hours.low:g}" if known and known.hours else "",
        "exam": "yes" if credential.proves == "passed a test" else "no",
        "lapses": "yes" if lapses else "no" if lapses is False or credential.family in _LASTS else "unknown",
        "domain": " ".join(name for name in ("industry", "business", "user-design", "tech")
                           if credential.domains.of(name) >= 2),
    }  # fmt: skip


def _plan_json(plan: FiveYears) -> str:
    return json.dumps(plan.model_dump(exclude={"scenario", "sum", "missing"}), separators=(",", ":"))


templates.globals.update(
    glance=_glance, unverified=_unverified, traits=_traits, plan_json=_plan_json, five_years=cost.five_years,
    reader=cost.Reader(), renewals=cost.renewals, lasts=_LASTS,
)  # fmt: skip


@macro
def glance(graph: Graph, id_: str) -> Fragment:
    """A credential's main figures, each with who says so and when."""
    return render(graph, "glance", credential=graph.get(id_, Credential))


@macro
def fact(graph: Graph, id_: str, name: str, nth: int = 1) -> Fragment:
    """One sourced figure inside of a sentence; source, date and confidence show on hover, focus, touch and in print.

    `nth` picks the second, third … where a field stands more than once.
    """
    credential = graph.get(id_, Credential)
    found = [item for item in credential.facts if item.field == name]
    if not found:
        known = [item.field for item in credential.facts]
        raise UsageError(f"credential '{id_}' has no fact '{name}'" + nearest(name, known))
    if not 1 <= nth <= len(found):
        raise UsageError(f"credential '{id_}' has {len(found)} of fact '{name}', no number {nth}")
    return Fragment(render(graph, "fact", fact=found[nth - 1]).html.replace("\n", ""), inline=True)


def _plan(graph: Graph, id_: str) -> Credential:
    credential = graph.get(id_, Credential)
    if not credential.five_years:
        raise UsageError(f"credential '{id_}' has no five_years")
    return credential


@macro
def five_years(graph: Graph, id_: str) -> Fragment:
    """Cash and hours over five years inside of a sentence, as a range where it is one."""
    html = render(graph, "five_years", credential=_plan(graph, id_)).html
    return Fragment(html.replace("\n", ""), inline=True)


@macro
def five_years_table(graph: Graph, id_: str) -> Fragment:
    """How the five-year cost of one credential adds up, line by line."""
    return render(graph, "five_years_table", credential=_plan(graph, id_))


@macro
def credentials(
    graph: Graph, ids: list[str] | None = None, domain: str | None = None, tools: bool = False, **filters: Any
) -> Fragment:
    """Credentials in a table: those named, in that order, or those that match. `domain` keeps what teaches it.

    `tools=true` adds sorting, filters and the choice of rows to set side by side, where JavaScript runs.
    """
    rows = [graph.get(id_, Credential) for id_ in ids] if ids else select(graph, "credential", **filters)
    if domain is not None:
        graph.get(domain, Domain)
        rows = sorted((row for row in rows if row.domains.of(domain) >= 2), key=lambda row: -row.domains.of(domain))
        return render(graph, "credentials_of_domain", rows=rows, domain=domain)
    return render(graph, "credentials_tools" if tools else "credentials", rows=rows)


@macro
def side_by_side(graph: Graph, ids: list[str]) -> Fragment:
    """Two or three credentials as columns, with the figures and verdicts that tell them apart."""
    if not 2 <= len(ids) <= 3:
        raise UsageError("side_by_side: name two or three credentials")
    return render(graph, "side_by_side", rows=[graph.get(id_, Credential) for id_ in ids])


@macro
def credential_cards(graph: Graph, **filters: Any) -> Fragment:
    """Every credential with every sourced figure, each with its own address. Once on the site."""
    return render(graph, "credential_cards", rows=select(graph, "credential", **filters))


@macro
def cost_table(graph: Graph) -> Fragment:
    """Five-year cost of every credential, with the calculator above it where JavaScript runs."""
    rows = [(row, plan, cost.five_years(plan, cost.Reader())) for row in graph.of("credential")
            for plan in row.five_years]  # fmt: skip
    known = [item for item in rows if item[2].cash]
    return render(graph, "cost_table", rows=known, unknown=[item for item in rows if not item[2].cash])


@macro
def cost_picture(graph: Graph) -> Fragment:
    """Cash against hours over five years as a picture; both axes logarithmic, each mark a link."""
    marks = []
    for row in graph.of("credential"):
        for plan in row.five_years[:1]:
            known = cost.five_years(plan, cost.Reader())
            if known.cash and plan.unit == "USD":
                marks.append(charts.Mark(row.short, row.proves, graph.address(row), known.cash, known.hours))
    kinds = list(dict.fromkeys(mark.proves for mark in marks))
    return render(graph, "cost_picture", svg=Markup(charts.cost_map(marks)), key=Markup(charts.cost_key(kinds)))


@macro
def break_even(
    graph: Graph, cost_: float, forgone_pay: float, raise_per_year: float, tax: float, growth: float = 0.0
) -> Fragment:
    """When a degree has paid itself back, for numbers that the page names as invented and a reader can change.

    Money in one currency; `tax` and `growth` are shares from 0 to 1.
    """
    years = cost.break_even(cost_, forgone_pay, raise_per_year, tax, growth)
    values = {"cost": cost_, "forgone_pay": forgone_pay, "raise_per_year": raise_per_year, "tax": tax, "growth": growth}
    return render(graph, "break_even", values=values, years=years)


@macro
def evidence(graph: Graph, limit: int | None = None, cards: bool = False, **filters: Any) -> Fragment:
    """Graded studies and statements, strongest first. `cards=true` gives each its address; once on the site."""
    order = ("strong", "moderate", "weak", "anecdote")
    rows = sorted(select(graph, "evidence", **filters), key=lambda row: (order.index(row.quality), -(row.year or 0)))
    return render(graph, "evidence_cards" if cards else "evidence", rows=limited(rows, limit))
