"""Asks every outside address in the data whether it still answers, and keeps one public issue about those that do not.

Polite: one request at a time for each host, a pause between them, a name in the request. A dead link is news, not a
failure: the exit code is 0 unless the data or the call is wrong. Nothing in the data is changed.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from kb.problems import UsageError
from kb.rules import urls
from kb.views import open_graph

ROOT = Path(__file__).resolve().parent.parent
TITLE = "Links that need a look"
AGENT = "ProductFieldbook-link-check/1.0"
KINDS = {
    "dead": "Dead: the page or its host is gone",
    "moved": "Moved for good: the record should carry the new address",
    "unsure": "Unsure: no clear answer this time; open it by hand before changing anything",
}


@dataclass(frozen=True)
class Answer:
    """What one address said: "alive", "moved", "dead" or "unsure", with the reason or the new address."""

    url: str
    state: str
    detail: str = ""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follows nothing, so that each hop can be looked at."""


_open = urllib.request.build_opener(_NoRedirect).open


def _status(url: str, method: str, timeout: float) -> tuple[int, str]:
    """The status of one request, and where it points."""
    request = urllib.request.Request(url, method=method, headers={"User-Agent": AGENT, "Accept": "*/*"})
    try:
        with _open(request, timeout=timeout) as response:
            return response.status, ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("Location", "")


def ask(url: str, timeout: float = 20) -> Answer:
    """The state of one address. HEAD first; GET where HEAD is refused. Only a clear word counts as dead."""
    at, permanent = url, True
    try:
        for _ in range(6):
            status, goal = _status(at, "HEAD", timeout)
            if status in (400, 403, 404, 405, 501):
                status, goal = _status(at, "GET", timeout)
            if status not in (301, 302, 303, 307, 308) or not goal:
                break
            permanent = permanent and status in (301, 308)
            at = urljoin(at, goal)
        else:
            return Answer(url, "unsure", "too many redirects")
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        gone = isinstance(reason, socket.gaierror) and reason.errno in (socket.EAI_NONAME, socket.EAI_NODATA)
        return Answer(url, "dead" if gone else "unsure", "host not found" if gone else f"{type(reason).__name__}")
    if status in (404, 410):
        return Answer(url, "dead", f"status {status}")
    if status >= 400:
        return Answer(url, "unsure", f"status {status}")
    return Answer(url, "moved", at) if at != url and permanent else Answer(url, "alive")


def ask_all(addresses: Iterable[str], workers: int = 8, pause: float = 1.0, timeout: float = 20) -> list[Answer]:
    """The state of each address; hosts in parallel, the addresses of one host one after the other."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in sorted(set(addresses)):
        hosts[urlsplit(url).netloc].append(url)

    def one_host(group: list[str]) -> list[Answer]:
        answers = []
        for place, url in enumerate(group):
            time.sleep(pause if place else 0)
            answers.append(ask(url, timeout))
        return answers

    with ThreadPoolExecutor(workers) as pool:
        return [answer for group in pool.map(one_host, hosts.values()) for answer in group]


def report(answers: list[Answer], owners: dict[str, list[str]]) -> str:
    """The answers in Markdown, what needs a look first, with the records that carry each address."""
    lines = [f"{len(answers):,} addresses asked."]
    for state, heading in KINDS.items():
        found = [answer for answer in answers if answer.state == state]
        if found:
            lines += ["", f"## {heading} ({len(found)})", ""]
            for answer in found:
                arrow = f" → <{answer.detail}>" if state == "moved" else f" ({answer.detail})"
                lines.append(f"- <{answer.url}>{arrow}: {', '.join(owners[answer.url])}")
    return "\n".join(lines) + "\n"


def _github(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    request = urllib.request.Request(
        f"{os.environ.get('GITHUB_API_URL', 'https://api.github.com')}/repos/{os.environ['GITHUB_REPOSITORY']}/{path}",
        method=method,
        data=json.dumps(body).encode() if body is not None else None,
        headers={
            "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
            "Accept": "application/vnd.github+json",
            "User-Agent": AGENT,
        },
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def keep_issue(text: str, wanted: bool) -> str:
    """Keeps one issue up to date: writes, opens or closes it. Returns what was done."""
    issues = _github("GET", "issues?state=open&labels=links&per_page=100")
    found = next((issue["number"] for issue in issues if issue["title"] == TITLE), None)
    body = {"title": TITLE, "body": text[:60_000], "labels": ["links"]}
    if found is None and not wanted:
        return "no issue needed"
    if found is None:
        return f"opened issue {_github('POST', 'issues', body)['number']}"
    if wanted:
        _github("PATCH", f"issues/{found}", body)
        return f"updated issue {found}"
    _github("PATCH", f"issues/{found}", {**body, "state": "closed"})
    return f"closed issue {found}"


def main() -> int:
    """Asks, writes the report and, when told to, keeps the issue. Returns 1 when the data is not sound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, help="write the report into this file")
    parser.add_argument("--issue", action="store_true", help="keep the issue; needs GITHUB_REPOSITORY and GITHUB_TOKEN")
    parser.add_argument("--only", metavar="HOST", help="ask the addresses of one host only")
    parser.add_argument("--data", type=Path, default=ROOT / "docs" / "data", help=argparse.SUPPRESS)
    choice = parser.parse_args()
    try:
        graph = open_graph(choice.data)
    except UsageError as error:
        print(error)
        return 1
    owners: dict[str, list[str]] = defaultdict(list)
    for record in graph.records.values():
        for _, url in urls(record.model_dump()):
            if (not choice.only or urlsplit(url).hostname == choice.only) and record.id not in owners[url]:
                owners[url].append(record.id)
    answers = ask_all([url for url in owners if owners[url]])
    text = report(answers, owners)
    if choice.report:
        choice.report.write_text(text, encoding="utf-8")
    print(text, end="")
    if choice.issue:
        print(keep_issue(text, any(answer.state in ("dead", "moved") for answer in answers)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
