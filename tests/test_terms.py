"""Glossary terms: found in a text, explained once on a page, and each used on some page."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html as lxml_html
from markdown import Markdown

from kb.graph import Graph
from kb.terms import matches, names, used_on
from publish import read_page


def _found(graph: Graph, text: str) -> list[tuple[str, str]]:
    return [(text[start:end], concept.id) for start, end, concept in matches(text, names(graph))]


@pytest.mark.parametrize(
    ("text", "found"),
    [("We set a north star metric.", [("north star metric", "c-north-star-metric")]),
     ("North star metrics, twice", [("North star metrics", "c-north-star-metric")]),
     ("north, star metric", []), ("an API and the MVP", [("API", "c-api"), ("MVP", "c-minimum-viable-product")]),
     ("api", []), ("results and points of a test", []), ("", [])],
)  # fmt: skip
def test_terms_are_found(graph: Graph, text: str, found: list[tuple[str, str]]) -> None:
    assert _found(graph, text) == found


def test_the_first_use_is_explained_and_headings_links_and_code_are_left_alone() -> None:
    page = (
        "# A north star metric\n\n[north star metric](x.md) and `north star metric`, then a north star metric.\n\n"
        "- one more north star metric, an API, an MVP and **gross margin**\n"
    )
    tree = lxml_html.fromstring(f"<div>{Markdown(extensions=['terms']).convert(page)}</div>")
    terms = tree.xpath('//span[@class="kb-term"]')
    assert [term.text for term in terms] == ["north star metric", "API", "gross margin"]  # one for a piece of text
    first = terms[0]
    assert first.getparent().tag == "p" and first.tail == "."
    assert first.get("tabindex") == "0" and first.get("aria-describedby") == first[0].get("id")
    assert first[0].xpath("string(a/@href)") == "~/glossary/business/#c-north-star-metric"
    assert not tree.xpath("//h1//span") and not tree.xpath("//a//span") and not tree.xpath("//code//span")


def test_of_two_uses_in_a_sentence_the_first_is_explained() -> None:
    page = "A north star metric is *one* number; a north star metric moves."
    tree = lxml_html.fromstring(f"<div>{Markdown(extensions=['terms']).convert(page)}</div>")
    assert [term.getprevious() is None for term in tree.xpath('//span[@class="kb-term"]')] == [True]


def test_text_is_unchanged_but_for_the_explanations(graph: Graph) -> None:
    page = "Alpha *the gross margin* beta the burn rate gamma, an API delta.\n\n1. one API\n2. two MVP\n"
    plain = lxml_html.fromstring(f"<div>{Markdown().convert(page)}</div>").text_content()
    tree = lxml_html.fromstring(f"<div>{Markdown(extensions=['terms']).convert(page)}</div>")
    for tip in tree.xpath('//span[@class="kb-tip"]'):
        tip.drop_tree()
    assert tree.text_content() == plain


def test_every_term_leads_to_a_page_where_it_is_used(graph: Graph, site: Path) -> None:
    places = used_on(graph)
    assert [row.id for row in graph.of("concept") if not places.get(row.id)] == []
    for _, address in {place for used in places.values() for place in used}:
        assert (site / address.partition("#")[0] / "index.html").exists(), address


def test_the_site_explains_terms_with_links_that_lead_to_the_glossary(site: Path) -> None:
    explained = 0
    for file in site.rglob("index.html"):
        text = file.read_text(encoding="utf-8")
        assert '="~/' not in text, file
        explained += text.count('class="kb-term"')
    assert explained > 200
    assert "kb-tip" not in read_page(site, site / "index.html").text
