"""What only a browser can show: requests, errors, overflow, accessibility, life without JavaScript, printing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import find_browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# One page of each type.
TYPES = {
    "home": "", "domains": "domains/", "hub": "domains/business/", "skill": "domains/tech/ai/",
    "industry": "domains/industry/types/b2b-saas/", "side by side": "domains/industry/types/",
    "decide": "certifications/", "credential": "certifications/cspo/", "compare": "certifications/compare/",
    "pair": "certifications/compare/cspo-vs-pspo/", "cost": "certifications/cost/", "mba": "certifications/mba/",
    "figures": "certifications/figures/", "postings": "certifications/postings/",
    "evidence": "certifications/evidence/", "practice": "practice/", "pilots": "practice/pilots/",
    "pilot": "practice/pilots/cookiecats/", "catalog": "resources/", "cards": "resources/business/",
    "glossary": "glossary/", "terms": "glossary/user-design/", "opinions": "about/opinions/",
    "coverage": "about/coverage/", "everything": "about/everything/", "headings": "about/headings/",
    "writing": "about/writing/", "error": "404.html", "job": "job/roles/", "paths": "job/paths/",
    "disagreements": "job/disagreements/",
}  # fmt: skip
SCREENS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]


def open_page(browser: Browser, width: int = 1280, scheme: Any = "light", **more: Any) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=False, **more
    )
    return context.new_page()


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_no_accessibility_violation_no_error_no_overflow_no_other_host(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    page = open_page(browser, width, scheme)
    talk: list[str] = []
    page.on("console", lambda message: talk.append(f"{page.url}: {message.type}: {message.text}"))
    page.on("pageerror", lambda error: talk.append(f"{page.url}: {error}"))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    faults: list[str] = []
    for name, path in TYPES.items():
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{name}: scrolls sideways")
        page.evaluate(AXE)
        # The reader of a long page is judged as a whole: content-visibility must not hide it from the check.
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        for item in result["violations"]:
            nodes = "; ".join(node["html"][:120] for node in item["nodes"][:3])
            faults.append(f"{name}: {item['id']} ({len(item['nodes'])}): {nodes}")
    assert faults == []
    assert talk == []
    here = urljoin(address, "/")
    assert requests and all(url.startswith((here, "data:", "blob:" + here)) for url in requests)
    page.context.close()


def test_a_planted_violation_is_seen(browser: Browser, address: str) -> None:
    page = open_page(browser)
    page.goto(address)
    page.evaluate(AXE)
    page.evaluate("document.querySelector('article').insertAdjacentHTML('beforeend', '<img src=\"assets/logo.svg\">')")
    found = page.evaluate("axe.run(document)")
    assert "image-alt" in {item["id"] for item in found["violations"]}
    page.context.close()


@pytest.mark.parametrize("path", TYPES.values(), ids=TYPES.keys())
def test_every_page_works_without_javascript(browser: Browser, address: str, path: str) -> None:
    page = open_page(browser, 390, "dark", java_script_enabled=False)
    page.goto(address + path)
    assert page.locator("h1").first.is_visible()
    assert page.locator("article").first.inner_text().strip()
    assert not page.locator(".md-search__input").first.is_visible(), "the box would do nothing"
    if path != "404.html":
        assert page.get_by_role("link", name="every page and heading", exact=True).is_visible()
    links = page.locator("article a:visible").count()
    assert links > 0 or path == "404.html"
    background = page.locator("body").evaluate("element => getComputedStyle(element).backgroundColor")
    assert background == "rgb(21, 24, 27)", "dark without JavaScript follows the system"
    page.context.close()


@pytest.mark.parametrize(
    ("path", "target"),
    [("resources/#inspired-cagan", "inspired-cagan"), ("glossary/#c-gross-margin", "c-gross-margin"),
     ("certifications/figures/#csm", "csm"), ("glossary/business/#c-prioritisation", "c-prioritisation")],
)  # fmt: skip
def test_a_typed_id_lands_on_its_record(browser: Browser, address: str, path: str, target: str) -> None:
    page = open_page(browser)
    page.goto(address + path, wait_until="networkidle")
    page.wait_for_timeout(300)
    box = page.locator(f"[id='{target}']").first.evaluate("element => element.getBoundingClientRect().top")
    assert 0 <= box <= 900, box
    page.context.close()


def test_the_picture_on_the_home_page_can_be_clicked(browser: Browser, address: str) -> None:
    page = open_page(browser)
    page.goto(address)
    page.locator("svg.kb-map-svg a.kb-tech text").first.click()
    page.wait_for_url(f"{address}domains/tech/")
    assert page.locator("h1").inner_text().startswith("Tech")
    page.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_fact_shows_its_source_on_focus_and_touch(browser: Browser, address: str, width: int) -> None:
    page = open_page(browser, width, has_touch=True)
    page.goto(address + "certifications/")
    fact = page.locator(".kb-fact").first
    note = fact.locator(".kb-note")
    assert (note.bounding_box() or {"width": 0})["width"] <= 1
    fact.scroll_into_view_if_needed()
    fact.tap()
    assert (note.bounding_box() or {"width": 0})["width"] > 100
    assert note.locator("a").first.is_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.locator("h1").first.click()
    fact.focus()
    assert (note.bounding_box() or {"width": 0})["width"] > 100
    page.context.close()


def test_print_writes_the_sources_out(browser: Browser, address: str) -> None:
    page = open_page(browser, 800, "dark")
    page.goto(address + "certifications/cspo/")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".md-header").is_visible()
    assert page.locator("body").evaluate("element => getComputedStyle(element).backgroundColor") != "rgb(21, 24, 27)"
    written = page.locator(".kb-said a[href^=http]").first.evaluate(
        "element => getComputedStyle(element, '::after').content"
    )
    assert "http" in written
    page.context.close()


def test_tables_become_cards_on_a_phone(browser: Browser, address: str) -> None:
    page = open_page(browser, 390)
    page.goto(address + "practice/pilots/")
    row = page.locator(".kb-table tbody tr").first
    assert row.evaluate("element => getComputedStyle(element).display") == "block"
    assert (row.bounding_box() or {"width": 999})["width"] <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
    assert row.evaluate("element => getComputedStyle(element).display") == "table-row"
    page.context.close()


def test_the_menu_on_a_phone_shows_where_one_is_and_what_is_near(browser: Browser, address: str) -> None:
    page = open_page(browser, 390)
    page.goto(address + "domains/business/metrics/")
    menu = page.locator(".md-nav--primary")
    near = menu.get_by_role("link", name="Product strategy", exact=True)
    expect(near).not_to_be_in_viewport()
    page.locator(".md-header label[for=__drawer]").click()
    menu.locator("label.md-nav__link[for=__toc]").click()
    section = menu.locator(".md-nav--secondary a.md-nav__link").first
    expect(section).to_be_in_viewport()
    expect(section).to_have_attribute("href", re.compile("^#"))
    menu.locator(".md-nav--secondary label[for=__toc]").click()
    near.click()
    page.wait_for_url(f"{address}domains/business/strategy/")
    page.locator(".md-header label[for=__drawer]").click()
    menu.locator("label.md-nav__title").filter(has_text="Business").click()
    menu.get_by_role("link", name="Tech", exact=True).click()
    page.wait_for_url(f"{address}domains/tech/")
    page.context.close()


def test_the_keyboard_reaches_search_and_content(browser: Browser, address: str) -> None:
    page = open_page(browser)
    page.goto(address + "certifications/cspo/", wait_until="networkidle")
    page.keyboard.press("Tab")
    assert "skip" in page.evaluate("document.activeElement.className")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.getAttribute('data-md-component')") == "search-query"
    page.context.close()


def test_no_browser_is_a_failure_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        find_browser()
