"""Checks what people write: the data, and the pages. Prints every problem at once; exit 1 when there is one."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, TemplateSyntaxError, nodes

from kb import schema
from kb.graph import Graph
from kb.load import load
from kb.pages import links
from kb.problems import Problem, UsageError, nearest, report
from kb.rules import check as check_rules
from kb.rules import refused
from kb.views import MACROS

ROOT = Path(__file__).resolve().parent.parent
_EMPTY_WORDS = re.compile(
    r"\b(leverag(?:e|ed|ing)|robust|holistic\w*|crucial\w*|delv(?:e|es|ing)|unlock\w*|empower(?:s|ing|ment)?(?!ed)|"
    r"seamless\w*|ever-evolving|game.changer|in today's world|it is important to|best practices?)\b",
    re.IGNORECASE,
)
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_FENCED = re.compile(r"^(```+|~~~+).*?^\1", re.DOTALL | re.MULTILINE)
_jinja = Environment()


def check_data(root: Path) -> tuple[Graph, list[Problem]]:
    """The graph of docs/data, and everything wrong with the data and its generated schemas."""
    data = root / "docs" / "data"
    catalogue, problems = load(data)
    problems = [*problems, *check_rules(catalogue)]
    for name, text in schema.texts().items():
        path = data / "schema" / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            place = path.relative_to(root).as_posix()
            problems.append(Problem(place, 1, "", "has drifted from the model; run: python3 scripts/dev.py schema"))
    return Graph(catalogue), problems


def check_pages(root: Path, graph: Graph) -> Iterator[Problem]:
    """Everything wrong with the pages under docs/: their head, their calls, their words, and pages that are missing."""
    docs = root / "docs"
    titles: dict[str, str] = {}
    for path in sorted(docs.rglob("*.md")):
        place = path.relative_to(root).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            yield Problem(place, 1, "", "is not UTF-8 text; save the file with the encoding UTF-8")
            continue
        yield from _head(place, text, titles)
        yield from _heading(place, text)
        yield from _calls(place, text, graph)
        yield from _words(place, text)
        for number, url in links(text):
            if site := refused(url):
                yield Problem(place, number, "", f"'{site}' is on the list of refused sources")
    for kind in ("domain", "skill", "industry", "pilot", "credential"):
        for record in graph.of(kind):
            address, _, anchor = graph.address(record).partition("#")
            page = docs / address.rstrip("/")
            if not anchor and not (page.with_suffix(".md").exists() or (page / "index.md").exists()):
                name = page.with_suffix(".md").relative_to(root).as_posix()
                yield Problem(name, 1, record.id, f"this {kind} has no page; copy one beside it")


def _head(place: str, text: str, titles: dict[str, str]) -> Iterator[Problem]:
    match = _FRONT_MATTER.match(text)
    if not match:
        yield Problem(place, 1, "", "must start with '---', a title and a description, and '---'")
        return
    try:
        head = yaml.safe_load(match[1])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        yield Problem(place, mark.line + 2 if mark else 1, "", f"broken YAML: {getattr(error, 'problem', error)}")
        return
    for name, most in (("title", 70), ("description", 155)):
        value = head.get(name) if isinstance(head, dict) else None
        if not isinstance(value, str) or not value.strip():
            yield Problem(place, 1, "", f"field '{name}' is missing at the top of the page")
        elif len(value) > most:
            yield Problem(place, 1, "", f"{name}: {len(value)} characters; at most {most}")
        elif name == "title" and titles.setdefault(value, place) != place:
            yield Problem(place, 1, "", f"title: '{value}' is also the title of {titles[value]}")
    asks = head.get("asks", []) if isinstance(head, dict) else []
    if not isinstance(asks, list) or not all(isinstance(ask, str) and 0 < len(ask) <= 120 for ask in asks):
        yield Problem(place, 1, "", "asks: give a list of questions, each a line of at most 120 characters")


def _heading(place: str, text: str) -> Iterator[Problem]:
    body = _FENCED.sub("", _FRONT_MATTER.sub("", text))
    if len(re.findall(r"^# ", body, re.MULTILINE)) != 1:
        yield Problem(place, 1, "", "needs one line that starts with '# ': the heading of the page")


def _calls(place: str, text: str, graph: Graph) -> Iterator[Problem]:
    """Makes every call of the page once, so that a wrong name, id or field is found with its line."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"\{#(?!\s)", line):
            yield Problem(place, number, "", "'{#' opens a comment and eats text; write '{ #id }'")
    try:
        tree = _jinja.parse(text)
    except TemplateSyntaxError as error:
        yield Problem(place, error.lineno, "", f"broken macro call: {error.message}")
        return
    called = set()
    for call in tree.find_all(nodes.Call):
        if not isinstance(call.node, nodes.Name):
            continue
        called.add(id(call.node))
        name = call.node.name
        if name not in MACROS:
            yield Problem(place, call.lineno, "", f"unknown macro '{name}'" + nearest(name, MACROS))
            continue
        try:
            arguments: list[Any] = [argument.as_const() for argument in call.args]
            named: dict[str, Any] = {item.key: item.value.as_const() for item in call.kwargs}
        except nodes.Impossible:
            yield Problem(place, call.lineno, "", f"{name}: give plain values in quotes")
            continue
        try:
            MACROS[name](graph, *arguments, **named)
        except UsageError as error:
            yield Problem(place, call.lineno, "", f"{name}: {error}")
        except TypeError as error:
            message = str(error).replace("()", "").removeprefix(f"{name} ")
            yield Problem(place, call.lineno, "", f"{name}: wrong arguments: {message}")
    for word in tree.find_all(nodes.Name):
        if id(word) in called:
            continue
        if word.name in MACROS:
            yield Problem(place, word.lineno, "", f"'{word.name}' is called without brackets")
        else:
            yield Problem(place, word.lineno, "", f"unknown name '{word.name}'" + nearest(word.name, MACROS))


def _words(place: str, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.splitlines(), 1):
        for match in _EMPTY_WORDS.finditer(line):
            yield Problem(place, number, "", f"'{match[0]}' usually says nothing; say what happens instead")


def main(root: Path = ROOT) -> int:
    """Prints every problem; returns 1 when there is one."""
    graph, problems = check_data(root)
    if not problems:  # with broken data, every page would report what the data already has
        problems = list(check_pages(root, graph))
    if problems:
        print(report(problems))
        return 1
    print(f"{len(graph.records):,} records and {len(list((root / 'docs').rglob('*.md')))} pages are sound")
    return 0


if __name__ == "__main__":
    sys.exit(main())
