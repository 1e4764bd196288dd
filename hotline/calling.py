"""Calling: the same one door, for whoever is on the phone. What a call does is one transaction; its answer is TwiML.

A call is locked as a text is: its person's row, and the participants of all they take part in. Each document has a
number; an answer to an older one moves nothing and gets the last one again. What others say to somebody on the line
waits for the next document.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, select, update

from flows import routing, spoken
from flows.events import Told
from flows.hearing import Listener
from hotline import facts, ledger, outbox, phones, reading, rows, steps, voice, voicemails
from hotline.dispatch import again, finish
from hotline.house import House
from hotline.models import calls, deliveries
from hotline.programs import Program
from hotline.wording import words_for
from hotline.work import Work

ENDED = {
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "no_answer",
}
MACHINES = ("machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax")
SPEECH = {"en": "en-US", "es": "es-US"}


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
    machine: str = ""
    joined: bool = False
    recording: str = ""
    seconds: int = 0

    def __repr__(self) -> str:
        return "Step(…)"


def take_arrival(house: House, arrival: Arrival) -> str:
    """Everything a call begins with. The same SID again is given the same document."""
    program = house.programs.at(arrival.to)
    if program is None or house.programs.is_ours(arrival.from_):
        return voice.document([], voice.End())
    document, work = again(house, lambda: _arrive(house, program, arrival))
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
        is_known = not phones.withheld(arrival.from_) and not phones.emergency(arrival.from_)
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
            turns = spoken.arrives(work.listeners(person.id), case, past.last_coordinator, two)
            turns = [_withheld(turn) for turn in turns] if not is_known else turns
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


def _withheld(turn: routing.Turn) -> routing.Turn:
    if isinstance(turn, routing.Begin) and turn.flow == "intake":
        return replace(turn, data={**turn.data, "withheld": True})
    return turn


def _begins(work: Work, arrival: Arrival) -> None:
    """The call's row. They are on the line from now on, whatever call of theirs we did not see the end of."""
    id, now = work.house.clock.id(), work.now
    work.call = {
        "id": id, "program_id": work.program.id, "person_id": work.person.id, "case_id": None, "run_id": None,
        "sid": arrival.sid, "inbound": True, "pressed": False, "language": None, "line": arrival.to, "turn": 0,
        "misses": 0, "next": None, "queued": False, "joined_to": None, "said": None, "document": None,
        "created_at": now, "heard_at": now, "ended_at": None, "outcome": None,
    }  # fmt: skip
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
        if person.on_call != found.id:
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
        values = {"ended_at": now, "outcome": outcome, "sid": found.sid or sid}
        mine = update(calls).where(calls.c.id == found.id, calls.c.ended_at.is_(None)).values(**values)
        if connection.execute(mine).rowcount != 1:
            return None
        _release(connection, found, now)
        person = next(row for row in locked if row.id == found.person_id)
        work = Work(house, connection, house.programs.get(found.program_id), now, person)
        if not work.load([row.id for row in locked]):
            raise rows.Moved
        if person.on_call == found.id:
            work.change(person.id, on_call=None)
        for listener in _concerned(work, found):
            work.hear(listener.run.id, Told("hung_up", {"role": listener.role}))
        if not found.inbound and not found.pressed and (run := work.runs.get(found.run_id)) is not None:
            why = "unheard" if outcome == "completed" else outcome
            outbox.missed(work, run, found.person_id, None, why)
        steps.run_all(work)
        ledger.write(work)
        work.nudges += [("send", id, "urgent") for id in _released(connection, found)]
        if not found.inbound:
            state = "delivered" if found.pressed else "failed"
            done = update(deliveries).where(
                deliveries.c.id == found.id, deliveries.c.state.not_in(("failed", "dropped"))
            )
            connection.execute(done.values(state=state, due=None, lease=None, rank=9))
        return work


def _concerned(work: Work, call: Row[Any]) -> list[Listener]:
    """A participant's call is about all of their case; a member's, about the run it was made for and what calls."""
    mine = work.listeners(call.person_id)
    return [x for x in mine if x.role == "participant" or x.run.id == call.run_id or x.flow.name == "call"]


def _release(connection: Any, call: Row[Any], now: Any) -> None:
    """What was not spoken is a text now, or nothing any more."""
    waiting = update(deliveries).where(deliveries.c.call_id == call.id, deliveries.c.channel == "text")
    connection.execute(waiting.where(deliveries.c.state == "due").values(due=now))
    connection.execute(waiting.where(deliveries.c.state == "held").values(state="dropped"))


def _released(connection: Any, call: Row[Any]) -> Sequence[int]:
    mine = deliveries.c.call_id == call.id
    return list(connection.scalars(select(deliveries.c.id).where(mine, deliveries.c.state == "due")))


