"""Measures what building costs, side by side: ours, the same pages with hand-written tables, stock Material, Zensical.

    .venv/bin/python benchmarks/build.py [--quick] [--runs K]

Every variant builds the same pages with the same words, rows and links, made from the real records in a temporary
folder. The variants take turns within each round, so a change of the machine's speed hits all of them. A figure is the
processor time (user and system) of the whole build process; a ratio is the median of the ratios round by round.

- ours: pages that call `resources(…)`, with our theme, macros and fragments
- hand: the same tables written in Markdown, with our theme; no macros, no fragments
- stock: the same hand-written pages with Material as it comes
- zensical: ours, with Zensical and no cache

Nothing is asserted: the goals are printed beside the figures.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import yaml

from dev import environment
from engines import FOLDER
from kb.graph import Graph
from kb.load import load
from kb.views import ORDERS, duration, select

ROOT = Path(__file__).resolve().parent.parent
ROWS = 25  # rows of a table on an ordinary page
Build = Callable[[], float]


def tree(folder: Path, pages: int, resources: int) -> Graph:
    """Makes docs/data with so many resources (the real ones, repeated under new ids and addresses) and the graph."""
    data = folder / "docs" / "data"
    copytree(ROOT / "docs" / "data", data, ignore=ignore_patterns("schema", "resources"))
    copytree(ROOT / "scripts", folder / "scripts", ignore=ignore_patterns("__pycache__"))
    copytree(ROOT / "overrides", folder / "overrides")
    (data / "resources").mkdir()
    catalogue, _ = load(ROOT / "docs" / "data")
    real = [row.model_dump(exclude_defaults=True) for row in catalogue.of("resource")]
    skills = [row.id for row in catalogue.of("skill")]
    for start in range(0, resources, 1000):
        rows = []
        for number in range(start, min(start + 1000, resources)):
            row = deepcopy(real[number % len(real)])
            row["id"] = f"{row['id'][:50]}-{number}"
            row["url"] = f"https://example.org/{number}"
            row["skills"] = [skills[number % len(skills)]]
            rows.append(row)
        text = yaml.dump(rows, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True)
        (data / "resources" / f"part-{start // 1000:03}.yml").write_text(text, encoding="utf-8")
    catalogue, problems = load(data)
    assert not problems, problems[:3]
    return Graph(catalogue)


def write_pages(folder: Path, graph: Graph, pages: int, by_hand: bool) -> None:
    """Writes the pages: four catalog pages with every resource, the rest with a table each, twenty to a section."""
    for number in range(pages):
        path = folder / "docs" / f"section-{number // 20:02}" / f"page-{number:03}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number < 4:
            home = graph.of("domain")[number].id
            call, rows = f'{{{{ resources(home="{home}") }}}}', select(graph, "resource", home=home)
        else:
            home, order = graph.of("domain")[number % 4].id, ("name", "hours", "newest")[number % 3]
            call = f'{{{{ resources(home="{home}", sort="{order}", limit={ROWS}) }}}}'
            rows = sorted(select(graph, "resource", home=home), key=ORDERS[order])[:ROWS]
        table = markdown_table(graph, rows) if by_hand else call
        words = "A paragraph with *some* words and a [link](../index.md), as pages have.\n\n" * 6
        path.write_text(f"# Page {number}\n\n{words}## Resources\n\n{table}\n\n## After\n\n{words}", encoding="utf-8")
    (folder / "docs" / "index.md").write_text("# Home\n\nThe start.\n", encoding="utf-8")


def markdown_table(graph: Graph, rows: list[object]) -> str:
    """The same table as `resources(…)` makes, as somebody would write it by hand."""
    lines = ["| Resource | Read it for | Kind | Time | Skills |", "|---|---|---|---:|---|"]
    for row in rows:
        people = ", ".join(row.people) + (f", {row.year}" if row.year else "")  # type: ignore[attr-defined]
        skills = " ".join(
            f"[{graph.records[skill].title}](https://example.org/{skill})"
            for skill in row.skills  # type: ignore[attr-defined]
        )
        read = row.read_for.replace("|", "\\|")  # type: ignore[attr-defined]
        name = row.name.replace("|", "\\|")  # type: ignore[attr-defined]
        lines.append(
            f"| [{name}]({row.url}) {people} | {read} [When to skip it](https://example.org/#{row.id}) "  # type: ignore[attr-defined]
            f"| {row.level}, {row.cost} {row.format} | {duration(row.hours) or 'open'} | {skills} |"  # type: ignore[attr-defined]
        )
    return "\n".join(lines)


def settings(folder: Path, variant: str) -> None:
    """Writes the configuration of a variant: the real one without its navigation, or Material's defaults."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[0]
    if variant == "stock":
        text = "site_name: Stock\ntheme:\n  name: material\n  font: false\nmarkdown_extensions: [tables]\n"
    elif variant == "hand":
        text = text.replace("  - fragments\n", "")
        head, _, rest = text.partition("  - macros:\n")
        text = head + rest.partition("\n\n")[2]
    (folder / "mkdocs.yml").write_text(text, encoding="utf-8")


