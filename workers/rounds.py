"""Rounds: what the clock process does now and then, beside its sweeps and never in their way.

When each was done last is a row, in the line's own time; of several clock processes the one whose compare-and-set
counts does it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from hotline import minding, retention, voicemails
from hotline.clock import monotonic
from hotline.house import House
from hotline.models import heartbeats
from hotline.models.engine import reader
from hotline.outage import Outage
from hotline.statements import insert_or
from workers import reconcile

log = logging.getLogger(__name__)

MINUTE, ALWAYS = timedelta(minutes=1), timedelta()
PAUSE_S = 15.0  # until a round that failed at the start is begun again: the carrier is not to be besieged,
BACK_S = 2.0  # but a database that is back should not be waited for, as somebody texted meanwhile
LEFT_S = 30.0  # until what was left is looked at
ASLEEP_S = 20.0
NIGHT = timedelta(hours=3)  # at this hour a new night's work begins, in the first program's zone


@dataclass(frozen=True)
class Round:
    """`every` is a length of time, none at all for always; None: once a night.

    `at_start`: also when this process starts, and when it could do nothing for a while. Its job says whether something
    is left for a moment.
    """

    name: str
    every: timedelta | None
    job: Callable[[House], object]
    at_start: bool = False


class Rounds:
    """Some rounds of one house, in one thread."""

    def __init__(self, house: House, rounds: tuple[Round, ...]) -> None:
        self._house, self._rounds = house, rounds
        self._not_before: dict[str, float] = {}  # of what is to be done out of turn
        self._awake_at = float("-inf")

    def once(self) -> None:
        """Whatever is due now. A round that fails keeps no other from being done."""
        now = monotonic()
        if now - self._awake_at > ASLEEP_S:  # just started, or the database let nobody go on
            self._not_before = {one.name: now for one in self._rounds if one.at_start}
        self._awake_at = now
        for one in self._rounds:
            try:
                self._do(one)
            except Exception as exc:
                if one.at_start:  # the database or the carrier was away: what this is for happened meanwhile
                    pause = BACK_S if isinstance(exc, SQLAlchemyError) else PAUSE_S
                    self._not_before[one.name] = monotonic() + pause
                log.error("a round failed", exc_info=exc, extra={"round": one.name})

    def _do(self, one: Round) -> None:
        if one.every == ALWAYS:
            one.job(self._house)
            return
        first = self._not_before.get(one.name)
        if first is not None and monotonic() < first:
            return
        if self._claim(one, first is not None):
            is_left = one.job(self._house)
            self._not_before.pop(one.name, None)
            if one.at_start and is_left:
                self._not_before[one.name] = monotonic() + LEFT_S

    def _claim(self, one: Round, first: bool) -> bool:
        now, name = self._house.clock.now(), f"round {one.name}"
        with reader(self._house.engine).connect() as connection:
            last = connection.scalar(select(heartbeats.c.at).where(heartbeats.c.name == name))
        if last is None:
            with self._house.engine.begin() as connection:
                fresh = insert_or(connection, heartbeats).values(name=name, at=now).on_conflict_do_nothing()
                return connection.execute(fresh.returning(heartbeats.c.name)).first() is not None
        if not first and not self._is_due(one, last, now):
            return False
        with self._house.engine.begin() as connection:
            mine = update(heartbeats).where(heartbeats.c.name == name, heartbeats.c.at == last)
            return connection.execute(mine.values(at=max(now, last))).rowcount == 1

    def _is_due(self, one: Round, last: datetime, now: datetime) -> bool:
        if one.every is not None:
            return now - last >= one.every
        zone = next((program.zone for program in self._house.programs.all()), None)
        return (now.astimezone(zone) - NIGHT).date() > (last.astimezone(zone) - NIGHT).date()


def listening(house: House) -> Rounds:
    """What must soon be known: texts nobody took, replies nobody heard of."""
    outage = Outage(house)

    def alarm() -> None:
        outage.refresh()
        outage.tell_managers()

    return Rounds(
        house,
        (
            Round("held", 5 * MINUTE, lambda house: reconcile.take_held(house, alarm).left, at_start=True),
            Round("replies", ALWAYS, _look_up_replies),
        ),
    )


def phoning(house: House) -> Rounds:
    """What calls need that no webhook will bring, and what was spoken into them."""
    return Rounds(
        house,
        (
            Round("phones", ALWAYS, minding.mind),
            Round("messages", ALWAYS, voicemails.fetch_due),
            Round("calls", MINUTE, minding.ask_ends),
        ),
    )


def forgetting(house: House) -> Rounds:
    """What may take its time."""
    return Rounds(
        house,
        (
            Round("forget", None, retention.forget),
            Round("forget at the carrier", MINUTE, retention.forget_at_carrier),
        ),
    )


def _look_up_replies(house: House) -> None:
    for id in reconcile.unheard_of(house):
        reconcile.look_up(house, id)
