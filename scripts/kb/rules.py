"""What must hold across records. One function a rule; each yields every problem that it finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel

from kb.load import Catalogue, Entry
from kb.model import Concept, Credential, Ref, Resource, Skill
from kb.problems import Problem, nearest

# Hosts that may not be cited: content farms, pages with altered figures, sellers of exam questions.
REFUSED_HOSTS = {"eatsip365.com", "visualfoodie.com", "winenfood.com", "fate-oracle.com", "meltdown.zone",
                 "learnanything.pro", "examice.com", "secprove.com", "certifycopilot.ai"}  # fmt: skip
SKILL_PREFIX = {"industry": "ind-", "business": "biz-", "user-design": "usr-", "tech": "tec-"}
_NO_VALUE = re.compile(r"(not found|not known|unknown|n/?a|null|tbd|[-?\s]+)\.?", re.IGNORECASE)
_FIGURE = re.compile(r"[$€£]\s*\d.*|\d[\d.,]*\s*%")  # money or a share that stands without its unit
KIND_PREFIX = {"pilot": "p-", "concept": "c-", "opinion": "o-"}


@cache
def reference_fields(model: type[BaseModel]) -> dict[str, str]:
    """The fields of a model that hold ids, with the kind of record that each points at."""
    found = {}
    for name, field in model.model_fields.items():
        queue: list[Any] = [*field.metadata, field.annotation]
        while queue:
            part = queue.pop()
            if isinstance(part, Ref):
                found[name] = part.kind
            queue += [*get_args(part), *getattr(part, "__metadata__", ())]
    return found


def references(entry: Entry) -> Iterator[tuple[str, int | None, str, str]]:
    """Each reference of a record: field, place in the list (None for a single one), kind, id."""
    for name, kind in reference_fields(type(entry.record)).items():
        value = getattr(entry.record, name)
        if isinstance(value, list):
            for place, target in enumerate(value):
                yield name, place, kind, target
        elif value is not None:
            yield name, None, kind, value


def unknown_reference(catalogue: Catalogue) -> Iterator[Problem]:
    """An id that a record points at must exist, be of the right kind, and not have moved."""
    known: dict[str, set[str]] = {}
    for entry in catalogue.entries:
        known.setdefault(entry.kind, set()).add(entry.record.id)
    dead = {tombstone.id: tombstone for _, tombstone, _, _ in catalogue.tombstones}
    for entry in catalogue.entries:
        for name, place, kind, target in references(entry):
            if target in known.get(kind, ()):
                if target == entry.record.id:
                    yield entry.problem(f"{name}: points at itself", name, place or 0)
                continue
            if target in dead and dead[target].moved_to:
                message = f"{kind} '{target}' was renamed; use '{dead[target].moved_to}'"
            elif target in dead:
                message = f"{kind} '{target}' was retired: {dead[target].retired}"
            else:
                message = f"unknown {kind} '{target}'" + nearest(target, known.get(kind, ()))
            yield entry.problem(message, name, *(() if place is None else (place,)))


def duplicate_id(catalogue: Catalogue) -> Iterator[Problem]:
    """An id is permanent and unique over all kinds, the dead ones included."""
    seen: dict[str, tuple[str, int]] = {}
    everything = [(entry.record.id, entry.file, entry.raw) for entry in catalogue.entries]
    everything += [(tombstone.id, file, raw) for _, tombstone, file, raw in catalogue.tombstones]
    for id_, file, raw in everything:
        if id_ in seen:
            yield Problem(file, raw.line, id_, "this id is taken: {}:{}".format(*seen[id_]))
        else:
            seen[id_] = (file, raw.line)


def duplicate_url(catalogue: Catalogue) -> Iterator[Problem]:
    """A resource is listed once; scheme, 'www.', trailing '/' and fragment do not make another address."""
    seen: dict[str, str] = {}
    for entry in catalogue.entries:
        if not isinstance(entry.record, Resource):
            continue
        parts = urlsplit(entry.record.url)
        key = f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"
        if key in seen:
            yield entry.problem(f"url: the same address as '{seen[key]}'", "url")
        seen.setdefault(key, entry.record.id)


def dead_end(catalogue: Catalogue) -> Iterator[Problem]:
    """A moved id must lead to a living record of its kind."""
    for kind, tombstone, file, raw in catalogue.tombstones:
        living = {entry.record.id for entry in catalogue.entries if entry.kind == kind}
        if tombstone.moved_to is not None and tombstone.moved_to not in living:
            hint = nearest(tombstone.moved_to, living)
            yield Problem(file, raw.lines["moved_to"], tombstone.id, f"moved to unknown '{tombstone.moved_to}'{hint}")


def id_prefix(catalogue: Catalogue) -> Iterator[Problem]:
    """Addresses are made from ids: a skill has its domain's prefix, a pilot 'p-', a concept 'c-', an opinion 'o-'."""
    for entry in catalogue.entries:
        record = entry.record
        prefix = SKILL_PREFIX[record.domain] if isinstance(record, Skill) else KIND_PREFIX.get(entry.kind, "")
        if not record.id.startswith(prefix):
            yield entry.problem(f"id: must start with '{prefix}'", "id")


