"""What tests share: the real data, a copy of it to break, and the real site, built once."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import dev
from kb.graph import Graph
from kb.load import load
from kb.problems import Problem
from kb.rules import check

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "docs" / "data"


@pytest.fixture(scope="session")
def graph() -> Graph:
    """The graph of the real data."""
    catalogue, problems = load(DATA)
    assert not problems
    return Graph(catalogue)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real site, built and published as `dev.py build` does it, in a folder as on GitHub Pages."""
    site = tmp_path_factory.mktemp("pages") / "fieldbook"
    assert dev.build(Path(sys.executable), site) == 0, "the site does not build"
    return site


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the real data, to break."""
    folder = tmp_path / "docs" / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("schema"))
    return folder


@pytest.fixture
def problems(data: Path) -> Callable[[], list[str]]:
    """All problems of the copy, as the lines that a person would see."""

    def found() -> list[str]:
        catalogue, wrong = load(data)
        everything: set[Problem] = {*wrong, *check(catalogue)}
        return [str(problem) for problem in sorted(everything)]

    return found
