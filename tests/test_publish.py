"""What machines read: complete, escaped, the same after a second run."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import jinja2
import pytest
from lxml import html as lxml_html
from mkdocs.config import load_config
from mkdocs.structure import pages as mkdocs_page
from mkdocs.structure.files import File

import publish
import search_index
from conftest import ROOT
from kb.graph import Graph
from kb.model import KINDS, PLURALS

ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_api_holds_every_record_with_links_both_ways(site: Path, graph: Graph) -> None:
    index = json.loads((site / "api" / "index.json").read_text(encoding="utf-8"))
    assert set(index["counts"]) == set(PLURALS.values())
    for kind, plural in PLURALS.items():
        content = json.loads((site / "api" / f"{plural}.json").read_text(encoding="utf-8"))
        assert content["count"] == index["counts"][plural] == len(graph.of(kind)) > 0
        for row in content["records"]:
            assert (site / row["path"].partition("#")[0] / "index.html").is_file()
            assert all(target in graph.records for target in row["links"])
    skills = json.loads((site / "api" / "skills.json").read_text(encoding="utf-8"))["records"]
    strategy = next(row for row in skills if row["id"] == "biz-strategy")
    assert strategy["linked_from"]["pilots"] == [row.id for row in graph.pointing_at("biz-strategy", "pilot")]
    assert index["moved"]["biz-prioritisation"] == "biz-prioritization"


def test_data_and_schemas_are_published_as_they_are(site: Path) -> None:
    for kind in KINDS:
        assert (site / "data" / "schema" / f"{kind}.json").is_file()
    assert (site / "data" / "skills.yml").read_bytes() == (ROOT / "docs" / "data" / "skills.yml").read_bytes()


def test_the_feed_is_atom_with_the_newest_first(site: Path, graph: Graph) -> None:
    root = ElementTree.parse(site / "feed.xml").getroot()
    entries = root.findall(f"{ATOM}entry")
    assert root.tag == f"{ATOM}feed" and len(entries) == 50
    dates = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert dates == sorted(dates, reverse=True)
    assert dates[0][:10] == max(row.added for row in graph.of("resource"))
    identifiers = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(identifiers)) == 50


def test_llms_lists_every_page_and_the_full_text_holds_them(site: Path, graph: Graph) -> None:
    short = (site / "llms.txt").read_text(encoding="utf-8")
    full = (site / "llms-full.txt").read_text(encoding="utf-8")
    assert short.startswith("# Product Fieldbook\n")
    for skill in graph.of("skill"):
        assert f"({graph.address(skill)})" in short
        assert skill.failure_mode in full
    for concept in graph.of("concept"):
        assert concept.definition in full
    for resource in graph.of("resource"):
        assert resource.read_for in full
    assert "Macro" not in full.splitlines()[0]


@pytest.mark.parametrize(
    ("path", "kind"),
    [("", "WebSite"), ("glossary/tech/", "DefinedTermSet"), ("practice/pilots/keyboard/", "HowTo"),
     ("certifications/cspo/", "WebPage")],
)  # fmt: skip
def test_a_page_says_what_it_is(site: Path, path: str, kind: str) -> None:
    tree = lxml_html.parse(str(site / path / "index.html"))
    texts = tree.xpath('//script[@type="application/ld+json"]/text()')
    assert len(texts) == 1
    content = json.loads(str(texts[0]))
    assert content["@type"] == kind and content["name"] and content["description"]


def test_every_page_carries_a_policy_that_fits_its_scripts(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 100
    for file in pages:
        html = file.read_text(encoding="utf-8")
        policies = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"', html)
        assert len(policies) == 1, file
        assert "default-src 'none'" in policies[0] and "unsafe" not in policies[0] and "http" not in policies[0]
        tree = lxml_html.fromstring(html)
        for script in tree.xpath("//script[not(@src) and not(@type)]"):
            digest = base64.b64encode(hashlib.sha256((script.text or "").encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policies[0], file
        assert not tree.xpath("//@onclick | //@onload | //style"), file


def test_a_second_run_changes_nothing(site: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(site, tmp_path / "site"))
    before = {file: file.read_bytes() for file in copy.rglob("*") if file.is_file()}
    subprocess.run([sys.executable, ROOT / "scripts" / "publish.py", copy], check=True, capture_output=True)
    after = {file: file.read_bytes() for file in copy.rglob("*") if file.is_file()}
    assert [str(file) for file in after if after[file] != before.get(file)] == []


def test_a_renamed_page_leads_to_the_new_one(site: Path) -> None:
    html = (site / "domains" / "business" / "prioritisation" / "index.html").read_text(encoding="utf-8")
    assert 'content="0; url=../../../domains/business/prioritization/"' in html


def foot(**settings: str | None) -> list[tuple[str, str]]:
    """The links that overrides/main.html adds beneath a page, with a stand-in for the theme."""
    base = "{% block extrahead %}{% endblock %}{% block content %}{% endblock %}{% block scripts %}{% endblock %}"
    loaders = [jinja2.DictLoader({"base.html": base}), jinja2.FileSystemLoader(ROOT / "overrides")]
    environment = jinja2.Environment(loader=jinja2.ChoiceLoader(loaders))
    environment.filters["url"] = str
    page = {"meta": {}} | {name: value for name, value in settings.items() if name != "new_issue"}
    config = {"extra": {"new_issue": settings.get("new_issue")}}
    text = environment.get_template("main.html").render(page=page, config=config)
    tree = lxml_html.fromstring(f"<main>{text}</main>")
    return [(link.text, link.get("href")) for link in tree.xpath("//div[@data-skip]/a")]


def test_a_page_leads_to_its_source_and_to_the_form_when_the_repository_is_known() -> None:
    form, edit = "https://git.example/o/r/issues/new", "https://git.example/o/r/edit/main/docs/a.md?x=1&y"
    assert foot() == foot(edit_url=None, canonical_url=None) == []
    assert foot(edit_url=edit) == [("Edit this page", edit)]
    wrong = "Say what is wrong or missing"
    assert foot(new_issue=form) == [(wrong, f"{form}?template=correction.yml")]
    filled = f"{form}?template=correction.yml&where=https%3A//site.example/a%26b/"
    both = foot(edit_url=edit, new_issue=form, canonical_url="https://site.example/a&b/")
    assert both == [("Edit this page", edit), (wrong, filled)]


def test_the_settings_of_a_deployment_reach_a_page() -> None:
    text = (ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8")
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for name in ("EDIT_URI_TEMPLATE", "NEW_ISSUE"):
        assert f"{name}: ${{{{ github.server_url }}}}/" in text and f"!ENV [{name}, null]" in settings
    template = "https://git.example/o/r/edit/main/docs/{path}"
    config = load_config(str(ROOT / "mkdocs.yml"), edit_uri_template=template, plugins=[])
    page = mkdocs_page.Page(None, File("about/method.md", "docs", "site", True), config)
    assert page.edit_url == "https://git.example/o/r/edit/main/docs/about/method.md"


def test_a_built_page_without_these_settings_names_no_repository(site: Path) -> None:
    assert "Edit this page" not in (site / "about" / "method" / "index.html").read_text(encoding="utf-8")


def test_a_renamed_record_may_keep_its_page(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "moved", {"cspo-old": "cspo", "biz-old": "biz-strategy"})
    assert list(publish.redirects(graph)) == ["domains/business/old/"]


def test_text_cannot_break_out_of_linked_data(graph: Graph, tmp_path: Path) -> None:
    file = tmp_path / "index.html"
    file.write_text('<!doctype html><html><head><meta charset="utf-8"></head><body></body></html>', encoding="utf-8")
    page = publish.Page(file, "x/", "</script><script>alert(1)</script>", "d", "t")
    publish.complete(page, graph, "", preview=True)
    tree = lxml_html.fromstring(file.read_text(encoding="utf-8"))
    assert len(tree.xpath("//script")) == 1
    assert json.loads(str(tree.xpath("string(//script)")))["name"] == page.title


def test_words_run_through_marks_and_not_through_blocks() -> None:
    part = lxml_html.fromstring("<p>Under<b>line</b>d <code>kb</code>, then<br>one<a class='headerlink'>#</a></p>")
    assert " ".join("".join(publish._words(part)).split()) == "Underlined kb, then one"


def test_a_folder_without_a_site_is_an_error(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, ROOT / "scripts" / "publish.py", tmp_path], capture_output=True, text=True)
    assert run.returncode == 1 and "holds no built site" in run.stderr and not list(tmp_path.iterdir())


def test_every_page_and_heading_of_its_own_is_listed(site: Path) -> None:
    page = (site / "about" / "headings" / "index.html").read_text(encoding="utf-8")
    listed = page.partition('id="headings"')[2]
    for link in (
        'href="../../job/roles/"',
        'href="../../job/roles/#all-day"',
        'href="../../practice/pilots/keyboard/"',
    ):
        assert link in listed
    assert listed.count("<li>") >= 150
    assert "#how-it-goes-wrong" not in listed, "a heading that many pages share says nothing"


def test_a_title_in_the_list_of_headings_is_text() -> None:
    listed = publish.headings([{"l": "a/", "t": "<b>&", "k": "Page"}, {"l": "a/#x", "t": "One", "k": "Section"}])
    assert listed == '<ul><li><a href="~/a/">&lt;b&gt;&amp;</a> · <a href="~/a/#x">One</a></li></ul>'


def test_the_search_index_holds_a_record_once_and_no_table(site: Path, graph: Graph) -> None:
    texts = html.unescape(" ".join(search_index.read(site)[1]))
    for row in graph.of("resource"):
        assert texts.count(row.read_for) == 1, row.id
    for row in graph.of("pilot"):
        assert texts.count(row.success_test) == 1, row.id
    for row in graph.of("evidence"):
        assert texts.count(row.caveat) >= 1, row.id
