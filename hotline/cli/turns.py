"""Turns: a play that is watched asks for each of its acts, goes at a pace that eyes can follow, and ends when told to.

Whoever watches holds the simulator's page: there it is paused, goes on, and is stopped by who takes over by hand.
"""

import time
from datetime import timedelta
from typing import Protocol

from hotline.cli.away import Gone, ask

WAIT_S = 30  # how long the simulator may hold one question for a turn, in real seconds
PIECES = 4  # in which a move of time is seen to go by
LEAST = timedelta(seconds=10)  # what is shorter than that goes by at once
TITLE = 2.5  # paces that a scene's title is left alone


class Stopped(Exception):
    """Whoever watches has taken over."""


class Turns(Protocol):
    """What a night asks of whoever may be watching it."""

    def act(self) -> None:
        """Before something is done."""

    def look(self) -> float:
        """While something is awaited. The real seconds for which the play was paused."""

    def shown(self) -> None:
        """Something can be seen now that was not there before."""

    def scene(self, title: str) -> None:
        """What is played from now on."""

    def piece(self, length: timedelta) -> timedelta:
        """As much of a move of time as is made at once."""


class Unwatched:
    """As fast as the line answers."""

    def act(self) -> None: ...

    def look(self) -> float:
        return 0.0

    def shown(self) -> None: ...

    def scene(self, title: str) -> None: ...

    def piece(self, length: timedelta) -> timedelta:
        return length


class Watched:
    """At a pace, in real seconds. Stopped is raised where the page says so, and Gone if the simulator is."""

    def __init__(self, carrier: str, pace: float) -> None:
        self._plays, self._pace = f"{carrier}/api/plays", pace
        self._free_at = self._asked_at = time.monotonic()

    def act(self) -> None:
        while (left := self._free_at - time.monotonic()) > 0:
            self.look()
            time.sleep(min(left, self._pace))
        self._turn()
        self.shown()

    def look(self) -> float:
        return self._turn() if time.monotonic() - self._asked_at >= self._pace else 0.0

    def shown(self) -> None:
        self._free_at = max(self._free_at, time.monotonic() + self._pace)

    def scene(self, title: str) -> None:
        self.act()
        try:
            ask(f"{self._plays}/scene", {"title": title}, "POST")
        except Gone as exc:
            if not exc.said_no:  # started by hand, and not from the page: nobody reads it
                raise
        self._free_at = time.monotonic() + TITLE * self._pace

    def piece(self, length: timedelta) -> timedelta:
        return length if length <= LEAST else max(length / PIECES, LEAST)

    def _turn(self) -> float:
        began = time.monotonic()
        try:
            while not (told := ask(f"{self._plays}/turn?wait={WAIT_S}", patience=2 * WAIT_S))["go"]:
                if told["stop"]:
                    raise Stopped
        except Gone as exc:
            if not exc.said_no:  # a simulator without plays pauses nobody
                raise
        self._asked_at = time.monotonic()
        return self._asked_at - began
