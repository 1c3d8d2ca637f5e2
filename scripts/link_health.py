"""Asks every outside address in the data and on the pages whether it still answers; keeps one public issue of the rest.

Polite: one request at a time for each host, a pause between them, a name in the request. A dead link is news, not a
failure: the exit code is 0 unless the data or the call is wrong. Nothing in the data is changed.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http.client import HTTPException
from itertools import count
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from kb import pages
from kb.load import Catalogue, line_of, load
from kb.problems import nearest
from kb.problems import report as list_problems
from kb.rules import urls

DATA = Path(__file__).resolve().parent.parent / "docs" / "data"
TITLE = "Links that need a look"
LABEL = "links"
BOT = "github-actions[bot]"  # who opens an issue with the token of a workflow
AGENT = "ProductFieldbook-link-check/1.0"
HEADINGS = {
    "dead": "Dead: the page or its host is gone",
    "moved": "Moved permanently: the record should carry the new address",
    "unsure": "Unsure: no clear answer this time; open it by hand before changing anything",
}
_NO_HOST = "host not found"
_SAFE = "%/:=&?~#+!$,;'@()*[]"  # leaves nothing that could end a link in Markdown
_MOST = 60_000  # characters; GitHub takes 65,536 in an issue
_FAILURES = (OSError, HTTPException, ValueError)  # URLError is an OSError; a broken address is a ValueError


@dataclass(frozen=True)
class Place:
    """Where an address stands: file and line, record or page, field."""

    file: str
    line: int
    record: str
    field: str

    def __str__(self) -> str:
        return f"`{self.record}`, {self.field} ({self.file}:{self.line})"


@dataclass(frozen=True)
class Answer:
    """What one address said: "alive", "moved", "dead" or "unsure", with the reason or the new address."""

    url: str
    state: str
    detail: str = ""


class Turns:
    """Lets one request at a time through to each host, whoever asks, and a pause pass between two."""

    def __init__(self, pause: float = 1.0) -> None:
        self._pause = pause
        self._locks: dict[str, threading.Lock] = {}
        self._free: dict[str, float] = {}

    @contextmanager
    def at(self, host: str) -> Iterator[None]:
        """Waits for the turn at a host, and holds it for the length of the block."""
        with self._locks.setdefault(host, threading.Lock()):
            time.sleep(max(0.0, self._free.get(host, 0.0) - time.monotonic()))
            try:
                yield
            finally:
                self._free[host] = time.monotonic() + self._pause


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follows nothing: each hop is looked at here, and no token travels to another host."""


_open = urllib.request.build_opener(_NoRedirect).open


def places(catalogue: Catalogue) -> dict[str, list[Place]]:
    """Each web address in the records and on the written pages, with every place where it stands."""
    found: dict[str, list[Place]] = defaultdict(list)
    for entry in catalogue.entries:
        for path, url in urls(entry.raw):
            field = ".".join(str(step) for step in path)
            found[url].append(Place(entry.file, line_of(entry.raw, path), entry.record.id, field))
    docs = catalogue.root.parent
    for file in sorted(docs.rglob("*.md")):
        for line, url in pages.links(file.read_text(encoding="utf-8")):
            found[url].append(Place(f"docs/{file.relative_to(docs).as_posix()}", line, file.stem, "a link"))
    return found


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _wire(url: str) -> str:
    """An address as it is sent: only ASCII, and without the part after '#'."""
    parts = urlsplit(url)
    host = parts.netloc.encode("idna").decode()
    return urlunsplit((parts.scheme, host, quote(parts.path, safe=_SAFE), quote(parts.query, safe=_SAFE), ""))


def _request(url: str, method: str, turns: Turns, timeout: float) -> tuple[int, str]:
    """The status of one request, and the address that it points to."""
    request = urllib.request.Request(_wire(url), method=method, headers={"User-Agent": AGENT, "Accept": "*/*"})
    with turns.at(_host(url)):
        try:
            with _open(request, timeout=timeout) as response:
                return response.status, ""
        except urllib.error.HTTPError as error:
            with error:
                # a header arrives as Latin-1 whatever it was sent as; this keeps its bytes
                return error.code, quote(error.headers.get("Location", ""), safe=_SAFE, encoding="latin-1")


def _look(url: str, turns: Turns, timeout: float) -> tuple[int, str]:
    """The answer to HEAD, or to GET where HEAD goes wrong: many servers refuse it, or answer it by mistake."""
    with suppress(OSError, HTTPException):
        status, goal = _request(url, "HEAD", turns, timeout)
        if status < 400 or status == 429:  # who says "too many" is not asked again
            return status, goal
    return _request(url, "GET", turns, timeout)


def _reason(error: BaseException) -> str:
    """Why there was no answer, in words that never hold what was sent."""
    if isinstance(error, urllib.error.HTTPError):
        return f"status {error.code}"
    cause = getattr(error, "reason", error)
    gone = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
    return _NO_HOST if isinstance(cause, socket.gaierror) and cause.errno in gone else type(cause).__name__


def ask(url: str, turns: Turns, timeout: float = 20) -> Answer:
    """The state of one address. Only a clear word counts as dead."""
    at = lasting = url  # `lasting` stops where the first redirect is only for now
    try:
        for _ in range(6):
            status, goal = _look(at, turns, timeout)
            if status not in (301, 302, 303, 307, 308) or not goal:
                break
            goal = urljoin(at, goal)
            if urlsplit(goal).scheme not in ("http", "https"):
                return Answer(url, "unsure", "leads to something that is not a web page")
            if status in (301, 308) and lasting == at:
                lasting = goal
            at = goal
        else:
            return Answer(url, "unsure", "too many redirects")
    except _FAILURES as error:
        reason = _reason(error)
        return Answer(url, "dead" if reason == _NO_HOST else "unsure", reason)
    if status in (404, 410):
        return Answer(url, "dead", f"status {status}")
    if status >= 400:
        return Answer(url, "unsure", f"status {status}")
    return Answer(url, "moved", lasting) if lasting != url else Answer(url, "alive")


