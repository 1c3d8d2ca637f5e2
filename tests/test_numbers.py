"""The numbers of worked examples: each page's example is held to a small data file beside it, and recomputed from it.

`metrics.numbers.yml` holds what is given and what is computed, by name. Every number in the example boxes of
`metrics.md` must be one of them, as exactly as the page writes it, and every computed number must stand on the page.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from arithmetic import compute
from conftest import ROOT

DOCS = ROOT / "docs"
_BOX = re.compile(r"^!!! example[^\n]*\n((?:[ ]{4}[^\n]*\n|\n)+)", re.MULTILINE)
_NUMBER = re.compile(r"(?<![\w/#.])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w/#.,])\d+(?:\.\d+)?")


def boxes(text: str) -> str:
    """What the example boxes of a page say, without links, code and the numbers of a list."""
    found = "\n".join(match[1] for match in _BOX.finditer(text))
    found = re.sub(r"\{\{.*?\}\}|\{ #[\w-]+ \}|\]\([^)]*\)|`[^`]*`", " ", found)
    return re.sub(r"^\s*\d+\.\s", " ", found, flags=re.MULTILINE)


def _value(written: Any) -> float:
    text = str(written)
    return float(text.rstrip("%")) / 100 if text.endswith("%") else float(text)


def values(numbers: dict[str, Any]) -> dict[str, float]:
    """Every value of a numbers file by its name; a list gives one name to several values."""
    known: dict[str, float] = {}
    for name, written in numbers["given"].items():
        for place, one in enumerate(written if isinstance(written, list) else [written]):
            known[name if not place else f"{name}:{place}"] = _value(one)
    for name, expression in (numbers.get("computed") or {}).items():
        filled = re.sub(r"[A-Za-z_]\w*(?!\w*\()", lambda match: repr(known[match[0]]), expression)
        known[name] = compute(filled)
    return known


def _is(token: str, percent: bool, value: float) -> bool:
    number, decimals = float(token.replace(",", "")), len(token.partition(".")[2])
    return any(abs(number - candidate) <= 0.5 * 10**-decimals + 1e-9 for candidate in
               ((value * 100,) if percent else (value, value * 100, -value)))  # fmt: skip


def faults(text: str, numbers: dict[str, Any]) -> list[str]:
    """Numbers of the boxes that the file does not hold, and computed ones that the boxes do not show."""
    known = values(numbers)
    shown: set[str] = set()
    wrong = []
    box = boxes(text)
    for match in _NUMBER.finditer(box):
        percent = box[match.end() : match.end() + 2].strip().startswith("%")
        names = {name for name, value in known.items() if _is(match[0], percent, value)}
        shown |= names
        if not names:
            wrong.append(f"{match[0]}{'%' if percent else ''} is not in the numbers file")
    wrong += [f"computed '{name}' ({known[name]:g}) is not in the example"
              for name in numbers.get("computed") or {} if name not in shown]  # fmt: skip
    return wrong


PAGES = [page for folder in ("domains", "job", "practice/pilots") for page in sorted((DOCS / folder).rglob("*.md"))
         if page != DOCS / "practice" / "pilots" / "index.md"]  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(DOCS).as_posix() for page in PAGES])
def test_the_worked_example_is_recomputed(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    beside = page.with_suffix(".numbers.yml")
    assert _BOX.search(text), "the page has no worked example (a box that begins with '!!! example')"
    assert "invented" in "".join(re.findall(r"^!!! example.*", text, re.MULTILINE)), "say that the numbers are invented"
    assert beside.exists(), f"{beside.name} is missing beside the page"
    assert faults(text, yaml.safe_load(beside.read_text(encoding="utf-8"))) == []


def test_no_numbers_file_is_left_alone() -> None:
    assert [file for file in DOCS.rglob("*.numbers.yml") if not file.with_name(file.name[:-12] + ".md").exists()] == []


def test_a_wrong_number_is_found() -> None:
    text = '!!! example "Numbers invented"\n\n    Of 200 people 30 came: 30 / 200 = 15%.\n\nOutside, 99.\n'
    right = {"given": {"people": 200, "came": 30}, "computed": {"share": "came / people"}}
    assert faults(text, right) == []
    assert faults(text.replace("15%", "16%"), right) == [
        "16% is not in the numbers file", "computed 'share' (0.15) is not in the example"
    ]  # fmt: skip
    assert faults(text, {**right, "computed": {"share": "came / people", "left": "people - came"}}) == [
        "computed 'left' (170) is not in the example"
    ]


@pytest.mark.parametrize(
    ("token", "percent", "value"), [("14", True, 0.1437), ("0.3", False, 0.333), ("1,200", False, 1200.4)]
)
def test_a_number_may_be_rounded_as_it_is_written(token: str, percent: bool, value: float) -> None:
    assert _is(token, percent, value) and not _is(token, percent, value * 1.1)
