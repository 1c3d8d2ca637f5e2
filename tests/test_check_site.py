"""Each promise of the built site is broken in a copy, and the check says so."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from check_site import check
from kb.graph import Graph

Check = Callable[[], list[str]]


@pytest.fixture
def broken(site: Path, tmp_path: Path) -> Path:
    """A copy of the real site, to break."""
    return Path(shutil.copytree(site, tmp_path / "site"))


@pytest.fixture
def found(broken: Path, graph: Graph) -> Check:
    """The problems of the copy."""
    return lambda: [str(problem) for problem in check(broken, graph)]


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def into_main(site: Path, html: str) -> None:
    file = site / "about" / "method" / "index.html"
    edit(file, "</article>", f"{html}</article>")


FIGURES = {
    "<p>It costs $1,200.</p>": "$1", "<p>Takes 14-16 hours.</p>": "14-16 hours", "<p>74% pass</p>": "74%",
    "<p>there are 80 questions</p>": "80 questions", "<p>about sixty hours</p>": "sixty hours",
    "<ul><li>1,000 to 1,400 USD</li></ul>": "1,000 to 1,400 USD", "<p>renew every 24 months</p>": "24 months",
    "<p>some <b>60</b> hours</p>": "60 hours", "<p>a 16-hour class</p>": "16-hour",
    "<p>valid for <em>2</em> years</p>": "2 years",
    "<table><tr><td>a 60-question test</td></tr></table>": "60-question",
}  # fmt: skip


def test_a_figure_outside_of_a_fact_is_found(broken: Path, found: Check) -> None:
    edit(broken / "certifications" / "cost" / "index.html", '<h2 id="formula"', f'{"".join(FIGURES)}<h2 id="formula"')
    problems = found()
    for figure in FIGURES.values():
        assert sum(f"'{figure}' is no fact, and in no worked example" in line for line in problems) == 1, figure
    assert len(problems) == len(FIGURES), problems


def test_a_figure_of_a_fact_or_a_worked_example_is_not(broken: Path, found: Check) -> None:
    html = ('<p>It costs <span class="kb-fact"><b>$100</b></span> and five of 20 postings name it.</p>'
            '<div class="admonition example"><p>It takes 16 hours and 900 USD.</p></div>')  # fmt: skip
    edit(broken / "certifications" / "cost" / "index.html", '<h2 id="formula"', f'{html}<h2 id="formula"')
    assert found() == []


def test_the_real_site_keeps_its_promises(site: Path, graph: Graph) -> None:
    assert [str(problem) for problem in check(site, graph)] == []


FAULTS = [
    ('<a href="../nowhere/">x</a>', "dead link to '../nowhere/'"),
    ('<a href="../../../../etc/">x</a>', "dead link to '../../../../etc/'"),
    ('<a href="../../glossary/#c-nothing">x</a>', "no such anchor in glossary/index.html"),
    ('<a href="#nothing">x</a>', "no such anchor in about/method/index.html"),
    ('<a href="javascript:alert(1)">x</a>', "only http(s) and mailto are allowed"),
    ('<svg><a href="../nothing/"><text>x</text></a></svg>', "dead link to '../nothing/'"),
    ('<img src="https://cdn.example/x.png">', "loads 'https://cdn.example/x.png' from another host"),
    ('<script src="//cdn.example/x.js"></script>', "loads '//cdn.example/x.js' from another host"),
    ('<iframe src="https://video.example/"></iframe>', "loads 'https://video.example/' from another host"),
    ('<link rel="preconnect" href="https://fonts.example">', "loads 'https://fonts.example' from another host"),
    (
        '<img srcset="https://cdn.example/a.png 2x" src="../../assets/logo.svg">',
        "loads 'https://cdn.example/a.png' from another host",
    ),
    (
        '<p style="background:url(https://cdn.example/b.png)">x</p>',
        "loads 'https://cdn.example/b.png' from another host",
    ),
    ('<img src="missing.png">', "loads 'missing.png', which is missing"),
    ("<p>{{ count() }}</p>", "'{{' is left over from building"),
    ("<p>KBFRAGMENT0123</p>", "'KBFRAGMENT' is left over from building"),
    ('<a href="~/glossary/">x</a>', "'~/glossary/' is left over from building"),
    ('<p style="text-align: right">x</p>', "inline style 'text-align: right' is blocked"),
    ('<p id="planted">x</p><p id="planted">y</p>', "id 'planted' stands twice"),
]


def test_a_planted_fault_is_found(broken: Path, found: Check) -> None:
    into_main(broken, "".join(html for html, _ in FAULTS))
    problems = [line for line in found() if line.startswith("about/method/index.html:")]
    missed = [message for _, message in FAULTS if not any(message in line for line in problems)]
    assert missed == [] and len(problems) >= len(FAULTS), problems


def test_code_that_shows_a_macro_is_not_left_over(broken: Path, found: Check) -> None:
    into_main(broken, "<pre><code>{{ count('skill') }}</code></pre>")
    assert found() == []


def test_a_style_sheet_that_loads_from_elsewhere_is_found(broken: Path, found: Check) -> None:
    sheet = broken / "assets" / "fieldbook.css"
    sheet.write_text(sheet.read_text() + "@import url(https://fonts.example/a.css);")
    assert "assets/fieldbook.css:1: loads 'https://fonts.example/a.css' from another host" in found()


def test_a_record_that_lost_its_anchor_is_found(broken: Path, found: Check, graph: Graph) -> None:
    record = graph.of("resource")[0]
    edit(broken / "resources" / record.home / "index.html", f'id="{record.id}"', 'id="other"')
    assert f"resources/{record.home}/index.html:1: {record.id}: the record is not where it should be" in found()


def test_a_record_that_nothing_links_to_is_found(broken: Path, found: Check) -> None:
    for page in broken.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace("practice/pilots/keyboard/", "practice/pilots/journey/"), encoding="utf-8")
        page.write_text(page.read_text(encoding="utf-8").replace('"../keyboard/', '"../journey/'), encoding="utf-8")
    for page in (broken / "practice").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace('"keyboard/"', '"journey/"').replace('"pilots/keyboard/"', '"pilots/journey/"'))
    expected = "practice/pilots/keyboard/index.html:1: p-keyboard: no other page links to the record"
    assert expected in found()


@pytest.mark.parametrize("times", [0, 2])
def test_a_record_must_be_in_the_index_once(broken: Path, found: Check, times: int) -> None:
    file = broken / "search" / "names.json"
    index = json.loads(file.read_text(encoding="utf-8"))
    hits = [row for row in index["docs"] if row["l"] == "glossary/business/#c-gross-margin"]
    assert len(hits) == 1
    index["docs"] = [row for row in index["docs"] if row not in hits] + hits * times
    file.write_text(json.dumps(index), encoding="utf-8")
    expected = f"glossary/business/index.html:1: c-gross-margin: the record is {times} times in the search index"
    assert expected in found()


def test_a_site_without_an_index_is_found(broken: Path, found: Check) -> None:
    (broken / "search" / "names.json").unlink()
    assert "search/names.json:1: there is no search index, or it lacks its texts" in found()


def test_an_index_without_its_texts_is_found(broken: Path, found: Check) -> None:
    [texts] = (broken / "search").glob("texts.*.json")
    rows = json.loads(texts.read_text(encoding="utf-8"))
    texts.write_text(json.dumps(rows[:-1]), encoding="utf-8")
    assert f"search/names.json:1: {len(rows)} documents, but {len(rows) - 1} texts" in found()
    texts.unlink()
    assert "search/names.json:1: there is no search index, or it lacks its texts" in found()


def test_an_old_anchor_must_stay(broken: Path, found: Check) -> None:
    edit(broken / "glossary" / "business" / "index.html", 'id="c-prioritisation"', "")
    expected = (
        "glossary/business/index.html:1: c-prioritisation: moved to 'c-prioritization', but its old anchor is gone"
    )
    assert expected in found()


def test_an_old_page_must_lead_to_the_new_one(broken: Path, found: Check) -> None:
    page = broken / "domains" / "business" / "prioritisation" / "index.html"
    edit(page, "url=../../../domains/business/prioritization/", "url=../../../domains/business/strategy/")
    expected = (
        "domains/business/prioritisation/index.html:1: biz-prioritisation: moved to 'biz-prioritization', but its old "
        "page does not lead there"
    )
    assert expected in found()
    page.unlink()
    assert expected in found()


def test_a_retired_record_must_stay_named(found: Check, graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(graph.retired, "r-gone", "the page was taken down")
    assert "about/everything/index.html:1: r-gone: retired, but the page does not say so" in found()


def test_an_empty_folder_is_not_a_site(tmp_path: Path, graph: Graph) -> None:
    assert [str(problem) for problem in check(tmp_path, graph)] == [f"{tmp_path.name}:1: holds no page"]
