"""The schemas that editors read say the same as the models."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from conftest import DATA
from kb.load import data_files
from kb.model import KINDS


def schema(kind: str) -> dict[str, object]:
    return dict(json.loads((DATA / "schema" / f"{kind}.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_real_files_fit_their_schema_and_name_it(kind: str) -> None:
    validator = jsonschema.Draft202012Validator(schema(kind))
    for of, path in data_files(DATA):
        if of != kind:
            continue
        text = path.read_text(encoding="utf-8")
        errors = [error.message for error in validator.iter_errors(yaml.safe_load(text))]
        assert errors == [], path
        named = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / named).resolve() == (DATA / "schema" / f"{kind}.json").resolve()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_wrong_record_does_not_fit(kind: str) -> None:
    validator = jsonschema.Draft202012Validator(schema(kind))
    assert not validator.is_valid([{"id": "x", "nme": "y"}])


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_completion_knows_every_field(kind: str) -> None:
    assert set(json.loads(json.dumps(schema(kind)))["$defs"][KINDS[kind].__name__]["properties"]) == set(
        KINDS[kind].model_fields
    )


def test_references_say_what_they_point_at() -> None:
    text = (DATA / "schema" / "resource.json").read_text(encoding="utf-8")
    assert "id of a skill" in text and "id of a pilot" in text


def test_schema_folder_holds_nothing_else() -> None:
    assert {file.stem for file in Path(DATA / "schema").iterdir()} == set(KINDS)
