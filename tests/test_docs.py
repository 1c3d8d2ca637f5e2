"""What the written documentation promises about the code."""

from __future__ import annotations

import re

import pytest

from conftest import ROOT
from kb.model import Resource
from kb.views import MACROS

WRITING = (ROOT / "docs" / "about" / "writing.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(MACROS))
def test_every_macro_is_explained_with_a_call(name: str) -> None:
    assert re.search(rf"`\{{\{{ {name}\([^`]*\) \}}\}}`", WRITING), f"writing.md shows no call of {name}"


def test_contributing_names_every_field_of_a_resource() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [name for name in Resource.model_fields if f"`{name}`" not in text] == []


def test_the_example_record_is_sound() -> None:
    import yaml

    text = (ROOT / "docs" / "about" / "contributing.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert block
    record = yaml.safe_load(block[1])[0]
    assert Resource.model_validate(record).id == "short-title-author"


def test_the_architecture_page_names_every_room() -> None:
    text = (ROOT / "docs" / "about" / "architecture.md").read_text(encoding="utf-8")
    rooms = [f"`scripts/{file.name}`" for file in (ROOT / "scripts").iterdir() if file.suffix == ".py"]
    rooms += [f"`{file.stem}`" for file in (ROOT / "scripts" / "kb").glob("*.py") if file.stem != "__init__"]
    assert [room for room in rooms if room not in text] == []


def test_readme_fits_one_screen() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 45


def test_the_changelog_is_dated_newest_first() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    dates = re.findall(r"^## (\d{4}-\d\d-\d\d)$", text, re.MULTILINE)
    assert dates and dates == sorted(dates, reverse=True)
