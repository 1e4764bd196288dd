"""The labelled texts in tests/triage, and the lexicon they are read with."""

import csv
from functools import cache
from pathlib import Path

from flows import triage
from messages import lexicon

FOLDER = Path(__file__).parent.parent / "triage"
FILES = tuple(sorted(file.name for file in FOLDER.glob("*.csv")))
DANGEROUS = ("emergency", "suicidal")


@cache
def ready() -> triage.Lexicon:
    return triage.compile(lexicon.load())


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(text: str, context: str = "opening") -> triage.Danger:
    return triage.read(text, ready(), context)


def rank(level: str) -> int:
    return triage.LEVELS.index(level)


def read_as_danger() -> list[tuple[str, str, str]]:
    """Every row that is read as danger: its text, its context, the level read."""
    every = [(row["text"], row["context"]) for name in FILES for row in rows(name)]
    levels = [(text, context, read(text, context).level) for text, context in every]
    return [row for row in levels if row[2] in DANGEROUS]