def cpu(command: list[str], folder: Path) -> float:
    """Seconds of processor time, user and system, of one run of a command; it must succeed."""
    silent = os.open(os.devnull, os.O_WRONLY)
    child = os.posix_spawn(
        command[0], command, {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PWD": str(folder)},
        file_actions=[(os.POSIX_SPAWN_DUP2, silent, 1), (os.POSIX_SPAWN_DUP2, silent, 2)],
    )  # fmt: skip
    os.close(silent)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime


def variants(folder: Path, pages: int, resources: int, names: list[str]) -> dict[str, Build]:
    """A function for each variant that builds it once and returns its processor time in seconds."""
    made: dict[str, Build] = {}
    for name in names:
        place = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder))
        graph = tree(place, pages, resources)
        write_pages(place, graph, pages, by_hand=name in ("hand", "stock"))
        settings(place, name)
        config = str(place / "mkdocs.yml")
        if name == "zensical":
            program = str(environment(FOLDER / "env-zensical", "requirements-zensical.txt").parent / "zensical")
            command = [program, "build", "--clean", "--config-file", config]
        else:
            command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", config]
            command += ["--site-dir", str(place / "site")]

        def build(command: list[str] = command, place: Path = place) -> float:
            for leftover in ("site", ".cache"):
                rmtree(place / leftover, ignore_errors=True)
            return cpu(command, place)

        made[name] = build
    return made


def rounds(builds: dict[str, Build], runs: int) -> dict[str, list[float]]:
    """The times of each variant; the variants take turns, after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in builds}
    for number in range(runs + 1):
        for name, build in builds.items():
            seconds = build()
            if number:
                times[name].append(seconds)
    return times


def ratio(times: dict[str, list[float]], one: str, other: str) -> float:
    """The median of the ratios round by round."""
    return statistics.median(a / b for a, b in zip(times[one], times[other], strict=True))


def main() -> None:
    """Measures and prints; see the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only 60 and 240 pages, 300 and 1,200 resources")
    parser.add_argument("--runs", type=int, default=3, help="rounds that count (default 3)")
    choice = parser.parse_args()
    page_counts = [60, 240] if choice.quick else [60, 240, 960]
    resource_counts = [300, 1200] if choice.quick else [300, 1200, 5000, 20000]
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, {choice.runs} rounds, processor time\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        empty = rounds(variants(folder, 4, 300, ["ours", "stock"]), choice.runs)
        start = {variant: statistics.median(times) for variant, times in empty.items()}
        each: dict[str, dict[int, float]] = {"ours": {}, "stock": {}}
        print("pages  ours s   ours/hand (goal 0.90)  ours/stock (goal <1)  ours/Zensical (goal <1 to 240)")
        for pages in page_counts:
            times = rounds(variants(folder, pages, 300, ["ours", "hand", "stock", "zensical"]), choice.runs)
            for variant in each:
                each[variant][pages] = (statistics.median(times[variant]) - start[variant]) / (pages - 4)
            print(
                f"{pages:5}  {statistics.median(times['ours']):6.2f}  {ratio(times, 'ours', 'hand'):21.2f}"
                f"  {ratio(times, 'ours', 'stock'):20.2f}  {ratio(times, 'ours', 'zensical'):30.2f}",
                flush=True,
            )
        last = page_counts[-1]
        grown = {variant: cost[last] / cost[60] for variant, cost in each.items()}
        print(f"\na page at {last} pages, relative to one at 60 (goal 1.2): ours {grown['ours']:.2f}", end="")
        print(f", stock {grown['stock']:.2f}\n\nresources  ours s   ms for each one more (goal 2)")
        before: tuple[int, float] | None = None
        for resources in resource_counts:
            seconds = statistics.median(rounds(variants(folder, 60, resources, ["ours"]), choice.runs)["ours"])
            more = "" if before is None else f"{1000 * (seconds - before[1]) / (resources - before[0]):29.2f}"
            print(f"{resources:9,}  {seconds:6.2f} {more}", flush=True)
            before = (resources, seconds)


if __name__ == "__main__":
    main()
