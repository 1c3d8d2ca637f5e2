"""One test a rule, on its exact message."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.rules import RULES
from test_load import SKILL, append

Problems = Callable[[], list[str]]
FACT_END = """      source: https://example.org/
      speaker: issuer
      as_of: unknown
      confidence: medium
"""


def swap(path: Path, old: str, new: str) -> int:
    """Replaces the first `old` in a file; returns its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_unknown_reference(data: Path, problems: Problems) -> None:
    line = append(data / "skills.yml", SKILL + "  related:\n    - biz-vision\n    - biz-stratgy\n")
    expected = "unknown skill 'biz-stratgy'; did you mean 'biz-strategy'?"
    assert problems() == [f"docs/data/skills.yml:{line + 15}: biz-new: {expected}"]


def test_unknown_reference_of_the_wrong_kind(data: Path, problems: Problems) -> None:
    line = append(data / "skills.yml", SKILL + "  related: [p-cookiecats]\n")
    assert problems()[0].startswith(f"docs/data/skills.yml:{line + 13}: biz-new: unknown skill 'p-cookiecats'")


def test_unknown_reference_to_a_renamed_record(data: Path, problems: Problems) -> None:
    line = append(data / "skills.yml", SKILL + "  related: [biz-prioritisation]\n")
    expected = "skill 'biz-prioritisation' was renamed; use 'biz-prioritization'"
    assert problems() == [f"docs/data/skills.yml:{line + 13}: biz-new: {expected}"]


def test_unknown_reference_to_a_retired_record(data: Path, problems: Problems) -> None:
    line = append(
        data / "skills.yml", SKILL + "  related: [biz-gone]\n- id: biz-gone\n  retired: merged into strategy\n"
    )
    expected = "skill 'biz-gone' was retired: merged into strategy"
    assert problems() == [f"docs/data/skills.yml:{line + 13}: biz-new: {expected}"]


def test_unknown_reference_to_itself(data: Path, problems: Problems) -> None:
    line = append(data / "skills.yml", SKILL + "  related: [biz-new]\n")
    assert problems() == [f"docs/data/skills.yml:{line + 13}: biz-new: related: points at itself"]


def test_duplicate_id(data: Path, problems: Problems) -> None:
    text = (data / "skills.yml").read_text(encoding="utf-8")
    first = text[: text.index("- id: biz-vision\n")].count("\n") + 1
    line = append(data / "skills.yml", SKILL.replace("biz-new", "biz-vision"))
    expected = f"this id is taken: docs/data/skills.yml:{first}"
    assert problems() == [f"docs/data/skills.yml:{line}: biz-vision: {expected}"]


def test_duplicate_id_over_kinds_and_the_dead(data: Path, problems: Problems) -> None:
    line = append(data / "opinions.yml", "- id: cspo\n  retired: test\n")
    assert re.fullmatch(
        rf"docs/data/opinions.yml:{line}: cspo: this id is taken: docs/data/credentials.yml:\d+", problems()[0]
    )


def test_duplicate_url(data: Path, problems: Problems) -> None:
    path = data / "resources" / "tech.yml"
    records = re.split(r"\n(?=- id: )", path.read_text(encoding="utf-8"))
    copy = re.sub(r"- id: (\S+)", r"- id: copy-of-\1", records[1])
    copy = re.sub(r"url: https?://(?:www\.)?(\S+?)/?\n", r"url: http://www.\1/#part\n", copy)
    original = re.search(r"- id: (\S+)", records[1])
    assert original
    append(path, copy + "\n")
    found = problems()
    assert len(found) == 1
    assert found[0].endswith(f": copy-of-{original[1]}: url: the same address as '{original[1]}'")


def test_dead_end(data: Path, problems: Problems) -> None:
    line = append(data / "skills.yml", "- id: biz-old\n  moved_to: biz-visions\n")
    expected = "moved to unknown 'biz-visions'; did you mean 'biz-vision'?"
    assert problems() == [f"docs/data/skills.yml:{line + 1}: biz-old: {expected}"]


def test_id_prefix(data: Path, problems: Problems) -> None:
    line = append(data / "skills.yml", SKILL.replace("biz-new", "tec-new"))
    assert problems() == [f"docs/data/skills.yml:{line}: tec-new: id: must start with 'biz-'"]


