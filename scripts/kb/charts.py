"""Pictures drawn from records, as inline SVG: text as text, colors from the theme, a title and a description."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10, sqrt
from typing import TYPE_CHECKING

from markupsafe import escape

from kb.cost import Range

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.graph import Graph
    from kb.model import Industry

# Each domain's square (x, y) and where its words stand: the squares overlap where the domains do.
_SQUARES = {
    "industry": (4, 4, "start", 24, 40),
    "business": (172, 4, "end", 416, 40),
    "user-design": (4, 156, "start", 24, 392),
    "tech": (172, 156, "end", 416, 392),
}
_HINTS = {
    "industry": ("who pays, who uses,", "what the rules are"),
    "business": ("strategy, metrics,", "cases one can count"),
    "user-design": ("interviews, maps,", "services end to end"),
    "tech": ("literate,", "not a wizard"),
}


def domain_map(graph: Graph) -> str:
    """The four domains as overlapping squares around user value; each square is a link (`~/`)."""
    parts = [
        '<svg class="kb-map-svg" viewBox="0 0 440 420" width="440" height="420" role="group" '
        'aria-labelledby="map-title map-text"><title id="map-title">The four domains of product management</title>'
        '<desc id="map-text">Four squares that overlap: Industry, Business, User and Design, and Tech. '
        "User value stands where all four meet.</desc>"
    ]
    for domain in graph.of("domain"):
        x, y, anchor, text_x, text_y = _SQUARES[domain.id]
        top = text_y < 210
        name_y = text_y
        first, second = (text_y + 24, text_y + 41) if top else (text_y - 42, text_y - 25)
        one, two = _HINTS[domain.id]
        parts.append(
            f'<a href="~/{escape(graph.address(domain))}" class="kb-{domain.id}">'
            f'<rect class="kb-map-box" x="{x}" y="{y}" width="264" height="260" rx="22"/>'
            f'<text class="kb-map-name" x="{text_x}" y="{name_y}" text-anchor="{anchor}">{escape(domain.name)}</text>'
            f'<text class="kb-map-hint" x="{text_x}" y="{first}" text-anchor="{anchor}">{one}</text>'
            f'<text class="kb-map-hint" x="{text_x}" y="{second}" text-anchor="{anchor}">{two}</text></a>'
        )
    parts.append(
        '<rect class="kb-map-core" x="172" y="156" width="96" height="108" rx="12"/>'
        '<text class="kb-map-value" x="220" y="206" text-anchor="middle">user</text>'
        '<text class="kb-map-value" x="220" y="224" text-anchor="middle">value</text></svg>'
    )
    return "".join(parts)


@dataclass(frozen=True)
class Mark:
    """One credential in the picture of costs: fees in USD and required hours over five years."""

    name: str
    proves: str
    address: str
    cash: Range
    hours: Range | None


# A driver tree: what stands where, and under what. Each number below is multiplied into the one above.
_NODES = {
    "revenue": ("Revenue a month", 160, 8),
    "customers": ("Paying customers", 86, 78), "price": ("Price a month", 252, 78),
    "signups": ("Sign-ups", 30, 148), "pay": ("Pay, share", 176, 148),
    "visitors": ("Visitors", 4, 218), "start": ("Start, share", 114, 218),
    "finish": ("Finish, share", 236, 218),
}  # fmt: skip
_ABOVE = {"customers": "revenue", "price": "revenue", "signups": "customers", "pay": "customers",
          "visitors": "signups", "start": "signups", "finish": "signups"}  # fmt: skip


def driver_tree_values(given: dict[str, float]) -> dict[str, float]:
    """Every number of the tree from those at its foot; `overrides/assets/tree.js` does the same in the page."""
    signups = given["visitors"] * given["start"] * given["finish"]
    customers = signups * given["pay"]
    return {**given, "signups": signups, "customers": customers, "revenue": customers * given["price"]}


def driver_tree(given: dict[str, float]) -> str:
    """The tree as a picture; every number stands in a text of its own, by name, for the script to change."""
    values = driver_tree_values(given)
    words = {
        name: f"{value * 100:g}%" if name in ("start", "finish", "pay") else f"{value:,.0f}"
        for name, value in values.items()
    }
    parts = [
        '<svg class="kb-cost-svg" viewBox="0 0 370 278" width="370" height="278" role="img" '
        'aria-labelledby="tree-title tree-text"><title id="tree-title">A driver tree</title><desc id="tree-text">'
        f"Invented numbers. {words['visitors']} visitors, of whom {words['start']} start, {words['finish']} of these "
        f"finish: {words['signups']} sign-ups. {words['pay']} pay: {words['customers']} customers. At a price of "
        f"{words['price']} that is {words['revenue']} a month.</desc>"
    ]
    for below, above in _ABOVE.items():
        (_, x1, y1), (_, x2, y2) = _NODES[below], _NODES[above]
        parts.append(f'<path class="kb-line" d="M{x1 + 56} {y1}V{y1 - 11}H{x2 + 56}V{y2 + 44}"/>')
    for name, (label, x, y) in _NODES.items():
        parts.append(
            f'<rect class="kb-node" x="{x}" y="{y}" width="112" height="44" rx="5"/>'
            f'<text x="{x + 56}" y="{y + 17}" text-anchor="middle">{label}</text><text class="kb-strong" x="{x + 56}" '
            f'y="{y + 35}" text-anchor="middle" data-node="{name}">{words[name]}</text>'
        )
    return "".join([*parts, "</svg>"])


PAYERS = {"user": "the user", "advertiser": "advertisers", "business": "businesses", "employer": "the employer",
          "public": "the public"}  # fmt: skip
PACES = {"days": "in days", "weeks": "in weeks", "months": "in months", "years": "in years"}


def industry_map(types: list[Industry], address: Callable[[Industry], str]) -> str:
    """Product types by who pays (rows) and how soon a change reaches users (columns); each name is a link (`~/`)."""
    left, top, wide, line = 92, 34, 112, 17
    tallest = {
        payer: max(1, *(sum(row.payer == payer and row.pace == pace for row in types) for pace in PACES))
        for payer in PAYERS
    }
    height = top + sum(count * line + 22 for count in tallest.values())
    parts = [
        f'<svg class="kb-cost-svg" viewBox="0 0 {left + 4 * wide} {height}" width="{left + 4 * wide}" '
        f'height="{height}" role="group" aria-labelledby="types-title types-text"><title id="types-title">'
        'Product types by who pays and how fast they ship</title><desc id="types-text">Rows say who pays, columns say '
        "how soon a change reaches users. The table of product types holds the same.</desc>"
    ]
    for place, pace in enumerate(PACES.values()):
        parts.append(f'<text x="{left + place * wide + 6}" y="20">{"ships " if not place else ""}{pace}</text>')
    parts.append('<text x="4" y="20">paid by</text>')
    y = top
    for payer, label in PAYERS.items():
        parts.append(f'<path class="kb-grid" d="M0 {y}H{left + 4 * wide}"/>')
        parts.append(f'<text x="4" y="{y + 24}">{label}</text>')
        for place, pace in enumerate(PACES):
            here = [row for row in types if row.payer == payer and row.pace == pace]
            for number, row in enumerate(here):
                x, down = left + place * wide + 6, y + 24 + number * line
                parts.append(
                    f'<a href="~/{escape(address(row))}" class="kb-mark kb-industry"><text x="{x}" y="{down}">'
                    f"{escape(row.short)}</text></a>"
                )
        y += tallest[payer] * line + 22
    return "".join([*parts, "</svg>"])


# The plot, in the picture's own units: scales from left to right and from bottom to top. Zero has no place on a
# logarithmic scale, so free options stand in a lane below. Those without hours stand in a lane to the right.
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 262, 14, 420
_HOURS, _CASH = (10, 1000), (100, 1_000_000)
_FREE_Y, _LANE_X, _NAMES_X = 446, 290, 304
_SHAPES = {
    "attended": '<circle cx="{x:.1f}" cy="{y:.1f}" r="6"/>',
    "passed a test": '<path d="M{x:.1f} {y:.1f}m-5.5-5.5h11v11h-11z"/>',
    "finished a course": '<path d="M{x:.1f} {y:.1f}m0-6.5 6.5 12h-13z"/>',
    "degree": '<path d="M{x:.1f} {y:.1f}m0-7 7 7-7 7-7-7z"/>',
    "subscription": '<path d="M{x:.1f} {y:.1f}m0 6.5-6.5-12h13z"/>',
    "a thing people used": '<circle cx="{x:.1f}" cy="{y:.1f}" r="8"/>',
}
# Where a name may stand from its mark, best first: to the right, to the left, above, below.
_BESIDE = ((11, 4, "start"), (-11, 4, "end"), (11, -9, "start"), (-11, -9, "end"), (0, -12, "middle"),
           (0, 20, "middle"), (11, 18, "start"), (-11, 18, "end"))  # fmt: skip
Box = tuple[float, float, float, float]


def _across(hours: float) -> float:
    low, high = map(log10, _HOURS)
    return _LEFT + (log10(hours) - low) / (high - low) * (_RIGHT - _LEFT)


def _up(cash: float) -> float:
    if cash <= 0:
        return _FREE_Y
    low, high = map(log10, _CASH)
    return _BOTTOM - (log10(cash) - low) / (high - low) * (_BOTTOM - _TOP)


def cost_map(marks: list[Mark]) -> str:
    """Fees against hours, both logarithmic, ranges as bars; each mark is a link (`~/`) with its figures as title."""
    parts = [
        '<svg class="kb-cost-svg" viewBox="0 0 440 484" width="440" height="484" role="group" '
        'aria-labelledby="cost-title cost-text"><title id="cost-title">Fees and hours over five years</title>'
        '<desc id="cost-text">Each credential by its fees in dollars, upward, and the hours that it requires, to the '
        "right. Doing none stands in the corner at no fee. Degrees stand at the top; their hours were not found.</desc>"
    ]
    for cash in (100, 1_000, 10_000, 100_000, 1_000_000):
        y = _up(cash)
        parts.append(f'<path class="kb-grid" d="M{_LEFT} {y:.0f}H436"/>'
                     f'<text x="{_LEFT - 5}" y="{y + 4:.0f}" text-anchor="end">${_short(cash)}</text>')  # fmt: skip
    for hours in (10, 100, 1000):
        x = _across(hours)
        parts.append(f'<path class="kb-grid" d="M{x:.0f} {_TOP}V{_FREE_Y + 16}"/>'
                     f'<text x="{x:.0f}" y="477" text-anchor="middle">{hours:,} h</text>')  # fmt: skip
    parts.append(f'<text x="{_LEFT - 5}" y="{_FREE_Y + 4}" text-anchor="end">$0</text>'
                 f'<text x="{_NAMES_X}" y="477">hours not found</text>')  # fmt: skip
    known = sorted((mark for mark in marks if mark.hours or mark.proves == "a thing people used"), key=_middle)
    lane = sorted((mark for mark in marks if mark not in known), key=_middle, reverse=True)
    return "".join([*parts, *_plotted(known), *_in_lane(lane), "</svg>"])


def _middle(mark: Mark) -> float:
    return 0.0 if mark.cash.low <= 0 else sqrt(mark.cash.low * mark.cash.high)


def _plotted(marks: list[Mark]) -> list[str]:
    """Marks with hours. A mark on the place of another moves up a little; a name stands where it covers nothing."""
    places: list[tuple[Mark, float, float, str]] = []
    taken: list[Box] = []
    for mark in marks:
        x = _across(sqrt(mark.hours.low * mark.hours.high)) if mark.hours else _LEFT + 8
        y = _up(_middle(mark))
        while any(abs(x - other_x) < 9 and abs(y - other_y) < 12 for _, other_x, other_y, _ in places):
            y -= 4
        bars = _bar(mark, x)
        taken.append((x - 7, y - 7, x + 7, y + 7))
        if mark.hours and mark.hours.high > mark.hours.low:
            left, right = _across(mark.hours.low), _across(mark.hours.high)
            bars += f'<path class="kb-range" d="M{left:.1f} {y:.1f}H{right:.1f}"/>'
            taken.append((left, y - 2, right, y + 2))
        places.append((mark, x, y, bars))
    found = []
    for mark, x, y, bars in places:
        wide = 5.9 * len(mark.name)
        for dx, dy, anchor in _BESIDE:
            left = x + dx - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
            box = (left, y + dy - 9, left + wide, y + dy + 3)
            if left >= 0 and box[2] < _LANE_X - 8 and not any(_overlap(box, other) for other in taken):
                break
        taken.append(box)
        found.append(_link(mark, x, y, bars, f'<text x="{x + dx:.1f}" y="{y + dy:.1f}" text-anchor="{anchor}">'))
    return found


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _in_lane(marks: list[Mark]) -> list[str]:
    """Marks without hours, dearest first: names in a column, pushed down where they would overlap."""
    found, lowest = [], 0.0
    for mark in marks:
        y = _up(_middle(mark))
        lowest = max(y + 4, lowest + 13)
        found.append(_link(mark, _LANE_X, y, _bar(mark, _LANE_X), f'<text x="{_NAMES_X}" y="{lowest:.1f}">'))
    return found


def _bar(mark: Mark, x: float) -> str:
    low, high = _up(mark.cash.low), _up(mark.cash.high)
    return f'<path class="kb-range" d="M{x:.1f} {low:.1f}V{high:.1f}"/>' if low > high else ""


def _link(mark: Mark, x: float, y: float, bars: str, label: str) -> str:
    unknown = "hours of your choice" if mark.proves == "a thing people used" else "hours not found"
    hours = unknown if mark.hours is None else f"{_words(mark.hours)} hours"
    title = f"{mark.name}: ${_words(mark.cash)}, {hours}; proves: {mark.proves}"
    shape = _SHAPES[mark.proves].format(x=x, y=y)
    return (
        f'<a href="~/{escape(mark.address)}" class="kb-mark kb-proves-{mark.proves.replace(" ", "-")}">'
        f"<title>{escape(title)}</title>{bars}{shape}{label}{escape(mark.name)}</text></a>"
    )


def _words(range_: Range) -> str:
    return f"{range_.low:,.0f}" + (f" to {range_.high:,.0f}" if range_.high > range_.low else "")


def _short(cash: int) -> str:
    return f"{cash:,}".replace(",000,000", "m").replace(",000", "k")


def cost_key(proves: list[str]) -> str:
    """What each shape of the picture means."""
    return " ".join(
        f'<span class="kb-mark kb-proves-{name.replace(" ", "-")}"><svg viewBox="0 0 18 18" width="14" height="14" '
        f'aria-hidden="true">{_SHAPES[name].format(x=9, y=9)}</svg> {name}</span>' for name in proves
    )  # fmt: skip
