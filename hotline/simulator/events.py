"""What happens, as server-sent events: the `?wait=` lists of the API, held open.

An event's id is `life.generation.seq`: a reader who comes back gets what changed after it, and is told to forget
everything (`reset`) when the carrier is another or was reset meanwhile.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from .call_records import Call
from .plays import Plays
from .records import Message
from .switchboard import Switchboard

LIFE = secrets.token_hex(4)  # of this process: a carrier that was started again counts from nothing
LOOK_S = 1.0  # real seconds until what has no `seq` is looked at: names, fates, a clock moved by somebody else
QUIET_S = 15.0  # real seconds of silence after which a comment shows that somebody is there
MOVED = timedelta(seconds=0.5)  # less is the journey of an answer, not a moved clock

Event = tuple[str, object]


class Reader:
    """One open page: what it has been told, and what is new to it."""

    def __init__(self, board: Switchboard, plays: Plays, last: str) -> None:
        self._board, self._plays = board, plays
        self._carrier = board.carrier
        self._generation = self._carrier.generation
        self._seq = self._resumed(last)
        self._is_new = self._seq == 0
        self._told: dict[str, object] = {}
        self._offset: timedelta | None = None

    def _resumed(self, last: str) -> int:
        mark, _, seq = last.rpartition(".")
        return int(seq) if mark == f"{LIFE}.{self._generation}" and seq.isdecimal() else 0

    @property
    def id(self) -> str:
        return f"{LIFE}.{self._generation}.{self._seq}"

    def has_news(self) -> bool:
        """Whether anything that counts has changed."""
        carrier = self._carrier
        return carrier.seq > self._seq or carrier.generation != self._generation or self._plays.told != self._was_played

    @property
    def _was_played(self) -> object:
        return self._told.get("plays")

    def news(self) -> list[Event]:
        """All that is new by now. Hold the lock."""
        carrier, found = self._carrier, list[Event]()
        if carrier.generation != self._generation or self._is_new:
            found.append(("reset", None))
            self._generation, self._seq, self._is_new = carrier.generation, 0, False
            self._told.clear()
        since, self._seq = self._seq, carrier.seq
        found += self._of_time()
        found += self._if_other("phones", [phone.as_json() for phone in carrier.phones.values()])
        if texts := [_text(message) for message in sorted(carrier.since(since), key=lambda one: one.born)]:
            found.append(("texts", texts))
        if calls := [_call(call) for call in sorted(carrier.calls_since(since), key=lambda one: one.born)]:
            found.append(("calls", calls))
        if troubles := [trouble.as_json() for trouble in carrier.troubles if trouble.seq > since]:
            found.append(("troubles", troubles))
        return found + self._if_other("plays", self._plays.told)

    def _if_other(self, name: str, value: object) -> list[Event]:
        if self._told.get(name) == value:
            return []
        self._told[name] = value
        return [(name, value)]

    def _of_time(self) -> list[Event]:
        now = self._board.clock.reading()
        offset = now - datetime.now(UTC)
        if self._offset is not None and abs(offset - self._offset) < MOVED:
            return []
        self._offset = offset
        return [("time", {"now": now.isoformat()})]


def stream(board: Switchboard, plays: Plays, stopping: threading.Event, last: str) -> Iterator[str]:
    """The events of one reader, until the reader or the carrier goes."""
    reader = Reader(board, plays, last)
    said = time.monotonic()
    yield "retry: 1000\n\n"
    while not stopping.is_set():
        board.clock.now()  # somebody may have moved the line's clock behind our back
        with board.lock:
            news = reader.news()
            mark = reader.id
        if news:
            yield _written(news, mark)
            said = time.monotonic()
        elif time.monotonic() - said > QUIET_S:
            yield ": still here\n\n"
            said = time.monotonic()
        board.carrier.wait_for(lambda: reader.has_news() or stopping.is_set(), LOOK_S)


def _written(news: list[Event], mark: str) -> str:
    """The last of them has the id: who saw only some of them is told all of them again."""
    blocks = [f"event: {name}\ndata: {json.dumps(data)}\n" for name, data in news]
    return "\n".join(blocks) + f"id: {mark}\n\n"


def _text(message: Message) -> dict[str, object]:
    """A text without the webhooks' documents: only whether the line has heard it."""
    told = message.as_json()
    del told["webhooks"]
    last = message.webhooks[-1] if message.webhooks else None
    return {**told, "heard": None if last is None else last.code is None, "problem": last.problem if last else ""}


def _call(call: Call) -> dict[str, object]:
    """A call without the documents it was told by."""
    told = call.as_json()
    del told["documents"]
    return told
