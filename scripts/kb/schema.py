"""Writes the JSON Schemas from the models, so that editors complete and check data files. Never edit them by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from kb.model import KINDS, PLURALS, Tombstone

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "data" / "schema"


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema of a data file: a list of records of `kind`, or of what moved records leave behind."""
    record: Any = KINDS[kind] | Tombstone
    schema = TypeAdapter(list[record]).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Product Fieldbook: {PLURALS[kind]}",
        **schema,
    }


def texts() -> dict[str, str]:
    """The file name and content of each schema."""
    return {f"{kind}.json": json.dumps(schema_of(kind), indent=1) + "\n" for kind in KINDS}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in texts().items():
        (FOLDER / name).write_text(text)
    print(f"{len(KINDS)} schemas written to {FOLDER}")
