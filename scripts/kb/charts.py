"""Pictures drawn from records, as inline SVG: text as text, colors from the theme, a title and a description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import escape

if TYPE_CHECKING:
    from kb.graph import Graph

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
