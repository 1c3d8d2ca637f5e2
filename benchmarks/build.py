"""Measures what building costs, side by side: ours, the same pages written by hand, stock Material, Zensical.

    .venv/bin/python benchmarks/build.py [--quick] [--runs K]

Every variant builds the same site, made from the real records in a temporary folder: a home page, a
catalog for each domain with a card for each of its resources, the skill and domain pages that those link to, and as
many more pages as asked for, in sections of twenty. Each page but home and the catalogs has some paragraphs and a table
of 25 resources with five columns.

- ours: pages call `resources(…)`; our theme, macros, fragments and checks of the data, and our search index
- hand: the same tables and cards as Markdown, with links to .md files; our theme, no macros, no data
- stock: the pages of `hand` with Material as it comes: its own templates and features, fewer Markdown extensions
- zensical: the pages of `ours`, with Zensical and no cache

`hand` is made from the HTML that our macros return. Before anything is timed, the built pages are compared: head,
headings, anchors, links and words of ours, hand and Zensical must be equal, or nothing is measured. Explained terms are
left out everywhere, since nobody would write them by hand.

A figure is the processor time, user and system, of one whole build (a process and the processes it starts), with the
search index: the theme's or Zensical's own, which they make as they build, and for ours that of `search_index`. After
one round that does not count, the variants take turns for K rounds, and for four times as many up to 60 pages, where
they are closest. So a change of the machine's speed hits all alike. Times are medians; a ratio is the median of the
ratios within each round. Nothing is asserted about time: goals are printed beside the figures.

Three tables: (1) builds of 60, 240 and 960 pages with 300 resources. (2) what a page costs: the build, less that of a
site with home and catalogs only, by the number of further pages; and how much dearer that is at the largest size than
at 60 pages. (3) builds of 60 pages with 300 to 20,000 resources, and what each further resource costs: reading,
validating and checking its record, its card, its search entry, and picking the rows of every table from more records.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import yaml
from lxml import html as lxml_html

import search_index
from dev import ROOT, environment
from engines import FOLDER, accepted, compare, read
from kb.graph import Graph
from kb.load import load
from kb.views import MACROS, open_graph

ROWS, A_FILE = 25, 1000  # rows of a table, records of a data file
FEWEST = 5  # pages: home and the catalogs
ORDERS = ("level", "name", "hours", "newest")
WORDS = """Teams that *measure* first argue less. A page like this one has a few paragraphs with **strong words**, a
[link to another page]({home}index.md), and a list, since that is what people write.

- Say what you expect before you look.
- Write down what would change your mind, and who decides.

