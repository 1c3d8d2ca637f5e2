"""The issue form asks for what a record holds: same names, same needs, same choices."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
import yaml

from conftest import ROOT
from kb.model import Resource

FORM = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "resource.yml").read_text(encoding="utf-8"))["body"]

CORRECTION = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "correction.yml").read_text(encoding="utf-8"))


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


FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
KINDS = {"markdown", "textarea", "input", "dropdown", "checkboxes"}


def unfit(form: dict[str, Any]) -> Iterator[str]:
    """What GitHub would refuse in a form, and then show no form at all."""
    for name in ("name", "description", "body"):
        if not form.get(name):
            yield f"no {name}"
    for name in set(form) - {"name", "description", "title", "labels", "body"}:
        yield f"unknown {name}"
    items = [item for item in form.get("body") or [] if item["type"] != "markdown"]
    for field in ("id", "label"):
        values = [item[field] if field == "id" else item["attributes"][field] for item in items]
        if len(values) != len(set(values)):
            yield f"two fields share their {field}"
    for item in items:
        if (
            item["type"] not in KINDS
            or not re.fullmatch(r"[\w-]+", item["id"])
            or not item["attributes"]["label"].strip()
        ):
            yield f"{item['id']}: wrong type, id or label"
        if not isinstance(item["validations"]["required"], bool):
            yield f"{item['id']}: required is neither true nor false"
    if not any(item["validations"]["required"] for item in items):
        yield "an empty form can be sent"


@pytest.mark.parametrize("file", [file for file in FORMS if file.stem != "config"], ids=lambda file: file.stem)
def test_github_shows_every_form(file: Path) -> None:
    assert list(unfit(yaml.safe_load(file.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda form: form.pop("description"), "no description"),
        (lambda form: form.update(tags=["a"]), "unknown tags"),
        (lambda form: form["body"].append(form["body"][0]), "two fields share their id"),
        (lambda form: form["body"][0].update(type="text"), "where: wrong type"),
        (lambda form: form["body"][0].update(id="the page"), "the page: wrong type, id"),
        (lambda form: form["body"][0]["validations"].update(required="yes"), "where: required is neither"),
        (lambda form: [item["validations"].update(required=False) for item in form["body"]], "an empty form"),
    ],
)
def test_a_planted_unfitness_is_found(spoil: Callable[[dict[str, Any]], None], message: str) -> None:
    form = copy.deepcopy(CORRECTION)
    spoil(form)
    assert message in "\n".join(unfit(form))


def test_the_form_for_a_mistake_asks_where_what_and_who_says_so() -> None:
    asked = {item["id"]: item["validations"]["required"] for item in CORRECTION["body"]}
    assert asked == {"where": True, "change": True, "source": False}
    template = (ROOT / "overrides" / "main.html").read_text(encoding="utf-8")
    assert "?template=correction.yml" in template and "&amp;where=" in template, "the pages open another form"
    contributing = (ROOT / "docs" / "about" / "contributing.md").read_text(encoding="utf-8")
    assert CORRECTION["name"] in contributing, "the page names another form"


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
