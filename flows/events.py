"""What can happen to a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Opened:
    """The run begins; `data` is what its opener gave it."""

    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    """A party of the run said something.

    meaning: what it means among what the state hears from this role; None when it was not understood there.
    words:   as written, or what follows the verb (`NOTE words`).
    data:    what else was read in it: danger, kinds, who, text id.
    """

    role: str
    meaning: str | None
    words: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Quiet:
    """Nobody said anything until the run's one timer was due."""


@dataclass(frozen=True)
class Told:
    """Another run of the same case tells this one something."""

    word: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    """What this run said to a party could not be delivered.

    why: "opted_out", "filtered", "unreachable" (may pass) or "impossible" (a number no text can reach).
    """

    role: str
    card: str | None
    why: str
    delivery: int
    tries: int


@dataclass(frozen=True)
class Missed:
    """A party's phone was rung for this run, and nobody who answered it pressed a key: nobody is there, or a machine.

    why: "busy", "no_answer", "failed" (the carrier could not ring it) or "unheard" (it was answered, and no key came).
    """

    role: str
    card: str | None
    why: str


Event = Opened | Heard | Quiet | Told | Failed | Missed
