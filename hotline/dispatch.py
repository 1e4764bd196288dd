"""Dispatch: the one door in. Lock, read, step until nobody has anything to tell, write once, commit, nudge.

A case's lock is its participant's row; a member's text locks its own row and the participants of all their open cases,
in one statement ordered by id. Lock first, read in the next statement. Everything a text does is one transaction, and
the same webhook again finds its row and gets the same reply.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from flows import routing
from flows.events import Quiet, Told
from flows.members import speaks_for_themselves
from hotline import facts, late, ledger, outbox, phones, reading, rows, steps
from hotline.clock import monotonic
from hotline.house import House
from hotline.models import calls, deliveries, runs
from hotline.models.engine import retriable
from hotline.programs import Program
from hotline.work import Work

log = logging.getLogger(__name__)
T = TypeVar("T")
ATTEMPTS = 6
PATIENCE_S = 4.0  # then no attempt is begun any more: each may take seconds, and Twilio waits for 15 in all


@dataclass(frozen=True)
class Inbound:
    """A text as the carrier hands it over. `repr` would show somebody's words: it is never logged."""

    sid: str
    to: str
    from_: str
    body: str
    media: int = 0
    at: datetime | None = None  # when the carrier got it, where we had to ask the carrier for it

    def __repr__(self) -> str:
        return "Inbound(…)"


@dataclass(frozen=True)
class Reply:
    """What we say to the one who is speaking to us right now: words, each with its delivery's id."""

    texts: tuple[tuple[str, int], ...] = ()


def take_text(house: House, inbound: Inbound) -> Reply:
    """Everything one text does. The same SID again gets the same reply, and moves nothing."""
    program = house.programs.at(inbound.to)
    if program is None or not phones.is_person(inbound.from_) or house.programs.is_ours(inbound.from_):
        return Reply()  # nobody is a loop: our own numbers, short codes and names get no answer and open no case
    try:
        return again(house, lambda: _text(house, program, inbound))
    except IntegrityError:
        return _stored(house, inbound.sid)


def take_due(house: House, run_id: int) -> None:
    """A run whose clock has run out hears the silence. A stale call is nothing."""

    def quiet(work: Work) -> None:
        run = work.runs.get(run_id)
        if run is not None and run.open and run.due is not None and run.due <= work.now:
            work.hear(run_id, Quiet())

    _in_run(house, run_id, quiet)


def take_fate(house: House, delivery_id: int, status: str, error: int | None) -> None:
    """The carrier could not deliver: the run that said it hears so, once, and whoever it matters to is told."""

    def failed(work: Work) -> None:
        row = work.connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one()
        if row.state == "failed":
            return
        outbox.fail(work, row, rows.why(error), error)

    with house.engine.connect() as connection:
        run_id = connection.scalar(select(deliveries.c.run_id).where(deliveries.c.id == delivery_id))
    if run_id is not None:
        _in_run(house, run_id, failed)
        return
    with house.engine.begin() as connection:
        rows.mark_failed(connection, delivery_id, error)


def take_told(house: House, case_id: int, flow: str, word: str) -> None:
    """Something happened outside that a flow of this case waits for."""
    with house.engine.connect() as connection:
        mine = select(runs.c.id).where(runs.c.case_id == case_id, runs.c.flow == flow, runs.c.open)
        found = connection.scalars(mine.order_by(runs.c.id)).all()
    for run_id in found:
        _in_run(house, run_id, lambda work, run_id=run_id: work.hear(run_id, Told(word)))  # type: ignore[misc]


def sent(house: House, delivery_id: int, sid: str) -> None:
    """A delivery has gone out: its SID is noted, and the silence it waits for begins now and not before."""
    now = house.clock.now()
    # Due later it has failed meanwhile, and is to be tried again: the carrier told so before it answered us.
    ours = (deliveries.c.state == "claimed") | ((deliveries.c.state == "due") & (deliveries.c.due <= now))
    with house.engine.begin() as connection:
        row = connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery_id, ours)
            .values(state="sent", sid=sid, sent_at=now, lease=None)
            .returning(deliveries.c.run_id, deliveries.c.wait, deliveries.c.turn, deliveries.c.channel)
        ).first()
        if row is not None and row.channel == "call":
            connection.execute(update(calls).where(calls.c.id == delivery_id, calls.c.sid.is_(None)).values(sid=sid))
        if row is not None and row.wait is not None:
            due = rows.after(now, row.wait)
            connection.execute(
                update(runs)
                .where(runs.c.id == row.run_id, runs.c.turn == row.turn, runs.c.open, runs.c.due > due)
                .values(due=due)
            )


# --- one transaction ------------------------------------------------------------------------------------------------


