"""One tree, three engines: MkDocs and ProperDocs are equal, Zensical differs only where we said it may."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import engines

Pages = dict[str, engines.Page]
PARTS = {
    "title": Counter(["Title - Site"]),
    "description": Counter(["What it is"]),
    "heading": Counter(["h1 Title", "h2 Part"]),
    "anchor": Counter(["part", "biz-vision"]),
    "link": Counter(["glossary/#c-kpi"]),
    "search entry": Counter(["# | Title | words"]),
}
PAGE = engines.Page("Title Part and words", PARTS)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of the sources, the same for every engine."""
    return engines.snapshot(tmp_path_factory.mktemp("engines") / "tree")


@pytest.fixture(scope="module")
def sites(tree: Path) -> dict[str, Path]:
    """The site of each engine, each built in an environment of its own, which is made when it is not there."""
    return {engine: build(engine, tree) for engine in engines.ENGINES}


@pytest.fixture(scope="module")
def pages(sites: dict[str, Path]) -> dict[str, Pages]:
    """The pages of each engine."""
    return {engine: engines.read(site) for engine, site in sites.items()}


def build(engine: str, tree: Path) -> Path:
    """Builds, and fails with the engine's own message when it or a package of it is missing."""
    try:
        return engines.build(engine, tree)
    except SystemExit as error:
        pytest.fail(f"{engine}: {error}", pytrace=False)


def test_mkdocs_and_properdocs_are_equal(pages: dict[str, Pages]) -> None:
    assert len(pages["mkdocs"]) > 100
    assert engines.compare(pages["mkdocs"], pages["properdocs"]) == []


def test_zensical_differs_only_where_it_may(pages: dict[str, Pages]) -> None:
    found = engines.compare(pages["mkdocs"], pages["zensical"])
    assert [item for item in found if not engines.accepted(item)] == []
    for pattern in engines.ACCEPTED:
        used = any(re.fullmatch(pattern, f"{item.kind}: {item.detail}") for item in found)
        assert used, f"Zensical no longer differs in this, so take it off the list: {pattern}"


def test_there_is_something_to_compare(pages: dict[str, Pages]) -> None:
    for engine, found in pages.items():
        catalog = found["resources/business/"]
        assert "inspired-cagan" in catalog.parts["anchor"], engine
        assert any(entry.startswith("#inspired-cagan |") for entry in catalog.parts["search entry"]), engine
        assert "domains/business/strategy/" in catalog.parts["link"], engine
        assert "KBFRAGMENT" not in catalog.text and "{{" not in catalog.text, engine


def test_machines_read_the_same_from_every_engine(sites: dict[str, Path]) -> None:
    for name in ("llms.txt", "llms-full.txt", "feed.xml", "api/resources.json", "data/skills.yml"):
        texts = {engine: (site / name).read_text(encoding="utf-8") for engine, site in sites.items()}
        assert texts["mkdocs"] == texts["properdocs"] == texts["zensical"], name


def test_a_difference_planted_in_the_tree_is_found(pages: dict[str, Pages], tmp_path: Path) -> None:
    tree = engines.snapshot(tmp_path / "tree")
    page = tree / "docs" / "practice" / "index.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n### Planted\n\n[x](../index.md)\n", encoding="utf-8")
    found = engines.compare(pages["mkdocs"], engines.read(build("properdocs", tree)))
    assert {(item.kind, item.page, item.detail) for item in found} >= {
        ("heading is new", "practice/", "h3 Planted"), ("anchor is new", "practice/", "planted"),
        ("search entry is new", "practice/", "#planted | Planted | x | "),
    }  # fmt: skip
    assert {item.page for item in found} == {"practice/", "about/headings/"}, "the page, and the list of all headings"


@pytest.mark.parametrize("kind", PARTS)
def test_every_part_of_a_page_is_compared(kind: str) -> None:
    changed = replace(PAGE, parts={**PARTS, kind: Counter(["other"])})
    found = engines.compare({"a/": PAGE}, {"a/": changed})
    lost = [engines.Difference(f"{kind} is gone", "a/", name) for name in sorted(PARTS[kind])]
    assert found == [*lost, engines.Difference(f"{kind} is new", "a/", "other")]
    assert not any(engines.accepted(item) for item in found)


def test_what_stands_twice_is_not_what_stands_once() -> None:
    twice = replace(PAGE, parts={**PARTS, "anchor": PARTS["anchor"] + Counter(["part"])})
    assert engines.compare({"a/": PAGE}, {"a/": twice}) == [engines.Difference("anchor is new", "a/", "part")]


def test_other_words_and_other_pages_are_found() -> None:
    other = replace(PAGE, text="Title Part and other words")
    assert engines.compare({"a/": PAGE}, {"a/": other}) == [
        engines.Difference("text differs", "a/", "Title Part and words / Title Part and other words")
    ]
    assert [(item.kind, item.page) for item in engines.compare({"a/": PAGE}, {"b/": PAGE})] == [
        ("page is gone", "a/"), ("page is new", "b/"),
    ]  # fmt: skip


def test_a_link_that_climbs_too_far_is_another_link() -> None:
    right = engines._target("practice/pilots/trace/", "../../../glossary/tech/#c-log")
    assert right == engines._target("practice/", "../glossary/tech/index.html#c-log") == "glossary/tech/#c-log"
    assert engines._target("practice/pilots/trace/", "../../../../glossary/tech/#c-log") != right


def test_the_exit_code_says_whether_something_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    one = {"a/": PAGE}
    other = {"a/": replace(PAGE, text="Words")}
    skip = {"a/": replace(PAGE, parts={**PARTS, "anchor": PARTS["anchor"] + Counter(["__skip"])})}
    assert engines.report({"mkdocs": one, "properdocs": one, "zensical": one}) == 0
    assert engines.report({"mkdocs": one, "properdocs": one, "zensical": skip}) == 0
    assert engines.report({"mkdocs": one, "properdocs": skip, "zensical": one}) == 1
    capsys.readouterr()
    assert engines.report({"mkdocs": one, "properdocs": one, "zensical": other}) == 1
    printed = capsys.readouterr().out
    assert "Zensical, not accepted: 1 difference\n  1 x text differs\n      a/: Title Part and words / Words" in printed


def test_an_engine_that_fails_says_why(tmp_path: Path) -> None:
    tree = engines.snapshot(tmp_path / "tree")
    (tree / "docs" / "index.md").write_text("# Home\n\n{{ link('cspoo') }}\n", encoding="utf-8")
    for engine in engines.ENGINES:
        with pytest.raises(SystemExit, match=rf"did you mean 'cspo'(?s:.*){engine}: `build .*` failed"):
            engines.build(engine, tree)


def test_a_missing_package_is_a_message_and_an_exit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wanted = tmp_path / "requirements-none.txt"
    wanted.write_text("--no-index\nno-such-package-at-all==1.0\n", encoding="utf-8")
    monkeypatch.setattr(engines, "FOLDER", tmp_path)
    monkeypatch.setitem(engines.ENGINES, "mkdocs", (str(wanted), ["mkdocs"]))
    with pytest.raises(SystemExit, match="pip could not install"):
        engines.build("mkdocs", tmp_path)
