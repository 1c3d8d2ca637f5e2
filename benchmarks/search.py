"""Types every query of docs/data/questions.yml into the real search boxes of four engines, on the same site.

    .venv/bin/python benchmarks/search.py [--queries N] [--browser PATH] [--only ENGINE …]

- ours: the site as it is published
- stock: the same pages with the search of Material as it comes; what people ask stands on each page as a section
- pagefind: the index that Pagefind makes of our pages, with what people ask, in Pagefind's own box
- minisearch: the documents of `stock` in MiniSearch; titles weigh double, words match by their beginning and with slips

Needs Chromium, and npm to fetch MiniSearch. A result is a page with the sections that were found on it; it is right
when it is one of the pages that the query lists. Five measurements:

1. ranking, for each kind of query: mean reciprocal rank of the first ten, right page first and in the first three,
   queries without a result. Queries marked `held` were not looked at while the ranking was made; they are a row apart.
2. bytes, compressed as GitHub Pages does it: a page without search, and what the first search adds.
3. from the press of a key to the frame that shows the results, with everything loaded, at a quarter of the speed. The
   browser's own throttle leaves workers alone, so all its processes are stopped for three quarters of the time. The
   slowdown that this gives is measured too.
4. cold, over a slow line (0.15 s for each answer, then 200 KB/s): from opening the page to the first result, for a
   reader who types at once, and for one who reads for ten seconds first (from the last key).
5. the third again, with as many documents as 5,000 and 20,000 records would give: the real ones, with other words.

The other three get the questions of pages, but not those of records on a shared page, nor their other names, unless the
page shows them: neither has a place for words that a reader does not see. Nothing is asserted: goals are printed beside
the figures.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import yaml
from playwright.sync_api import Browser, Page, sync_playwright
from served import Server

import engines
import search_index
from dev import ROOT, environment, python_of

FOLDER = engines.FOLDER
MINISEARCH = "minisearch@7.2.0"
WORDS = ("retention", "cspo", "roadmap template", "north star metric", "how technical", "api", "usability test", "mba")
DOCUMENTS_A_RECORD = 2.8  # of this site: its pages and their sections count too


@dataclass(frozen=True)
class Box:
    """A search box: its folder, the page that it is on, and where results show; a result holds links, best first."""

    site: Path
    page: str
    input: str
    result: str


MATERIAL = (".md-search__input", ".md-search-result__item")


# -------------------------------------------------------------------------------------------------- the four engines


def boxes(folder: Path, wanted: Collection[str]) -> dict[str, Box]:
    """Builds the site and, where they are wanted, the three others from the same tree."""
    tree = engines.snapshot(folder / "tree")
    ours, page = engines.build("mkdocs", tree), "certifications/mba/"
    found = {"ours": Box(ours, page, *MATERIAL)}
    if "pagefind" in wanted:
        found["pagefind"] = build_pagefind(ours, folder / "pagefind")
    if {"stock", "minisearch"} & set(wanted):
        stock = build_stock(tree)
        found["stock"] = Box(stock, page, *MATERIAL)
    if "minisearch" in wanted:
        found["minisearch"] = build_minisearch(stock, folder / "minisearch")
    return found


def build_stock(tree: Path) -> Path:
    """The same pages with the theme's own index, worker and settings, and the questions of each page as a section."""
    for page in (tree / "docs").rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        head = yaml.safe_load(text.split("---\n")[1]) if text.startswith("---\n") else {}
        asked = "\n".join(f"- {ask}" for ask in head.get("asks", []))
        page.write_text(f"{text}\n\n## People ask\n\n{asked}\n" if asked else text, encoding="utf-8")
    with (tree / "scripts" / "macros.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndel on_pre_page_macros\n")
    settings = (tree / "mkdocs.yml").read_text(encoding="utf-8")
    first, _, rest = settings.partition("  - search:")
    (tree / "mkdocs.yml").write_text(
        f"{first}  - search\n  - macros{rest.partition('  - macros')[2]}", encoding="utf-8"
    )
    (tree / "overrides" / "assets" / "search.js").write_text("", encoding="utf-8")
    mkdocs = python_of(FOLDER / "env-mkdocs").parent / "mkdocs"
    run(mkdocs, "build", "--quiet", "--site-dir", "site-stock", cwd=tree, NO_MKDOCS_2_WARNING="1")
    return tree / "site-stock"