def test_same_name(data: Path, problems: Problems) -> None:
    line = append(
        data / "concepts" / "tech.yml",
        "- id: c-new\n  domain: tech\n  term: North Star metric\n  aliases: [gross margin]\n  definition: New.\n",
    )
    aliases = "aliases: 'gross margin' is the term of 'c-gross-margin'"
    found = problems()
    assert f"docs/data/concepts/tech.yml:{line + 3}: c-new: {aliases}" in found
    assert any("is also the term of another concept" in text for text in found)


def test_refused_source(data: Path, problems: Problems) -> None:
    line = append(data / "skills.yml", SKILL + "  sources: ['https://www.visualfoodie.com/cspo']\n")
    expected = "sources: 'visualfoodie.com' is on the list of refused sources"
    assert problems() == [f"docs/data/skills.yml:{line + 13}: biz-new: {expected}"]


def test_refused_source_of_a_figure_marked_low(data: Path, problems: Problems) -> None:
    path = data / "credentials.yml"
    text = path.read_text(encoding="utf-8").replace("https://turboscrum.com/cspo-vs-pspo", "https://examice.com/x", 1)
    path.write_text(text, encoding="utf-8")
    line = text[: text.index("examice.com")].count("\n") + 1
    expected = "cspo: facts: 'examice.com' is on the list of refused sources"
    assert problems() == [f"docs/data/credentials.yml:{line}: {expected}"]


def test_future_date(data: Path, problems: Problems) -> None:
    path = data / "resources" / "tech.yml"
    line = swap(path, "added: '2026", "added: '2126") if "added: '2026" in path.read_text() else swap(
        path, 'added: "2026', 'added: "2126'
    )  # fmt: skip
    found = problems()
    assert len(found) == 1
    assert found[0].startswith(f"docs/data/resources/tech.yml:{line}: ")
    assert "added: 2126-11-24 has not come yet (today is 20" in found[0]


def test_every_rule_has_a_test() -> None:
    tests = Path(__file__).read_text(encoding="utf-8")
    assert not [rule.__name__ for rule in RULES if f"def test_{rule.__name__}" not in tests]


def test_seller_alone(data: Path, problems: Problems) -> None:
    line = swap(
        data / "credentials.yml",
        "      as_of: '2024'\n      confidence: medium",
        "      as_of: '2024'\n      confidence: high",
    )
    expected = "confidence: high needs a second page in 'also' when a seller speaks; else medium"
    assert problems() == [f"docs/data/credentials.yml:{line + 1}: cspo: {expected}"]


def test_plan_from_facts(data: Path, problems: Problems) -> None:
    line = swap(data / "credentials.yml", "      renewal_fee: 100\n", "      renewal_fee: 101\n")
    expected = "renewal_fee: 101 is neither one of the facts nor in the 'sum'"
    assert problems() == [f"docs/data/credentials.yml:{line}: cspo: {expected}"]


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("'$1,200'", "USD", "write digits only, such as 1200 or 12.5, with a unit; a range is 'value: 800' and "
         "'to: 1600'; other words go into 'note'"),
        ("1,200", "USD", "write digits only"),
        ("800 to 1600", "EUR", "write digits only"),
        ("about two days", "hours", "write digits only"),
        ("$1200", None, "write digits only"),
        ("85 %", None, "write digits only"),
        ("not found", "USD", "write null when it was looked for and not found"),
        ("Unknown", None, "write null"),
        ("n/a", None, "write null"),
    ],
)  # fmt: skip
def test_number_in_words(data: Path, problems: Problems, value: str, unit: str | None, words: str) -> None:
    path = data / "credentials.yml"
    fact = f"    - field: price\n      value: {value}\n" + (f"      unit: {unit}\n" if unit else "") + FACT_END
    line = swap(path, "  facts:\n", "  facts:\n" + fact)
    (found,) = problems()
    shown = value.strip("'")
    assert re.fullmatch(rf"docs/data/credentials.yml:{line + 2}: [\w-]+: value: '{re.escape(shown)}': .*", found)
    assert words in found


def test_number_in_words_lets_words_be_words(data: Path, problems: Problems) -> None:
    for value in ("none", "a two-day class", "4,000 or more", "null", "2.1"):
        swap(data / "credentials.yml", "  facts:\n", f"  facts:\n    - field: structure\n      value: {value}\n"
             + ("      unit: days\n" if value == "2.1" else "") + FACT_END)  # fmt: skip
    assert problems() == []
