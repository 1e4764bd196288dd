"""Calling: the same one door, for whoever is on the phone. What a call does is one transaction; its answer is TwiML.

A call is locked as a text is: its person's row, and the participants of all they take part in. Each document has a
number; an answer to an older one moves nothing and gets the last one again. What others say to somebody on the line
waits for the next document.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, or_, select, update
from sqlalchemy.exc import IntegrityError

from flows import routing, spoken
from flows.hearing import Listener
from hotline import facts, ledger, outbox, phones, reading, rows, speaking, steps, voice, voicemails
from hotline.dispatch import again, finish
from hotline.house import House
from hotline.models import calls, deliveries, delivery_is_waiting
from hotline.programs import Program
from hotline.work import Work

ENDED = {
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "no_answer",
}
MACHINES = ("machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax")


@dataclass(frozen=True)
class Arrival:
    """Somebody calls one of our numbers."""

    sid: str
    to: str
    from_: str

    def __repr__(self) -> str:
        return "Arrival(…)"


@dataclass(frozen=True)
class Step:
    """What came of a call's document number `turn`.

    what: answered, keys, silent, waits (in the queue), left (the queue, or whoever they were put through to), recorded.
    """

    sid: str
    call: int
    turn: int
    what: str
    digits: str = ""
    words: str = ""
    is_sure: bool = True  # the carrier's own opinion of what it heard
    machine: str = ""
    joined: bool = False
    over: bool = False  # they have hung up: nothing that is answered is heard
    recording: str = ""
    seconds: int = 0

    def __repr__(self) -> str:
        return "Step(…)"


def take_arrival(house: House, arrival: Arrival) -> str:
    """Everything a call begins with. The same SID again is given the same document."""
    program = house.programs.at(arrival.to)
    if house.programs.is_ours(arrival.from_):
        return voice.document([], voice.End())
    if program is None:  # a number that points here and is in no program's file
        return voice.document([voice.IN_DANGER], voice.End())
    try:
        document, work = again(house, lambda: _arrive(house, program, arrival))
    except IntegrityError:  # the same webhook, at the same moment
        with house.engine.connect() as connection:
            return _stored(house, connection.execute(select(calls).where(calls.c.sid == arrival.sid)).one())
    if work is not None:
        finish(house, work)
    return document


def take_step(house: House, step: Step) -> str:
    """Everything one answer to a document does."""
    document, work = again(house, lambda: _step(house, step))
    if work is not None:
        finish(house, work)
    return document


def take_end(house: House, call: int | None, sid: str, status: str) -> None:
    """A call is over: nothing waits to be spoken on it any more, and the runs it was about are told."""
    outcome = ENDED.get(status)
    if outcome is None:
        return
    work = again(house, lambda: _end(house, call, sid, outcome))
    if work is not None:
        finish(house, work)


# --- one transaction -------------------------------------------------------------------------------------------------


def _arrive(house: House, program: Program, arrival: Arrival) -> tuple[str, Work | None]:
    now = house.clock.now()
    with house.engine.begin() as connection:
        known = connection.execute(select(calls).where(calls.c.sid == arrival.sid)).first()
        if known is not None:
            return _stored(house, known), None
        is_known = not phones.withheld(arrival.from_)
        if is_known:
            index = house.vault.index(arrival.from_)
            person, _ = rows.hello(connection, house, program, index, arrival.from_, arrival.to, now, None)
        else:
            person = rows.lock(connection, [rows.person(connection, house, program, None, now)])[0]
        member = person.roles is not None and person.active
        if member:
            connection.rollback()
        else:
            work = Work(house, connection, program, now, person)
            _begins(work, arrival)
            case = work.load_case_of(person.id)
            past = routing.Past() if case is not None else facts.past(work, person)
            two = len(program.languages) > 1
            turns = spoken.arrives(work.listeners(person.id), case, past.last_coordinator, two, withheld=not is_known)
            return _said(work, turns, "arrives"), work
    with house.engine.begin() as connection:
        locked = rows.lock_member(connection, program, index)
        person = next(row for row in locked if row.id == person.id)
        work = Work(house, connection, program, now, person)
        if not work.load([row.id for row in locked]):
            raise rows.Moved
        _begins(work, arrival)
        turns = spoken.member_arrives(work.listeners(person.id), person.id, work.open_case_of(person.id))
        return _said(work, turns, "arrives"), work


def _begins(work: Work, arrival: Arrival) -> None:
    """The call's row. They are on the line from now on, whatever call of theirs we did not see the end of."""
    id = work.house.clock.id()
    work.call = work.new_call(id, work.person.id, arrival.to, sid=arrival.sid, inbound=True)
    work.change(work.person.id, on_call=id)


