"""Wide Markdown tables carry the name of the column in each cell."""

from __future__ import annotations

from markdown import Markdown


def test_wide_tables_are_labeled_and_others_left_alone() -> None:
    wide = "| A | *B* | C | D |\n|---|---|---|---|\n| 1 | 2 | 3 | 4 |\n"
    html = Markdown(extensions=["tables", "labels"]).convert(wide)
    assert '<table class="kb-labels">' in html and '<td data-label="B">2</td>' in html
    narrow = "| A | B |\n|---|---|\n| 1 | 2 |\n"
    assert "data-label" not in Markdown(extensions=["tables", "labels"]).convert(narrow)


def test_an_empty_corner_is_no_heading() -> None:
    html = Markdown(extensions=["tables", "labels"]).convert("| | B |\n|---|---|\n| 1 | 2 |\n")
    assert "<th></th>" not in html and "<td></td>" in html and "<th>B</th>" in html
