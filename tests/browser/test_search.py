"""The real search box finds the right page among the first three hits."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from browser.test_pages import open_page


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("cspo", ("certifications/cspo/", "certifications/figures/#cspo")),
        ("north star metric", ("glossary/business/#c-north-star-metric",)),
        ("inspired", ("resources/#inspired-cagan",)),
        ("api", ("domains/tech/apis/", "glossary/tech/#c-api")),
    ],
)
def test_a_query_leads_to_its_page(browser: Browser, address: str, query: str, right: tuple[str, ...]) -> None:
    page = open_page(browser)
    page.goto(address, wait_until="networkidle")
    page.locator(".md-search__input").first.click()
    page.keyboard.type(query)
    page.wait_for_selector(".md-search-result__link")
    page.wait_for_timeout(500)
    # A page's best section can stand for the page: each result item is one hit.
    hits = page.locator(".md-search-result__item").evaluate_all(
        "items => items.slice(0, 3).map(item => [...item.querySelectorAll('a')].map(link => link.href))"
    )
    found = [[href.removeprefix(address).partition("?")[0] + ("#" + href.partition("#")[2] if "#" in href else "")
              for href in item] for item in hits]  # fmt: skip
    assert any(goal in item for item in found for goal in right), found
    page.context.close()