def again(house: House, job: Callable[[], T]) -> T:
    """Deadlocks, serialisation and a busy SQLite are tried again from the beginning: nothing was written."""
    started = monotonic()
    for attempt in range(ATTEMPTS):
        try:
            return job()
        except Exception as exc:
            if attempt == ATTEMPTS - 1 or not (isinstance(exc, rows.Moved) or retriable(exc)):
                raise
            if monotonic() - started > PATIENCE_S:
                raise
            log.info("taken again", extra={"attempt": attempt + 1})
    raise AssertionError("unreachable")


def finish(house: House, work: Work) -> None:
    """After the commit: whoever is to look at what was written is told so."""
    for kind, row, lane in work.nudges:
        house.nudge(kind, row, lane)


def _text(house: House, program: Program, inbound: Inbound) -> Reply:
    now, index = house.clock.now(), house.vault.index(inbound.from_)
    language = reading.language(house, program, inbound.body)
    with house.engine.begin() as connection:
        person, is_new = rows.hello(connection, house, program, index, inbound.from_, inbound.to, now, language)
        if person.roles is None or not person.active:
            work = Work(house, connection, program, now, person)
            work.late = inbound.at is not None
            _participant(work, inbound, is_new, language)
            ledger.write(work)
            reply = Reply(tuple(outbox.replies(work)))
        else:
            connection.rollback()
            work = None
    if work is None:
        return _member_text(house, program, inbound, index, now)
    finish(house, work)
    return reply


def _participant(work: Work, inbound: Inbound, is_new: bool, language: str | None) -> None:
    """Somebody who asks for help, or may."""
    person, case = work.person, None
    if person.no_texts:
        work.change(person.id, no_texts=False)  # it can text after all
    if not is_new:
        case = work.load_case_of(person.id)
    work.learn_language(inbound.body, language)
    text = work.read(inbound.body, inbound.media, member=False)
    text = work.without_echo(text, inbound.media) if work.runs else text
    work.begin_text(inbound.sid, text, inbound.media, case)
    past = routing.Past() if is_new or case is not None else facts.past(work, person)
    for turn in _turns(work, inbound, text, case, past):
        steps.turn(work, turn)
    steps.run_all(work)
    late.end(work)
    outbox.guard_loops(work)


def _turns(
    work: Work, inbound: Inbound, text: routing.Text, case: int | None, past: routing.Past
) -> list[routing.Turn]:
    listeners = work.listeners(work.person.id)
    if inbound.at is not None:
        return late.participant(work, text, listeners, case, past, inbound.at)
    return routing.participant(text, listeners, case, past, work.now)


def _member_text(house: House, program: Program, inbound: Inbound, index: bytes, now: datetime) -> Reply:
    """Own row and the participants of all open cases, locked together; read only then."""
    with house.engine.begin() as connection:
        locked = rows.lock_member(connection, program, index)
        person = next(row for row in locked if row.phone_ix == index and row.program_id == program.id)
        work = Work(house, connection, program, now, person)
        if not work.load([row.id for row in locked]):
            connection.rollback()
            raise rows.Moved
        work.late = inbound.at is not None
        if person.line != inbound.to:
            work.change(person.id, line=inbound.to)
        own_case = work.open_case_of(person.id)
        text = work.read(inbound.body, inbound.media, member=True)
        if speaks_for_themselves(text, own_case):
            work.learn_language(inbound.body, reading.language(house, program, inbound.body))
            text = work.read(inbound.body, inbound.media, member=False)
            work.begin_text(inbound.sid, text, inbound.media, own_case)
            turns = _turns(work, inbound, text, own_case, routing.Past())
        else:
            work.begin_text(inbound.sid, text, inbound.media, None)
            listeners, lately = work.listeners(person.id), facts.lately(work, person)
            if inbound.at is not None:
                turns = late.member(work, text, listeners, lately, inbound.at)
            else:
                roles = frozenset(person.roles.split(";"))
                turns = routing.member(text, listeners, lately, now, roles, person.id)
            steps.drop_which(work, turns)
        for turn in turns:
            steps.turn(work, turn)
        steps.run_all(work)
        late.end(work)
        ledger.write(work)
        reply = Reply(tuple(outbox.replies(work)))
    finish(house, work)
    return reply


def _in_run(house: House, run_id: int, event: Callable[[Work], None]) -> None:
    """Something happens to one run: its lock is taken, and everything under that lock is read."""

    def once() -> Work | None:
        with house.engine.begin() as connection:
            lock_id = connection.scalar(select(runs.c.lock_id).where(runs.c.id == run_id))
            if lock_id is None:
                return None
            person = rows.lock(connection, [lock_id])[0]
            work = Work(
                house, connection, house.programs.get(person.program_id), house.clock.now(), person, heard=False
            )
            work.load([lock_id])
            event(work)
            steps.run_all(work)
            ledger.write(work)
            return work

    work = again(house, once)
    if work is not None:
        finish(house, work)


def _stored(house: House, sid: str) -> Reply:
    """The reply this webhook got the first time."""
    with house.engine.connect() as connection:
        return Reply(tuple(rows.stored_replies(connection, house, sid)))
