"""The workflows: pinned, least rights, no secret near a proposal, and every step a script that runs here too."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import ROOT

FILES = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
# The only jobs that may do more than read the code, and all that they may do.
RIGHTS = {
    ("publish", "build"): {"contents": "read", "pages": "read"},
    ("publish", "deploy"): {"pages": "write", "id-token": "write"},
    ("links", "ask"): {"contents": "read", "issues": "write"},
}


def events(flow: dict[Any, Any]) -> list[str]:
    """What starts a workflow. YAML 1.1 reads the key `on` as true."""
    given = flow.get("on", flow.get(True))
    return [given] if isinstance(given, str) else list(given or [])


def values(node: Any, key: str) -> Iterator[Any]:
    """Every value that stands under `key`, at any depth."""
    if isinstance(node, dict):
        for name, part in node.items():
            if name == key:
                yield part
            yield from values(part, key)
    elif isinstance(node, list):
        for part in node:
            yield from values(part, key)


def unpinned(text: str) -> Iterator[str]:
    """An action is named by its whole commit, and a comment says which version that is."""
    for use in values(yaml.safe_load(text), "uses"):
        if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", use):
            yield f"not pinned by commit: {use}"
        elif not re.search(re.escape(use) + r" # v\d+\.\d+\.\d+$", text, re.MULTILINE):
            yield f"no version beside: {use}"


def rights(text: str, name: str) -> Iterator[str]:
    """A workflow may read the code; a job may do more only where `RIGHTS` says so."""
    flow = yaml.safe_load(text)
    if flow.get("permissions") != {"contents": "read"}:
        yield "the workflow's own rights are not 'contents: read'"
    for job, body in flow["jobs"].items():
        if body.get("permissions") != RIGHTS.get((name, job)):
            yield f"job '{job}' has other rights than agreed: {body.get('permissions')}"


def proposals(text: str) -> Iterator[str]:
    """What a stranger proposes is run without a secret, and never with a token that can write."""
    started_by = events(yaml.safe_load(text))
    for event in ("pull_request_target", "workflow_run"):
        if event in started_by:
            yield f"{event} gives a proposal a token that can write"
    if "pull_request" in started_by and re.search(r"\bsecrets\b|github\.token", text):
        yield "a proposal can reach a secret"


def commands(text: str) -> Iterator[str]:
    """A step runs one script of this repository, which a person can run as well."""
    for command in values(yaml.safe_load(text)["jobs"], "run"):
        match = re.fullmatch(r"(?:bash|python3) ([\w./-]+)((?: [\w./-]+)*)", command)
        if not match or not (ROOT / match[1]).is_file():
            yield f"not a script of this repository: {command}"


def addresses(text: str) -> Iterator[str]:
    """A fork has another address: none is written down, and the site's comes from the Pages settings."""
    for found in re.findall(r"https?://\S+|\S+\.github\.io\S*", re.sub(r"(?m)(^|\s)#.*", "", text)):
        yield f"an address is written down: {found}"


def jobs(text: str) -> Iterator[str]:
    """A job ends, and a checkout leaves no token behind."""
    for name, job in yaml.safe_load(text)["jobs"].items():
        if "timeout-minutes" not in job:
            yield f"job '{name}' has no time limit"
        for step in job.get("steps", []):
            if "checkout@" in step.get("uses", "") and step.get("with", {}).get("persist-credentials") is not False:
                yield f"job '{name}' leaves the token of its checkout behind"


def faults(text: str, name: str) -> list[str]:
    """Everything that is wrong with the workflow of this name."""
    found = [*unpinned(text), *rights(text, name), *proposals(text), *commands(text), *addresses(text), *jobs(text)]
    return sorted(found)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_real_workflows_are_sound(file: Path) -> None:
    assert faults(file.read_text(encoding="utf-8"), file.stem) == []


def test_all_three_are_there() -> None:
    assert {file.name for file in FILES} == {"check.yml", "publish.yml", "links.yml"}


