"""Retention: words go when their time has come, here and at the carrier; counts and times stay.

A row's words are kept until so long after the later of two times: it was written, and its case was closed. Here they
go in one statement with a note of the carrier's SID; the notes are worked off as the carrier lets us, and survive
whatever stops either.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, delete, exists, func, or_, select, true, update

from hotline.carrier import CarrierFault
from hotline.house import House
from hotline.models import (
    calls,
    case_is_open,
    cases,
    deliveries,
    forgotten,
    people,
    placements,
    rides,
    runs,
    texts,
    voicemails,
)
from hotline.models import log as history
from hotline.models.engine import reader
from hotline.programs import Program
from hotline.statements import insert_or

log = logging.getLogger(__name__)

BATCH = 200  # rows a transaction: a writer waits no longer than that
AT_ONCE = 100  # SIDs a round: the carrier's REST is also what pages go through
NOT_THERE = 20404
LONGEST_WAIT = timedelta(hours=6)

#: What history keeps for years (domain.md 4.9): who agreed to what, and who read somebody's words, and why.
KEPT_HISTORY = ("consent", "words read")

_still_runs = exists().where(runs.c.case_id == cases.c.id, runs.c.open)


@dataclass(frozen=True)
class Kept:
    """What one table keeps of people's words.

    policy: its key in the program's [retention].   columns: what goes.
    since:  when a row came, or what it is about ended.
    case:   the column that names its case.         which: the rows meant, if not all.
    early:  its time runs from `since` alone, whether the case is closed or not.
    """

    name: str
    table: Table
    policy: str
    columns: tuple[str, ...]
    since: ColumnElement[Any]
    case: Column[Any]
    which: ColumnElement[bool] = true()
    early: bool = False


#: Every table with somebody's words in it; a new one is one line here.
KEPT = (
    Kept("texts", texts, "words", ("words",), texts.c.received_at, texts.c.case_id),
    Kept("deliveries", deliveries, "words", ("words", "blanks"), deliveries.c.created_at, deliveries.c.case_id,
         deliveries.c.state.not_in(("due", "claimed", "replied"))),
    Kept("notes", history, "words", ("data",), history.c.at, history.c.case_id, history.c.what.not_in(KEPT_HISTORY)),
    Kept("runs", runs, "words", ("known",), runs.c.since, runs.c.case_id, ~runs.c.open),
    Kept("cases", cases, "words", ("known",), cases.c.opened_at, cases.c.id, ~_still_runs),
    Kept("rides", rides, "rides", ("details",), func.coalesce(rides.c.ended_at, rides.c.at, rides.c.asked_at),
         rides.c.case_id, early=True),
    Kept("placements", placements, "words", ("facility",),
         func.coalesce(placements.c.left_at, placements.c.arrived_at, placements.c.offered_at), placements.c.case_id),
    Kept("voicemails", voicemails, "voicemail", ("audio",), voicemails.c.received_at, voicemails.c.case_id, early=True),
    Kept("calls", calls, "words", ("said", "document"), calls.c.created_at, calls.c.case_id,
         calls.c.ended_at.is_not(None), early=True),
)  # fmt: skip


def forget(house: House) -> Counter[str]:
    """Apply every program's retention now. What went: rows by kind. May be stopped and begun again at any time."""
    now, gone = house.clock.now(), Counter[str]()
    for program in house.programs.all():
        for kept in KEPT:
            before = now - timedelta(seconds=program.config["retention"][kept.policy])
            for ids in _old(house, program, kept, before):
                with house.engine.begin() as connection:
                    gone[kept.name] += blank(connection, kept, ids, now)
        gone["callbacks"] += _forget_callbacks(house, program, now)
    log.info("forgotten", extra={"rows": gone.total()})
    return gone


def _forget_callbacks(house: House, program: Program, now: datetime) -> int:
    """A number they left to be called back on goes with the words of the case they left it for.

    Not while somebody keeps in touch with them on it.
    """
    before = now - timedelta(seconds=program.config["retention"]["words"])
    mine = exists().where(cases.c.person_id == people.c.id)
    gone = (
        update(people)
        .where(people.c.program_id == program.id, people.c.callback.is_not(None), people.c.created_at < before)
        .where(~mine.where(case_is_open), ~mine.where(cases.c.closed_at >= before))
        .where(~exists().where(runs.c.lock_id == people.c.id, runs.c.open))
        .values(callback=None, leave_words=False)
    )
    with house.engine.begin() as connection:
        return connection.execute(gone).rowcount


