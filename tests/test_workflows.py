"""The workflows: pinned, least rights, no secret near a proposal, and every step a script that runs here too."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from conftest import ROOT

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def faults(text: str) -> list[str]:
    """What is wrong with a workflow."""
    flow: dict[Any, Any] = yaml.safe_load(text)
    events = flow.get("on", flow.get(True)) or {}
    found = []
    for line in re.findall(r"uses:\s*(.*)", text):
        if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*", line):
            found.append(f"not pinned by commit: {line}")
    if flow.get("permissions") != {"contents": "read"}:
        found.append("the workflow's own rights are not 'contents: read'")
    if "pull_request_target" in events:
        found.append("pull_request_target gives a proposal a token that can write")
    if "pull_request" in events and re.search(r"secrets\.|github\.token", text):
        found.append("a proposal can reach a secret")
    if "pull_request" in events and any("permissions" in job for job in flow["jobs"].values()):
        found.append("a job of a proposal has rights of its own")
    if re.search(r"github\.io|https?://", re.sub(r"#.*", "", text)):
        found.append("an address is written into the workflow")
    for job in flow["jobs"].values():
        if "timeout-minutes" not in job:
            found.append("a job has no time limit")
        for step in job["steps"]:
            command = step.get("run", "")
            if command and not (ROOT / command.split()[1]).is_file():
                found.append(f"not a script of this repository: {command}")
            if "${{" in command:
                found.append("an expression inside of a command can be injected into")
            if "checkout@" in step.get("uses", "") and step.get("with", {}).get("persist-credentials") is not False:
                found.append("the checkout keeps its token")
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_real_workflows_are_sound(file: Any) -> None:
    assert faults(file.read_text(encoding="utf-8")) == []


def test_all_three_are_there() -> None:
    assert {file.stem for file in FILES} == {"check", "publish", "links"}


def test_only_the_deploying_job_may_write_pages() -> None:
    flow = yaml.safe_load((ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8"))
    rights = {name: job.get("permissions", {}) for name, job in flow["jobs"].items()}
    assert rights["deploy"] == {"pages": "write", "id-token": "write"}
    assert all("write" not in right.values() for name, right in rights.items() if name != "deploy")
    assert flow["jobs"]["deploy"]["needs"] == "build" and flow["jobs"]["build"]["needs"] == "test"


GOOD = FILES[0].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2", "@v4", "not pinned by commit"),
        ("  contents: read", "  contents: write", "rights are not"),
        ("  pull_request:", "  pull_request_target:", "pull_request_target"),
        ("run: bash .ci/run", "run: bash .ci/run ${{ secrets.KEY }}", "a proposal can reach a secret"),
        ("run: bash .ci/run", "run: npm install", "not a script of this repository"),
        ("run: bash .ci/run", "run: bash .ci/run ${{ github.head_ref }}", "can be injected into"),
        ("          persist-credentials: false", "          fetch-depth: 1", "keeps its token"),
        ("    timeout-minutes: 20\n", "", "no time limit"),
        ("runs-on: ubuntu-24.04", "runs-on: ubuntu-24.04\n    permissions: {issues: write}", "rights of its own"),
        ("run: bash .ci/run", "run: bash .ci/run\n        env: {A: 'https://me.github.io/'}", "an address is written"),
    ],
)
def test_a_planted_fault_is_found(old: str, new: str, message: str) -> None:
    assert old in GOOD
    assert any(message in fault for fault in faults(GOOD.replace(old, new, 1)))


def test_ci_calls_the_readmes_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.rstrip().endswith("exec python3 scripts/dev.py test")
