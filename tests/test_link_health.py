"""The weekly link check, on real servers on this machine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import link_health


class Web(BaseHTTPRequestHandler):
    """A small web with every kind of answer; notes how many requests run at once."""

    running = 0
    most = 0
    lock = threading.Lock()

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        with Web.lock:
            Web.running += 1
            Web.most = max(Web.most, Web.running)
        time.sleep(0.02)
        status = {"/ok": 200, "/gone": 410, "/none": 404, "/broken": 500, "/busy": 429, "/new": 200}.get(self.path, 404)
        if self.path == "/head-refused":
            status = 403 if self.command == "HEAD" else 200
        if self.path in ("/old", "/for-now", "/loop"):
            status = 302 if self.path == "/for-now" else 301
        self.send_response(status)
        if status in (301, 302):
            self.send_header("Location", "/loop" if self.path == "/loop" else "/new")
        if self.path == "/slow":
            time.sleep(1)
        self.send_header("Content-Length", "0")
        self.end_headers()
        with Web.lock:
            Web.running -= 1

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class GitHub(BaseHTTPRequestHandler):
    """An issue tracker that remembers what it was told."""

    issues: list[dict[str, Any]] = []  # noqa: RUF012
    tokens: set[str] = set()  # noqa: RUF012

    def _answer(self, content: Any) -> None:
        GitHub.tokens.add(self.headers["Authorization"])
        text = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _body(self) -> dict[str, Any]:
        return dict(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def do_GET(self) -> None:
        self._answer([issue for issue in GitHub.issues if issue.get("state", "open") == "open"])

    def do_POST(self) -> None:
        GitHub.issues.append({"number": len(GitHub.issues) + 1, **self._body()})
        self._answer(GitHub.issues[-1])

    def do_PATCH(self) -> None:
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
def web() -> Iterator[str]:
    Web.most = 0
    yield from serve(Web)


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    GitHub.issues, GitHub.tokens = [], set()
    for address in serve(GitHub):
        monkeypatch.setenv("GITHUB_API_URL", address)
        monkeypatch.setenv("GITHUB_REPOSITORY", "someone/fieldbook")
        monkeypatch.setenv("GITHUB_TOKEN", "very-secret")
        yield address


@pytest.mark.parametrize(
    ("path", "state", "detail"),
    [("/ok", "alive", ""), ("/head-refused", "alive", ""), ("/for-now", "alive", ""), ("/none", "dead", "status 404"),
     ("/gone", "dead", "status 410"), ("/broken", "unsure", "status 500"), ("/busy", "unsure", "status 429"),
     ("/loop", "unsure", "too many redirects"), ("/slow", "unsure", "TimeoutError")],
)  # fmt: skip
def test_each_answer_is_read_for_what_it_is(web: str, path: str, state: str, detail: str) -> None:
    assert link_health.ask(web + path, timeout=0.5) == link_health.Answer(web + path, state, detail)


def test_a_permanent_move_gives_the_new_address(web: str) -> None:
    assert link_health.ask(web + "/old") == link_health.Answer(web + "/old", "moved", web + "/new")


def test_a_host_that_refuses_is_not_called_dead() -> None:
    assert link_health.ask("http://127.0.0.1:9/", timeout=1).state == "unsure"


def test_one_host_is_asked_one_at_a_time(web: str) -> None:
    addresses = [web + path for path in ("/ok", "/none", "/gone", "/broken", "/new")]
    answers = link_health.ask_all(addresses, workers=8, pause=0)
    assert {answer.url for answer in answers} == set(addresses)
    assert Web.most == 1


def test_the_report_names_the_records(web: str) -> None:
    answers = link_health.ask_all([web + "/none", web + "/old", web + "/ok"], pause=0)
    text = link_health.report(answers, {web + "/none": ["cspo", "psm-1"], web + "/old": ["p-keyboard"]})
    assert f"- <{web}/none> (status 404): cspo, psm-1" in text
    assert f"- <{web}/old> → <{web}/new>: p-keyboard" in text
    assert "/ok" not in text and text.startswith("3 addresses asked.")


def test_one_issue_is_opened_updated_and_closed(github: str) -> None:
    assert link_health.keep_issue("all well", wanted=False) == "no issue needed"
    assert link_health.keep_issue("first", wanted=True) == "opened issue 1"
    assert link_health.keep_issue("second", wanted=True) == "updated issue 1"
    assert GitHub.issues[0]["body"] == "second" and GitHub.issues[0]["title"] == link_health.TITLE
    assert link_health.keep_issue("all well", wanted=False) == "closed issue 1"
    assert GitHub.issues[0]["state"] == "closed" and len(GitHub.issues) == 1
    assert link_health.keep_issue("again", wanted=True) == "opened issue 2"
    assert GitHub.tokens == {"Bearer very-secret"}


def test_the_whole_run_on_the_real_data(
    web: str, github: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    """Every address of the real data is asked, here of a stand-in that finds the first one dead."""
    asked: list[str] = []

    def stand_in(addresses: Any) -> list[link_health.Answer]:
        asked.extend(sorted(addresses))
        return [link_health.Answer(asked[0], "dead", "status 404")]

    monkeypatch.setattr(link_health, "ask_all", stand_in)
    monkeypatch.setattr("sys.argv", ["link_health.py", "--report", str(tmp_path / "links.md"), "--issue"])
    assert link_health.main() == 0
    shown = capsys.readouterr().out
    assert len(asked) > 600 and "very-secret" not in shown
    assert asked[0] in (tmp_path / "links.md").read_text(encoding="utf-8")
    assert "opened issue 1" in shown
