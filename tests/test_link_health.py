"""The weekly link check, on real servers on this machine."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

import link_health
from kb.load import load
from link_health import Answer, Place, Turns
from test_load import append

SECRET = "very-secret"


class Web(BaseHTTPRequestHandler):
    """A small web with every kind of answer; notes each request, and how many run at once on a host."""

    asked: ClassVar[list[tuple[str, str, float]]] = []
    agents: ClassVar[set[str]] = set()
    running: ClassVar[Counter[str]] = Counter()
    most: ClassVar[Counter[str]] = Counter()
    lock = threading.Lock()

    statuses: ClassVar[dict[str, int]] = {
        "/ok": 200, "/new": 200, "/caf%C3%A9": 200, "/gone": 410, "/broken": 500, "/refused": 403, "/busy": 429,
        "/head-garbled": 200,
    }  # fmt: skip
    redirects: ClassVar[dict[str, tuple[int, str]]] = {
        "/old": (301, "/new"), "/older": (308, "/old"), "/for-now": (302, "/new"),
        "/old-then-away": (301, "/away"), "/away": (302, "/old"),
        "/old-and-gone": (301, "/gone"), "/loop": (301, "/loop"), "/to-a-file": (301, "file:///etc/hostname"),
        "/messy": (301, "/ok?a=<b> @you"), "/accent": (301, "/caf\xe9".encode().decode("latin-1")),
    }  # fmt: skip

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        host = self.headers["Host"].partition(":")[0]
        path = urlsplit(self.path).path
        with Web.lock:
            Web.asked.append((self.command, path, time.monotonic()))
            Web.agents.add(self.headers["User-Agent"])
            Web.running[host] += 1
            Web.most[host] = max(Web.most[host], Web.running[host])
        time.sleep(1 if path == "/slow" else 0.02)
        with Web.lock:
            Web.running[host] -= 1
        if path == "/cut" or (path == "/head-garbled" and self.command == "HEAD"):
            self.wfile.write(b"" if path == "/cut" else b"nonsense\r\n\r\n")
            self.close_connection = True
            return
        status, goal = Web.redirects.get(path, (Web.statuses.get(path, 404), ""))
        if path.startswith("/other-host/"):
            status, goal = 302, f"http://127.0.0.1:{self.server.server_address[1]}/ok"  # type: ignore[attr-defined]
        if path == "/get-only" and self.command == "GET":
            status = 200
        elif path == "/get-only":
            status = 403
        self.send_response(status)
        if goal:
            self.send_header("Location", goal)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


OURS = {"user": {"login": "github-actions[bot]"}}


class GitHub(BaseHTTPRequestHandler):
    """An issue tracker that remembers what it holds and what it was told."""

    issues: ClassVar[list[dict[str, Any]]] = []
    told: ClassVar[list[str]] = []
    comments: ClassVar[list[str]] = []
    tokens: ClassVar[set[str]] = set()
    refuses = 0

    def _answer(self, content: Any) -> None:
        GitHub.tokens.add(self.headers["Authorization"])
        text = json.dumps(content).encode()
        self.send_response(GitHub.refuses or 200)
        if GitHub.refuses == 301:
            self.send_header("Location", f"http://{self.headers['Host'].replace('127.0.0.1', 'localhost')}/elsewhere")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _body(self) -> dict[str, Any]:
        return dict(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        GitHub.told.append(f"GET {parts.path}")
        found = [issue for issue in GitHub.issues if issue["state"] == query["state"]]
        found = [issue for issue in found if query.get("labels") in (None, *issue["labels"])]
        first = (int(query["page"]) - 1) * int(query["per_page"])
        self._answer(found[first : first + int(query["per_page"])])

    def do_POST(self) -> None:
        GitHub.told.append(f"POST {self.path}")
        body = self._body()
        if self.path.endswith("/comments"):
            GitHub.comments.append(body["body"])
            self._answer({})
            return
        GitHub.issues.append({"number": len(GitHub.issues) + 1, "state": "open", **OURS, **body})
        self._answer(GitHub.issues[-1])

    def do_PATCH(self) -> None:
        GitHub.told.append(f"PATCH {self.path}")
        GitHub.issues[int(self.path.rpartition("/")[2]) - 1].update(self._body())
        self._answer({})

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def serve(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "*")
    for notes in (Web.asked, Web.agents, Web.running, Web.most):
        notes.clear()  # type: ignore[attr-defined]
    yield from serve(Web)


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "*")
    for notes in (GitHub.issues, GitHub.told, GitHub.comments, GitHub.tokens):
        notes.clear()  # type: ignore[attr-defined]
    monkeypatch.setattr(GitHub, "refuses", 0)
    for address in serve(GitHub):
        monkeypatch.setenv("GITHUB_API_URL", address)
        monkeypatch.setenv("GITHUB_REPOSITORY", "someone/fieldbook")
        monkeypatch.setenv("GITHUB_TOKEN", SECRET)
        yield address


def ask(url: str) -> Answer:
    return link_health.ask(url, Turns(0), timeout=0.5)


@pytest.mark.parametrize(
    ("path", "state", "detail"),
    [
        ("/ok", "alive", ""),
        ("/get-only", "alive", ""),
        ("/head-garbled", "alive", ""),
        ("/caf\xe9", "alive", ""),
        ("/for-now", "alive", ""),
        ("/none", "dead", "status 404"),
        ("/gone", "dead", "status 410"),
        ("/old-and-gone", "dead", "status 410"),
        ("/broken", "unsure", "status 500"),
        ("/refused", "unsure", "status 403"),
        ("/busy", "unsure", "status 429"),
        ("/slow", "unsure", "TimeoutError"),
        ("/cut", "unsure", "RemoteDisconnected"),
        ("/loop", "unsure", "too many redirects"),
        ("/to-a-file", "unsure", "leads to something that is not a web page"),
    ],
)
def test_each_answer_is_read_for_what_it_is(web: str, path: str, state: str, detail: str) -> None:
    assert ask(web + path) == Answer(web + path, state, detail)


@pytest.mark.parametrize(
    ("path", "goal"),
    [
        ("/old", "/new"),
        ("/older", "/new"),
        ("/old-then-away", "/away"),  # the last address that is meant to stay
        ("/messy", "/ok?a=%3Cb%3E%20@you"),  # cannot end the link in the report
        ("/accent", "/caf%C3%A9"),
    ],
)
def test_a_permanent_move_gives_the_new_address(web: str, path: str, goal: str) -> None:
    assert ask(web + path) == Answer(web + path, "moved", web + goal)


def test_get_is_asked_only_where_head_goes_wrong(web: str) -> None:
    for path in ("/ok", "/get-only", "/busy"):
        ask(web + path)
    assert [(method, path) for method, path, _ in Web.asked] == [
        ("HEAD", "/ok"), ("HEAD", "/get-only"), ("GET", "/get-only"), ("HEAD", "/busy"),
    ]  # fmt: skip
    assert all("ProductFieldbook" in agent for agent in Web.agents)


def test_a_host_that_refuses_is_not_called_dead() -> None:
    assert ask("http://127.0.0.1:9/") == Answer("http://127.0.0.1:9/", "unsure", "ConnectionRefusedError")


@pytest.mark.parametrize("url", ["http://[::1/", "http://a..b/", "http://127.0.0.1:none/"])
def test_an_address_that_cannot_be_asked_is_unsure(url: str) -> None:
    assert ask(url).state == "unsure"


def test_a_host_without_a_name_is_dead_unless_none_has_one(web: str) -> None:
    lost = "http://no-such-host.invalid/"
    with pytest.MonkeyPatch.context() as patch:
        real = link_health.socket.getaddrinfo

        def resolve(host: str, *more: Any, **named: Any) -> Any:
            if host.endswith(".invalid"):
                raise link_health.socket.gaierror(link_health.socket.EAI_NONAME, "no such name")
            return real(host, *more, **named)

        patch.setattr(link_health.socket, "getaddrinfo", resolve)
        assert link_health.ask_all([lost, web + "/ok"], pause=0) == [
            Answer(web + "/ok", "alive"), Answer(lost, "dead", "host not found"),
        ]  # fmt: skip
        assert link_health.ask_all([lost], pause=0) == [Answer(lost, "unsure", "host not found")]  # offline, rather


def test_each_address_is_asked_once(web: str) -> None:
    link_health.ask_all([web + "/ok", web + "/new", web + "/ok"], pause=0)
    assert [path for _, path, _ in Web.asked] == ["/new", "/ok"]


def test_one_host_is_never_asked_twice_at_a_time(web: str) -> None:
    """Also where pages of another host lead to it, and hosts do run side by side."""
    other = web.replace("127.0.0.1", "localhost")
    addresses = [web + path for path in ("/ok", "/none", "/gone", "/broken", "/new")]
    addresses += [f"{other}/other-host/{number}" for number in range(5)]
    answers = link_health.ask_all(addresses, workers=8, pause=0)
    assert {answer.url for answer in answers} == set(addresses)
    assert Web.most == {"127.0.0.1": 1, "localhost": 1}


def test_a_pause_lies_between_two_requests_to_a_host(web: str) -> None:
    link_health.ask_all([web + "/ok", web + "/get-only", web + "/old"], pause=0.1)
    times = [at for _, _, at in Web.asked]
    assert len(times) == 5  # one, two for a refused HEAD, two for a redirect
    assert all(later - earlier > 0.1 for earlier, later in pairwise(times))


def test_places_name_file_line_record_and_field(data: Path) -> None:
    line = append(data / "evidence.yml", EVIDENCE)
    catalogue, problems = load(data)
    assert not problems
    found = link_health.places(catalogue)
    assert found["https://planted.example/a"] == [Place("docs/data/evidence.yml", line + 3, "ev-planted", "source")]
    skill = next(place for group in found.values() for place in group if place.field.startswith("sources."))
    written = (data.parent.parent / skill.file).read_text(encoding="utf-8").splitlines()[skill.line - 1]
    assert "http" in written


EVIDENCE = """- id: ev-planted
  method: x
  about: [x]
  source: https://planted.example/a
  claim: x
  population: x
  speaker: independent
  who_gains: x
  quality: weak
  direction: mixed
  caveat: x