def _stored(house: House, call: Row[Any]) -> str:
    return house.vault.open(call.document) if call.document else voice.document([], voice.End())


# --- what is heard ----------------------------------------------------------------------------------------------------


def _turns(work: Work, step: Step) -> list[spoken.Spoken]:
    call, listeners = work.call, work.listeners(work.person.id)
    assert call is not None
    run = _for_run(work, listeners)
    if step.what == "answered":
        call["pressed"] = False
        return []
    if step.what == "keys":
        call |= {"misses": 0, "pressed": True}
        if step.words and not step.digits:
            return _speech(work, step, listeners)
        return spoken.pressed(step.digits, _phone(work, step.digits), listeners, run)
    if step.what == "silent":
        call["misses"] += 1
        if not call["inbound"] and not call["pressed"]:
            return []  # said twice already, to nobody or to a machine
        return spoken.silent(listeners, run, call["misses"] - 1)
    if step.what == "left":
        call |= {"queued": False}
        if call["joined_to"] is None:
            return []
        call["joined_to"] = None
        parted = [x for x in listeners if x.flow.name == "call" and x.run.state == "connected"]
        return [routing.Give(x.run.id, Told("parted", {"role": x.role, "joined": step.joined})) for x in parted[:1]]
    if step.what == "recorded" and step.recording:
        voicemails.keep(work, step.recording, step.seconds)
        return spoken.recorded(listeners, run)
    return []


def _for_run(work: Work, listeners: Sequence[Listener]) -> int | None:
    """A member's call is about one run; a participant's, about whatever is asked of them."""
    call = work.call
    assert call is not None
    own = call["run_id"]
    if own is None or any(x.run.id == own and x.role == "participant" and x.run.case is not None for x in listeners):
        return None
    if work.person.roles is None and any(x.role == "participant" for x in listeners):
        return None
    return int(own)


def _speech(work: Work, step: Step, listeners: Sequence[Listener]) -> list[spoken.Spoken]:
    """Words that were heard are read as written ones are: danger first, and kept for whoever takes the case."""
    text = reading.read(
        work.house, work.program, step.words, 0, work.language(work.person), member=False, id=work.text_id
    )
    case = work.open_case_of(work.person.id)
    if case is None:
        asked = spoken.asking(listeners, _for_run(work, listeners))
        return [*spoken.misunderstood(asked)] if asked is not None else []
    work.begin_text(f"{step.sid}-{step.turn}", text, 0, case)
    return [*routing.participant(text, listeners, case, routing.Past(), work.now)]


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
    before = spoken.asking(work.listeners(work.person.id), _for_run(work, work.listeners(work.person.id)))
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
    document = _document(work, what, step, before, repeats)
    call["document"] = work.house.vault.seal(document)
    ledger.write(work)
    return document


def _document(work: Work, what: str, step: Step | None, before: Listener | None, repeats: bool) -> str:
    call = work.call
    assert call is not None
    listeners = work.listeners(work.person.id)
    asked = spoken.asking(listeners, _for_run(work, listeners))
    call["turn"] += 1
    at = f"{work.house.settings.public_url}/twilio/voice/{call['id']}"
    go_on = f"{at}/left/{call['turn']}"
    must_leave = call["queued"] and (
        call["next"] is not None or asked is None or "hold" not in _kind(asked) or work.through is not None
    )
    if must_leave:
        return voice.document([], _left_unsaid(work))
    said = _words(work, what, asked, before, repeats)
    if call["next"] == "crisis_line":
        call["next"] = None
        said = [*said, _card(work, "voice.crisis_line")]
        return voice.document(said, voice.Dial(voice.CRISIS_LINE, call["line"], go_on))
    if work.through is not None:
        call["joined_to"] = work.through
        return voice.document(said, voice.Join(queue(work.through), go_on))
    if what == "answered" and step is not None and step.machine in MACHINES:
        return voice.document(_left_words(work, asked), voice.End())
    if what == "silent" and not call["inbound"] and not call["pressed"]:
        return voice.document([], voice.End())
    if work.plays:
        said = [*said, *voicemails.playing(work, at)]
    if asked is None:
        if what in ("arrives", "left", "keys", "recorded") and call["inbound"]:
            said = [*said, _card(work, "voice.goodbye")]
        return voice.document(said, voice.End())
    kind = _kind(asked)
    if "record" in kind:
        status = f"{work.house.settings.public_url}/twilio/voice/{call['id']}/kept"
        return voice.document(
            said, voice.Record(f"{at}/recorded/{call['turn']}", f"{at}/silent/{call['turn']}", status)
        )
    action = f"{at}/keys/{call['turn']}"
    takes_keys = asked.role == "participant" or bool(spoken.keys(asked))
    if "hold" in kind and call["queued"]:
        return voice.document(said, voice.Wait(f"{at}/waits/{call['turn']}", action if takes_keys else None))
    ask = voice.Ask(
        action,
        f"{at}/silent/{call['turn']}",
        number="number" in kind,
        twice=what == "answered",
        speech=_speech_language(work) if asked.role == "participant" and "number" not in kind else None,
    )
    if "hold" in kind:
        call["queued"] = True
        waits = f"{at}/waits/{call['turn']}"
        return voice.document(said, voice.Hold(queue(call["id"]), waits, go_on, ask if takes_keys else None))
    return voice.document(said, ask)


