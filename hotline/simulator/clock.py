"""The carrier's clock: real time plus the offset of the line's simulated time.

The line may be moved by anybody (`hotline clock forward`), so its clock is asked again whenever our idea of it is
older than half a second. A line that is away or slow costs at most `PATIENCE`, and the last offset is kept.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from .fetch import FetchError, get_json, post_form

FRESH = 0.5  # real seconds an offset is trusted
PATIENCE = 0.15  # real seconds a caller may be held up by the line
#: Smaller differences are the journey of the answer, not a moved clock; following them would let dates run backwards.
TOLERANCE = timedelta(seconds=0.5)
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class TimeRefused(Exception):
    """The line would not, or could not, move its clock; `status` is what to answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def duration(text: str) -> timedelta:
    """`90s`, `5m`, `2h`, `3d` as a length of time. Raises ValueError for anything else."""
    match = re.fullmatch(r"(\d+)([smhd])", text.strip())
    if not match:
        raise ValueError(f"not a length of time: {text!r} (use 90s, 5m, 2h or 3d)")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


class LineClock:
    """Tells the line's time and moves it. `moved` is called after every jump, with no lock held."""

    def __init__(self, line: str | None) -> None:
        self.line = line
        self.moved: Callable[[], None] = lambda: None
        self._offset = timedelta()
        self._asked = float("-inf")
        self._asking = threading.Lock()
        self._moving = 0

    def reading(self) -> datetime:
        """Now, by the offset last known; never waits."""
        return datetime.now(UTC) + self._offset

    def now(self) -> datetime:
        """Now on the line's clock; asks the line when the offset is stale.

        Always while we move it: a phone that it rings on the way would have rung out at once, by the time before.
        """
        if self.line and (self._moving or time.monotonic() - self._asked > FRESH):
            self._ask()
        return self.reading()

    def line_time(self) -> dict[str, object] | None:
        """What the line says of its time (`now`, `next`, `busy`), or None if it cannot be had."""
        if not self.line:
            return None
        try:
            answer = get_json(f"{self.line}/simulated-time", timeout=2.0)
        except FetchError:
            return None
        self._follow(answer)
        return answer

    def forward(self, text: str) -> None:
        """Move the line's clock, and this one, by `90s`, `5m`, `2h` or `3d`.

        Raises ValueError for a bad length of time, TimeRefused when the line does not move.
        """
        length = duration(text)
        before = self._offset
        if self.line:
            self._moving += 1
            try:
                self._forward_line(text)
            finally:
                self._moving -= 1
        if self._offset - before < length - TOLERANCE:
            self._offset = before + length
            self._asked = float("-inf")
        self.moved()

    def restart(self) -> None:
        """Forget every move of our own; the line's time is asked anew."""
        self._offset = timedelta()
        self._asked = float("-inf")

    def _forward_line(self, text: str) -> None:
        try:
            status, answer = post_form(f"{self.line}/simulated-time", {"forward": text}, timeout=10.0)
        except FetchError as error:
            raise TimeRefused(502, f"the line cannot be reached: {error}") from error
        if status >= 300:
            hint = " (is HOTLINE_SIMULATED_TIME set?)" if status == 404 else ""
            raise TimeRefused(409, f"the line answered {status} to POST /simulated-time{hint}")
        self._follow(answer)

    def _ask(self) -> None:
        """Ask once; callers who come meanwhile wait for the same answer rather than asking again."""
        if not self._asking.acquire(blocking=False):
            if self._asking.acquire(timeout=PATIENCE):
                self._asking.release()
            return
        try:
            self._follow(get_json(f"{self.line}/simulated-time", timeout=PATIENCE))
        except FetchError:
            pass  # the line is down or not simulated: the last offset stands
        finally:
            self._asked = time.monotonic()
            self._asking.release()

    def _follow(self, answer: dict[str, object]) -> None:
        told = answer.get("now")
        try:
            now = datetime.fromisoformat(told) if isinstance(told, str) else None
        except ValueError:
            return
        if now is None or now.tzinfo is None:
            return
        offset = now - datetime.now(UTC)
        if abs(offset - self._offset) > TOLERANCE:
            self._offset = offset
            self.moved()