def test_the_site_is_published_only_when_the_tests_pass() -> None:
    flow = yaml.safe_load((ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8"))
    assert flow["jobs"]["build"]["needs"] == "test" and flow["jobs"]["deploy"]["needs"] == "build"
    assert "bash .ci/run" in values(flow["jobs"]["test"], "run")
    assert list(values(flow, "SITE_URL")) == ["${{ steps.pages.outputs.base_url }}/"]


def test_a_proposal_is_first_checked_in_plain_words() -> None:
    flow = yaml.safe_load((ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8"))
    steps = [step for step in flow["jobs"]["test"]["steps"] if "run" in step]
    assert [step["run"] for step in steps] == ["python3 scripts/dev.py build", "bash .ci/run"]
    for file in ("CONTRIBUTING.md", "docs/about/contributing.md"):
        text = " ".join((ROOT / file).read_text(encoding="utf-8").split())
        assert steps[0]["name"] in text, f"{file} sends people to another step"


PIN = "a" * 40
GOOD = f"""# see https://docs.example
on:
  pull_request:
permissions:
  contents: read
jobs:
  test:
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@{PIN} # v1.2.3
        with:
          persist-credentials: false
      - run: bash .ci/run
"""


def test_the_planted_workflow_is_sound_before_it_is_broken() -> None:
    assert faults(GOOD, "planted") == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (f"@{PIN} # v1.2.3", "@v4", "not pinned by commit: actions/checkout@v4"),
        (f"@{PIN} # v1.2.3", "@abc1234 # v1.2.3", "not pinned by commit: actions/checkout@abc1234"),
        (f"- uses: actions/checkout@{PIN} # v1.2.3", '- "uses": actions/checkout@main', "not pinned by commit"),
        (" # v1.2.3", "", "no version beside"),
        (" # v1.2.3", " # v1", "no version beside"),
        ("permissions:\n  contents: read\n", "", "own rights are not"),
        ("  contents: read\n", "  contents: write\n", "own rights are not"),
        ("permissions:\n  contents: read\n", "permissions: write-all\n", "own rights are not"),
        ("    timeout", "    permissions: {contents: write}\n    timeout", "job 'test' has other rights than agreed"),
        ("  pull_request:\n", "  pull_request_target:\n", "pull_request_target gives"),
        ("on:\n  pull_request:\n", "on: pull_request_target\n", "pull_request_target gives"),
        ("on:\n  pull_request:\n", "on: [push, workflow_run]\n", "workflow_run gives"),
        (".ci/run\n", ".ci/run\n        env: {A: '${{ secrets.KEY }}'}\n", "a proposal can reach a secret"),
        (".ci/run\n", ".ci/run\n        env: {A: \"${{ secrets['KEY'] }}\"}\n", "a proposal can reach a secret"),
        (".ci/run\n", ".ci/run\n        env: {A: '${{ github.token }}'}\n", "a proposal can reach a secret"),
        ("bash .ci/run", "npm install", "not a script of this repository"),
        ("bash .ci/run", "make", "not a script of this repository"),
        ("bash .ci/run", "bash .ci/missing", "not a script of this repository"),
        ("bash .ci/run", "bash .ci/run && npm install", "not a script of this repository"),
        ("bash .ci/run", "|\n          bash .ci/run\n          npm install", "not a script of this repository"),
        ("bash .ci/run", "bash .ci/run ${{ github.head_ref }}", "not a script of this repository"),
        (".ci/run\n", ".ci/run\n        env: {A: 'https://example.org/'}\n", "an address is written down: https://"),
        (".ci/run\n", ".ci/run\n        env: {A: me.github.io}\n", "an address is written down: me.github.io"),
        ("    timeout-minutes: 20\n", "", "job 'test' has no time limit"),
        ("          persist-credentials: false\n", "          fetch-depth: 1\n", "leaves the token"),
        ("persist-credentials: false", "persist-credentials: true", "leaves the token"),
    ],
)
def test_a_planted_fault_is_found_alone(old: str, new: str, message: str) -> None:
    assert old in GOOD
    (fault,) = faults(GOOD.replace(old, new, 1), "planted")
    assert message in fault


def script(tmp_path: Path, *have: str, venv: bool = True) -> list[str]:
    """What .ci/run calls on a machine that has these programs: each is a stand-in that only notes its call."""
    home, log = tmp_path / "checkout", tmp_path / "log"
    (home / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", home / ".ci" / "run")
    (tmp_path / "bin").mkdir()
    note = f'echo "${{0##*/}} $*" >>{log}\n'
    bodies = {
        "apt-get": f'echo "apt-get $* ${{DEBIAN_FRONTEND:-}}" >>{log}\n',
        "id": "echo 1000\n",
        "python3": f'[ "$1" != -c ] || exit {0 if venv else 1}\n{note}',
        "sudo": 'exec env -i "PATH=$PATH" "$@"\n',  # like the real one, it drops the environment
    }
    for name in ("apt-get", "id", "sudo", *have):
        file = tmp_path / "bin" / name
        file.write_text("#!/bin/sh\n" + bodies.get(name, note), encoding="utf-8")
        file.chmod(0o755)
    for name in ("sh", "dirname", "env"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or "")
    bash = shutil.which("bash") or ""
    subprocess.run([bash, ".ci/run"], cwd=home, env={"PATH": str(tmp_path / "bin")}, check=True, capture_output=True)
    return log.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("browser", ["chromium", "chromium-browser", "google-chrome"])
def test_ci_installs_nothing_where_all_is_there(tmp_path: Path, browser: str) -> None:
    assert script(tmp_path, "git", "python3", browser) == ["python3 scripts/dev.py test"]


def test_ci_installs_only_what_a_bare_machine_lacks(tmp_path: Path) -> None:
    update, install, test = script(tmp_path, "python3", venv=False)
    assert update == "apt-get update -qq noninteractive"
    assert install.endswith(" --no-install-recommends git python3 python3-venv chromium noninteractive")
    assert test == "python3 scripts/dev.py test"  # the README's command


def test_ci_installs_a_browser_alone(tmp_path: Path) -> None:
    _, install, _ = script(tmp_path, "git", "python3")
    assert install.endswith(" --no-install-recommends chromium noninteractive")
