"""Minding: calls that no webhook will move on, looked at by a worker after what happened to the others in them.

A phone that still rings for nobody is stopped; who was put through to somebody who has hung up is not left in silence;
and of a call whose end was never told the carrier is asked.
"""

import json
import logging
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, literal_column, select, update

from flows import FLOWS, spoken
from flows.hearing import Listener
from flows.machine import Run
from flows.moved import MOVED
from hotline import calling
from hotline.carrier import CarrierFault
from hotline.house import House
from hotline.models import calls, deliveries, runs
from hotline.models.engine import reader

log = logging.getLogger(__name__)

BY_ITSELF = timedelta(seconds=2)  # the carrier tells of a talk that ended, as a rule
UNHEARD_OF = timedelta(minutes=2)  # then the carrier is asked whether a call goes on
NEVER_PLACED = timedelta(hours=1)
AT_ONCE = 50  # a round

_going_on = calls.c.ended_at.is_(None)  # its partial index, in its own words


def mind(house: House) -> int:
    """Stop what rings for nobody, and free who waits for nobody; how many calls that were."""
    return _stop_rings(house) + _free_waiting(house)


# --- a phone that rings -----------------------------------------------------------------------------------------------


def _stop_rings(house: House) -> int:
    ringing = (
        select(calls, deliveries.c.card, runs.c.flow, runs.c.state, runs.c.parties)
        .add_columns(runs.c.open.label("run_open"))
        .join(deliveries, deliveries.c.id == calls.c.id)
        .join(runs, runs.c.id == calls.c.run_id)
        .where(_going_on, ~calls.c.inbound, calls.c.turn == 0)
        .where(calls.c.next.is_(None) | (calls.c.next == "stop"))
        .limit(AT_ONCE)
    )
    with reader(house.engine).connect() as connection:
        found = connection.execute(ringing).all()
    return sum(_stop(house, row) for row in found if row.next == "stop" or not _asks(row))


def _asks(row: Row[Any]) -> bool:
    """Whether whoever picks up this phone would still be asked what it rings for."""
    if row.card in spoken.NEWS:
        return True
    if not row.run_open:
        return False
    flow, parties = FLOWS[row.flow], json.loads(row.parties)
    run = Run(row.run_id, row.flow, MOVED.get((row.flow, row.state), row.state), parties=parties)
    roles = [role for role, person in parties.items() if person == row.person_id]
    return any(spoken.asks(one) and not one.state.echo for one in (Listener(run, flow, role) for role in roles))


def _stop(house: House, row: Row[Any]) -> bool:
    if row.sid is None:  # not yet with the carrier, or just on its way there
        return _drop(house, row)
    if not _mark(house, row, "stopping"):
        return False
    try:
        house.carrier.end_call(row.sid)
    except CarrierFault as fault:  # it rings out by itself
        log.info("a ring cannot be stopped", extra={"call": row.id, "kind": fault.kind, "code": fault.code})
    return True


def _drop(house: House, row: Row[Any]) -> bool:
    now = house.clock.now()
    with house.engine.begin() as connection:
        unsent = update(deliveries).where(deliveries.c.id == row.id, deliveries.c.state == literal_column("'due'"))
        if connection.execute(unsent.values(state="dropped", due=None)).rowcount != 1:
            return False
        connection.execute(update(calls).where(calls.c.id == row.id).values(ended_at=now, outcome="dropped"))
    return True


def _mark(house: House, row: Row[Any], what: str) -> bool:
    """Compare-and-set: of several workers one does it."""
    was = calls.c.next.is_(None) if row.next is None else calls.c.next == row.next
    with house.engine.begin() as connection:
        mine = update(calls).where(calls.c.id == row.id, _going_on, calls.c.turn == row.turn, was)
        return connection.execute(mine.values(next=what)).rowcount == 1


# --- who waits for somebody who is gone -------------------------------------------------------------------------------


def _free_waiting(house: House) -> int:
    other = calls.alias("other")
    stranded = (
        select(calls)
        .join(other, other.c.id == calls.c.joined_to)
        .where(_going_on, calls.c.sid.is_not(None), calls.c.next.is_(None), ~calls.c.queued)
        .where(other.c.ended_at <= house.clock.now() - BY_ITSELF)
        .limit(AT_ONCE)
    )
    with reader(house.engine).connect() as connection:
        found = connection.execute(stranded).all()
    return sum(_free(house, row) for row in found)


def _free(house: House, row: Row[Any]) -> bool:
    if not _mark(house, row, "turned"):
        return False
    try:
        house.carrier.turn_call(row.sid, f"{house.settings.public_url}/twilio/voice/{row.id}/left/{row.turn}")
    except CarrierFault as fault:  # its own time-out frees it
        log.warning("a call cannot be turned", extra={"call": row.id, "kind": fault.kind, "code": fault.code})
    return True


# --- an end that was never told ---------------------------------------------------------------------------------------


def ask_ends(house: House) -> None:
    """Calls of which nothing was heard for two minutes: of those who talk nothing is, so the carrier is asked."""
    now = house.clock.now()
    silent = select(calls.c.id, calls.c.sid, calls.c.heard_at).where(_going_on, calls.c.heard_at <= now - UNHEARD_OF)
    with reader(house.engine).connect() as connection:
        found = connection.execute(silent.order_by(calls.c.heard_at).limit(AT_ONCE)).all()
    for row in found:
        if row.sid is None:
            if row.heard_at <= now - NEVER_PLACED:
                calling.take_end(house, row.id, "", "failed")
            continue
        with house.engine.begin() as connection:
            mine = update(calls).where(calls.c.id == row.id, _going_on, calls.c.heard_at == row.heard_at)
            if connection.execute(mine.values(heard_at=now)).rowcount != 1:
                continue
        _ask_end(house, row)


def _ask_end(house: House, row: Row[Any, Any, Any]) -> None:
    try:
        status = house.carrier.call_status(row.sid)
    except CarrierFault as fault:
        if fault.status != 404:
            log.warning("the carrier could not be asked", extra={"call": row.id, "kind": fault.kind})
            return
        status = "failed"
    calling.take_end(house, row.id, row.sid, status)
