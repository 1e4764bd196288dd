"""What the carrier will do later, in order of due time on the line's clock."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from datetime import datetime

from .clock import FRESH, LineClock

Action = Callable[[datetime], None]
log = logging.getLogger(__name__)


class Timetable:
    """Runs each action once its time has come; the action is told its due time, which a moved clock may have passed.

    One thread, so that a jump over several due times does them one after another, as they would have been.
    """

    def __init__(self, clock: LineClock, lock: threading.RLock, changed: threading.Condition) -> None:
        """`lock` guards all of it; `changed`, on the same lock, is notified when an action is done."""
        self._clock = clock
        self._changed = changed
        self._wake = threading.Condition(lock)
        self._due: list[tuple[datetime, int, Action]] = []
        self._order = itertools.count()
        self._running = False
        self._stopped = False
        clock.moved = self.wake

    def start(self) -> None:
        """Begin watching the clock."""
        threading.Thread(target=self._run, name="simulator-timetable", daemon=True).start()

    def stop(self) -> None:
        """Do nothing more."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()

    def at(self, due: datetime, action: Action) -> int:
        """Do this when `due` has come on the line's clock; what is given back can cancel it."""
        with self._wake:
            planned = next(self._order)
            heapq.heappush(self._due, (due, planned, action))
            if self._due[0][2] is action:
                self._wake.notify()
            return planned

    def cancel(self, planned: int) -> None:
        """Do not do that; nothing happens if it is done or was never planned."""
        with self._wake:
            kept = [entry for entry in self._due if entry[1] != planned]
            if len(kept) < len(self._due):
                heapq.heapify(kept)
                self._due = kept
                self._changed.notify_all()

    def wake(self) -> None:
        """The clock has moved: look again."""
        with self._wake:
            self._wake.notify()

    def clear(self) -> None:
        """Forget everything planned."""
        with self._wake:
            self._due.clear()

    @property
    def outstanding(self) -> int:
        """Actions running or due by now."""
        now = self._clock.reading()
        return self._running + sum(due <= now for due, _, _ in self._due)

    @property
    def later(self) -> list[datetime]:
        """Due times still to come, soonest first."""
        now = self._clock.reading()
        return sorted(due for due, _, _ in self._due if due > now)

    def _run(self) -> None:
        while not self._stopped:
            due_action = self._next()
            if due_action is None:
                self._clock.now()  # somebody may have moved the line's clock behind our back
                continue
            due, action = due_action
            try:
                action(due)
            except Exception:
                log.exception("an action due at %s failed", due)
            with self._wake:
                self._running = False
                self._changed.notify_all()

    def _next(self) -> tuple[datetime, Action] | None:
        """The next due action, or None after a while without one."""
        with self._wake:
            if not self._due:
                self._wake.wait()
            elif (wait := (self._due[0][0] - self._clock.reading()).total_seconds()) > 0:
                self._wake.wait(min(wait, FRESH) if self._clock.line else min(wait, 3600))
            if not self._due or self._due[0][0] > self._clock.reading() or self._stopped:
                return None
            due, _, action = heapq.heappop(self._due)
            self._running = True
            return due, action
