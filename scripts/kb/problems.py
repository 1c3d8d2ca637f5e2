"""A problem is one line a person can act on: where it is, in which record, what is wrong, what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in data or a page; `line` counts from 1, and `record` may be empty."""

    file: str
    line: int
    record: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (f"{self.file}:{self.line}", self.record, self.message) if part)


class UsageError(ValueError):
    """A page asks for something that does not exist; the message names the nearest thing that does."""


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean '…'?`, a short list when nothing is near and the choices are few, or nothing."""
    choices = sorted(known)
    close = get_close_matches(word, choices, n=1, cutoff=0.6)
    if close:
        return f"; did you mean '{close[0]}'?"
    if 0 < len(choices) <= 15:
        return f"; known: {', '.join(choices)}"
    return ""


def report(problems: Iterable[Problem]) -> str:
    """All problems, sorted by place, one a line, then their number."""
    lines = [str(problem) for problem in sorted(set(problems))]
    return "\n".join([*lines, f"{len(lines)} problem{'' if len(lines) == 1 else 's'}"])