def same_name(catalogue: Catalogue) -> Iterator[Problem]:
    """Two concepts may share an abbreviation, but one's name may not be the other's."""
    terms = {entry.record.term.casefold(): entry.record.id for entry in catalogue.entries
             if isinstance(entry.record, Concept)}  # fmt: skip
    for entry in catalogue.entries:
        if not isinstance(entry.record, Concept):
            continue
        if terms[entry.record.term.casefold()] != entry.record.id:
            yield entry.problem(f"term: '{entry.record.term}' is also the term of another concept", "term")
        for place, alias in enumerate(entry.record.aliases):
            owner = terms.get(alias.casefold())
            if owner is not None:
                yield entry.problem(f"aliases: '{alias}' is the term of '{owner}'", "aliases", place)


def refused_source(catalogue: Catalogue) -> Iterator[Problem]:
    """No record cites a host on the refused list."""
    for entry in catalogue.entries:
        for path, url in urls(entry.raw):
            if site := refused(url):
                yield entry.problem(f"{path[0]}: '{site}' is on the list of refused sources", *path)


def refused(url: str) -> str | None:
    """The host of an address that may not be cited."""
    site = ".".join((urlsplit(url).hostname or "").split(".")[-2:])
    return site if site in REFUSED_HOSTS else None


def urls(value: Any, *path: str | int) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every web address inside of a raw or dumped record, with the path that leads to it."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from urls(part, *path, key)
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from urls(part, *path, place)
    elif isinstance(value, str) and value.startswith(("http://", "https://")):
        yield path, value


def future_date(catalogue: Catalogue) -> Iterator[Problem]:
    """Nothing was added, checked or true at a date that has not come yet."""
    today = date.today().isoformat()
    for entry in catalogue.entries:
        dates: list[tuple[str, str | None, tuple[str | int, ...]]] = []
        if isinstance(entry.record, Resource):
            dates = [(name, getattr(entry.record, name), (name,)) for name in ("added", "checked")]
        elif isinstance(entry.record, Credential):
            dates = [("as_of", fact.as_of, ("facts", place, "as_of")) for place, fact in enumerate(entry.record.facts)]
        for name, value, path in dates:
            if value is not None and value != "unknown" and value > today[: len(value)]:
                yield entry.problem(f"{name}: {value} has not come yet (today is {today})", *path)


def seller_alone(catalogue: Catalogue) -> Iterator[Problem]:
    """A page that earns from the sale is never enough for high confidence: another page must agree (`also`)."""
    for entry in catalogue.entries:
        if isinstance(entry.record, Credential):
            for place, fact in enumerate(entry.record.facts):
                if fact.speaker == "seller" and fact.confidence == "high" and not fact.also:
                    message = "confidence: high needs a second page in 'also' when a seller speaks; else medium"
                    yield entry.problem(message, "facts", place, "confidence")


def number_in_words(catalogue: Catalogue) -> Iterator[Problem]:
    """A figure is written in digits, so that it can be computed with; what was not found is null, not a word."""
    for entry in catalogue.entries:
        if not isinstance(entry.record, Credential):
            continue
        for place, fact in enumerate(entry.record.facts):
            if not isinstance(fact.value, str):
                continue
            message = ""
            if _NO_VALUE.fullmatch(fact.value):
                message = f"value: '{fact.value}': write null when it was looked for and not found"
            elif fact.unit or _FIGURE.fullmatch(fact.value):
                message = f"value: '{fact.value}': write digits only, such as 1200 or 12.5, with a unit; a range is " \
                    "'value: 800' and 'to: 1600'; other words go into 'note'"  # fmt: skip
            if message:
                yield entry.problem(message, "facts", place, "value")


def plan_from_facts(catalogue: Catalogue) -> Iterator[Problem]:
    """A figure of a five-year plan is one of the record's facts, or stands in the plan's written `sum`."""
    for entry in catalogue.entries:
        if not isinstance(entry.record, Credential):
            continue
        known = {end for fact in entry.record.facts for end in (fact.value, fact.to) if isinstance(end, int | float)}
        for place, plan in enumerate(entry.record.five_years):
            written = {float(part.replace(",", "")) for part in re.findall(r"\d[\d,]*(?:\.\d+)?", plan.sum or "")}
            for name in ("first_cost", "first_cost_to", "first_hours", "first_hours_to", "retake_fee", "renewal_months",
                         "renewal_fee", "renewal_hours"):  # fmt: skip
                value = getattr(plan, name)
                if value and value not in known | written:
                    message = f"{name}: {value:g} is neither one of the facts nor in the 'sum'"
                    yield entry.problem(message, "five_years", place, name)


RULES: tuple[Callable[[Catalogue], Iterator[Problem]], ...] = (
    unknown_reference, duplicate_id, duplicate_url, dead_end, id_prefix, same_name, refused_source, future_date,
    seller_alone, number_in_words, plan_from_facts,
)  # fmt: skip


def check(catalogue: Catalogue) -> list[Problem]:
    """Every problem that any rule finds."""
    return [problem for rule in RULES for problem in rule(catalogue)]
