"""The issue form asks for what a record holds: same names, same needs, same choices."""

from __future__ import annotations

from typing import Any, get_args

import yaml

from conftest import ROOT
from kb.model import Resource

FORM = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "resource.yml").read_text(encoding="utf-8"))
FIELDS: dict[str, Any] = {item["id"]: item for item in FORM["body"] if "id" in item}


def test_the_form_has_the_fields_of_a_resource_in_its_order() -> None:
    assert list(FIELDS) == list(Resource.model_fields)


def test_what_is_required_is_required_in_both() -> None:
    for name, field in Resource.model_fields.items():
        assert FIELDS[name]["validations"]["required"] == field.is_required(), name


def test_choices_are_the_same() -> None:
    dropdowns = {name for name, item in FIELDS.items() if item["type"] == "dropdown"}
    assert dropdowns == {"format", "level", "cost", "speaker"}
    for name in dropdowns:
        assert FIELDS[name]["attributes"]["options"] == list(get_args(Resource.model_fields[name].annotation)), name


def test_every_field_is_explained() -> None:
    assert all(len(item["attributes"]["description"]) > 10 for item in FIELDS.values())