def _old(house: House, program: Program, kept: Kept, before: datetime) -> Iterator[Sequence[int]]:
    """Ids of rows whose time has come, a batch at a time, by rising id: one pass, however long the past."""
    table, last = kept.table, 0
    statement = select(table.c.id).where(
        table.c.program_id == program.id,
        kept.since < before,
        or_(*(table.c[name].is_not(None) for name in kept.columns)),
        kept.which,
    )
    if kept.table is cases:
        statement = statement.where(cases.c.closed_at < before)
    elif not kept.early:
        closed = exists().where(cases.c.id == kept.case, cases.c.closed_at < before)
        statement = statement.where(or_(kept.case.is_(None), closed))
    while True:
        with reader(house.engine).connect() as connection:
            found = connection.scalars(statement.where(table.c.id > last).order_by(table.c.id).limit(BATCH)).all()
        if not found:
            return
        yield found
        last = found[-1]


def blank(connection: Connection, kept: Kept, ids: Sequence[int], now: datetime) -> int:
    """Take the words out of these rows, and note what the carrier has of them."""
    table = kept.table
    if not ids:
        return 0
    if "sid" in table.c and table is not calls:  # of a call the carrier has no words
        sids = connection.scalars(select(table.c.sid).where(table.c.id.in_(ids), table.c.sid.is_not(None)))
        note = insert_or(connection, forgotten).on_conflict_do_nothing()
        for sid in sids.all():
            connection.execute(note, {"sid": sid, "due": now, "tries": 0})
    done = connection.execute(
        update(table)
        .where(table.c.id.in_(ids), or_(*(table.c[name].is_not(None) for name in kept.columns)))
        .values(dict.fromkeys(kept.columns))
    )
    return done.rowcount


# --- at the carrier -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AtCarrier:
    """How far the carrier has come."""

    blanked: int
    later: int


def forget_at_carrier(house: House, limit: int = AT_ONCE, sid: str | None = None) -> AtCarrier:
    """Blank what was forgotten here, or one of it. What the carrier does not take now is tried again, each time later.

    A recording goes altogether: it is here, or it is lost.
    """
    now, blanked, later = house.clock.now(), 0, 0
    statement = select(forgotten).where(forgotten.c.due <= now).order_by(forgotten.c.due, forgotten.c.sid)
    if sid is not None:
        statement = statement.where(forgotten.c.sid == sid)
    with reader(house.engine).connect() as connection:
        found = connection.execute(statement.limit(limit)).all()
    for row in found:
        try:
            house.carrier.blank(row.sid)
        except CarrierFault as fault:
            if fault.code != NOT_THERE:
                later += 1
                log.warning("the carrier still has words", extra={"kind": fault.kind, "code": fault.code})
                _postpone(house, row, now, fault.retry_after)
                if fault.kind in ("transient", "unknown", "config") and fault.status != 400:
                    break  # it is busy, away or closed to us: so it is for the others
                continue
        with house.engine.begin() as connection:
            connection.execute(delete(forgotten).where(forgotten.c.sid == row.sid))
        blanked += 1
    return AtCarrier(blanked, later)


def waiting_at_carrier(house: House) -> int:
    """How many texts the carrier has still to forget."""
    with reader(house.engine).connect() as connection:
        return connection.scalar(select(func.count()).select_from(forgotten)) or 0


def _postpone(house: House, row: Any, now: datetime, retry_after: float | None) -> None:
    wait = max(timedelta(minutes=1) * 2 ** min(row.tries, 8), timedelta(seconds=retry_after or 0))
    with house.engine.begin() as connection:
        connection.execute(
            update(forgotten)
            .where(and_(forgotten.c.sid == row.sid, forgotten.c.tries == row.tries))
            .values(due=now + min(wait, LONGEST_WAIT), tries=row.tries + 1)
        )
