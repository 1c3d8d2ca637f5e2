"""Fragments: text from data is text, filters say what is wrong, links run both ways."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from lxml import html as lxml_html

from conftest import ROOT
from kb.graph import Graph
from kb.load import load
from kb.problems import UsageError
from kb.query import select
from kb.render import amount, duration, number, to_root
from kb.views import MACROS, open_graph
from test_load import append

EVIL = '<script>alert(1)</script> {{ 7 * 7 }} {% raw %} | **bold** `code` [x](javascript:1) ="~/x'


def text_of(html: str) -> str:
    return " ".join(lxml_html.fromstring(f"<div>{html}</div>").text_content().split())


@pytest.mark.parametrize("kind", ["skill", "resource", "concept", "opinion", "evidence"])
def test_text_from_data_is_shown_literally(data: Path, kind: str) -> None:
    quoted = "'" + EVIL.replace("'", "''") + "'"
    record, macros = {
        "skill": (f"- id: biz-evil\n  domain: business\n  name: Evil\n  meaning: {quoted}\n  levels:\n"
                  f"    awareness: [{quoted}]\n    working: [x]\n    practitioner: [x]\n    expert: [x]\n"
                  f"  failure_mode: {quoted}\n  interview_probe:\n    question: {quoted}\n  evidence: {quoted}\n",
                  [("lead", ["biz-evil"]), ("levels", ["biz-evil"]), ("probe", ["biz-evil"]),
                   ("field", ["biz-evil", "evidence"]), ("skills", [])]),
        "resource": (f"- id: evil\n  name: {quoted}\n  people: [{quoted}]\n  url: https://evil.example/\n"
                     f"  format: book\n  level: expert\n  cost: free\n  domains: [tech]\n  read_for: {quoted}\n"
                     f"  skip_if: {quoted}\n  speaker: seller\n  interest: {quoted}\n  seen_in: [x]\n"
                     f"  added: '2026-01-01'\n", [("resources", []), ("link", ["evil"])]),
        "concept": (f"- id: c-evil\n  domain: tech\n  term: {quoted}\n  definition: {quoted}\n  formula: {quoted}\n"
                    f"  example: {quoted}\n  aliases: [{quoted}]\n", [("concepts", []), ("glossary_index", [])]),
        "opinion": (f"- id: o-evil\n  short: {quoted}\n  text: {quoted}\n  stance: for\n  about: {quoted}\n"
                    f"  said_in: {quoted}\n", [("opinions", [])]),
        "evidence": (f"- id: evil\n  method: {quoted}\n  about: [{quoted}]\n  claim: {quoted}\n  population: {quoted}\n"
                     f"  source: https://evil.example/\n  speaker: seller\n  who_gains: {quoted}\n"
                     f"  quality: weak\n  direction: for\n"
                     f"  caveat: {quoted}\n", [("evidence", [])]),
    }[kind]  # fmt: skip
    plural = {"skill": "skills", "resource": "resources/tech", "concept": "concepts/tech", "opinion": "opinions"}
    append(data / f"{plural.get(kind, kind)}.yml", record)
    catalogue, problems = load(data)
    assert not problems
    graph = Graph(catalogue)
    for name, arguments in macros:
        for options in ({}, {"cards": True}) if name in ("opinions", "evidence") else ({},):
            html = to_root(MACROS[name](graph, *arguments, **options).html, "a/b/")
            tree = lxml_html.fromstring(f"<div>{html}</div>")
            assert not tree.xpath('//script[not(starts-with(@src, "../../assets/")) or text()]')
            assert not [href for href in tree.xpath("//@href") if href.startswith("javascript")]
            assert '="~/x' in text_of(html), (name, "the text is not shown as it is")
            assert "{{ 7 * 7 }}" in text_of(html)


@pytest.mark.parametrize(
    ("macro", "arguments", "message"),
    [
        ("resources", {"domain": "techh"}, "resource: unknown domain 'techh'; did you mean 'tech'?"),
        ("resources", {"skil": "tec-ai"}, "resource: unknown field 'skil'; did you mean 'skill'?"),
        ("resources", {"format": "boook"}, "resource: unknown format 'boook'; did you mean 'book'?"),
        ("resources", {"sort": "nam"}, "resources: unknown sort 'nam'; did you mean 'name'?"),
        ("resources", {"view": "card"}, "resources: unknown view 'card'; did you mean 'cards'?"),
        ("pilots", {"skill": "biz-prioritisation"},
         "skill 'biz-prioritisation' was renamed; use 'biz-prioritization'"),
        ("count", {"kind": "concepts"}, "unknown kind 'concepts'; did you mean 'concept'?"),
        ("link", {"id_": "cspoo"}, "unknown record 'cspoo'; did you mean 'cspo'?"),
        ("levels", {"id_": "cspo"}, "unknown skill 'cspo'"),
        ("fact", {"id_": "cspo", "name": "pric"}, "credential 'cspo' has no fact 'pric'; did you mean 'price'?"),
        ("field", {"id_": "biz-vision", "name": "meening"},
         "skill 'biz-vision' has no text field 'meening'; did you mean 'meaning'?"),
        ("credentials", {"domain": "teck"}, "unknown domain 'teck'; did you mean 'tech'?"),
        ("sources", {"id_": "cspo"}, "credential 'cspo' has no sources"),
    ],
)  # fmt: skip
def test_a_wrong_call_names_the_nearest_right_one(graph: Graph, macro: str, arguments: dict[str, str],
                                                  message: str) -> None:  # fmt: skip
    with pytest.raises(UsageError) as error:
        MACROS[macro](graph, **arguments)
    assert str(error.value).startswith(message)


def test_a_singular_filter_looks_into_the_list(graph: Graph) -> None:
    found = select(graph, "resource", skill="biz-strategy", cost=["free", "freemium"])
    assert found
    assert all("biz-strategy" in row.skills and row.cost != "paid" for row in found)
    assert len(found) < len(select(graph, "resource", skill="biz-strategy"))


def test_unsound_data_stops_the_build_with_every_problem(data: Path) -> None:
    append(data / "skills.yml", "- id: biz-x\n  nme: y\n")
    with pytest.raises(UsageError, match=r"unknown field 'nme'; did you mean 'name'\?"):
        open_graph(data)


def test_an_inline_fact_carries_source_date_and_confidence(graph: Graph) -> None:
    fragment = MACROS["fact"](graph, "cspo", "price.history")
    fact = graph.records["cspo"].fact("price.history")  # type: ignore[attr-defined]
    assert fragment.inline
    text = text_of(fragment.html)
    assert amount(fact.value, fact.to, fact.unit) in text
    assert fact.as_of in text and f"{fact.confidence} confidence" in text
    assert fact.source in fragment.html and 'tabindex="0"' in fragment.html
    # a low-confidence price is never shown as a fact
    assert "unverified" in text_of(MACROS["fact"](graph, "cspo", "price").html) and "unverified" not in text


def test_no_low_confidence_figure_is_shown_without_the_word(graph: Graph) -> None:
    shown = 0
    for credential in graph.of("credential"):
        card = MACROS["credential_cards"](graph, family=credential.family).html
        article = card.split(f'<h3 id="{credential.id}">')[1].split("</article>")[0]
        rows = re.findall(r"<div><dt>.*?</div>", article, re.DOTALL)
        for fact, row in zip(credential.facts, rows, strict=False):
            assert ("kb-unverified" in row) == (fact.confidence == "low"), (credential.id, fact.field)
            shown += 1
    assert shown > 200


def test_links_run_both_ways(graph: Graph) -> None:
    resource = next(row for row in graph.of("resource") if row.skills)
    skill = resource.skills[0]
    table = MACROS["resources"](graph, skill=skill).html
    assert f"#{resource.id}" in table
    assert f'href="~/{graph.address(graph.records[skill])}"' in table


def test_neighbors_are_seen_from_both_sides(graph: Graph) -> None:
    for skill in graph.of("skill"):
        for other in skill.related:
            html = MACROS["skills"](graph, related=other).html
            assert f'href="~/{graph.address(skill)}"' in html


def test_links_are_relative_to_the_calling_page() -> None:
    html = '<a href="~/glossary/#x">'
    assert to_root(html, "") == to_root(html, "./") == '<a href="./glossary/#x">'
    assert to_root(html, "domains/tech/ai/") == '<a href="../../../glossary/#x">'


def test_figures_read_well() -> None:
    assert amount(800, 1600, "USD") == "$800–1,600"
    assert amount(109860, unit="EUR") == "€109,860"
    assert amount(49, unit="USD per month") == "$49 a month"
    assert amount(74, unit="percent") == "74%"
    assert amount(1, unit="days") == "1 day"
    assert amount(None) == "not found"
    assert number(0.29 * 100) == "29" and number(186.15) == "186.15" and number(1063300) == "1,063,300"
    assert duration(0.25) == "15 min" and duration(6.0) == "6 h" and duration(None) == ""


def test_macros_only_register() -> None:
    source = (ROOT / "scripts" / "macros.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) < 60
    assert "<" not in re.sub(r'""".*?"""', "", source, flags=re.DOTALL).replace("->", "")


def test_the_library_knows_no_site_engine() -> None:
    for file in (ROOT / "scripts" / "kb").glob("*.py"):
        imports = re.findall(r"^\s*(?:from|import) (\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert not {"mkdocs", "zensical", "properdocs", "markdown", "macros", "fragments"} & set(imports), file


def test_imports_run_in_one_direction() -> None:
    floors = [
        "problems", "model", "cost", "load", "rules", "graph", "pages", "terms", "charts", "schema", "query", "render",
        "certificates", "views",
    ]  # fmt: skip
    assert set(floors) == {file.stem for file in (ROOT / "scripts" / "kb").glob("*.py")} - {"__init__"}
    for place, name in enumerate(floors):
        tree = ast.parse((ROOT / "scripts" / "kb" / f"{name}.py").read_text(encoding="utf-8"))
        found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
        used = {node.module.removeprefix("kb.") for node in found if node.module and node.module.startswith("kb.")}
        used |= {alias.name for node in found if node.module == "kb" for alias in node.names}
        assert used <= {*floors[:place]}, f"{name} imports from above"


def test_a_retired_id_is_named_with_its_reason(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(graph.retired, "r-gone", "taken <down>")
    assert '<li id="r-gone">r-gone: taken &lt;down&gt;</li>' in MACROS["everything"](graph).html
