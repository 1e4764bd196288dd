"""The sentences of `sentences.toml`, filled: what a run waits for, and what happens when its time is up."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

from flows.machine import Run

BLANK = re.compile(r"\{(\w+)\}")

Names = Callable[[str], str]  # what stands in a blank of this name

PHRASES = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8"))
NEXT: dict[str, str] = PHRASES.pop("next")
HISTORY: dict[str, str] = PHRASES.pop("history")


def does(run: Run, names: Names) -> str:
    """One sentence: what it waits for, and what happens then; of a state without one, its own name."""
    now, then = _phrases(run.flow, run.state)
    told = _filled(now, names) or f"{run.flow}: {run.state.replace('_', ' ')}"
    if then:
        told += f"; when its time is up, {_filled(then, names)}"
    return told[0].upper() + told[1:] + "."


def then(flow: str, state: str, names: Names) -> str:
    """What happens when its time is up; empty where nobody would notice, and of a state without a sentence."""
    return _filled(_phrases(flow, state)[1], names)


def asked_next(which: str, names: Names) -> str:
    """The phrase of [next] for who is asked next, or what happens with nobody left to ask."""
    return _filled(NEXT[which], names)


def happened(what: str, names: Names) -> str:
    """A line of a case's history. What a line of another day has logged is told by its word."""
    return _filled(HISTORY.get(what, what.replace("_", " ")), names)


def _phrases(flow: str, state: str) -> tuple[str, str]:
    """That every state has its own is for the tests to see to; whoever looks on is told the rest without it."""
    now, then = PHRASES.get(flow, {}).get(state, ("", ""))
    return now, then


def _filled(phrase: str, names: Names) -> str:
    return BLANK.sub(lambda blank: names(blank[1]), phrase)