def build_pagefind(site: Path, folder: Path) -> Box:
    """Pagefind on a copy of our site, told the same main column and the same parts to leave out."""
    shutil.copytree(site, folder)
    python = environment(FOLDER / "env-search", "requirements-search.txt")
    run(python, "-m", "pagefind", "--site", folder, "--root-selector", "article.md-content__inner",
        "--exclude-selectors", "[data-search-exclude], [data-skip], .kb-tip, .headerlink")  # fmt: skip
    page = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Pagefind</title>
<link href="pagefind/pagefind-ui.css" rel="stylesheet"><script src="pagefind/pagefind-ui.js"></script>
<div id="box"></div>
<script>new PagefindUI({element: "#box", showSubResults: true, showImages: false, pageSize: 10})</script></html>"""
    (folder / "box.html").write_text(page, encoding="utf-8")
    return Box(folder, "box.html", ".pagefind-ui__search-input", ".pagefind-ui__result")


def build_minisearch(stock: Path, folder: Path) -> Box:
    """MiniSearch over the documents that the theme made, grouped by page as the theme does."""
    if not shutil.which("npm"):
        sys.exit("npm is needed to fetch MiniSearch; without it, use --only ours stock pagefind")
    folder.mkdir()
    run("npm", "pack", MINISEARCH, "--silent", cwd=folder)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    shutil.copy(stock / "search" / "search_index.json", folder / "index.json")
    page = """<!doctype html><html lang="en"><meta charset="utf-8"><title>MiniSearch</title><input id="box"><ol></ol>
<script type="module">
import MiniSearch from "./package/dist/es/index.js"
const box = document.querySelector("#box"), list = document.querySelector("ol")
const engine = fetch("index.json").then(answer => answer.json()).then(({docs}) => {
  const made = new MiniSearch({fields: ["title", "text"], storeFields: ["title", "location"], idField: "location"})
  made.addAll(docs)
  return made
})
box.addEventListener("input", async () => {
  const pages = new Map()
  for (const hit of (await engine).search(box.value, {boost: {title: 2}, prefix: true, fuzzy: 0.2})) {
    const page = hit.location.split("#")[0]
    pages.set(page, [...pages.get(page) ?? [], hit])
  }
  list.innerHTML = [...pages.values()].slice(0, 10).map(hits =>
    `<li>${hits.slice(0, 4).map(hit => `<a href="${hit.location}">${hit.title}</a>`).join(" ")}</li>`).join("")
})
</script></html>"""
    (folder / "box.html").write_text(page, encoding="utf-8")
    return Box(folder, "box.html", "#box", "li")


def run(*command: str | Path, cwd: Path = ROOT, **more: str) -> None:
    """Runs a command; exits with what it said when it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env={**os.environ, **more}, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\n`{' '.join(words)}` failed, see above")


# ------------------------------------------------------------------------------------------------ serving and typing


@contextmanager
def opened(browser: Browser, server: Server, box: Box) -> Iterator[Page]:
    """The page with the box, in a browser that has never seen it."""
    context = browser.new_context()
    context.add_init_script(WATCH.replace("RESULT", json.dumps(box.result)))
    page = context.new_page()
    try:
        page.goto(server.address + box.page, wait_until="load")
        yield page
    finally:
        context.close()


# When a key was pressed, and when the first frame after a change of the results was shown.
WATCH = """addEventListener("keydown", () => { window.pressed = performance.now(); window.shown = 0 }, true)
addEventListener("DOMContentLoaded", () => new MutationObserver(changes => {
  const within = node => node.nodeType === 1 && (node.matches(RESULT) || node.querySelector(RESULT))
  if (!changes.some(change => [...change.addedNodes].some(within))) return
  window.changed = performance.now()
  if (!window.shown) requestAnimationFrame(() => { window.shown ||= performance.now() })
}).observe(document.body, {childList: true, subtree: true}))"""


def search(page: Page, box: Box, query: str, pause: int = 150) -> tuple[list[list[str]], float]:
    """Types a query, the last key after a pause (milliseconds), so that no answer to the rest is still to come.

    Returns the links of each result once they rest, and the milliseconds from the last key to the first of them:
    infinite when none came, as when the query is the same as before.
    """
    field = page.locator(box.input).first
    if not field.is_visible():
        page.keyboard.press("/")
    field.fill(query[:-1])
    page.wait_for_timeout(pause)
    field.press(query[-1] if query[-1] != " " else "Space")
    for _ in range(60):
        page.wait_for_timeout(100)
        rested = page.evaluate("performance.now() - Math.max(window.pressed, window.changed || 0)")
        if (page.evaluate("window.shown") and rested > 400) or rested > 2500:
            break
    script = "(items) => items.slice(0, 10).map(item => [...item.querySelectorAll('a')].map(link => link.href))"
    delay = float(page.evaluate("window.shown - window.pressed")) if page.evaluate("window.shown") else math.inf
    return page.locator(box.result).evaluate_all(script), delay


