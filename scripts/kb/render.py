"""How a fragment is made: macros by name, figures in words, and templates that escape every value.

Links inside the site are written `href="~/path"` and made relative to the calling page in one place, `to_root`.
Text from data cannot forge that mark, since its quotes are escaped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kb.graph import Graph
from kb.model import LEVELS, Fact


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


def to_root(html: str, place: str) -> str:
    """Makes the `~/` links of a fragment relative to `place`: a page's address, or its file, from the site's root."""
    depth = place.removeprefix("./").count("/")
    return html.replace('="~/', f'="{"../" * depth or "./"}')


_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_UNITS = {"percent": "%", "SEU": " education units", "PDU": " PDUs", "USD per month": " a month",
          "USD per credit": " a credit"}  # fmt: skip
PROVES = {"attended": "that you attended", "passed a test": "that you passed a test",
          "finished a course": "that you finished a course", "degree": "a degree", "subscription": "a subscription",
          "a thing people used": "a thing people used"}  # fmt: skip
SETTINGS = {"on-the-job": "on the job", "side-project": "on the side", "both": "on the job or on the side"}
SPEAKERS = {"issuer": "issuer", "seller": "seller", "employer": "employer", "independent": "independent",
            "public": "public body"}  # fmt: skip


def number(value: float) -> str:
    """A number for reading: 1063300 becomes 1,063,300; 186.15 stays; 12.0 becomes 12."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0").rstrip(".")


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


templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False,
)  # fmt: skip
templates.filters.update(amount=amount, number=number, duration=duration, when=when, sentence=sentence)
templates.globals.update(LEVELS=LEVELS, PROVES=PROVES, SETTINGS=SETTINGS, SPEAKERS=SPEAKERS)


def render(graph: Graph, template: str, **values: Any) -> Fragment:
    """The fragment that a template makes of `values`."""
    html = templates.get_template(f"{template}.html").render(graph=graph, **values)
    # Blank lines would be harmless, but every byte here is on every page.
    return Fragment("\n".join(filter(None, map(str.strip, html.split("\n")))))