An invented team of six spends nine hours a week on status, so 6 x 9 = 54 hours; halving it frees 27.
"""
Build = Callable[[], float]


# ---------------------------------------------------------------------------------------------- the synthetic sites


def write_data(data: Path, resources: int) -> Graph:
    """Copies the data, with so many resources: the real ones, over and over, under new ids and addresses."""
    shutil.copytree(ROOT / "docs" / "data", data, ignore=shutil.ignore_patterns("schema", "resources"))
    (data / "resources").mkdir()
    real = [row.model_dump(exclude_defaults=True) for row in load(ROOT / "docs" / "data")[0].of("resource")]
    elsewhere = ("pilots", "concepts", "credentials", "industries")  # their pages are not part of these sites
    for first in range(0, resources, A_FILE):
        text = ""
        for number in range(first, min(first + A_FILE, resources)):
            row = {key: value for key, value in real[number % len(real)].items() if key not in elsewhere}
            row |= {"id": f"{row['id'][:50]}-{number}", "url": f"https://example.org/{number}"}
            text += yaml.dump([row], Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True)
        (data / "resources" / f"part-{first // A_FILE:03}.yml").write_text(text, encoding="utf-8")
    catalogue, problems = load(data)
    if problems:
        raise SystemExit(f"the synthetic data is not sound: {problems[:3]}")
    return Graph(catalogue)


def write_site(folder: Path, pages: int, resources: int) -> None:
    """Writes a site of so many pages twice: with macro calls in `ours`, as somebody would by hand in `hand`."""
    ours, hand = folder / "ours", folder / "hand"
    for tree in (ours, hand):
        shutil.copytree(ROOT / "overrides", tree / "overrides")
    shutil.copytree(ROOT / "scripts", ours / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    graph = write_data(ours / "docs" / "data", resources)
    shutil.copytree(ours / "docs" / "data", hand / "docs" / "data")

    domains = [domain.id for domain in graph.of("domain")]
    catalogs = {f"resources/{domain}.md": domain for domain in domains}
    names = [_file(graph.address(record)) for kind in ("domain", "skill") for record in graph.of(kind)]
    names += [f"notes/section-{number // 20:02}/page-{number:03}.md" for number in range(pages)]
    for number, name in enumerate(["index.md", *catalogs, *names][:pages]):
        head = f"---\ntitle: Page {number}\ndescription: A page of the benchmark, number {number}.\n"
        body = f"# Page {number}\n\n{WORDS.format(home='../' * name.count('/'))}"
        calls: list[dict[str, Any]] = []
        if name in catalogs:
            calls = [{"home": catalogs[name], "view": "cards"}]
        elif name != "index.md":
            calls = [{"home": domains[number % 4], "sort": ORDERS[number // 4 % 4], "limit": ROWS}]
        for tree in (ours, hand):
            text = f"{head}---\n{body}"
            for call in calls:
                # In hand-written tables only a heading can keep a section out of the search, so it does in both.
                text += "\n## More\n\n" if "view" in call else "\n## Resources { data-search-exclude }\n\n"
                text += macro_call(call) if tree is ours else by_hand(MACROS["resources"](graph, **call).html, name)
            path = tree / "docs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{text}\n", encoding="utf-8")

    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[0].replace("  - terms\n", "")
    (ours / "mkdocs.yml").write_text(settings, encoding="utf-8")
    without = re.sub(r"  - fragments\n|  - macros:\n(    .*\n)*|watch:.*\n(  .*\n)*", "", settings)
    (hand / "mkdocs.yml").write_text(without, encoding="utf-8")
    stock = "site_name: Stock\ntheme: material\nmarkdown_extensions: [attr_list, tables, toc: {permalink: true}]\n"
    (hand / "stock.yml").write_text(stock, encoding="utf-8")


def macro_call(named: dict[str, Any]) -> str:
    """The call of `resources` as it stands in a page."""
    return "{{ resources(" + ", ".join(f"{key}={value!r}" for key, value in named.items()) + ") }}\n"


def by_hand(html: str, page: str) -> str:
    """A fragment as somebody would write it in Markdown on `page`: the same words, links and anchors."""
    blocks = []
    for part in lxml_html.fragment_fromstring(html, create_parent="div").iter("table", "h3", "p"):
        if part.tag == "table":
            rows = [[inline(cell, page) for cell in row.iter("th", "td")] for row in part.iter("tr")]
            rows.insert(1, ["---"] * len(rows[0]))
            blocks.append("\n".join(f"| {' | '.join(row)} |" for row in rows))
        elif part.tag == "h3":
            blocks.append(f"### {inline(part, page)} {{ #{part.get('id')} }}")
        else:
            blocks.append(inline(part, page))
    return "\n\n".join(blocks) + "\n"


def inline(element: Any, page: str) -> str:
    """The inside of an element as Markdown."""
    text = _escape(element.text)
    for child in element:
        inner = inline(child, page)
        if child.tag == "a":
            inner = f"[{inner}]({_link(child.get('href'), page)})"
        text += (f"**{inner}**" if child.tag == "b" else inner) + _escape(child.tail)
    return text


def _escape(text: str | None) -> str:
    return re.sub(r"([\\`*_\[\]<|])", r"\\\1", " ".join(f".{text or ''}.".split())[1:-1])


def _link(href: str, page: str) -> str:
    """A link of ours as a link to a source file, which MkDocs follows and checks."""
    address, mark, anchor = href.partition("#")
    return f"{'../' * page.count('/')}{_file(address[2:])}{mark}{anchor}" if address.startswith("~/") else href


def _file(address: str) -> str:
    """The source file of a page: a domain is the first page of its folder."""
    return f"{address}index.md" if re.fullmatch("domains/[^/]+/", address) else f"{address[:-1]}.md"


# ------------------------------------------------------------------------------------------------------- measuring


def builds(folder: Path) -> dict[str, Build]:
    """For each variant, a function that builds it once and returns the processor time in seconds."""
    mkdocs = str(environment(FOLDER / "env-mkdocs", "requirements.txt").parent / "mkdocs")
    zensical = str(environment(FOLDER / "env-zensical", "requirements-zensical.txt").parent / "zensical")
    quiet = [mkdocs, "build", "--quiet", "--site-dir"]
    ours = _build(folder / "ours", [*quiet, "site-mkdocs"])
    return {
        "ours": lambda: ours() + index(folder / "ours"),
        "hand": _build(folder / "hand", [*quiet, "site-hand"]),
        "stock": _build(folder / "hand", [*quiet, "site-stock", "--config-file", "stock.yml"]),
        "zensical": _build(folder / "ours", [zensical, "build", "--clean"]),
    }


def _build(tree: Path, command: list[str]) -> Build:
    # The first round leaves compiled files behind as anybody's first build does, whatever this process was told.
    kept_out = ("PYTHONDONTWRITEBYTECODE", "SITE_URL", "EDIT_URI_TEMPLATE", "NEW_ISSUE")
    settings = {name: value for name, value in os.environ.items() if name not in kept_out}
    settings |= {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(tree / "scripts")}

    def build() -> float:
        for leftover in (".cache", "site"):
            shutil.rmtree(tree / leftover, ignore_errors=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = subprocess.run(command, cwd=tree, env=settings, capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if run.returncode:
            raise SystemExit(f"{run.stdout}{run.stderr}\n{' '.join(command)} failed")
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return build


def index(tree: Path) -> float:
    """The processor time, in seconds, that our search index of a built tree takes.

    It is a part of `publish.py`, which runs after any engine and has started Python and read the data by then: neither
    is counted here.
    """
    graph, site = open_graph(tree / "docs" / "data"), tree / "site-mkdocs"
    paths = [file.relative_to(site).as_posix().removesuffix("index.html") for file in site.rglob("index.html")]
    start = time.process_time()
    found = search_index.build(site, graph, paths)
    json.dumps(found)
    return time.process_time() - start


def rounds(variants: dict[str, Build], runs: int) -> dict[str, list[float]]:
    """The times of each variant; they take turns, after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(runs + 1):
        for name, build in variants.items():
            seconds = build()
            if number:
                times[name].append(seconds)
    return times


