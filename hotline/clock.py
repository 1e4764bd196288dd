"""The only clock and the only dice: what time it is, ids that rise, and chance.

Everything that waits asks this clock, so that one offset moves the whole line through a night in seconds. (The
nonces of `privacy` are not dice: they decide nothing, and a clock replayed in a test must never repeat one.)
"""

import os
import random
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

T = TypeVar("T")

EPOCH_MS = 1_577_836_800_000  # 2020-01-01: 41 bits of milliseconds from here last until 2089
LOW_BITS = 22

monotonic = time.monotonic


class _Ids:
    """63 bits: milliseconds since 2020, then a start drawn once by each process, then counted on.

    The start is kept for the process' whole life. Drawn anew each millisecond, two busy processes would meet the
    same number every few minutes; kept, they meet only if their starts lie within the few ids of a millisecond.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.start = random.SystemRandom().getrandbits(LOW_BITS)
        self.last = 0

    def next(self) -> int:
        with self.lock:
            # Real time, not the line's: ids order what really happened, and must rise when the system's clock
            # steps back, or a text could be read before the one it answers.
            stamp = (time.time_ns() // 1_000_000 - EPOCH_MS << LOW_BITS) + self.start
            self.last = max(self.last + 1, stamp)
            return self.last


_ids = _Ids()
# A forked child would go on counting from its parent's start, and might inherit the lock while it is held.
os.register_at_fork(after_in_child=_ids.__init__)  # type: ignore[misc]


class Clock:
    """`offset` gives the seconds the line's time is ahead of the real one; nothing is read when it is left out."""

    def __init__(self, offset: Callable[[], float] | None = None) -> None:
        self._offset = offset
        self._dice = random.SystemRandom()

    def now(self) -> datetime:
        """The line's time, aware, in UTC."""
        now = datetime.now(UTC)
        return now if self._offset is None else now + timedelta(seconds=self._offset())

    def monotonic(self) -> float:
        """Real seconds, for measuring how long something took: never moved by an offset."""
        return monotonic()

    def id(self) -> int:
        """A new id, larger than every id this process made before."""
        return _ids.next()

    def choice(self, among: Sequence[T]) -> T:
        return self._dice.choice(among)

    def at(self, instant: datetime) -> "Clock":
        """This clock stopped at `instant`, for one piece of work: a deadline is met at its own time, not when found."""
        if instant.tzinfo is None:
            raise ValueError("a clock cannot stand at a time without a zone")
        return _Stopped(instant.astimezone(UTC))


class _Stopped(Clock):
    def __init__(self, instant: datetime) -> None:
        super().__init__()
        self._instant = instant

    def now(self) -> datetime:
        return self._instant
