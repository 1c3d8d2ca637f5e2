"""Who points at whom, and where each record is read. Back-links are computed here, never written by hand."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, TypeVar

from kb.load import Catalogue
from kb.model import KINDS, Concept, Credential, Pilot, Record, Resource, Skill
from kb.problems import UsageError, nearest
from kb.rules import references

R = TypeVar("R", bound=Record)


class Graph:
    """The catalogue as a reader meets it: records by id, links in both directions, addresses."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.records = catalogue.records
        self.moved: dict[str, str] = {}
        self.retired: dict[str, str] = {}
        for _, tombstone, _, _ in catalogue.tombstones:
            if tombstone.moved_to is not None:
                self.moved[tombstone.id] = tombstone.moved_to
            else:
                self.retired[tombstone.id] = tombstone.retired or ""
        self.former: dict[str, list[str]] = defaultdict(list)
        for old, new in self.moved.items():
            self.former[new].append(old)
        self._by_kind = {kind: catalogue.of(kind) for kind in KINDS}
        self._incoming: dict[str, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
        for entry in catalogue.entries:
            for target in dict.fromkeys(target for _, _, _, target in references(entry)):
                self._incoming[target][entry.kind].append(entry.record)

    def of(self, kind: str) -> list[Any]:
        """All records of a kind, in file order. Raises `UsageError` for an unknown kind."""
        if kind not in self._by_kind:
            raise UsageError(f"unknown kind '{kind}'" + nearest(kind, self._by_kind))
        return self._by_kind[kind]

    def get(self, id_: str, model: type[R] | None = None) -> R:
        """The record with this id, of `model` where one is named. Raises `UsageError` that names the nearest id."""
        record = self.records.get(id_)
        if record is not None and (model is None or isinstance(record, model)):
            return record  # type: ignore[return-value]
        kind = model.kind if model else "record"
        if id_ in self.moved:
            raise UsageError(f"{kind} '{id_}' was renamed; use '{self.moved[id_]}'")
        if id_ in self.retired:
            raise UsageError(f"{kind} '{id_}' was retired: {self.retired[id_]}")
        known = self.records if model is None else (record.id for record in self._by_kind[kind])
        raise UsageError(f"unknown {kind} '{id_}'" + nearest(str(id_), known))

    def pointing_at(self, id_: str, kind: str) -> list[Any]:
        """The records of `kind` that point at the record `id_`, in file order."""
        return self._incoming[id_][kind]

    def address(self, record: Record) -> str:
        """Where a record is read: a path from the site's root, with an anchor when it shares the page."""
        if isinstance(record, Skill):
            return f"domains/{record.domain}/{record.id.partition('-')[2]}/"
        if isinstance(record, Pilot):
            return f"practice/pilots/{record.id.removeprefix('p-')}/"
        if isinstance(record, Concept):
            return f"glossary/{record.domain}/#{record.id}"
        if isinstance(record, Resource):
            return f"resources/{record.home}/#{record.id}"
        if isinstance(record, Credential) and record.page:
            return f"certifications/{record.page}/"
        folder = {"domain": "domains/{}/", "industry": "domains/industry/types/{}/",
                  "credential": "certifications/figures/#{}", "evidence": "certifications/evidence/#{}",
                  "opinion": "about/opinions/#{}"}  # fmt: skip
        return folder[record.kind].format(record.id)
