"""What `benchmarks/build.py` times must be the same site in every variant, or its ratios say nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conftest import ROOT

sys.path.append(str(ROOT / "benchmarks"))

import build


def test_every_variant_of_the_build_benchmark_is_the_same_site(tmp_path: Path) -> None:
    build.write_site(tmp_path, 60, 300)
    build.hold_equal(tmp_path)


def test_a_variant_that_differs_is_not_measured(tmp_path: Path) -> None:
    build.write_site(tmp_path, 8, 30)
    page = tmp_path / "hand" / "docs" / "index.md"
    page.write_text(page.read_text(encoding="utf-8").replace("Teams", "Groups"), encoding="utf-8")
    with pytest.raises(SystemExit, match="hand is not the same as ours"):
        build.hold_equal(tmp_path)
