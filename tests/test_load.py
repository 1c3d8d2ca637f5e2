"""Bad input gets a clear error: file, line, record, what is wrong, the nearest right value. All of them at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.load import MAX_BYTES, load, read

Problems = Callable[[], list[str]]
SKILL = """- id: biz-new
  domain: business
  name: New skill
  meaning: Does a new thing.
  levels:
    awareness: [Sees it.]
    working: [Does it.]
    practitioner: [Does it alone.]
    expert: [Teaches it.]
  failure_mode: Does it wrong.
  interview_probe:
    question: What did you do?
  evidence: A thing.
"""


def append(path: Path, text: str) -> int:
    """Appends to a data file; returns the line on which the text starts."""
    before = path.read_text(encoding="utf-8").rstrip("\n") + "\n"
    path.write_text(before + text, encoding="utf-8")
    return before.count("\n") + 1


def test_the_real_data_has_no_problem(problems: Problems) -> None:
    assert problems() == []


def test_a_sound_record_is_added_by_appending_a_few_lines(data: Path, problems: Problems) -> None:
    append(data / "skills.yml", SKILL)
    assert problems() == []
    assert "biz-new" in load(data)[0].records


@pytest.mark.parametrize(
    ("old", "new", "offset", "message"),
    [
        ("  evidence: A thing.\n", "", 0, "field 'evidence' is missing"),
        ("  evidence:", "  evidnce:", 12, "unknown field 'evidnce'; did you mean 'evidence'?"),
        ("    question:", "    qestion:", 11, "unknown field 'interview_probe.qestion'; did you mean 'question'?"),
        ("domain: business", "domain: busines", 1, "domain: 'busines' is not one of the allowed values; "
         "did you mean 'business'?"),
        ("name: New skill", "name: 2024", 2, "name: must be text; put 2024 in quotes"),
        ("name: New skill", "name:", 2, "name: is empty; give a value or remove the line"),
        ("name: New skill", f"name: {'x' * 201}", 2, "name: 201 characters; at most 200"),
        ("name: New skill", 'name: "a\\u202eb"', 2, "name: holds a control or invisible character"),
        ("[Sees it.]", "Sees it.", 5, "levels.awareness: input should be a valid list"),
        ("[Sees it.]", "[]", 5, "levels.awareness: list should have at least 1 item after validation, not 0"),
        ("  evidence: A thing.", "  evidence: A thing.\n  sources: ['javascript:alert(1)']", 13,
         "sources.0: is not an http:// or https:// address"),
        ("  evidence: A thing.", "  evidence: A thing.\n  sources: ['data:text/html,x']", 13,
         "sources.0: is not an http:// or https:// address"),
        ("  evidence: A thing.", "  evidence: A thing.\n  sources: ['https://user@a.example/']", 13,
         "sources.0: is not a web address"),
        ("  evidence: A thing.", "  evidence: A thing.\n  sources: ['https://a.example/\"onload=x']", 13,
         "sources.0: is not a web address"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_with_its_line(
    data: Path, problems: Problems, old: str, new: str, offset: int, message: str
) -> None:
    assert old in SKILL
    line = append(data / "skills.yml", SKILL.replace(old, new, 1))
    assert problems() == [f"docs/data/skills.yml:{line + offset}: biz-new: {message}"]


def test_an_id_of_the_wrong_form_is_named(data: Path, problems: Problems) -> None:
    line = append(data / "skills.yml", SKILL.replace("biz-new", "Biz New"))
    expected = "id: 'Biz New' does not have the form lower-case words joined by '-'"
    assert problems() == [f"docs/data/skills.yml:{line}: Biz New: {expected}"]


@pytest.mark.parametrize(
    ("file", "field", "form"),
    [
        ("resources/tech.yml", "added", "a date such as 2026-11-27"),
        ("resources/tech.yml", "checked", "a date such as 2026-11-27"),
        ("industries.yml", "rules_checked", "a date such as 2026-11-27"),
        ("credentials.yml", "as_of", "2026, 2026-11, 2026-11-27 or unknown"),
    ],
)
def test_a_date_of_the_wrong_form_is_told_by_example(
    data: Path, problems: Problems, file: str, field: str, form: str
) -> None:
    path = data / file
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if field == "checked":
        lines.insert(next(place for place, line in enumerate(lines) if "  added:" in line), "  checked: '2020-01-01'\n")
    place = next(place for place, line in enumerate(lines) if re.match(rf" +{field}:", line))
    lines[place] = re.sub(r": .*", ": today", lines[place])
    path.write_text("".join(lines), encoding="utf-8")
    (found,) = [text for text in problems() if text.startswith(f"docs/data/{file}:{place + 1}: ")]
    assert found.endswith(f"{field}: 'today' does not have the form {form}")


def test_an_id_of_the_wrong_form_in_a_list_is_told_in_words(data: Path, problems: Problems) -> None:
    line = append(data / "skills.yml", SKILL + "  related: [Biz Vision]\n")
    expected = "related.0: 'Biz Vision' does not have the form lower-case words joined by '-'"
    assert problems() == [f"docs/data/skills.yml:{line + 13}: biz-new: {expected}"]


def test_all_problems_come_in_one_run(data: Path, problems: Problems) -> None:
    append(data / "skills.yml", SKILL.replace("  evidence: A thing.\n", "").replace("business", "busy"))
    append(data / "pilots.yml", "- id: p-new\n  nme: x\n")
    (data / "evidence.yml").write_text("", encoding="utf-8")
    found = problems()
    assert any("skills.yml" in line and "evidence" in line for line in found)
    assert any("skills.yml" in line and "'busy'" in line for line in found)
    assert any("unknown field 'nme'; did you mean 'name'?" in line for line in found)
    assert "docs/data/evidence.yml:1: is empty; a data file holds a list of records" in found


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "1: is empty; a data file holds a list of records"),
        (b"# only a comment\n", "1: is empty; a data file holds a list of records"),
        (b"id: x\n", "1: must be a list of records, each starting with '- id:'"),
        (b"- text\n", "1: a record starts with '- id:'"),
        (b"- id: x\n\tname: y\n", "2: broken YAML: found a tab character that violates indentation; indent with "
         "spaces"),
        (b"- id: x\n  name: Say no: a guide\n",
         "2: broken YAML: mapping values are not allowed in this context; put a text that holds ': ' in single quotes"),
        (b"- id: 'x\n", "2: broken YAML: found unexpected end of stream"),
        (b"- id: x\n  name: \xff\xfe\n", "2: is not UTF-8 text; save the file with the encoding UTF-8"),
        (b"- id: x\n  id: y\n", "2: field 'id' is given twice (first on line 1)"),
        (b"- id: x\n---\n- id: y\n", "2: a second YAML document starts here; keep one list in a file"),
        (b"- id: !!python/object:os.system x\n",
         "1: YAML tag 'tag:yaml.org,2002:python/object:os.system' is not used here"),
        (b"- ? [a, b]\n  : c\n", "1: a field name must be plain text"),
        (b"- id: x\n  name: The #1 mistake\n", "2: ' #' begins a comment here and cuts the text off; put the text in "
         "quotes, or the comment on its own line"),
        (b"\xef\xbb\xbf- id: x\n  name: The words\n    of two lines #1\n", "3: ' #' begins a comment here"),
        (b"- id: x\n  tags: [a, b\t# c\n  ]\n", "2: ' #' begins a comment here"),
        (b"[" * 50_000, "1: more than 20 levels deep"),
    ],
)  # fmt: skip
def test_a_broken_file_is_one_line(data: Path, problems: Problems, content: bytes, message: str) -> None:
    (data / "opinions.yml").write_bytes(content)
    found = problems()
    assert len(found) == 1
    assert found[0].startswith(f"docs/data/opinions.yml:{message}")


def test_a_yaml_bomb_is_refused_before_it_grows(data: Path, problems: Problems) -> None:
    bomb = "- &a [x, x]\n" + "".join(f"- &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24))
    (data / "opinions.yml").write_text(bomb, encoding="utf-8")
    expected = "YAML anchors (&) and aliases (*) are not used here; write the value out, in quotes"
    assert problems() == [f"docs/data/opinions.yml:1: {expected}"]


def test_a_file_over_the_limit_is_not_read(data: Path, problems: Problems) -> None:
    with (data / "opinions.yml").open("wb") as file:
        file.truncate(50_000_000)
    expected = f"50,000,000 bytes; at most {MAX_BYTES:,}: split it into a folder of files"
    assert problems() == [f"docs/data/opinions.yml:1: {expected}"]


@pytest.mark.parametrize(("name", "hint"), [("pilot.yml", "did you mean 'pilots'?"), ("resources/new.yaml", "known: ")])
def test_a_file_that_nothing_reads_is_named(data: Path, problems: Problems, name: str, hint: str) -> None:
    (data / name).write_text("- id: x\n", encoding="utf-8")
    [problem] = problems()
    assert problem.startswith(f"docs/data/{name}:1: is not read: records stand in <kind>.yml or <kind>/*.yml; {hint}")


def test_a_missing_file_is_named(data: Path, problems: Problems) -> None:
    (data / "opinions.yml").unlink()
    assert problems() == ["docs/data/opinions.yml:1: file is missing"]


def test_a_tombstone_says_where_or_why(data: Path, problems: Problems) -> None:
    line = append(data / "opinions.yml", "- id: o-old\n  moved_to: o-tech\n  retired: gone\n")
    expected = "give either moved_to (an id) or retired (the reason), not both"
    assert problems() == [f"docs/data/opinions.yml:{line}: o-old: {expected}"]


def test_a_pilot_on_the_job_is_open_to_others(data: Path, problems: Problems) -> None:
    path = data / "pilots.yml"
    before, _, rest = path.read_text(encoding="utf-8").partition("- id: p-debt\n")
    pilot, mark, after = rest.partition("\n- id:")
    cut = re.sub(r"\n  without_the_job:.*?(?=\n  \w)", "", pilot, flags=re.DOTALL)
    assert cut != pilot
    path.write_text(f"{before}- id: p-debt\n{cut}{mark}{after}", encoding="utf-8")
    line = before.count("\n") + 1
    expected = "without_the_job: say how somebody does this pilot who is not a product manager yet"
    assert f"docs/data/pilots.yml:{line}: p-debt: {expected}" in problems()


def test_plain_words_stay_words() -> None:
    found = read("- {a: no, b: on, c: 2024-01-02, d: 1e3, e: 0123, f: 12, g: 1.5, h: true, i: ~, j: '7', k: 1:30}")[0]
    assert dict(found) == {
        "a": "no", "b": "on", "c": "2024-01-02", "d": "1e3", "e": "0123", "f": 12, "g": 1.5, "h": True, "i": None,
        "j": "7", "k": "1:30",
    }  # fmt: skip


def test_a_comment_that_cuts_nothing_off_may_stand() -> None:
    text = "# one\n- a: 'x #1' # two\n  b: # three\n    [c#, é] # four\n  # five\n  d: |\n    y #6\n"
    assert dict(read(text)[0]) == {"a": "x #1", "b": ["c#", "é"], "d": "y #6\n"}


def test_data_is_read_again_only_when_it_changed(data: Path) -> None:
    first = load(data)[0]
    assert load(data)[0] is first
    append(data / "skills.yml", SKILL)
    assert load(data)[0] is not first
