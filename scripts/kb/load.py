"""From YAML files to records, with the file and line of everything that is wrong.

The YAML is read as a stream of events, not composed by the library: that gives each value its line, refuses aliases
before they can multiply (a "YAML bomb"), bounds the depth, and leaves `no`, `1e3` and dates as the text they look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from kb.model import KINDS, PLURALS, Record, Tombstone
from kb.problems import Problem, nearest

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # libyaml is missing: slower, same result
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

QUESTIONS = "questions.yml"  # no records: what people ask, with the page that answers
MAX_BYTES = 5_000_000
MAX_DEPTH = 20
_ALIASES = "YAML anchors (&) and aliases (*) are not used here; write the value out, in quotes"
_CUT = "' #' begins a comment here and cuts the text off; put the text in quotes, or the comment on its own line"
_COMMENT = re.compile(r"[ \t]+#")
_FORMS = dict.fromkeys(("added", "checked", "rules_checked"), "a date such as 2026-11-27")
_FORMS["as_of"] = "2026, 2026-11, 2026-11-27 or unknown"
_NUMBER = re.compile(r"[-+]?(0|[1-9]\d*)(\.\d+)?")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


class Map(dict[str, Any]):
    """A YAML mapping that knows the line of each key, and its own."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line, self.lines = line, dict[str, int]()


