"""The sweep: finds every row that is due, nudge or no nudge, each lane in its own loop.

What a living worker was nudged for is left to it for a second. Where no worker gives a sign of life, because it or
Redis is gone, the sweep does the work itself.
"""

import logging
from datetime import datetime, timedelta

from hotline import dispatch
from hotline.house import House
from hotline.models import runs
from hotline.models.engine import retriable
from workers import beats, waiting
from workers.hands import Hands
from workers.settle import settle

log = logging.getLogger(__name__)

GRACE = timedelta(seconds=1)
POISON = timedelta(minutes=1)


class Sweep:
    """One lane of one house, swept again and again."""

    def __init__(self, house: House, hands: Hands, lane: str) -> None:
        self._house, self._hands, self._lane = house, hands, lane
        self._watch = Watch(house)

    def once(self) -> None:
        """What is due now: texts first, since silence is counted from when they went out."""
        self.send()
        self.settle()
        with waiting.looking(self._house) as connection:
            found = waiting.due_runs(connection, self._house.clock.now(), self._lane)
        for run in found:
            self._watch.hear(run.id, run.due)

    def send(self) -> None:
        now = self._house.clock.now()
        until = now - GRACE if beats.is_alive(self._house.engine, self._lane) else now
        with waiting.looking(self._house) as connection:
            if self._lane == "urgent":
                found = waiting.urgent(connection, until)
            else:
                found = waiting.routine(connection, self._house, until, now)
        for id in found:
            if not self._hands.offer(id):
                return

    def settle(self) -> None:
        with waiting.looking(self._house) as connection:
            found = waiting.lapsed(connection, self._lane)
        for row in found:
            if settle(self._house, row):
                self._hands.offer(row.id)


class Watch:
    """Hears due runs, and knows one that is due again at the very same time: it would keep everybody else waiting."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._last: dict[int, datetime] = {}

    def hear(self, run_id: int, due: datetime) -> None:
        if self._last.get(run_id) == due:
            log.error("a run does not move", extra={"run": run_id})
            _push_away(self._house, run_id)
            self._last.pop(run_id)
            return
        if hear_quiet(self._house, run_id):
            self._last[run_id] = due
        if len(self._last) > 10_000:
            self._last.clear()


def hear_quiet(house: House, run_id: int) -> bool:
    """A run whose clock has run out hears the silence; poison is pushed away. False if the database would not."""
    try:
        dispatch.take_due(house, run_id)
    except Exception as exc:
        if retriable(exc):
            log.warning("the database would not", extra={"run": run_id, "fault": type(exc).__name__})
            return False
        log.error("a run is poison", exc_info=exc, extra={"run": run_id})
        _push_away(house, run_id)
    return True


def _push_away(house: House, run_id: int) -> None:
    now = house.clock.now()
    with house.engine.begin() as connection:
        connection.execute(
            runs.update().where(runs.c.id == run_id, runs.c.open, runs.c.due <= now).values(due=now + POISON)
        )
