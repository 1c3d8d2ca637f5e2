"""Finds the terms of the glossary in a text, and the pages that use each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from kb import pages
from kb.graph import Graph
from kb.model import Concept, Skill

SHORTEST = 8  # letters of a one-word term: shorter ones are everyday words
_WORD = re.compile(r"[A-Za-z0-9][\w&'/-]*")
_ABBREVIATION = re.compile(r"(?=.*[A-Z].*[A-Z])[A-Za-z0-9&/-]{3,}")
Names = dict[str, list[tuple[tuple[str, ...], Concept]]]


@lru_cache(maxsize=2)
def names(graph: Graph, every: bool = False) -> Names:
    """The names to look for, by their first word, longest first: abbreviations as written, all others in lower case.

    A name that two concepts share explains nothing and is left out; short everyday words as well, unless `every`.
    """
    owners: dict[tuple[str, ...], set[str]] = {}
    for concept in graph.of("concept"):
        for name in (concept.term, *concept.aliases):
            words = tuple(_WORD.findall(name))
            if len(words) == 1 and _ABBREVIATION.fullmatch(name):
                owners.setdefault(words, set()).add(concept.id)
            elif words and (every or len(words) > 1 or (name == concept.term and len(name) >= SHORTEST)):
                lower = tuple(map(str.lower, words))
                owners.setdefault(lower, set()).add(concept.id)
                owners.setdefault((*lower[:-1], f"{lower[-1]}s"), set()).add(concept.id)
    found: Names = {}
    for words, ids in owners.items():
        if len(ids) == 1:
            found.setdefault(words[0], []).append((words, graph.get(next(iter(ids)), Concept)))
    for entries in found.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return found


def matches(text: str, known: Names) -> Iterator[tuple[int, int, Concept]]:
    """Where terms stand in a text: start, end, concept. Words of a term are one space apart."""
    words = list(_WORD.finditer(text))
    free = 0  # the first word that no match has taken yet
    for place, word in enumerate(words):
        if place < free:
            continue
        for term, concept in known.get(word[0]) or known.get(word[0].lower()) or []:
            here = words[place : place + len(term)]
            written = text[here[0].start() : here[-1].end()]
            if written == " ".join(term) or written.lower() == " ".join(term):
                yield here[0].start(), here[-1].end(), concept
                free = place + len(term)
                break


@lru_cache(maxsize=2)
def used_on(graph: Graph) -> dict[str, list[tuple[str, str]]]:
    """For each concept, title and address of the pages that use it: written pages first, then those made of records."""
    known = names(graph, every=True)
    found: dict[str, list[tuple[str, str]]] = {}
    texts = [(page.title, page.address, page.text) for page in pages.written(graph.catalogue.root.parent)]
    for kind in ("skill", "pilot", "industry", "credential"):
        texts += [(row.title, graph.address(row), " . ".join(_strings(row.model_dump()))) for row in graph.of(kind)]
    for title, address, text in texts:
        linked = [id_ for id_ in re.findall(r'link\("(c-[\w-]+)"', text) if id_ in graph.records]
        for id_ in dict.fromkeys([*linked, *(concept.id for _, _, concept in matches(text, known))]):
            places = found.setdefault(id_, [])
            if all(address != other for _, other in places):
                places.append((title, address))
    for concept in graph.of("concept"):
        for id_ in concept.skills:
            skill = graph.get(id_, Skill)
            place = (skill.title, graph.address(skill))
            if place not in found.setdefault(concept.id, []):
                found[concept.id].append(place)
    return found


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)
