"""What a call is doing, one thing in front of another: the last in `call.stack` hears keys and words first.

A document stands on the stack with the verb it is at; a queue stands under its wait document. Whatever ends calls
`then`; whatever is cut short (a hang-up, a redirect, a key) is told by `stop` and does not call it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from .call_records import Call
from .switchboard import Switchboard

#: Why something is cut short: its phone or the carrier hung up, the line redirected the call, another document or a
#: key took its place, its turn in the queue has come.
Why = Literal["hangup", "redirected", "replaced", "dequeued"]
Then = Callable[[datetime], None]


class Activity:
    """One thing a call is doing. Every method is called with the board locked; `at` is the line's time."""

    verb: str | None = None
    #: Whether what is under it tells better what the call is doing.
    passing = False

    def __init__(self, board: Switchboard, call: Call, then: Then) -> None:
        self.board = board
        self.call = call
        self.then = then
        self.alive = True
        self.until: datetime | None = None
        self._timers: list[int] = []

    def start(self, at: datetime) -> None:
        """Come in front, and begin."""
        self.call.stack.append(self)
        self.board.carrier.touch_call(self.call)
        self.begin(at)

    def begin(self, at: datetime) -> None:
        """What it does first."""

    def key(self, digit: str, at: datetime) -> bool:
        """A key is pressed; whether it was heard here. If not, what is under this is asked."""
        return False

    def words(self, words: str, at: datetime) -> bool:
        """The phone says something; as for a key."""
        return False

    def stop(self, at: datetime, why: Why) -> None:
        """Cut short: let go of whatever is held. It is off the stack already."""

    def about(self) -> dict[str, object]:
        """What `doing` tells besides the verb."""
        return {}

    def as_json(self) -> dict[str, object]:
        """As `doing` shows it."""
        told: dict[str, object] = {"verb": self.verb} if self.verb else {}
        if self.until:
            told["until"] = self.until.isoformat()
        return told | self.about()

    def after(self, at: datetime, seconds: float, action: Then) -> None:
        """Do that so many seconds later on the line's clock if this still goes on; now if there is nothing to wait."""
        if seconds <= 0:
            action(at)
            return
        self.until = at + timedelta(seconds=seconds)
        self._timers.append(self.board.timetable.at(self.until, lambda due: self._fall_due(due, action)))

    def _fall_due(self, due: datetime, action: Then) -> None:
        with self.board.lock:
            if self.alive:
                self.call.quick = 0
                action(due)

    def forget_timers(self) -> None:
        """Nothing planned with `after` happens."""
        for timer in self._timers:
            self.board.timetable.cancel(timer)
        self._timers.clear()
        self.until = None

    def leave(self) -> None:
        """Off the stack, without a word to anybody. What is in front of it must be gone."""
        self.alive = False
        self.forget_timers()
        if self in self.call.stack:
            self.call.stack.remove(self)
        self.board.carrier.touch_call(self.call)

    def finish(self, at: datetime) -> None:
        """It is over; go on with what comes then."""
        if self.alive:
            self.clear_front(at, "replaced")
            self.leave()
            self.then(at)

    def clear_front(self, at: datetime, why: Why) -> None:
        """Cut short whatever is in front of this."""
        if self in self.call.stack:
            unwind(self.call, at, why, self)


def unwind(call: Call, at: datetime, why: Why, down_to: Activity | None = None) -> None:
    """Cut short everything the call is doing, front first; down to that activity, which stays."""
    while call.stack and call.stack[-1] is not down_to:
        front = call.stack[-1]
        front.leave()
        front.stop(at, why)
