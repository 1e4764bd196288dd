"""The outbox: which deliveries wait, and whose they are. Every claim is a compare-and-set with a lease, counted.

Due times are the line's, leases are real: moving a simulated clock must not take work out of somebody's hands.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, literal_column, or_, select, update

from hotline.clock import Clock
from hotline.house import House
from hotline.models import deliveries, delivery_is_waiting, lines, people
from hotline.models.engine import reader
from hotline.wording import worded
from messages import gsm

LEASE = timedelta(seconds=5)  # renewed while the work is in hand: this long after a death the carrier is asked
UNKNOWN = timedelta(seconds=2)  # what the carrier did not answer may still be on its way into its list
POISON = timedelta(minutes=1)
SEGMENT = timedelta(seconds=1)  # what a number sends in (facts 3.4)
# An urgent text to be tried again within this time holds routine ones back; it is longer than its longest back-off.
SOON = timedelta(minutes=1)

#: Deliveries a number's routine texts stand back for, if they are due soon: not what is spoken on a call, or rung.
URGENT_UNSENT = and_(
    delivery_is_waiting, deliveries.c.lane == literal_column("'urgent'"), deliveries.c.call_id.is_(None)
)

real = Clock()


@dataclass(frozen=True)
class Claimed:
    """A delivery that is ours to hand over, and how. `repr` shows nothing of anybody."""

    row: Row[Any] = field(repr=False)
    to: str = field(repr=False)
    from_: str = field(repr=False)
    words: str = field(repr=False)
    expires_s: int | None = None
    detect: str | None = None  # of a call: whether a machine answers is to be told, and when


def read(house: House, delivery_id: int) -> Row[Any] | None:
    """A delivery with the number it goes to, sealed."""
    statement = select(
        deliveries, people.c.phone, people.c.line, people.c.callback, people.c.roles, people.c.leave_words
    ).join(people, people.c.id == deliveries.c.person_id)
    with reader(house.engine).connect() as connection:
        return connection.execute(statement.where(deliveries.c.id == delivery_id)).first()


def prepared(house: House, row: Row[Any], now: datetime) -> Claimed:
    """What would be handed over: worded now, so that a card edited meanwhile goes out as edited."""
    left = None if row.expires is None else int((expiry(row) - now).total_seconds())
    return Claimed(
        row=row,
        to=house.vault.open(row.callback if row.channel == "call" and row.callback else row.phone),
        from_=sender(house, row),
        words=worded(house, row) if row.channel == "text" else "",
        expires_s=left,
        detect=_detect(row) if row.channel == "call" else None,
    )


def _detect(row: Row[Any]) -> str | None:
    """A participant's machine hears nothing, or the one sentence they allowed; a member's may hear an offer."""
    if row.roles is not None:
        return None
    return "DetectMessageEnd" if row.leave_words else "Enable"


def sender(house: House, row: Row[Any]) -> str:
    """Which of the program's numbers says it: the one this person texted last, so that it is one thread for them."""
    numbers = house.programs.get(row.program_id).config["program"]["numbers"]
    return row.line if row.line in numbers else numbers[0]


def expiry(row: Row[Any]) -> datetime:
    return row.created_at + timedelta(seconds=row.expires)


def claim(house: House, claimed: Claimed, now: datetime) -> bool:
    """Whether it is ours. The words are kept with the claim: after a death they are how the carrier's copy is known."""
    row = claimed.row
    sealed = house.vault.seal(claimed.words) if claimed.words else None
    with house.engine.begin() as connection:
        if row.lane != "urgent" and row.channel == "text" and not _pace(connection, claimed, now):
            return False
        mine = connection.execute(
            update(deliveries)
            .where(deliveries.c.id == row.id, deliveries.c.state == "due", deliveries.c.due <= now)
            .values(state="claimed", lease=real.now() + LEASE, tries=row.tries + 1, words=sealed)
        )
        if mine.rowcount != 1:
            connection.rollback()
            return False
    return True


def _pace(connection: Connection, claimed: Claimed, now: datetime) -> bool:
    """Take the number for as long as these segments need; not while something urgent from it is unsent."""
    urgent = exists().where(URGENT_UNSENT, deliveries.c.due <= now + SOON)
    urgent = urgent.where(deliveries.c.program_id == claimed.row.program_id)
    taken = connection.execute(
        update(lines)
        .where(lines.c.number == claimed.from_, or_(lines.c.free_at.is_(None), lines.c.free_at <= now), ~urgent)
        .values(free_at=now + SEGMENT * gsm.segments(claimed.words))
    )
    return taken.rowcount == 1


def renew(house: House, ids: Collection[int]) -> None:
    """Still at it."""
    _claimed(house, ids, lease=real.now() + LEASE)


def leave(house: House, delivery_id: int) -> None:
    """Nobody knows whether the carrier has it: whoever finds the lease run out asks."""
    _claimed(house, [delivery_id], lease=real.now() + UNKNOWN)


def postpone(house: House, row: Row[Any], due: datetime) -> None:
    """The carrier certainly does not have it: once more at `due`. Not counted as a try, which flows count."""
    _claimed(house, [row.id], state="due", due=due, lease=None, tries=row.tries, refusals=(row.refusals or 0) + 1)


def push_away(house: House, row: Row[Any]) -> None:
    """Something is wrong with the row itself: the others go first."""
    with house.engine.begin() as connection:
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id == row.id, deliveries.c.state.in_(("due", "claimed")))
            .values(state="due", due=house.clock.now() + POISON, lease=None, refusals=(row.refusals or 0) + 1)
        )


def _claimed(house: House, ids: Collection[int], **values: Any) -> None:
    with house.engine.begin() as connection:
        statement = update(deliveries).where(deliveries.c.id.in_(ids), deliveries.c.state == "claimed")
        connection.execute(statement.values(**values))
