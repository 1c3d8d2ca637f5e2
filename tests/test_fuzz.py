"""Whatever is in a data file: a list of problems or a sound catalogue, never a traceback, never a wrong reference."""

from __future__ import annotations

import copy
import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import DATA
from kb.load import load
from kb.model import KINDS, PLURALS
from kb.rules import check, references

SLOW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FILES = {kind: sorted(DATA.glob(f"{plural}*.yml")) + sorted(DATA.glob(f"{plural}/*.yml"))
         for kind, plural in PLURALS.items()}  # fmt: skip
PLAIN = {kind: [row for file in files for row in yaml.safe_load(file.read_text(encoding="utf-8")) if len(row) > 2]
         for kind, files in FILES.items()}  # fmt: skip

odd_text = st.text(max_size=30) | st.sampled_from(
    ["javascript:alert(1)", "<script>", "{{ 7 * 7 }}", "{% raw %}", "| a |", "`x`", "\u202e", "a" * 1000, "no", "~"]
)
odd_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | odd_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_text, inner, max_size=3),
    max_leaves=6,
)


def outcome(kind: str, content: bytes) -> tuple[Any, list[str]]:
    """Loads the real data with one kind's records replaced by `content`."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "docs" / "data"
        shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("schema", PLURALS[kind], f"{PLURALS[kind]}.yml"))
        (data / f"{PLURALS[kind]}.yml").write_bytes(content)
        catalogue, problems = load(data)
        return catalogue, [str(problem) for problem in [*problems, *check(catalogue)]]


def assert_sound_or_explained(kind: str, content: bytes) -> None:
    catalogue, problems = outcome(kind, content)
    for line in problems:
        assert line.startswith("docs/data/") and line.split(":")[1].isdigit(), line
    if not problems:
        for entry in catalogue.entries:
            for _, _, target_kind, target in references(entry):
                assert catalogue.records[target].kind == target_kind


@SLOW
@given(kind=st.sampled_from(sorted(KINDS)), content=st.binary(max_size=400))
def test_any_bytes(kind: str, content: bytes) -> None:
    assert_sound_or_explained(kind, content)


@SLOW
@given(kind=st.sampled_from(sorted(KINDS)), draw=st.data())
def test_a_record_with_one_field_changed(kind: str, draw: st.DataObject) -> None:
    record = copy.deepcopy(draw.draw(st.sampled_from(PLAIN[kind])))
    spot: Any = record
    while True:
        keys = sorted(spot) if isinstance(spot, dict) else list(range(len(spot)))
        key = draw.draw(st.sampled_from(keys))
        if isinstance(spot[key], dict | list) and spot[key] and draw.draw(st.booleans()):
            spot = spot[key]
            continue
        break
    if draw.draw(st.booleans()):
        spot[key] = draw.draw(odd_value)
    else:
        del spot[key]
    text = yaml.safe_dump([record], allow_unicode=True)
    assert_sound_or_explained(kind, text.encode("utf-8", "surrogatepass"))


@SLOW
@given(kind=st.sampled_from(["skill", "pilot", "resource", "concept", "evidence", "opinion"]), draw=st.data())
def test_a_wrong_reference_never_passes(kind: str, draw: st.DataObject) -> None:
    from kb.rules import reference_fields

    fields = reference_fields(KINDS[kind])
    rows = [row for row in PLAIN[kind] if any(isinstance(row.get(name), list) and row[name] for name in fields)]
    record = copy.deepcopy(draw.draw(st.sampled_from(rows)))
    name = draw.draw(st.sampled_from([name for name in fields if isinstance(record.get(name), list) and record[name]]))
    place = draw.draw(st.integers(0, len(record[name]) - 1))
    wrong = record[name][place] + draw.draw(st.sampled_from(["x", "-old", "s"]))
    record[name][place] = wrong
    _, problems = outcome(kind, yaml.safe_dump([record]).encode())
    assert any(f"'{wrong}'" in line and f"{record['id']}: " in line for line in problems), problems


@SLOW
@given(kind=st.sampled_from(sorted(KINDS)), draw=st.data())
def test_a_file_cut_or_stirred(kind: str, draw: st.DataObject) -> None:
    content = bytearray(FILES[kind][0].read_bytes()[:3000])
    for _ in range(draw.draw(st.integers(1, 4))):
        place = draw.draw(st.integers(0, len(content) - 1))
        content[place : place + draw.draw(st.integers(0, 5))] = draw.draw(st.binary(max_size=5))
    assert_sound_or_explained(kind, bytes(content))
