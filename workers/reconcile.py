"""Reconcile: what the carrier holds and the line has never seen, and replies of which nobody has heard.

A 200, or a line that was down, ends the carrier's interest in a text: it stays readable in a list, and nobody is told.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from hotline import dispatch, statuses
from hotline.carrier import CarrierFault, Held
from hotline.dispatch import Inbound
from hotline.house import House
from hotline.models import deliveries, heartbeats, programs, reply_is_unheard_of, texts
from hotline.models.engine import reader
from hotline.statements import insert_or
from workers import outbox, settle

log = logging.getLogger(__name__)

MARK = "reconciled"
OVERLAP = timedelta(minutes=10)  # listed twice: a list may be behind, and what failed is tried again
UNDER_WAY = timedelta(seconds=30)  # its webhook may still be: Twilio gives up after 15 s, then tries the fallback
FARTHEST = timedelta(days=7)
AGAIN = timedelta(minutes=1)
LISTED = 500


@dataclass(frozen=True)
class Looked:
    """How many were taken, and how many are left for a moment: their webhook may be under way."""

    taken: int
    left: int


def take_held(house: House, alarm: Callable[[], object]) -> Looked:
    """List what was texted to each of our numbers and take what nobody has seen, in order.

    Raises CarrierFault or whatever the database does: then the mark stays where it was, and nothing is skipped.
    """
    now = house.clock.now()
    since = _mark(house, now)
    held = [
        one
        for program in house.programs.all()
        for number in program.numbers
        for one in house.carrier.list_inbound(number, since)
    ]
    unseen = _unseen(house, held)
    ready = [one for one in unseen if now - one.at >= UNDER_WAY]
    taken = 0
    for one in sorted(ready, key=lambda one: (one.at, one.sid)):
        taken += _take(house, one, alarm)
    _set_mark(house, now)
    if taken:
        log.warning("taken late", extra={"texts": taken})
    return Looked(taken, len(unseen) - len(ready))


def _take(house: House, one: Held, alarm: Callable[[], object]) -> int:
    try:
        dispatch.take_text(house, Inbound(one.sid, one.to, one.from_, one.words, one.media, one.at))
    except SQLAlchemyError:
        raise
    except Exception as exc:  # the others must still be taken, and a person must know of this one
        log.error("a text cannot be taken", exc_info=exc)
        alarm()
        return 0
    return 1


def _unseen(house: House, held: Sequence[Held]) -> list[Held]:
    seen: set[str] = set()
    with reader(house.engine).connect() as connection:
        for start in range(0, len(held), LISTED):
            sids = [one.sid for one in held[start : start + LISTED]]
            seen |= set(connection.scalars(select(texts.c.sid).where(texts.c.sid.in_(sids))))
    return [one for one in held if one.sid not in seen]


def _mark(house: House, now: datetime) -> datetime:
    """From when on: what came before the first program was loaded was for somebody else."""
    with reader(house.engine).connect() as connection:
        mark = connection.scalar(select(heartbeats.c.at).where(heartbeats.c.name == MARK))
        first = connection.scalar(select(func.min(programs.c.loaded_at))) if mark is None else None
    since = mark - OVERLAP if mark is not None else (first or now) - AGAIN  # the carrier's clock is not ours
    return max(since, now - FARTHEST)


def _set_mark(house: House, now: datetime) -> None:
    with house.engine.begin() as connection:
        row = insert_or(connection, heartbeats).values(name=MARK, at=now)
        connection.execute(
            row.on_conflict_do_update(index_elements=["name"], set_={"at": now}, where=heartbeats.c.at < now)
        )


# --- replies --------------------------------------------------------------------------------------------------------


def unheard_of(house: House, limit: int = 50) -> list[int]:
    """Replies whose status has not come in a minute."""
    statement = (
        select(deliveries.c.id)
        .where(reply_is_unheard_of, deliveries.c.due <= house.clock.now())
        .order_by(deliveries.c.due)
        .limit(limit)
    )
    with reader(house.engine).connect() as connection:
        return list(connection.scalars(statement))


def look_up(house: House, delivery_id: int) -> None:
    """Ask the carrier for it. It has it: how far it came is noted. It has it not: it goes out as any other text."""
    now = house.clock.now()
    row = outbox.read(house, delivery_id)
    if row is None or row.state != "replied" or row.due is None or row.due > now:
        return
    if not _change(house, delivery_id, row.due, due=now + AGAIN):
        return  # somebody else looks it up
    try:
        found = settle.at_carrier(house, row, row.created_at)
    except CarrierFault as fault:
        told = {"delivery": delivery_id, "kind": fault.kind, "code": fault.code}
        log.warning("the carrier could not be asked", extra=told)
        return
    if found is not None:
        statuses.note(house, delivery_id, found.sid, found.status, found.error)
        return
    log.warning("a reply never reached the carrier", extra={"delivery": delivery_id})
    if _change(house, delivery_id, now + AGAIN, state="due", due=now, sent_at=None):
        house.nudge("send", delivery_id, row.lane)


def _change(house: House, delivery_id: int, was: datetime, **values: object) -> bool:
    """Compare-and-set on the time it was to be looked up: of several processes one does it."""
    with house.engine.begin() as connection:
        mine = connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery_id, deliveries.c.state == "replied", deliveries.c.due == was)
            .values(**values)
        )
    return mine.rowcount == 1
