"""The issue form asks for what a record holds: same names, same needs, same choices."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
import yaml

from conftest import ROOT
from kb.model import Resource

FORM = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "resource.yml").read_text(encoding="utf-8"))["body"]


def choices(annotation: Any) -> list[str]:
    """The values that a field allows, at any depth of its type; none where it takes any text or number."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [value for part in get_args(annotation) for value in choices(part)]


def differences(form: list[dict[str, Any]]) -> Iterator[str]:
    """Where the form and the model of a resource do not ask for the same, read from either side."""
    items = [item for item in form if item["type"] != "markdown"]
    asked, held = [item["id"] for item in items], list(Resource.model_fields)
    if asked != held:
        yield f"fields: {sorted({*asked} ^ {*held}) or 'another order, or one twice'}"
    for item in items:
        field = Resource.model_fields.get(item["id"])
        if field is None:
            continue
        attributes, allowed = item["attributes"], choices(field.annotation)
        if item["validations"]["required"] != field.is_required():
            yield f"{item['id']}: required in one, not in the other"
        if get_origin(field.annotation) is list:  # text, one a line: a dropdown would lose the order
            missing = [value for value in allowed if value not in attributes["description"]]
            if item["type"] != "textarea" or missing:
                yield f"{item['id']}: not a list, or its choices are not named: {missing}"
        elif attributes.get("options", []) != allowed or (item["type"] == "dropdown") != bool(allowed):
            yield f"{item['id']}: other choices than the model's"
        if attributes["label"] != item["id"] or len(attributes["description"]) <= 10:
            yield f"{item['id']}: not named or not explained"


def test_the_form_asks_for_what_a_resource_holds() -> None:
    assert list(differences(FORM)) == []


def test_the_form_for_a_question_has_the_field_that_the_search_fills_in() -> None:
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "question.yml").read_text(encoding="utf-8"))["body"]
    names = [item["id"] for item in form]
    assert names[0] == "question" and len(names) == len(set(names))
    script = (ROOT / "overrides" / "assets" / "search.js").read_text(encoding="utf-8")
    assert 'template: "question.yml"' in script and ", question })" in script


def _field(form: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(item for item in form if item.get("id") == name)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda form: form.remove(_field(form, "year")), "fields: ['year']"),
        (lambda form: form.append({**_field(form, "year"), "id": "price"}), "fields: ['price']"),
        (lambda form: form.append(_field(form, "year")), "fields: another order, or one twice"),
        (lambda form: form.reverse(), "fields: another order, or one twice"),
        (lambda form: _field(form, "year")["validations"].update(required=True), "year: required in one"),
        (lambda form: _field(form, "cost")["attributes"]["options"].pop(), "cost: other choices"),
        (lambda form: _field(form, "cost")["attributes"]["options"].append("cheap"), "cost: other choices"),
        (lambda form: _field(form, "year").update(type="dropdown"), "year: other choices"),
        (lambda form: _field(form, "level").update(type="input"), "level: other choices"),
        (lambda form: _field(form, "skills").update(type="input"), "skills: not a list"),
        (lambda form: _field(form, "domains")["attributes"].update(description="Which of the four?"), "'industry'"),
        (lambda form: _field(form, "url")["attributes"].update(description="Where?"), "url: not named or"),
    ],
)
def test_a_planted_difference_is_found(spoil: Callable[[list[dict[str, Any]]], None], message: str) -> None:
    form = copy.deepcopy(FORM)
    spoil(form)
    assert message in "\n".join(differences(form))