def _step(house: House, step: Step) -> tuple[str, Work | None]:
    now = house.clock.now()
    with house.engine.begin() as connection:
        found = connection.execute(select(calls).where(calls.c.id == step.call)).first()
        if found is None or (found.sid is not None and found.sid != step.sid):
            return voice.document([], voice.End()), None
        locked = rows.lock(connection, sorted({found.person_id, *rows.locks_of(connection, found.person_id)}))
        found = connection.execute(select(calls).where(calls.c.id == step.call)).one()
        if step.what != "left" and step.turn != found.turn and found.document is not None:
            return _stored(house, found), None
        person = next(row for row in locked if row.id == found.person_id)
        work = Work(house, connection, house.programs.get(found.program_id), now, person)
        if not work.load([row.id for row in locked]):
            raise rows.Moved
        work.call = dict(found._mapping) | {"sid": step.sid, "heard_at": now}
        if found.ended_at is None and (step.what == "answered" or person.on_call is None):  # of two the newer counts
            work.change(person.id, on_call=found.id)
        return _said(work, _turns(work, step), step.what, step), work


def _end(house: House, call: int | None, sid: str, outcome: str) -> Work | None:
    now = house.clock.now()
    with house.engine.begin() as connection:
        which = calls.c.id == call if call is not None else calls.c.sid == sid
        found = connection.execute(select(calls).where(which)).first()
        if found is None or found.ended_at is not None:
            return None
        locked = rows.lock(connection, sorted({found.person_id, *rows.locks_of(connection, found.person_id)}))
        values = {"ended_at": now, "outcome": found.outcome or outcome, "sid": found.sid or sid}
        values |= {"said": None, "document": None}  # they hold words
        mine = update(calls).where(calls.c.id == found.id, calls.c.ended_at.is_(None)).values(**values)
        if connection.execute(mine).rowcount != 1:
            return None
        _release(connection, found, now)
        waits = update(calls).where(calls.c.joined_to == found.id, calls.c.queued)  # for whoever has just hung up
        connection.execute(waits.values(joined_to=None))
        person = next(row for row in locked if row.id == found.person_id)
        work = Work(house, connection, house.programs.get(found.program_id), now, person)
        if not work.load([row.id for row in locked]):
            raise rows.Moved
        if person.on_call == found.id:  # not one that only rang
            work.change(person.id, on_call=None)
            if found.inbound or found.pressed:
                for turn in spoken.hangs_up(work.listeners(found.person_id), found.run_id):
                    steps.turn(work, turn)
        if not found.inbound and not found.pressed and (run := work.runs.get(found.run_id)) is not None:
            why = found.outcome or ("unheard" if outcome == "completed" else outcome)
            outbox.missed(work, run, found.person_id, None, why)
        steps.run_all(work)
        ledger.write(work)
        work.nudges += [("send", id, "urgent") for id in _released(connection, found, now)]
        if not found.inbound:
            state = "delivered" if found.pressed else "failed"
            done = update(deliveries).where(
                deliveries.c.id == found.id, deliveries.c.state.not_in(("failed", "dropped"))
            )
            connection.execute(done.values(state=state, due=None, lease=None, rank=9))
        return work


def _release(connection: Any, call: Row[Any], now: Any) -> None:
    """What was not spoken is a text now, or nothing any more."""
    waiting = update(deliveries).where(deliveries.c.call_id == call.id, deliveries.c.channel == "text")
    connection.execute(waiting.where(deliveries.c.state == "due").values(due=now))
    connection.execute(waiting.where(deliveries.c.state == "held").values(state="dropped"))
    rings = update(deliveries).where(deliveries.c.person_id == call.person_id, deliveries.c.channel == "call")
    connection.execute(rings.where(delivery_is_waiting, deliveries.c.state == "due").values(due=now))


def _released(connection: Any, call: Row[Any], now: Any) -> Sequence[int]:
    rings = (deliveries.c.person_id == call.person_id) & (deliveries.c.channel == "call")
    mine = or_(deliveries.c.call_id == call.id, rings)
    waiting = select(deliveries.c.id).where(mine, delivery_is_waiting, deliveries.c.state == "due")
    return list(connection.scalars(waiting.where(deliveries.c.due <= now)))


def _stored(house: House, call: Row[Any]) -> str:
    return house.vault.open(call.document) if call.document else voice.document([], voice.End())


# --- what is heard ----------------------------------------------------------------------------------------------------


