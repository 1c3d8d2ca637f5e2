"""The token that carries HTML past Markdown."""

from __future__ import annotations

from markdown import Markdown, markdown
from markupsafe import escape

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


def test_a_marked_heading_is_in_the_table_of_contents() -> None:
    one, two = ('<h2 data-toc id="one">One</h2>', '<h2 data-toc id="two">Two</h2>')
    text = keep(f"<p>*a*</p>\n{one}\n<p>*b*</p>{two}<p>c</p>", inline=False)
    reader = Markdown(extensions=["fragments", "attr_list", "toc"])
    assert reader.convert(text).split("\n") == [
        "<p>*a*</p>", "", '<h2 id="one">One</h2>', "", "<p>*b*</p>", '<h2 id="two">Two</h2>', "<p>c</p>"
    ]  # fmt: skip
    assert [item["id"] for item in reader.toc_tokens] == ["one", "two"]  # type: ignore[attr-defined]


def test_data_cannot_forge_a_heading() -> None:
    assert "##" not in keep(str(escape('<h2 data-toc id="one">One</h2>\n## Two')), inline=False)
