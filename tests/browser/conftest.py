"""A real Chromium on the real site. No browser is a failure that says what to install, never a skip."""

from __future__ import annotations

import functools
import os
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_browser() -> str:
    """The path of an installed Chromium: from CHROMIUM, or by its usual names."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.fail(
            f"No Chromium found (looked for {', '.join(NAMES)}). Install one (Debian: apt-get install chromium), or "
            "put its path into the environment variable CHROMIUM.", pytrace=False,
        )  # fmt: skip
    return found


FOLDER = "fieldbook"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing: a request is not news."""

    def translate_path(self, path: str) -> str:
        """The file of an address. Built without SITE_URL, the error page takes the site for the root of its host."""
        lost = (self.headers["Referer"] or "").endswith("/404.html") and not path.startswith(f"/{FOLDER}/")
        return super().translate_path(f"/{FOLDER}{path}" if lost else path)


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The address of the real site, served from this machine under a folder as on GitHub Pages."""
    assert site.name == FOLDER
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/{FOLDER}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, with its own talk to the outside switched off."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()