def _turns(work: Work, step: Step) -> list[spoken.Spoken]:
    call, listeners = work.call, work.listeners(work.person.id)
    assert call is not None
    run = speaking.for_run(work, listeners)
    if step.what == "answered":
        call["pressed"] = False
        return []
    if step.what == "keys":
        number = spoken.wants_number(listeners, run)
        if not step.digits and not number:
            return _speech(work, step, listeners) if step.words.strip() else _silence(work, listeners)
        call |= {"misses": 0, "pressed": True}
        if call["inbound"] and step.turn == 1:
            case = work.open_case_of(work.person.id)
            late = spoken.answers_late(step.digits, listeners, run, case, work.person.id)
            if late is not None:
                return [*late]
        return spoken.pressed(step.digits, _phone(work, step.digits), listeners, run)
    if step.what == "silent":
        return _silence(work, listeners)
    if step.what == "left":
        return _left(work, step, listeners)
    if step.what == "recorded" and step.recording:
        voicemails.keep(work, step.recording, step.seconds)
        return spoken.recorded(listeners, run)
    return []


def _left(work: Work, step: Step, listeners: Sequence[Listener]) -> list[spoken.Spoken]:
    """Out of the queue, or from whoever they were put through to."""
    call = work.call
    assert call is not None
    before, joined = call["next"], call["joined_to"]
    call["queued"] = False
    if before in ("crisis_line", "join"):  # what they left it for
        return []
    call |= {"next": None, "joined_to": None}
    if before == facts.AWAY:
        return [*spoken.returns(listeners, work.open_case_of(work.person.id))]
    if not step.joined and (joined is None or step.over):
        return []
    if joined is not None and not step.joined:
        _not_met(work, joined)
    return [*spoken.parted(listeners, step.joined)]


def _not_met(work: Work, other: int) -> None:
    """Whoever they were to be put through to may be on the line still, and on the way into the queue."""
    assert work.call is not None
    waits = select(calls.c.id).where(calls.c.id == other, calls.c.joined_to == work.call["id"])
    if work.connection.scalar(waits) is not None:
        work.turned.setdefault(other, {})["joined_to"] = None


def _speech(work: Work, step: Step, listeners: Sequence[Listener]) -> list[spoken.Spoken]:
    """Words that were heard are read as written ones are: danger first, and kept for whoever takes the case."""
    text = reading.read(
        work.house, work.program, step.words, 0, work.language(work.person), member=False, id=work.text_id
    )
    asked = spoken.asking(listeners, speaking.for_run(work, listeners))
    case = work.open_case_of(work.person.id)
    past = routing.Past() if case is not None else facts.past(work, work.person)
    turns = routing.participant(text, listeners, case, past, work.now, on_call=True)
    if not step.is_sure and not spoken.is_danger(text, asked):
        return _silence(work, listeners)  # of a word misheard nothing is made, but of danger
    said = spoken.spoken_to(turns, asked)
    if said:
        work.learn_language(step.words, reading.language(work.house, work.program, step.words))
        work.begin_text(f"{step.sid}-{step.turn}", text, 0, case)
    return said


def _silence(work: Work, listeners: Sequence[Listener]) -> list[spoken.Spoken]:
    call = work.call
    assert call is not None
    call["misses"] += 1
    if not call["inbound"] and not call["pressed"]:
        return []  # said twice already, to nobody or to a machine
    return spoken.silent(listeners, speaking.for_run(work, listeners), call["misses"] - 1)


def _phone(work: Work, digits: str) -> str | None:
    """The number that was keyed in, if it is one the line may call."""
    try:
        number = phones.contactable(phones.e164(digits))
    except phones.PhoneFault:
        return None
    return None if work.house.programs.is_ours(number) or number == work.program.desk else number


# --- what is said -----------------------------------------------------------------------------------------------------


def _said(work: Work, turns: Sequence[spoken.Spoken], what: str, step: Step | None = None) -> str:
    """The turns are taken, and what is said now becomes the call's next document."""
    call = work.call
    assert call is not None
    before = spoken.asking(work.listeners(work.person.id), speaking.for_run(work, work.listeners(work.person.id)))
    repeats = False
    for turn in turns:
        match turn:
            case spoken.Repeat():
                repeats = True
            case spoken.CrisisLine():
                call["next"] = "crisis_line"
                work.note("crisis_line", case_id=work.open_case_of(work.person.id), person_id=work.person.id)
            case spoken.OtherLanguage():
                if (other := steps.other_language(work)) is not None:
                    work.change(work.person.id, language=other)
                repeats = True
            case _:
                steps.turn(work, turn)
    steps.run_all(work)
    if call["case_id"] is None:
        call["case_id"] = work.open_case_of(work.person.id)
    machine = step.machine if step is not None and step.machine in MACHINES else ""
    document = speaking.document(work, what, machine, before, repeats)
    if call["ended_at"] is None:
        call["document"] = work.house.vault.seal(document)
    else:
        call["said"] = None
    ledger.write(work)
    return document