"""
OWNERS = {
    "https://a.example/": [Place("docs/data/x.yml", 3, "cspo", "official_url"),
                           Place("docs/data/y.yml", 9, "psm-1", "facts.2.source")],
    "https://b.example/": [Place("docs/data/x.yml", 5, "p-keyboard", "sources.0")],
}  # fmt: skip


def test_the_report_is_grouped_and_names_every_place() -> None:
    answers = [
        Answer("https://a.example/", "dead", "status 404"),
        Answer("https://b.example/", "moved", "https://b.example/new"),
        Answer("https://c.example/", "alive"),
    ]
    assert link_health.report(answers, OWNERS) == (
        "3 addresses asked: 1 alive, 1 dead, 1 moved, 0 unsure.\n\n"
        "## Dead: the page or its host is gone (1)\n\n"
        "- <https://a.example/>: status 404\n"
        "    - `cspo`, official_url (docs/data/x.yml:3)\n"
        "    - `psm-1`, facts.2.source (docs/data/y.yml:9)\n\n"
        "## Moved permanently: the record should carry the new address (1)\n\n"
        "- <https://b.example/>: now <https://b.example/new>\n"
        "    - `p-keyboard`, sources.0 (docs/data/x.yml:5)\n"
    )


def test_one_issue_is_opened_updated_and_closed(github: str) -> None:
    assert link_health.keep_issue("all well", wanted=False) == "no issue needed"
    assert link_health.keep_issue("first", wanted=True) == "opened issue 1"
    assert GitHub.issues[0]["title"] == "Links that need a look" and GitHub.issues[0]["labels"] == ["links"]
    GitHub.issues[0]["labels"].append("help wanted")
    assert link_health.keep_issue("second", wanted=True) == "updated issue 1"
    assert GitHub.issues[0]["body"].startswith("second\n")
    assert GitHub.issues[0]["labels"] == ["links", "help wanted"]  # what a person added stays
    assert GitHub.comments == []
    assert link_health.keep_issue("all well", wanted=False) == "closed issue 1"
    assert GitHub.issues[0]["state"] == "closed" and len(GitHub.comments) == 1
    assert link_health.keep_issue("again", wanted=True) == "opened issue 2"
    assert GitHub.tokens == {f"Bearer {SECRET}"}
    assert all("/repos/someone/fieldbook/issues" in line for line in GitHub.told)


def test_the_issue_is_found_by_its_title_on_a_later_page(github: str) -> None:
    """Neither another title with the label, nor a proposal with the title, nor a stranger's issue is taken for it."""
    GitHub.issues.append({"number": 1, "state": "open", "title": "Links are green", "labels": ["links"], **OURS})
    GitHub.issues.append(
        {"number": 2, "state": "open", "title": link_health.TITLE, "labels": [], "pull_request": {}, **OURS}
    )
    GitHub.issues += [{"number": 3 + n, "state": "open", "title": "Other", "labels": [], **OURS} for n in range(100)]
    GitHub.issues[-1] |= {"title": link_health.TITLE, "labels": ["links"], "user": {"login": "a-stranger"}}
    GitHub.issues.append({"number": 103, "state": "open", "title": link_health.TITLE, "labels": [], **OURS})
    assert link_health.keep_issue("text", wanted=True) == "updated issue 103"
    assert len(GitHub.issues) == 103


