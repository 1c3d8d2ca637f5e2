"""Picks records by the values of their fields."""

from __future__ import annotations

from typing import Any, get_args

from kb.graph import Graph
from kb.model import KINDS, PLURALS, Record, Resource
from kb.problems import UsageError, nearest
from kb.rules import reference_fields


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


def limited(records: list[Any], limit: int | None) -> list[Any]:
    """The first `limit` records, or all."""
    return records if limit is None else records[:limit]
