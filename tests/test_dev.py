"""The one command on bad input: every problem, exit 1, no traceback, and the last good site stays."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from conftest import ROOT
from test_load import append

TODAY = date.today().isoformat()
Build = Callable[[], subprocess.CompletedProcess[str]]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the sources with a site of an earlier build."""
    for name in ("docs", "overrides", "scripts"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("the last good build", encoding="utf-8")
    return tmp_path


@pytest.fixture
def build(checkout: Path) -> Build:
    """Builds the copy with the interpreter of this test, as `dev.py build` does."""
    code = "import sys, pathlib, dev; sys.exit(dev.build(pathlib.Path(sys.executable)))"
    settings = {**os.environ, "PYTHONPATH": str(checkout / "scripts")}
    return lambda: subprocess.run(
        [sys.executable, "-c", code], cwd=checkout, env=settings, capture_output=True, text=True, check=False
    )


def assert_refused(run: subprocess.CompletedProcess[str], checkout: Path, *messages: str) -> None:
    assert run.returncode == 1, run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr
    for message in messages:
        assert message in run.stdout + run.stderr
    assert (checkout / "site" / "index.html").read_text(encoding="utf-8") == "the last good build"
    assert not list(checkout.glob(".site-*"))


def test_broken_data_is_refused(checkout: Path, build: Build) -> None:
    line = append(checkout / "docs" / "data" / "skills.yml", "- id: biz-x\n  nme: y\n")
    (checkout / "docs" / "data" / "opinions.yml").write_bytes(b"\xff")
    assert_refused(
        build(), checkout, f"docs/data/skills.yml:{line + 1}: biz-x: unknown field 'nme'; did you mean 'name'?",
        "docs/data/opinions.yml:1: is not UTF-8 text", "problems",
    )  # fmt: skip


def test_a_wrong_call_in_a_page_is_refused(checkout: Path, build: Build) -> None:
    line = append(checkout / "docs" / "practice" / "index.md", "{{ link('p-keybord') }}\n{{ pilts() }}\n")
    assert_refused(
        build(), checkout, f"docs/practice/index.md:{line}: link: unknown record 'p-keybord'; "
        "did you mean 'p-keyboard'?",
        f"docs/practice/index.md:{line + 1}: unknown macro 'pilts'; did you mean 'pilots'?", "2 problems",
    )  # fmt: skip


def test_a_dead_link_in_a_page_is_refused(checkout: Path, build: Build) -> None:
    append(checkout / "docs" / "practice" / "index.md", "[x](nowhere.md)\n")
    assert_refused(build(), checkout, "nowhere.md")


@pytest.mark.parametrize(
    ("call", "message"),
    [("{{ pilts() }}", "pilts"), ("{{ link('cspoo') }}", "did you mean 'cspo'?")],
)
def test_the_site_engine_alone_refuses_a_wrong_call_too(checkout: Path, call: str, message: str) -> None:
    append(checkout / "docs" / "practice" / "index.md", f"{call}\n")
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", checkout / "other"], cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout / "scripts")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode != 0
    assert message in run.stderr and "practice/index.md" in run.stderr


def test_a_resource_of_a_few_lines_shows_wherever_it_belongs(checkout: Path, build: Build) -> None:
    """A contributor copies a record in one file; the rest of the site follows, and replaces the last good one."""
    append(
        checkout / "docs" / "data" / "resources" / "tech.yml",
        "- id: planted-author\n  name: The Planted Book\n  url: https://planted.example/book\n  format: book\n"
        "  level: awareness\n  cost: free\n  domains: [tech]\n  skills: [usr-accessibility]\n"
        "  industries: [games]\n  credentials: [psm-2]\n  read_for: A planted reason.\n  skip_if: Never.\n"
        "  speaker: independent\n  seen_in: [a test]\n  added: '" + TODAY + "'\n",
    )
    run = build()
    assert run.returncode == 0, run.stdout + run.stderr
    assert "WARNING" not in run.stderr
    site = checkout / "site"
    assert "the last good build" not in (site / "index.html").read_text(encoding="utf-8")
    for page, text in {
        "resources/tech/index.html": 'id="planted-author"',
        "domains/user-design/accessibility/index.html": "The Planted Book",
        "domains/industry/types/games/index.html": "The Planted Book",
        "certifications/figures/index.html": "The Planted Book",
        "about/everything/index.html": "The Planted Book",
        "feed.xml": "The Planted Book",
        "api/resources.json": "planted-author",
        "search/names.json": "resources/tech/#planted-author",
        "llms-full.txt": "A planted reason.",
    }.items():
        assert text in (site / page).read_text(encoding="utf-8"), page


def test_serving_goes_on_after_a_build_that_failed(checkout: Path) -> None:
    page = checkout / "docs" / "practice" / "index.md"
    sound = page.read_text(encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    settings = {**os.environ, "PYTHONPATH": str(checkout / "scripts")}
    command = [sys.executable, checkout / "scripts" / "serve.py", "--port", port]
    with subprocess.Popen(command, cwd=checkout, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True) as server:  # fmt: skip
        log = server.stdout
        assert log
        try:
            assert any("Serving on" in line for line in log)
            page.write_text(f"{sound}\n{{{{ pilts() }}}}\n", encoding="utf-8")
            assert any("unknown macro 'pilts'" in line for line in log)
            page.write_text(f"{sound}\nMended in the end.\n", encoding="utf-8")
            assert any("Reloading" in line for line in log)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/practice/") as answer:
                assert "Mended in the end." in answer.read().decode()
        finally:
            server.kill()
    assert (checkout / "site" / "index.html").read_text(encoding="utf-8") == "the last good build"


def test_the_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python3 scripts/dev.py serve" in readme and "python3 scripts/dev.py test" in readme


def test_help_lists_every_command() -> None:
    run = subprocess.run([sys.executable, ROOT / "scripts" / "dev.py", "--help"], capture_output=True, text=True)
    for command in ("serve", "build", "check", "test", "schema", "engines"):
        assert command in run.stdout