def queue(call: int) -> str:
    return f"q{call}"


def _kind(asked: Listener) -> frozenset[str]:
    state = asked.state
    kinds = {
        "hold": asked.role in state.holds,
        "record": state.records,
        "number": state.wants == "number" and asked.role in state.words,
    }
    return frozenset(kind for kind, is_so in kinds.items() if is_so)


def _left_unsaid(work: Work) -> voice.Then:
    """In the queue nothing but its own words can be said: the rest is said once they are out of it."""
    ids = {row["id"] for row in work.spoken}
    for row in work.deliveries:
        if row["id"] in ids:
            row |= {"state": "held", "words": None, "sent_at": None}
            given = next(x["given"] for x in work.spoken if x["id"] == row["id"])
            row["blanks"] = work.house.vault.seal_json(given) if given else None
    work.spoken.clear()
    return voice.Leave()


def _words(work: Work, what: str, asked: Listener | None, before: Listener | None, repeats: bool) -> list[voice.Said]:
    """What was waiting, what is said now, or once more what was asked."""
    call = work.call
    assert call is not None
    waiting = [] if what == "arrives" else _waiting(work)
    cards = [*waiting, *((row["card"], row["given"], row["language"]) for row in work.spoken)]
    if what == "answered":
        cards = _ring_cards(work, asked)
    same = asked is not None and before is not None and asked.run == before.run
    if not cards and asked is not None and (repeats or (same and what in ("keys", "silent", "left"))):
        cards = [(card, given, work.language(work.person)) for card, given in json.loads(_open(work, "said") or "[]")]
    elif cards and asked is not None:
        call["said"] = work.house.vault.seal_json([[card, given] for card, given, _ in cards if card != "voice.first"])
    return [_card(work, card, given, language) for card, given, language in cards]


def _open(work: Work, name: str) -> str | None:
    sealed = work.call[name] if work.call is not None else None
    return work.house.vault.open(sealed) if sealed else None


def _waiting(work: Work) -> list[tuple[str, dict[str, Any], str | None]]:
    """What others said to them meanwhile, taken from the outbox before a worker can."""
    assert work.call is not None
    mine = (
        update(deliveries)
        .where(deliveries.c.call_id == work.call["id"], deliveries.c.channel == "text")
        .where(deliveries.c.state.in_(("due", "held")))
        .values(state="replied", due=None, sent_at=work.now)
        .returning(deliveries.c.id, deliveries.c.card, deliveries.c.blanks, deliveries.c.language)
    )
    found = sorted(work.connection.execute(mine), key=lambda row: row.id)
    open_json = work.house.vault.open_json
    return [(row.card, open_json(row.blanks) if row.blanks else {}, row.language) for row in found if row.card]


def _ring_cards(work: Work, asked: Listener | None) -> list[tuple[str, dict[str, Any], str | None]]:
    """What their phone was rung to say: if it is still so."""
    assert work.call is not None
    row = work.connection.execute(select(deliveries).where(deliveries.c.id == work.call["id"])).first()
    if row is None:
        return []
    blanks = work.house.vault.open_json(row.blanks) if row.blanks else {}
    if asked is None and row.card != "voice.look":  # somebody else took it, or it is over
        return [("voice.settled", {}, row.language)]
    return [(row.card, blanks, row.language)]


def _left_words(work: Work, asked: Listener | None) -> list[voice.Said]:
    """To a machine nothing is said, but what the person allowed (domain.md 4.1)."""
    if asked is None or asked.role != "participant" or not work.person.leave_words:
        return []
    who = work.somebody(asked.run.parties["member"]) if "member" in asked.run.parties else None
    if who is None or who.name is None:
        return []
    first = work.house.vault.open(who.name).split()[0]
    return [_card(work, "call.voicemail", {"who": first})]


def _card(work: Work, card: str, blanks: dict[str, Any] | None = None, language: str | None = None) -> voice.Said:
    language = language or work.language(work.person) or work.program.languages[0]
    if language not in work.program.languages:
        language = work.program.languages[0]
    return voice.Said(language, words_for(work.house, work.program, card, blanks or {}, language, "voice"))


def _speech_language(work: Work) -> str | None:
    if not work.program.config["voice"]["speech"]:
        return None
    return SPEECH.get(work.language(work.person) or work.program.languages[0], "en-US")
