"""What the domain pages add where JavaScript runs, and how a glossary term explains itself."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import Browser

from browser.test_pages import open_page
from kb.charts import driver_tree_values


def test_the_driver_tree_recomputes_as_python_does(browser: Browser, address: str) -> None:
    page = open_page(browser)
    page.goto(address + "domains/business/")
    dice = random.Random(4)
    cases = [{"visitors": dice.randint(0, 10**6), "start": dice.random(), "finish": dice.random(), "pay": dice.random(),
              "price": dice.randint(0, 500)} for _ in range(200)]  # fmt: skip
    found = page.evaluate(
        """async cases => {
            const {values} = await import(document.querySelector('script[src$="tree.js"]').src)
            return cases.map(values)
        }""",
        cases,
    )
    for case, result in zip(cases, found, strict=True):
        assert result == pytest.approx(driver_tree_values(case))
    node = page.locator("[data-node=revenue]")
    assert node.text_content() == "6,000"
    page.get_by_label("Finish, %").fill("48")
    assert node.text_content() == "4,800" and page.locator("[data-node=signups]").text_content() == "960"
    page.get_by_role("button", name="Start again").click()
    page.wait_for_timeout(100)
    assert node.text_content() == "6,000"
    page.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_term_explains_itself_on_hover_focus_and_touch(browser: Browser, address: str, width: int) -> None:
    page = open_page(browser, width, has_touch=True)
    page.goto(address + "domains/business/economics/")
    term = page.locator(".kb-term").first
    tip = term.locator(".kb-tip")
    assert not tip.is_visible()
    term.scroll_into_view_if_needed()
    term.tap()
    assert tip.is_visible() and tip.get_by_role("link").get_attribute("href")
    page.locator("h1").first.click()
    assert not tip.is_visible()
    term.focus()
    assert tip.is_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.locator("h1").first.click()
    term.hover()
    assert tip.is_visible()
    page.keyboard.press("Escape")
    assert not tip.is_visible(), "it can be put away without moving"
    page.locator("h1").first.hover()
    term.hover()
    assert tip.is_visible()
    page.context.close()
