"""The danger rules of every language, as plain data: read from `messages/danger/*.toml`, once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "danger"


@cache
def load() -> Mapping[str, Any]:
    """{"en": tables, "es": tables}; a new language is one new file. `flows.triage.compile` makes it ready."""
    return {file.stem: _read(file) for file in sorted(FOLDER.glob("*.toml"))}


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as wrong:
        raise ValueError(f"{file}: {wrong}") from wrong
