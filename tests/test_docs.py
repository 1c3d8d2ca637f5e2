"""What the written documentation promises about the code."""

from __future__ import annotations

import re

import pytest

from conftest import ROOT
from kb.load import read
from kb.model import Concept, Disagreement, Fact, Resource, Tombstone
from kb.views import MACROS
from test_issue_form import choices

CONTRIBUTING = (ROOT / "docs" / "about" / "contributing.md").read_text(encoding="utf-8")
WRITING = (ROOT / "docs" / "about" / "writing.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(MACROS))
def test_every_macro_is_explained_with_a_call(name: str) -> None:
    assert re.search(rf"`\{{\{{ {name}\([^`]*\) \}}\}}`", WRITING), f"writing.md shows no call of {name}"


def test_contributing_tells_every_field_of_a_resource_with_its_choices() -> None:
    rows = re.findall(r"^\| (`.*?) \| (yes)? ?\| (.*) \|$", CONTRIBUTING, re.MULTILINE)
    told = {name: (bool(needed), words) for names, needed, words in rows for name in re.findall(r"`(\w+)`", names)}
    assert list(told) == list(Resource.model_fields)
    for name, field in Resource.model_fields.items():
        needed, words = told[name]
        assert needed == field.is_required(), name
        assert [value for value in choices(field.annotation) if f"`{value}`" not in words] == [], name


def test_the_example_records_are_sound() -> None:
    blocks = [read(text) for text in re.findall(r"```yaml\n(.*?)```", CONTRIBUTING, re.DOTALL)]
    resource, fact, disagreement, numbers, concept, moved = blocks
    assert Resource.model_validate(resource[0]).id == "short-title-author"
    assert Fact.model_validate(fact[0]).also, "a seller's page is not high alone"
    assert Disagreement.model_validate(disagreement["disagreements"][0]).resolution
    assert set(numbers) == {"given", "computed"}
    assert Concept.model_validate(concept[0]).skills
    assert Tombstone.model_validate(moved[0]).moved_to


def test_the_short_way_leads_into_the_long_one() -> None:
    heads = {re.sub(r"[^\w]+", "-", head.lower()) for head in re.findall(r"^## ([\w ]+)$", CONTRIBUTING, re.MULTILINE)}
    short = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    links = re.findall(r"\(docs/about/contributing\.md#([\w-]+)\)", short)
    assert len(links) >= 5 and set(links) <= heads
    assert [path for path in re.findall(r"\]\(([\w./-]+)", short) if not (ROOT / path).is_file()] == []


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