class Seq(list[Any]):
    """A YAML list that knows the line of each item, and its own."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line, self.lines = line, list[int]()


@dataclass(frozen=True)
class Entry:
    """A record where it was found."""

    kind: str
    record: Record
    file: str
    raw: Map

    def problem(self, message: str, *path: str | int) -> Problem:
        """A problem of this record, at the line of the field that `path` leads to."""
        return Problem(self.file, line_of(self.raw, path), self.record.id, message)


@dataclass
class Catalogue:
    """Everything in docs/data. `entries` holds duplicates too; `records` holds the first of each id."""

    root: Path
    entries: list[Entry] = field(default_factory=list)
    tombstones: list[tuple[str, Tombstone, str, Map]] = field(default_factory=list)
    records: dict[str, Record] = field(default_factory=dict)

    def of(self, kind: str) -> list[Record]:
        """The records of one kind, in the order of their files."""
        return [entry.record for entry in self.entries if entry.kind == kind]


def line_of(raw: Any, path: tuple[str | int, ...]) -> int:
    """The line of the deepest part of `path` that exists in `raw`."""
    line = int(raw.line)
    for step in path:
        in_map = isinstance(raw, Map) and step in raw
        if in_map or (isinstance(raw, Seq) and isinstance(step, int) and step < len(raw)):
            line, raw = raw.lines[step], raw[step]
    return line


class _RefusedError(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _scalar(event: yaml.ScalarEvent) -> Any:
    text = event.value
    if not event.implicit[0]:  # quoted or block text
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text) and len(text) <= 18:
        return float(text) if "." in text else int(text)
    return text


def read(text: str) -> Any:
    """The value of one YAML text, built of `Map`, `Seq` and scalars.

    Raises `_RefusedError` (with a line) for aliases, tags, duplicate or non-text keys, nesting over `MAX_DEPTH`, a
    comment that cuts a text off, or more than one document, and `yaml.YAMLError` for what is not YAML.
    """
    text = text.removeprefix("\ufeff")  # the reader does not count it
    stack: list[tuple[Map | Seq, list[tuple[str, int]]]] = []
    root: list[Any] = []

    def put(value: Any, line: int) -> None:
        if not stack:
            root.append(value)
            return
        holder, key = stack[-1]
        if isinstance(holder, Seq):
            holder.append(value)
            holder.lines.append(line)
        elif key:
            name, at = key.pop()
            holder[name], holder.lines[name] = value, at
        else:
            if not isinstance(value, str):
                raise _RefusedError(line, "a field name must be plain text")
            if value in holder:
                raise _RefusedError(line, f"field '{value}' is given twice (first on line {holder.lines[value]})")
            key.append((value, line))

    for event in yaml.parse(text, Loader=_Loader):
        kind = type(event)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            stack.pop()
        elif kind is yaml.DocumentStartEvent and root:
            raise _RefusedError(line, "a second YAML document starts here; keep one list in a file")
        elif isinstance(event, yaml.NodeEvent):
            if kind is yaml.AliasEvent or event.anchor:
                raise _RefusedError(line, _ALIASES)
            if event.tag not in (None, "!"):  # type: ignore[attr-defined]
                raise _RefusedError(line, f"YAML tag '{event.tag}' is not used here")  # type: ignore[attr-defined]
            if kind is yaml.ScalarEvent:
                plain = event.implicit[0] and event.value  # type: ignore[attr-defined]
                if plain and event.end_mark and _COMMENT.match(text, event.end_mark.index):
                    raise _RefusedError(event.end_mark.line + 1, _CUT)
                put(_scalar(event), line)  # type: ignore[arg-type]
                continue
            if len(stack) >= MAX_DEPTH:
                raise _RefusedError(line, f"more than {MAX_DEPTH} levels deep")
            value = Map(line) if kind is yaml.MappingStartEvent else Seq(line)
            put(value, line)
            stack.append((value, []))
    return root[0] if root else None


def _read_file(path: Path, name: str) -> Iterator[Map | Problem]:
    """The records of one file as raw mappings, or what is wrong with the file."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            yield Problem(name, 1, "", f"{size:,} bytes; at most {MAX_BYTES:,}: split it into a folder of files")
            return
        data = path.read_bytes()
    except OSError as error:
        yield Problem(name, 1, "", f"cannot be read: {error.strerror}")
        return
    try:
        raw = read(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        yield Problem(name, line, "", "is not UTF-8 text; save the file with the encoding UTF-8")
        return
    except _RefusedError as error:
        yield Problem(name, error.line, "", str(error))
        return
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
        hint = "; indent with spaces" if " tab " in what or "'\\t'" in what else ""
        hint = "; put a text that holds ': ' in single quotes" if "mapping values" in what else hint
        yield Problem(name, mark.line + 1 if mark else 1, "", f"broken YAML: {what}{hint}")
        return
    if raw is None:
        yield Problem(name, 1, "", "is empty; a data file holds a list of records")
    elif not isinstance(raw, Seq):
        yield Problem(name, 1, "", "must be a list of records, each starting with '- id:'")
    else:
        for item, line in zip(raw, raw.lines, strict=True):
            yield item if isinstance(item, Map) else Problem(name, line, "", "a record starts with '- id:'")


def _fields_at(model: Any, path: tuple[str | int, ...]) -> dict[str, Any]:
    """The fields of the model that `path` leads to inside of `model`."""
    for step in path:
        if isinstance(step, str) and step in model.model_fields:
            queue = [model.model_fields[step].annotation]
            while queue:
                kind = queue.pop()
                if isinstance(kind, type) and issubclass(kind, BaseModel):
                    model = kind
                queue += get_args(kind)
    return dict(model.model_fields)


def _explain(model: type[BaseModel], error: Any) -> tuple[tuple[str | int, ...], str]:
    """The path and the plain words of one pydantic error."""
    names = {"int", "float", "str", "constrained-str"}  # pydantic adds the branch of a union to the path
    path = tuple(step for step in error["loc"] if not (step in names or str(step).startswith("function-")))
    name = ".".join(str(step) for step in path) or "record"
    given, kind, context = error["input"], error["type"], error.get("ctx", {})
    if kind == "missing":
        return path, f"field '{name}' is missing"
    if kind == "extra_forbidden":
        return path, f"unknown field '{name}'" + nearest(str(path[-1]), _fields_at(model, path[:-1]))
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", context["expected"])
        return path, f"{name}: '{given}' is not one of the allowed values" + nearest(str(given), known)
    if kind == "string_type" and isinstance(given, int | float):
        return path, f"{name}: must be text; put {given} in quotes"
    if kind in ("string_type", "list_type", "model_type") and given is None:
        return path, f"{name}: is empty; give a value or remove the line"
    if kind == "string_too_long":
        return path, f"{name}: {len(given)} characters; at most {context['max_length']}"
    if kind == "string_pattern_mismatch":
        form = _FORMS.get(str(path[-1]), "lower-case words joined by '-'")
        return path, f"{name}: '{given}' does not have the form {form}"
    message = error["msg"].removeprefix("Value error, ")
    return path, f"{name}: {message[0].lower()}{message[1:]}" if path else message


def _validate(model: type[BaseModel], raw: Map, name: str) -> Any:
    """The record of one raw mapping, or the list of its problems."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        found: dict[tuple[str | int, ...], str] = {}
        for item in error.errors(include_url=False):
            path, message = _explain(model, item)
            found.setdefault(path, message)
        for path, message in list(found.items()):  # a misspelled field is one problem, not also a missing one
            if message.startswith("unknown field") and (meant := re.search(r"did you mean '(\w+)'", message)):
                found.pop((*path[:-1], meant[1]), None)
        record = raw.get("id") if isinstance(raw.get("id"), str) else ""
        return [Problem(name, line_of(raw, path), record or "", message) for path, message in found.items()]


def data_files(root: Path) -> Iterator[tuple[str, Path]]:
    """Each kind with each of its files: `<plural>.yml` and `<plural>/*.yml`. A kind with neither yields the first."""
    for kind, plural in PLURALS.items():
        single, folder = root / f"{plural}.yml", sorted((root / plural).glob("*.yml"))
        for path in [single, *folder] if single.exists() else folder or [single]:
            yield kind, path


def load(root: Path) -> tuple[Catalogue, list[Problem]]:
    """The catalogue in `root` (docs/data) and every problem of form. Rules across records are `kb.rules`' business.

    Read again only when a file's name, size or modification time has changed.
    """
    stamp = []
    for kind, path in data_files(root):
        status = path.stat() if path.is_file() else None
        stamp.append((kind, path, status and (status.st_mtime_ns, status.st_size)))
    known = {root / QUESTIONS, *(path for _, path, _ in stamp)}
    stray = sorted(path for path in root.rglob("*.y*ml") if path not in known)
    return _load(root, tuple(stamp), tuple(stray))


def _name(root: Path, path: Path) -> str:
    top = root.parent.parent
    return path.relative_to(top).as_posix() if path.is_relative_to(top) else str(path)


@lru_cache(maxsize=2)
def _load(
    root: Path, stamp: tuple[tuple[str, Path, Any], ...], stray: tuple[Path, ...]
) -> tuple[Catalogue, list[Problem]]:
    catalogue, problems = Catalogue(root), list[Problem]()
    for path in stray:
        hint = nearest(path.stem, PLURALS.values())
        problems.append(
            Problem(_name(root, path), 1, "", f"is not read: records stand in <kind>.yml or <kind>/*.yml{hint}")
        )
    for kind, path, status in stamp:
        name = _name(root, path)
        if status is None:
            problems.append(Problem(name, 1, "", "file is missing"))
            continue
        for raw in _read_file(path, name):
            if isinstance(raw, Problem):
                problems.append(raw)
                continue
            dead = "moved_to" in raw or "retired" in raw
            result = _validate(Tombstone if dead else KINDS[kind], raw, name)
            if isinstance(result, list):
                problems += result
            elif dead:
                catalogue.tombstones.append((kind, result, name, raw))
            else:
                catalogue.entries.append(Entry(kind, result, name, raw))
                catalogue.records.setdefault(result.id, result)
    return catalogue, problems
