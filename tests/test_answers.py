"""Each question of questions.yml has its page, and the page holds every point of a full answer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html as lxml_html

from conftest import ROOT

QUERIES: list[dict[str, Any]] = yaml.safe_load((ROOT / "docs" / "data" / "questions.yml").read_text(encoding="utf-8"))
KINDS = {"keyword", "question", "typo", "abbreviation", "comparison", "synonym"}


def test_queries_are_well_formed() -> None:
    assert len({row["id"] for row in QUERIES}) == len(QUERIES) >= 25
    assert len({row["query"] for row in QUERIES}) == len(QUERIES)
    assert {row["kind"] for row in QUERIES} <= KINDS


@pytest.mark.parametrize("row", QUERIES, ids=[row["id"] for row in QUERIES])
def test_the_page_answers_in_full(site: Path, row: dict[str, Any]) -> None:
    for address in row["pages"]:
        path, _, anchor = address.partition("#")
        file = site / path / "index.html"
        assert file.exists(), address
        assert not anchor or f'id="{anchor}"' in file.read_text(encoding="utf-8"), address
    tree = lxml_html.parse(
        str(site / row["pages"][0].partition("#")[0] / "index.html"), lxml_html.HTMLParser(encoding="utf-8")
    ).getroot()
    for tip in tree.xpath('//span[@class="kb-tip"]'):  # what a term shows on hover stands in the middle of a sentence
        tip.drop_tree()
    main = " ".join(tree.xpath('string(//article[contains(@class, "md-content__inner")])').split())
    missing = [point for point in row.get("says", []) if not re.search(point.replace(" ", r"\s+"), main, re.IGNORECASE)]
    assert missing == [], f"{row['pages'][0]} no longer says {missing}, which answers '{row['query']}' ({row['id']})"