def test_a_long_report_is_cut_between_two_links(github: str) -> None:
    link_health.keep_issue("head\n" + "".join(f"- <https://x.example/{n}>: gone\n" for n in range(5000)), wanted=True)
    lines = GitHub.issues[0]["body"].splitlines()
    assert sum(map(len, lines)) < 65_000
    assert all(line.endswith(": gone") for line in lines if line.startswith("- <"))
    assert "The rest is in the log of the run." in lines


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["link_health.py", *arguments])
    try:
        return link_health.main()
    except SystemExit as end:
        return int(end.code or 0)


def test_a_run_on_one_host_writes_the_report(
    web: str, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    line = append(data / "evidence.yml", EVIDENCE.replace("https://planted.example/a", f"{web}/none"))
    before = (data / "evidence.yml").read_bytes()
    monkeypatch.setattr(link_health, "DATA", data)
    assert run(monkeypatch, "--only", "127.0.0.1", "--report", str(tmp_path / "links.md")) == 0
    text = (tmp_path / "links.md").read_text(encoding="utf-8")
    assert text == capsys.readouterr().out
    assert f"- <{web}/none>: status 404\n    - `ev-planted`, source (docs/data/evidence.yml:{line + 3})\n" in text
    assert (data / "evidence.yml").read_bytes() == before


def test_a_run_keeps_the_issue_and_never_shows_the_token(
    web: str, github: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    place = Place("docs/data/x.yml", 1, "cspo", "source")
    monkeypatch.setattr(link_health, "ask_all", partial(link_health.ask_all, pause=0))
    monkeypatch.setattr(link_health, "places", lambda _: {web + "/gone": [place], web + "/ok": [place]})
    assert run(monkeypatch, "--issue", "--report", str(tmp_path / "links.md")) == 0
    monkeypatch.setattr(link_health, "places", lambda _: {web + "/broken": [place]})
    assert run(monkeypatch, "--issue") == 0
    for status in (403, 301):
        monkeypatch.setattr(GitHub, "refuses", status)
        assert run(monkeypatch, "--issue") == 1
        assert f"GitHub did not keep the issue: status {status}" in capsys.readouterr().err
    monkeypatch.setenv("GITHUB_TOKEN", f"{SECRET}\n.")  # the library would quote a header like this in its message
    assert run(monkeypatch, "--issue") == 1
    shown = capsys.readouterr()
    assert SECRET not in shown.out + shown.err + (tmp_path / "links.md").read_text(encoding="utf-8")
    assert SECRET not in str(GitHub.issues)
    assert GitHub.issues[0]["state"] == "closed"  # unsure alone is no reason for an issue
    assert not any("elsewhere" in line for line in GitHub.told)  # a token does not follow a redirect


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--bogus"], "unrecognized arguments: --bogus"),
        (["--issue"], "--issue needs GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN in the environment"),
        (["--only", "www.scrum.og"], "no record names the host 'www.scrum.og'; did you mean 'www.scrum.org'?"),
        (["--report", "no/such/folder/links.md"], "there is no folder no/such/folder"),
    ],
)
def test_a_wrong_call_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    for name in ("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    assert run(monkeypatch, *arguments) == 1
    assert message in capsys.readouterr().err


def test_a_part_of_the_links_cannot_rewrite_the_issue(
    github: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--issue", "--only", "www.scrum.org") == 1
    assert "not both" in capsys.readouterr().err and GitHub.told == []


def test_bad_data_ends_with_1_and_asks_nobody(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = append(data / "skills.yml", "- id: biz-x\n  nme: y\n")
    monkeypatch.setattr(link_health, "DATA", data)
    monkeypatch.setattr(link_health, "ask_all", lambda _: pytest.fail("somebody was asked"))
    assert run(monkeypatch) == 1
    assert f"docs/data/skills.yml:{line + 1}: biz-x: unknown field 'nme'" in capsys.readouterr().out