# ------------------------------------------------------------------------------------------------------- 1. ranking


def rank(results: list[list[str]], address: str, right: list[str]) -> int:
    """The place of the first right result, from 1; 0 when none of the first ten is."""
    for place, links in enumerate(results[:10], 1):
        for link in links:
            hit, _, anchor = link.removeprefix(address).partition("#")
            hit = hit.partition("?")[0].removesuffix("index.html")
            if any(goal == f"{hit}#{anchor}" or ("#" not in goal and goal == hit) for goal in right):
                return place
    return 0


def print_ranking(browser: Browser, found: dict[str, Box], queries: list[dict[str, Any]]) -> None:
    """Types every query into every box."""
    print("ranking" + " " * 9 + "  queries   MRR@10  first  in three  none")
    for name, box in found.items():
        server = Server(box.site)
        places: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        with opened(browser, server, box) as page:
            page.locator(box.input).first.click(force=True)
            search(page, box, "product")
            page.wait_for_timeout(2000)
            for row in queries:
                results, _ = search(page, box, row["query"])
                here = (rank(results, server.address, row["pages"]), not results)
                for group in ("all", row["kind"], "held" if row.get("held") else "seen"):
                    places[group].append(here)
        server.shutdown()
        print(name)
        for group in ("all", "seen", "held", *sorted(places.keys() - {"all", "seen", "held"})):
            ranks = [place for place, _ in places[group]]
            if ranks:
                share = [sum(map(test, ranks)) / len(ranks) for test in (lambda n: n == 1, lambda n: 0 < n < 4)]
                mrr = sum(1 / n for n in ranks if n) / len(ranks)
                none = sum(empty for _, empty in places[group])
                print(f"  {group:14}{len(ranks):9}{mrr:9.2f}{share[0]:7.2f}{share[1]:10.2f}{none:6}", flush=True)
    print("goals: MRR@10 at least 0.95, in three 0.97, none 0, each kind 0.88; held at most 0.03 below\n")


# ------------------------------------------------------------------------------------------------------ 2. to 5. cost


def print_bytes(browser: Browser, found: dict[str, Box]) -> None:
    """What a page weighs without search, and what the first search adds."""
    print("KB, compressed      the page   first search adds")
    for name, box in found.items():
        server = Server(box.site)
        with opened(browser, server, box) as page:
            page.wait_for_load_state("networkidle")
            before = server.sent
            search(page, box, "retention")
            page.wait_for_timeout(3000)
            print(f"{name:16}{before / 1000:12.0f}{(server.sent - before) / 1000:16.0f}", flush=True)
        server.shutdown()
    print()


@contextmanager
def slowed() -> Iterator[None]:
    """Holds all processes of the browser for three quarters of the time."""
    pids, going = chromium(os.getpid()), threading.Event()

    def hold() -> None:
        while not going.is_set():
            for sign, seconds in ((signal.SIGSTOP, 0.006), (signal.SIGCONT, 0.002)):
                for pid in pids:
                    with suppress(ProcessLookupError):
                        os.kill(pid, sign)
                time.sleep(seconds)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        going.set()
        thread.join()


def chromium(parent: int) -> list[int]:
    """The processes below `parent` that are a browser's (Linux only)."""
    above = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = status.read_text().partition("(")[2].rpartition(")")
            above[int(status.parent.name)] = (int(rest.split()[1]), name)
    found = []
    for pid, (_, name) in above.items():
        at = pid
        while at in above and at != parent:
            at = above[at][0]
        if at == parent and "chrom" in name:
            found.append(pid)
    return found


SPIN = "(() => { const end = performance.now() + 400; let n = 0; while (performance.now() < end) n++; return n })()"


def delays(browser: Browser, box: Box) -> tuple[float, list[float]]:
    """How much slower the browser was made, and the milliseconds from key to result, everything loaded."""
    server = Server(box.site)
    with opened(browser, server, box) as page:
        page.locator(box.input).first.click(force=True)
        for word in WORDS[:3]:
            search(page, box, word)
        page.wait_for_timeout(4000)
        quick = page.evaluate(SPIN)
        with slowed():
            factor = quick / page.evaluate(SPIN)
            times = [search(page, box, word, 1500)[1] for word in WORDS * 2]
    server.shutdown()
    return factor, times


