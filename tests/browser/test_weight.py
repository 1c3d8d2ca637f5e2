"""What a first visit costs: every page type stays light, and nothing moves while it loads."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from browser.test_pages import TYPES, open_page

LIMIT = 100_000  # bytes of all files together, compressed as GitHub Pages does


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[Page]:
    page = open_page(browser, 390)
    yield page
    page.context.close()


@pytest.mark.parametrize("name", TYPES)
def test_a_first_visit_is_light(phone: Page, address: str, site: Path, name: str) -> None:
    requests: set[str] = set()
    phone.on("request", lambda request: requests.add(request.url))
    phone.goto(address + TYPES[name], wait_until="networkidle")
    sizes = {}
    for path in {urlsplit(url).path.lstrip("/") for url in requests}:
        file = site / path.removeprefix(f"{site.name}/")
        file = file / "index.html" if file.is_dir() else file
        sizes[path] = len(gzip.compress(file.read_bytes(), 6))
    assert sum(sizes.values()) < LIMIT, sorted(sizes.items(), key=lambda item: -item[1])[:5]
    assert not any(path.endswith((".woff2", ".woff", ".ttf")) for path in sizes)


SHIFT = """() => new Promise(done => {
    let sum = 0
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) sum += entry.hadRecentInput ? 0 : entry.value
    }).observe({type: "layout-shift", buffered: true})
    setTimeout(() => done(sum), 300)
})"""


@pytest.mark.parametrize("name", TYPES)
def test_nothing_moves_while_a_page_loads(phone: Page, address: str, name: str) -> None:
    phone.goto(address + TYPES[name], wait_until="networkidle")
    assert phone.evaluate(SHIFT) < 0.01
