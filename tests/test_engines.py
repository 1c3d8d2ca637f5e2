"""One tree, three engines: MkDocs and ProperDocs are equal, Zensical differs only where we said it may."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import engines

PAGE = engines.Page(("h1 Title", "h2 Part"), frozenset({"part", "biz-vision"}), "Title Part and words")


@pytest.fixture(scope="module")
def pages() -> dict[str, dict[str, engines.Page]]:
    """The pages of all three, built in their own environments (made when they are not there)."""
    return {name: engines.read(engines.build(name)) for name in engines.ENGINES}


def test_mkdocs_and_properdocs_are_equal(pages: dict[str, dict[str, engines.Page]]) -> None:
    assert len(pages["mkdocs"]) > 100
    assert engines.compare(pages["mkdocs"], pages["properdocs"]) == []


def test_zensical_differs_only_where_it_may(pages: dict[str, dict[str, engines.Page]]) -> None:
    found = engines.compare(pages["mkdocs"], pages["zensical"])
    assert [item for item in found if not engines.accepted(item)] == []
    used = {pattern for pattern in engines.ACCEPTED if any(f"{item.kind}: {item.detail}" == pattern for item in found)}
    assert used == set(engines.ACCEPTED), "an accepted difference is no longer there: take it off the list"


def test_the_tables_are_there_with_every_engine(pages: dict[str, dict[str, engines.Page]]) -> None:
    for name, found in pages.items():
        page = found["resources/index.html"]
        assert "inspired-cagan" in page.anchors, name
        assert "KBFRAGMENT" not in page.text and "{{" not in page.text, name


@pytest.mark.parametrize(
    ("changed", "kind", "detail"),
    [
        (replace(PAGE, headings=("h1 Title",)), "heading is gone", "h2 Part"),
        (replace(PAGE, headings=("h1 Title", "h3 Part")), "heading is new", "h3 Part"),
        (replace(PAGE, anchors=frozenset({"part"})), "anchor is gone", "biz-vision"),
        (replace(PAGE, anchors=PAGE.anchors | {"x"}), "anchor is new", "x"),
        (replace(PAGE, text="Title Part and other words"), "text differs", "…Title Part and words… / "),
    ],
)
def test_a_planted_difference_is_found(changed: engines.Page, kind: str, detail: str) -> None:
    found = engines.compare({"a": PAGE}, {"a": changed})
    assert any(item.kind == kind and item.detail.startswith(detail) for item in found)
    assert not any(engines.accepted(item) for item in found)


def test_a_missing_and_a_new_page_are_found(tmp_path: Path) -> None:
    found = engines.compare({"a": PAGE}, {"b": PAGE})
    assert [(item.kind, item.page) for item in found] == [("page is missing", "a"), ("page is new", "b")]


def test_an_engine_that_fails_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "run", lambda *_: 1)
    with pytest.raises(SystemExit, match="properdocs could not build the site"):
        engines.build("properdocs")