def ask_all(addresses: Iterable[str], workers: int = 8, pause: float = 1.0, timeout: float = 20) -> list[Answer]:
    """The state of each distinct address, sorted; hosts in parallel, the addresses of one host one by one."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in sorted(set(addresses)):
        hosts[_host(url)].append(url)
    turns = Turns(pause)  # also for hosts that only a redirect leads to
    with ThreadPoolExecutor(workers) as pool:
        groups = sorted(hosts.values(), key=len, reverse=True)  # the longest starts first, as it ends last
        answered = pool.map(lambda group: [ask(url, turns, timeout) for url in group], groups)
        answers = sorted((answer for group in answered for answer in group), key=lambda answer: answer.url)
    if all(answer.detail == _NO_HOST for answer in answers):
        # rather this machine is offline than all of the web gone
        return [replace(answer, state="unsure") for answer in answers]
    return answers


def report(answers: list[Answer], owners: dict[str, list[Place]]) -> str:
    """The answers in Markdown, what needs a look first, with every place that carries the address."""
    states = Counter(answer.state for answer in answers)
    numbers = ", ".join(f"{states[state]:,} {state}" for state in ("alive", *HEADINGS))
    lines = [f"{len(answers):,} addresses asked: {numbers}."]
    for state, heading in HEADINGS.items():
        if states[state]:
            lines += ["", f"## {heading} ({states[state]:,})", ""]
        for answer in answers:
            if answer.state == state:
                lines.append(f"- <{answer.url}>: " + (f"now <{answer.detail}>" if state == "moved" else answer.detail))
                lines += [f"    - {place}" for place in owners[answer.url]]
    return "\n".join(lines) + "\n"


def _github(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    request = urllib.request.Request(
        f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/{path}",
        method=method,
        data=json.dumps(body).encode() if body is not None else None,
        headers={
            "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
            "Accept": "application/vnd.github+json",
            "Content-Type": "application/json",
            "User-Agent": AGENT,
        },
    )
    with _open(request, timeout=30) as response:
        return json.load(response)


def _our_issue() -> int | None:
    """The open issue of this check: by its label, or by its title alone where somebody took the label off."""
    for query in (f"&labels={LABEL}", ""):
        for page in count(1):
            issues = _github("GET", f"issues?state=open&per_page=100&page={page}{query}")
            for issue in issues:
                ours = issue["title"] == TITLE and issue["user"]["login"] == BOT  # anybody may take the title
                if ours and "pull_request" not in issue:  # GitHub lists proposals as issues, too
                    return int(issue["number"])
            if len(issues) < 100:
                break
    return None


def keep_issue(text: str, wanted: bool) -> str:
    """Keeps one issue up to date: opens, rewrites or closes it. Returns what was done."""
    if len(text) > _MOST:
        text = text[: text.rfind("\n- ", 0, _MOST)] + "\n\nThe rest is in the log of the run.\n"
    text += "\nKept up to date by `scripts/link_health.py`, which closes it when nothing is dead or moved.\n"
    number = _our_issue()
    if number is None and not wanted:
        return "no issue needed"
    if number is None:
        return f"opened issue {_github('POST', 'issues', {'title': TITLE, 'body': text, 'labels': [LABEL]})['number']}"
    if wanted:
        _github("PATCH", f"issues/{number}", {"body": text})
        return f"updated issue {number}"
    _github("POST", f"issues/{number}/comments", {"body": "Nothing is dead or moved any more."})
    _github("PATCH", f"issues/{number}", {"body": text, "state": "closed"})
    return f"closed issue {number}"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Ends with 1, like every other fault here."""
        self.exit(1, f"{self.format_usage()}{self.prog}: {message}\n")


def main() -> int:
    """Asks, writes the report and, when told to, keeps the issue. Returns 1 when the data or the call is wrong."""
    parser = _Parser(description=__doc__)
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the report into this file")
    needed = ("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN")
    parser.add_argument("--issue", action="store_true", help=f"keep the issue; needs {', '.join(needed)}")
    parser.add_argument("--only", metavar="HOST", help="ask the addresses of one host only")
    choice = parser.parse_args()
    if choice.issue and (missing := [name for name in needed if not os.environ.get(name)]):
        parser.error(f"--issue needs {', '.join(missing)} in the environment")
    if choice.issue and choice.only:
        parser.error("the issue is about all links: give --only or --issue, not both")
    if choice.report and not choice.report.parent.is_dir():
        parser.error(f"there is no folder {choice.report.parent}")
    catalogue, problems = load(DATA)
    if problems:
        print(list_problems(problems))
        return 1
    owners = places(catalogue)
    asked = [url for url in owners if not choice.only or _host(url) == choice.only]
    if choice.only and not asked:
        parser.error(f"no record names the host '{choice.only}'" + nearest(choice.only, {_host(url) for url in owners}))
    answers = ask_all(asked)
    text = report(answers, owners)
    if choice.report:
        choice.report.write_text(text, encoding="utf-8")
    print(text, end="")
    if choice.issue:
        try:
            print(keep_issue(text, any(answer.state in ("dead", "moved") for answer in answers)))
        except _FAILURES as error:
            print(f"GitHub did not keep the issue: {_reason(error)}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