def print_delays(browser: Browser, found: dict[str, Box], folder: Path) -> None:
    """From key to result at a quarter of the speed, also with more documents."""
    print("ms from key to result, slowed    median   worst   slowdown   documents")
    documents = len(search_index.read(found["ours"].site)[0])
    sizes: dict[str, tuple[Box, int]] = {name: (box, documents) for name, box in found.items()}
    for records in (5000, 20000):
        number = int(records * DOCUMENTS_A_RECORD)
        sizes[f"ours, {records:,} records"] = (larger(found["ours"], number, folder / str(records)), number)
    for name, (box, number) in sizes.items():
        factor, times = delays(browser, box)
        worst = max(times)
        print(f"{name:28}{statistics.median(times):11.0f}{worst:8.0f}{factor:11.1f}{number:12,}", flush=True)
    print("goals: 100 ms; 200 ms at 5,000 records\n")


def larger(box: Box, number: int, folder: Path) -> Box:
    """Our site with so many documents: the real ones over and over, each time with every fifth word another."""
    shutil.copytree(box.site, folder)
    names = json.loads((folder / "search" / "names.json").read_text(encoding="utf-8"))
    rows = list(zip(*search_index.read(folder), strict=True))
    more = []
    for place in range(number):
        row, text = rows[place % len(rows)]
        copy = place // len(rows)
        words = random.Random(place)

        def other(text: str, copy: int = copy, words: random.Random = words) -> str:
            return " ".join(f"{word}{copy}" if copy and not words.randrange(5) else word for word in text.split())

        asks = {"a": [other(name) for name in row["a"]]} if "a" in row else {}
        more.append(({**row, "l": f"{copy}/{row['l']}", "t": other(row["t"]), **asks}, other(text)))
    names["docs"] = [row for row, _ in more]
    for file, content in (("names.json", names), (names["texts"], [text for _, text in more])):
        (folder / "search" / file).write_text(json.dumps(content), encoding="utf-8")
    return Box(folder, box.page, box.input, box.result)


def print_cold(browser: Browser, found: dict[str, Box]) -> None:
    """Over a slow line, with nothing in the cache."""
    print("seconds to a result, slow line   typing at once   after ten seconds of reading")
    for name in [name for name in ("ours", "stock") if name in found]:
        columns: list[Callable[[Box], float]] = [partial(cold, browser, wait=0), partial(cold, browser, wait=10)]
        at_once, later = (column(found[name]) for column in columns)
        print(f"{name:24}{at_once:18.1f}{later:22.1f}", flush=True)
    print("goal: ours no later than stock\n")


def cold(browser: Browser, box: Box, wait: int) -> float:
    """Seconds until the first result: from opening the page, or from the last key for a reader who waits."""
    server = Server(box.site)
    server.slow = True
    start = time.monotonic()
    with opened(browser, server, box) as page:
        page.wait_for_timeout(1000 * wait)
        field = page.locator(box.input).first
        field.click(force=True)
        page.keyboard.type("retention", delay=60)
        start = time.monotonic() if wait else start
        page.locator(box.result).first.wait_for(state="attached", timeout=60_000)
        taken = time.monotonic() - start
    server.shutdown()
    return taken


def main() -> None:
    """Measures and prints; see the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=int, help="only so many, drawn at random")
    parser.add_argument("--browser", default=shutil.which("chromium"), help="Chromium's path")
    engines_ = ["ours", "stock", "pagefind", "minisearch"]
    parser.add_argument("--only", nargs="+", choices=engines_, default=engines_, help="only these engines")
    choice = parser.parse_args()
    queries = yaml.safe_load((ROOT / "docs" / "data" / "questions.yml").read_text(encoding="utf-8"))
    if choice.queries:
        queries = random.Random(1).sample(queries, choice.queries)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        found = boxes(Path(name), choice.only)
        found = {name: found[name] for name in choice.only}
        browser = playwright.chromium.launch(executable_path=choice.browser, args=["--no-sandbox", "--disable-gpu"])
        print(f"{date.today()}, {os.cpu_count()} processors, Chromium {browser.version}\n", flush=True)
        print_ranking(browser, found, queries)
        print_bytes(browser, found)
        if "ours" in found:
            print_delays(browser, found, Path(name))
        print_cold(browser, found)
        browser.close()


if __name__ == "__main__":
    main()
