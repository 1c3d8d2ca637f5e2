"""The check of pages: each fault is planted in a copy and found, with its place and the nearest right name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import check_source
from conftest import ROOT

HEAD = "---\ntitle: A planted page\ndescription: Planted.\n---\n"
NO_HEADING = "1: needs one line that starts with '# ': the heading of the page"
Pages = Callable[..., list[str]]


@pytest.fixture
def found(tmp_path: Path) -> Pages:
    """Writes a page into a copy of the sources; returns the problems that it causes."""
    shutil.copytree(ROOT / "docs", tmp_path / "docs")

    def plant(text: str, name: str = "about/planted.md") -> list[str]:
        (tmp_path / "docs" / name).write_text(text, encoding="utf-8")
        graph, problems = check_source.check_data(tmp_path)
        return [str(problem) for problem in [*problems, *check_source.check_pages(tmp_path, graph)]]

    return plant


def test_the_real_sources_are_sound() -> None:
    assert check_source.main(ROOT) == 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{{ resorces() }}", "5: unknown macro 'resorces'; did you mean 'resources'?"),
        ("\n\n{{ link('cspoo') }}", "7: link: unknown record 'cspoo'; did you mean 'cspo'?"),
        ("{{ resources(skil='tec-ai') }}", "5: resources: resource: unknown field 'skil'; did you mean 'skill'?"),
        ("{{ fact('cspo', 'prise') }}", "5: fact: credential 'cspo' has no fact 'prise'; did you mean 'price'?"),
        ("{{ link('biz-prioritisation') }}",
         "5: link: record 'biz-prioritisation' was renamed; use 'biz-prioritization'"),
        ("{{ link() }}", "5: link: wrong arguments: missing 1 required positional argument: 'id_'"),
        ("{{ cout }}", "5: unknown name 'cout'; did you mean 'count'?"),
        ("{{ count }}", "5: 'count' is called without brackets"),
        ("A [page](https://www.examice.com/a_(b)).", "5: 'examice.com' is on the list of refused sources"),
        ("{{ link('cspo' }}", "5: broken macro call: unexpected '}', expected ')'"),
        ("## Title {#x}", "5: '{#' opens a comment and eats text; write '{ #id }'"),
        ("This is a robust page.", "5: 'robust' usually says nothing; say what happens instead"),
        ("## Only a section\n\n```sh\n# a comment\n```", NO_HEADING),
        ("# One\n\n# Two", NO_HEADING),
    ],
)  # fmt: skip
def test_a_fault_in_a_page_is_named(found: Pages, body: str, message: str) -> None:
    assert f"docs/about/planted.md:{message}" in found(HEAD + body)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# No head", "1: must start with '---', a title and a description, and '---'"),
        ("---\ntitle: x\n---\n", "1: field 'description' is missing at the top of the page"),
        (f"---\ntitle: x y z\ndescription: {'y' * 156}\n---\n", "1: description: 156 characters; at most 155"),
        (
            "---\ntitle: x y z\ndescription: x\nasks: why?\n---\n",
            "1: asks: give a list of questions, each a line of at most 120 characters",
        ),
        ("---\ntitle: 'x\n---\n", "2: broken YAML: found unexpected end of stream"),
        ("---\ntitle: Practice\ndescription: x\n---\n", "1: title: 'Practice' is also the title of "),
    ],
)
def test_a_fault_in_the_head_is_named(found: Pages, text: str, message: str) -> None:
    problems = [line for line in found(text, "zz.md") if line.startswith(f"docs/zz.md:{message}")]
    assert len(problems) == 1


def test_a_page_that_is_not_utf8_is_named(tmp_path: Path, found: Pages) -> None:
    (tmp_path / "docs" / "about" / "bad.md").write_bytes(b"\xff")
    assert "docs/about/bad.md:1: is not UTF-8 text; save the file with the encoding UTF-8" in found(HEAD)


def test_a_record_without_its_page_is_named(tmp_path: Path, found: Pages) -> None:
    (tmp_path / "docs" / "practice" / "pilots" / "keyboard.md").unlink()
    expected = "docs/practice/pilots/keyboard.md:1: p-keyboard: this pilot has no page; copy one beside it"
    assert expected in found(HEAD)


def test_a_schema_that_drifted_is_named(tmp_path: Path, found: Pages) -> None:
    (tmp_path / "docs" / "data" / "schema" / "skill.json").write_text("{}", encoding="utf-8")
    expected = "docs/data/schema/skill.json:1: has drifted from the model; run: python3 scripts/dev.py schema"
    assert found(HEAD + "# Planted") == [expected]


def test_problems_end_in_exit_1(tmp_path: Path, found: Pages, capsys: pytest.CaptureFixture[str]) -> None:
    found(HEAD + "# Planted\n\n{{ resorces() }}")
    assert check_source.main(tmp_path) == 1
    assert capsys.readouterr().out.endswith("1 problem\n")