def hold_equal(folder: Path) -> None:
    """Builds each variant and exits when a reader of one would get something else."""
    variants = builds(folder)
    for name in ("ours", "hand", "zensical"):
        variants[name]()
    ours = read(folder / "ours" / "site-mkdocs")
    for name, site in (("hand", folder / "hand" / "site-hand"), ("zensical", folder / "ours" / "site")):
        found = [item for item in compare(ours, read(site)) if not accepted(item)]
        if found:
            raise SystemExit("\n".join(map(str, [f"{name} is not the same as ours:", *found[:10]])))


def ratio(times: dict[str, list[float]], one: str, other: str) -> float:
    """The median of the ratios within each round."""
    return statistics.median(a / b for a, b in zip(times[one], times[other], strict=True))


def main() -> None:
    """Measures and prints; see the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only 60 and 240 pages, 300 and 1,200 resources")
    parser.add_argument("--runs", type=int, default=5, help="rounds that count (default 5)")
    choice = parser.parse_args()
    page_counts = [60, 240] if choice.quick else [60, 240, 960]
    resource_counts = [300, 1200] if choice.quick else [300, 1200, 5000, 20000]
    print(f"{date.today()}, {os.cpu_count()} processors ({platform.machine()}), Python {platform.python_version()}")
    print("processor time, user and system, in seconds; medians of so many rounds:", choice.runs, flush=True)
    print("(up to 60 pages four times as many)\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for pages in (FEWEST, *page_counts):
            write_site(folder / f"pages-{pages}", pages, 300)
        hold_equal(folder / "pages-60")
        print_pages(folder, page_counts, choice.runs)
        print_resources(folder, resource_counts, choice.runs)


def print_pages(folder: Path, counts: list[int], runs: int) -> None:
    """Measures the sizes by pages and prints two tables."""
    names = ("ours", "hand", "stock", "zensical")
    print("pages " + "".join(f"{name:>10}" for name in names), "  ours/hand  ours/stock  ours/zensical", flush=True)
    times = {}
    for pages in (FEWEST, *counts):
        times[pages] = rounds(builds(folder / f"pages-{pages}"), runs * (4 if pages <= 60 else 1))
        row = "".join(f"{statistics.median(times[pages][name]):10.2f}" for name in names)
        ratios = [ratio(times[pages], "ours", other) for other in names[1:]]
        print(f"{pages:5} {row}{ratios[0]:12.2f}{ratios[1]:12.2f}{ratios[2]:15.2f}", flush=True)
    print("goals: ours/hand at most 0.90; ours/stock below 1; ours/zensical below 1 up to 240 pages\n")
    print("ms a page" + "".join(f"{pages:>10}" for pages in counts) + f"   {counts[-1]} relative to {counts[0]}")
    for name in names:
        start = statistics.median(times[FEWEST][name])
        cost = [1000 * (statistics.median(times[pages][name]) - start) / (pages - FEWEST) for pages in counts]
        print(f"{name:9}" + "".join(f"{value:10.1f}" for value in cost) + f"{cost[-1] / cost[0]:22.2f}")
    print("goal: ours at most 1.20\n", flush=True)


def print_resources(folder: Path, counts: list[int], runs: int) -> None:
    """Measures the sizes by resources and prints a table."""
    sizes = {}
    for count in counts:
        write_site(folder / f"resources-{count}", 60, count)
        sizes[f"{count:,}"] = builds(folder / f"resources-{count}")["ours"]
    seconds = [statistics.median(values) for values in rounds(sizes, runs).values()]
    print("resources      ours   ms for each further one")
    print(f"{counts[0]:9,}{seconds[0]:10.2f}")
    for place in range(1, len(counts)):
        more = 1000 * (seconds[place] - seconds[place - 1]) / (counts[place] - counts[place - 1])
        print(f"{counts[place]:9,}{seconds[place]:10.2f}{more:26.2f}")
    print("goal: at most 2 ms, the same at every size")


if __name__ == "__main__":
    main()
