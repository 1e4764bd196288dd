"""Settling: a claim whose lease ran out. The carrier is asked before anything is sent a second time.

A listed message counts only if no other delivery of ours bears its SID: two equal texts on their way are two texts.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update

from hotline import dispatch
from hotline.carrier import CarrierFault, Held
from hotline.house import House
from hotline.models import deliveries
from hotline.models.engine import reader
from workers import outbox

log = logging.getLogger(__name__)

ASKED_AGAIN = timedelta(seconds=5)
TRIAL = "account - "  # "Sent from your Twilio trial account - ..."
BEHIND = timedelta(days=1)  # a simulated carrier follows a moved clock half a second later, with its dates of before


def settle(house: House, lapsed: Row[Any, Any]) -> bool:
    """Find out what became of it. True if it is due again, and to be sent."""
    row = _take_over(house, lapsed)
    if row is None:
        return False
    try:
        sid = _carriers(house, row)
    except CarrierFault as fault:
        log.warning(
            "the carrier could not be asked", extra={"delivery": row.id, "kind": fault.kind, "code": fault.code}
        )
        _lease(house, row, ASKED_AGAIN)
        return False
    if sid is not None:
        log.info("the carrier has it", extra={"delivery": row.id})
        dispatch.sent(house, row.id, sid)
        return False
    log.info("the carrier has it not", extra={"delivery": row.id})
    with house.engine.begin() as connection:
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id == row.id, deliveries.c.state == "claimed")
            .values(state="due", due=min(row.due, house.clock.now()), lease=None, tries=max(row.tries - 1, 0))
        )
    return True


def _take_over(house: House, lapsed: Row[Any, Any]) -> Row[Any] | None:
    """Compare-and-set on the lease itself: of several sweeps one settles."""
    with house.engine.begin() as connection:
        mine = connection.execute(
            update(deliveries)
            .where(deliveries.c.id == lapsed.id, deliveries.c.state == "claimed", deliveries.c.lease == lapsed.lease)
            .values(lease=outbox.real.now() + outbox.LEASE)
        )
        if mine.rowcount != 1:
            return None
    return outbox.read(house, lapsed.id)


def _carriers(house: House, row: Row[Any]) -> str | None:
    """The SID of the message at the carrier that is this delivery, if there is one."""
    from_ = outbox.sender(house, row)
    if row.channel == "call":
        to = house.vault.open(row.callback or row.phone)
        found_calls = house.carrier.find_call(to, max(row.created_at, row.due) if row.due else row.created_at, from_)
        return next((sid for sid in reversed(found_calls) if not _borne(house, sid, row.id)), None)
    found = at_carrier(house, row, max(row.created_at, row.due) if row.due else row.created_at, from_)
    return found.sid if found is not None else None


def at_carrier(house: House, row: Row[Any], since: datetime, from_: str | None = None) -> Held | None:
    """The message that is this delivery, if the carrier has one since then."""
    if row.words is None:
        return None
    words = house.vault.open(row.words).strip()
    if house.settings.simulated_time:
        since -= BEHIND
    held = house.carrier.find_text(house.vault.open(row.phone), since, from_=from_)
    ours = (one for one in sorted(held, key=lambda one: one.at) if _is(one, words))
    return next((one for one in ours if not _borne(house, one.sid, row.id)), None)


def _is(held: Held, words: str) -> bool:
    """Carriers cut what is blank at the ends, and a trial account has a sentence of its own put in front."""
    return held.words.strip() == words or held.words.strip().endswith(TRIAL + words)


def _borne(house: House, sid: str, delivery_id: int) -> bool:
    statement = select(deliveries.c.id).where(deliveries.c.sid == sid, deliveries.c.id != delivery_id).limit(1)
    with reader(house.engine).connect() as connection:
        return connection.scalar(statement) is not None


def _lease(house: House, row: Row[Any], longer: timedelta) -> None:
    with house.engine.begin() as connection:
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id == row.id, deliveries.c.state == "claimed")
            .values(lease=outbox.real.now() + longer)
        )
