"""Serves the site on this machine and builds it again whenever a page, a record, a template or a script changes.

The server is MkDocs' own; what it serves is what would be published, less the content policy, which forbids the
small script that reloads the page.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer

from dev import ROOT, build

PREVIEW = ROOT / ".preview"  # not site/, which is what would be published


def rebuild() -> None:
    """Builds once more. On failure the problems are on the screen, and the server, which knows `Abort`, goes on."""
    if build(Path(sys.executable), PREVIEW, preview=True):
        raise Abort("The last good site stays up until the problems above are mended.")


def main() -> None:
    """Builds, serves and watches until interrupted. A first build that fails ends the command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8000)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    port = parser.parse_args().port
    # Compiled files in scripts/ would count as a change, and each build cause another.
    os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / ".cache" / "compiled")
    rebuild()
    server = LiveReloadServer(rebuild, "127.0.0.1", port, str(PREVIEW))
    for name in ("docs", "overrides", "scripts", "mkdocs.yml"):
        server.watch(str(ROOT / name))
    try:
        server.serve()  # type: ignore[no-untyped-call]
    except KeyboardInterrupt:
        server.shutdown()


if __name__ == "__main__":
    main()
