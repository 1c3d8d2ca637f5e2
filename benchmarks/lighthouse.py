"""What Lighthouse says of each page type, on its simulated phone: performance, accessibility, best practices, SEO.

    .venv/bin/python benchmarks/lighthouse.py [--browser PATH] [--runs K] [PAGE …]

Measures `site/` as `dev.py build` left it, served compressed from this machine. Needs Chromium and npm, which fetches
Lighthouse. Of K runs the one with the median performance counts. Goal: 100 four times, or on a busy machine 97 for
performance.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from served import Server

from browser.test_pages import TYPES
from dev import ROOT

LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def measure(address: str, browser: str) -> dict[str, Any]:
    """One report; exits with what Lighthouse said when it fails."""
    flags = "--headless --no-sandbox --disable-gpu"
    command = ["npx", "--yes", LIGHTHOUSE, address, "--quiet", "--output=json", f"--chrome-flags={flags}"]
    run = subprocess.run(
        command, env={**os.environ, "CHROME_PATH": browser}, capture_output=True, text=True, check=False
    )
    if run.returncode:
        sys.exit(f"{run.stdout}{run.stderr}")
    return dict(json.loads(run.stdout))


def main() -> None:
    """Measures and prints; see the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", help=f"page types, of: {', '.join(TYPES)}")
    parser.add_argument("--browser", default=shutil.which("chromium") or "chromium", help="Chromium's path")
    parser.add_argument("--runs", type=int, default=1)
    choice = parser.parse_args()
    if unknown := set(choice.pages) - set(TYPES):
        parser.error(f"no such page type: {', '.join(sorted(unknown))}")
    server = Server(ROOT / "site")
    print(f"{date.today()}, {os.cpu_count()} processors, {LIGHTHOUSE}\n")
    print(" " * 16 + "".join(f"{name:>16}" for name in CATEGORIES) + "   paint, s   shift   not perfect")
    for name in choice.pages or [name for name in TYPES if name != "error"]:
        reports = [measure(server.address + TYPES[name], choice.browser) for _ in range(choice.runs)]
        middle = statistics.median_low(report["categories"]["performance"]["score"] for report in reports)
        report = next(row for row in reports if row["categories"]["performance"]["score"] == middle)
        audits = report["audits"]
        row = "".join(f"{100 * report['categories'][category]['score']:16.0f}" for category in CATEGORIES)
        paint = audits["largest-contentful-paint"]["numericValue"]
        shift = audits["cumulative-layout-shift"]["numericValue"]
        refs = [ref for category in CATEGORIES[1:] for ref in report["categories"][category]["auditRefs"]]
        weighed = [ref["id"] for ref in refs if ref["weight"]]
        poor = [id_ for id_ in weighed if audits[id_]["score"] is not None and audits[id_]["score"] < 1]
        print(f"{name:16}{row}{paint / 1000:11.1f}{shift:8.3f}   {', '.join(poor)}", flush=True)


if __name__ == "__main__":
    main()
