"""The token that carries HTML past Markdown."""

from __future__ import annotations

from markdown import markdown

from fragments import keep


def convert(text: str) -> str:
    return markdown(text, extensions=["fragments", "tables", "attr_list"])


def test_a_block_replaces_its_paragraph_and_markdown_leaves_it_alone() -> None:
    token = keep("<table><tr><td>**not bold** `x` | [a](b)</td></tr></table>", inline=False)
    html = convert(f"before\n{token}\nafter *it*")
    assert "<table><tr><td>**not bold** `x` | [a](b)</td></tr></table>" in html
    assert "<p><table>" not in html and "<em>it</em>" in html


def test_an_inline_fragment_stays_in_its_sentence() -> None:
    token = keep("<b>$800</b>", inline=True)
    assert convert(f"It costs {token} a year.") == "<p>It costs <b>$800</b> a year.</p>"
    assert convert(token) == "<p><b>$800</b></p>"
    assert "<td><b>$800</b></td>" in convert(f"| a |\n|---|\n| {token} |")


def test_the_same_html_has_the_same_token() -> None:
    assert keep("<i>a</i>", inline=True) == keep("<i>a</i>", inline=True) != keep("<i>b</i>", inline=True)
