#!/usr/bin/env python3
"""The one command: sets up its own .venv, then serves, builds, checks or tests the site. Standard library only."""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
SITE = ROOT / "site"


def python_of(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def environment(folder: Path, *wanted: str) -> Path:
    """The interpreter of a virtual environment in which the requirement files `wanted` are installed.

    Makes or completes it when a file has changed, and puts scripts/ on its path. Exits when pip fails.
    """
    if sys.version_info < (3, 11):  # noqa: UP036 (this file is what tells an older Python so)
        sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0])
    files = [ROOT / name for name in (*wanted, "requirements.txt", "constraints.txt")]
    stamp = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    marker, python = folder / f"{wanted[0]}.installed", python_of(folder)
    if not (marker.exists() and marker.read_text() == stamp and python.exists()):
        print(f"Setting up {folder.name} from {', '.join(wanted)} …", flush=True)
        if not python.exists():
            venv.create(folder, with_pip=True, clear=folder.exists())
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for name in wanted:
            install += ["-r", str(ROOT / name)]
        ours = {
            name: value for name, value in os.environ.items() if name != "GITHUB_TOKEN"
        }  # is none of pip's business
        if subprocess.run(install, env=ours, check=False).returncode:
            sys.exit(f"pip could not install {', '.join(wanted)}; its message is above")
        for packages in folder.glob("**/site-packages"):
            (packages / "fieldbook.pth").write_text(str(ROOT / "scripts") + "\n")
        marker.write_text(stamp)
    return python


def run(*command: str | Path, **more: str) -> int:
    """Runs a command in the repository and returns its exit code."""
    settings = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONUNBUFFERED": "1", **more}
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=settings, check=False).returncode


def build(python: Path, site: Path = SITE, preview: bool = False, check: bool = False) -> int:
    """Checks data and pages, builds, adds what machines read, and only then replaces `site`. Returns an exit code.

    `check` also holds the built site to its promises; `preview` leaves out the content policy.
    """
    # In a folder of its own, so that a failing build leaves the last good site alone, and two builds each other.
    with tempfile.TemporaryDirectory(prefix=".site-", dir=site.parent) as folder:
        fresh = Path(folder) / "site"
        code = (
            run(python, "scripts/check_source.py")
            or run(python, "-m", "mkdocs", "build", "--strict", "--site-dir", fresh)
            or run(python, "scripts/publish.py", fresh, *(["--preview"] if preview else []))
            or (run(python, "scripts/check_site.py", fresh) if check else 0)
        )
        if code == 0:
            shutil.rmtree(site, ignore_errors=True)
            fresh.rename(site)
    return code


def main() -> int:
    """Reads the command line and returns an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    serve = commands.add_parser("serve", help="build, serve on this machine, rebuild and reload when a file changes")
    serve.add_argument("--port", type=int, default=8000)
    commands.add_parser("build", help="check data and pages, build into site/")
    commands.add_parser("check", help="build, then follow every link and test every promise; no browser")
    commands.add_parser("test", help="run every test; more arguments go to pytest")
    commands.add_parser("links", help="ask every outside address whether it still answers; more arguments go to it")
    commands.add_parser("schema", help="write the JSON Schemas from the models")
    commands.add_parser("engines", help="build with all three engines and compare the results")
    choice, more = parser.parse_known_args()
    if more and choice.command not in ("test", "links"):
        parser.error(f"unknown arguments: {' '.join(more)}")

    if choice.command == "test":
        python = environment(VENV, "requirements-dev.txt")
        return (
            run(python, "-m", "ruff", "check", ".")
            or run(python, "-m", "ruff", "format", "--check", ".")
            or run(python, "-m", "mypy")
            or run(python, "-m", "pytest", *more)
        )
    if choice.command == "engines":
        python = environment(VENV, "requirements-dev.txt")
        return run(python, "scripts/engines.py")
    python = environment(VENV, "requirements.txt")
    if choice.command == "serve":
        return run(python, "scripts/serve.py", "--port", str(choice.port))
    if choice.command == "links":
        return run(python, "scripts/link_health.py", *more)
    if choice.command == "schema":
        return run(python, "-m", "kb.schema")
    return build(python, check=choice.command == "check")


if __name__ == "__main__":
    sys.exit(main())
