"""A move of simulated time: from deadline to deadline, each met at its own due time before the clock goes on."""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from hotline import simulated_time
from hotline.clock import monotonic
from hotline.house import House
from workers import waiting
from workers.hands import Hands
from workers.settle import settle
from workers.sweep import Watch

log = logging.getLogger(__name__)

LANES = ("urgent", "routine")
# Real seconds one move may wait for a carrier that does not answer; after that its deadlines no longer wait for it.
PATIENCE_S = 1.0
PROMPT_S = 0.1  # a carrier that answers within this costs no patience
GLANCE_S = 0.005
PASSES = 200  # at one instant; more is something that makes work for itself


@dataclass(frozen=True)
class Glance:
    """Everything at one instant: what is being handed over, what may go out, whose clock has run out, what is next."""

    now: datetime
    in_hands: int
    texts: Sequence[int]
    runs: Sequence[Row[Any, Any]]
    ahead: datetime | None


class Mover:
    """Takes the line to the target, if there is one. `moving` is set meanwhile, so that the sweeps stand aside."""

    def __init__(self, house: House, hands: Hands) -> None:
        self._house, self._hands = house, hands
        self._watch = Watch(house)
        self._patience = PATIENCE_S
        self.moving = threading.Event()

    def once(self) -> bool:
        """A whole move, however often it is told to go further. False if there was none."""
        engine = self._house.engine
        if simulated_time.target(engine) is None:
            return False
        self.moving.set()
        self._patience = PATIENCE_S
        try:
            while (there := simulated_time.target(engine)) is not None:
                ahead = self._do_all_due()
                if self._house.clock.now() >= there:
                    simulated_time.arrive(engine, there)
                else:
                    simulated_time.hop(engine, there if ahead is None else min(ahead, there))
        finally:
            self.moving.clear()
        return True

    def _do_all_due(self) -> datetime | None:
        """Texts before runs, again and again until nothing is due that can be done; then, what is next."""
        for _ in range(PASSES):
            seen = self._glance()
            if seen.in_hands and self._patience > 0:
                self._wait_for_others()
                continue
            if not seen.runs and not (seen.texts and self._patience > 0):
                return seen.ahead
            self._send(seen.texts)
            for run in seen.runs:
                self._watch.hear(run.id, run.due)
        log.error("an instant does not end")
        return self._glance().ahead

    def _glance(self) -> Glance:
        now = self._house.clock.now()
        with waiting.looking(self._house) as connection:
            return Glance(
                now=now,
                in_hands=waiting.in_hands(connection),
                texts=[*waiting.urgent(connection, now), *waiting.routine(connection, self._house, now, now)],
                runs=waiting.due_runs(connection, now),
                ahead=waiting.ahead(connection, now),
            )

    def _send(self, texts: Sequence[int]) -> None:
        """Hand them over; a text that went out has armed its run before the clock goes on."""
        for id in texts:
            self._hands.give(id) if self._patience > 0 else self._hands.offer(id)
        started = monotonic()
        self._hands.is_idle(max(self._patience, 0.0))
        self._patience -= max(monotonic() - started - PROMPT_S, 0.0)

    def _wait_for_others(self) -> None:
        """What a worker is just handing over arms a clock: the next hop must not overtake it."""
        started = monotonic()
        time.sleep(GLANCE_S)
        with waiting.looking(self._house) as connection:
            lapsed = [row for lane in LANES for row in waiting.lapsed(connection, lane)]
        for row in lapsed:
            settle(self._house, row)
        self._patience -= monotonic() - started
