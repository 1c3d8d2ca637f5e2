"""Registers what a page may call: `kb.views` makes the fragments, `fragments` carries them past Markdown."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from fragments import keep
from kb.graph import Graph
from kb.problems import UsageError
from kb.render import to_root
from kb.views import MACROS, open_graph


def _call(env: Any, graph: Graph, macro: Callable[..., Any], *args: Any, **named: Any) -> str:
    fragment = macro(graph, *args, **named)
    # MkDocs leaves a fragment's links alone; Zensical (whose pages have a `path`) reads them from the source file.
    place = getattr(env.page, "path", env.page.url)
    return keep(to_root(fragment.html, place), fragment.inline)


def define_env(env: Any) -> None:
    """Called by the macros plugin, once a build or once a page, depending on the engine."""
    try:
        graph = open_graph(Path(env.project_dir) / "docs" / "data")
    except UsageError as error:
        raise SystemExit(str(error)) from None
    # The records stay until the build ends. A collector that looks through them again and again is a quarter of a build
    # with 20,000 resources.
    gc.freeze()
    for name, macro in MACROS.items():
        env.macro(partial(_call, env, graph, macro), name)


def on_pre_page_macros(env: Any) -> None:
    """Keeps the page out of the theme's search index, a quarter of a build: `search_index` makes ours afterwards."""
    env.page.meta["search"] = {"exclude": True}
