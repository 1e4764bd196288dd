"""Effects: what a flow asked for, done: one function each, all inside the one transaction of a Work."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update

from flows import effects as ask
from flows.events import Heard, Told
from flows.machine import Run
from flows.routing import DANGEROUS
from flows.triage import LEVELS
from hotline import codes, outbox, rows
from hotline.keeping import as_agreed, rouse
from hotline.models import FOREVER, calls, deliveries, pages, people, runs
from hotline.wording import relayed
from hotline.work import Work


def _say(work: Work, run: Run, effect: ask.Say) -> None:
    if effect.to in run.parties:
        outbox.deliver(
            work, run.parties[effect.to], run=run, card=effect.card, blanks=effect.blanks, expires=effect.expires
        )


def _ring(work: Work, run: Run, effect: ask.Ring) -> None:
    if effect.to in run.parties:
        person = run.parties[effect.to]
        outbox.ring(work, person, run=run, card=effect.card, blanks=effect.blanks, expires=effect.expires)


def _connect(work: Work, run: Run, effect: ask.Connect) -> None:
    """Now, if they are speaking; else with their call's next document."""
    call, other = work.on_call(run.parties[effect.who]), work.on_call(run.parties[effect.to])
    if call is None or other is None:
        return
    work.turned.setdefault(other, {})["joined_to"] = call
    # What was still to be spoken while they waited is not said to them after they have talked.
    unsaid = (
        (deliveries.c.call_id.in_((call, other))) & (deliveries.c.channel == "text") & (deliveries.c.state == "held")
    )
    work.connection.execute(update(deliveries).where(unsaid).values(state="dropped"))
    if work.call is not None and work.call["id"] == call:
        work.through = other
    else:
        work.turned.setdefault(call, {}).update(joined_to=other, next="join")


def _unring(work: Work, run: Run, effect: ask.Unring) -> None:
    """Only marked: a worker tells the carrier (`hotline/minding.py`)."""
    mine = (calls.c.run_id == run.id) & (calls.c.person_id == run.parties[effect.to])
    still = mine & ~calls.c.inbound & (calls.c.turn == 0) & calls.c.ended_at.is_(None)
    work.connection.execute(update(calls).where(still).values(next="stop"))


def _answer(work: Work, run: Run, effect: ask.Answer) -> None:
    call = work.on_call(run.parties[effect.role])
    if work.call is not None and work.call["id"] == call:
        work.call["run_id"] = run.id
    elif call is not None:
        work.turned.setdefault(call, {})["run_id"] = run.id


def _callback(work: Work, run: Run, effect: ask.Callback) -> None:
    values: dict[str, Any] = {"callback": work.house.vault.seal(effect.phone)} if effect.phone else {}
    values |= {"leave_words": effect.voicemail} if effect.voicemail is not None else {}
    work.change(run.parties[effect.role], **values)


def _play(work: Work, run: Run, effect: ask.Play) -> None:
    work.plays = True


def _relay(work: Work, run: Run, effect: ask.Relay) -> None:
    to_member = effect.to != "participant"
    for words in relayed(effect.words, work.code_for(run) if to_member else None, to_member):
        outbox.deliver(work, run.parties[effect.to], run=run, words=words)


def _resend(work: Work, run: Run, effect: ask.Resend) -> None:
    work.connection.execute(
        update(deliveries)
        .where(deliveries.c.id == effect.delivery)
        .values(state="due", due=work.now + effect.after, sid=None, rank=0, error=None, lease=None)
    )


def _tell(work: Work, run: Run, effect: ask.Tell) -> None:
    told = Told(effect.word, effect.data)
    others = [other for other in work.runs.values() if other.open and other.id != run.id]
    if effect.to == ask.OPENER:
        opener = work.runs.get(run.opener or 0)
        if opener is not None and opener.open:
            work.hear(opener.id, told)
        elif run.case is not None and work.cases[run.case]["state"] == "open":
            _lost(work, run)
        return
    if effect.to == ask.PERSON:
        hearing = [other for other in others if work.locks[other.id] == work.locks[run.id]]
    elif effect.to == ask.OPENED:
        hearing = [other for other in others if other.opener == run.id]
    elif run.case is None:
        hearing = []
    else:
        hearing = [other for other in others if other.case == run.case and effect.to in (ask.CASE, other.flow)]
    for other in hearing:
        work.hear(other.id, told)


def _lost(work: Work, run: Run) -> None:
    """What is told to an opener that has ended is the case's alarm: somebody waits for an answer nobody will give."""
    _open(work, run, ask.Open("alarm", {"why": "lost", "now": True}))


def _open(work: Work, run: Run, effect: ask.Open) -> None:
    role_parties = run.parties if effect.parties is None else effect.parties
    work.open_run(effect.flow, effect.data, dict(role_parties), run.case, work.locks[run.id], opener=run.id)


def _open_case(work: Work, run: Run, effect: ask.OpenCase) -> None:
    person = work.somebody(run.parties[effect.role])
    data = {"language": work.language(person), "exclude": [person.id], **effect.data}
    existing = work.open_case_of(person.id)
    case = existing if existing is not None else work.open_case(person)
    work.open_run(effect.flow, data, {"participant": person.id, **effect.also}, case, person.id, opener=None)


def _admit(work: Work, run: Run, effect: ask.Admit) -> None:
    """Another person's case is another lock: their row is made, and what follows waits there as a due row."""
    officer, data = run.parties[effect.role], dict(effect.data)
    person_id = rows.person(work.connection, work.house, work.program, effect.phone, work.now)
    if person_id == officer:  # lent, or mistyped: nothing that is for the person may reach the officer's phone
        del data["phone"]
        person_id = rows.person(work.connection, work.house, work.program, None, work.now)
    work.plant(effect.flow, data, {"participant": person_id, "officer": officer}, lock=person_id)


def _hand(work: Work, run: Run, effect: ask.Hand) -> None:
    """Held words, given to the run they were meant for under the role their writer has there."""
    writer = next(party for role, party in run.parties.items() if role != "participant")
    other = work.runs.get(effect.run)
    roles = other.parties.items() if other is not None and other.open else ()
    role = next((role for role, party in roles if party == writer and role != "participant"), None)
    if role is None:
        outbox.deliver(work, writer, run=run, card="which.gone")
        return
    work.hear(effect.run, Heard(role, effect.meaning, effect.words, effect.data))


def _learn(work: Work, run: Run, effect: ask.Learn) -> None:
    if run.case is None:
        return
    case = work.cases[run.case]
    known = {**case["known"], **effect.values}
    if effect.mark and effect.mark not in known.get("marks", []):
        known["marks"] = [*known.get("marks", []), effect.mark]
    if known != case["known"]:
        case |= {"known": known, "changed": True}
        work.learned = True


def _level(work: Work, run: Run, effect: ask.Level) -> None:
    if run.case is None:
        return
    case = work.cases[run.case]
    if effect.safe:
        case |= {"level": effect.level, "frozen": False, "changed": True}
    elif LEVELS.index(effect.level) > LEVELS.index(case["level"]):
        frozen = case["frozen"] or effect.level in DANGEROUS
        case |= {"level": effect.level, "frozen": frozen, "changed": True}


def _own(work: Work, run: Run, effect: ask.Own) -> None:
    assert run.case is not None
    owner = run.parties[effect.role] if effect.role else None
    work.cases[run.case] |= {"coordinator_id": owner, "changed": True}


def _page(work: Work, run: Run, effect: ask.Page) -> None:
    if run.flow != "paging":
        return
    values = {k: v for k, v in effect.values.items() if k in pages.c}
    work.pages.setdefault(run.id, {}).update(values)


def _record(work: Work, run: Run, effect: ask.Record) -> None:
    values = dict(effect.values)
    if "card" in values:  # somebody agreed to a card: its very words are kept
        values |= as_agreed(work, run, values.pop("card"))
    work.records.setdefault((effect.table, run.id), {}).update(values)


def _take_code(work: Work, run: Run, effect: ask.TakeCode) -> None:
    assert run.case is not None
    code = work.house.codes.allot(work.connection, work.house.clock, work.program.id, run.case, work.now)
    work.runs[run.id] = replace(work.runs[run.id], known={**run.known, "code": code, "took": True})


def _hold_code(work: Work, run: Run, effect: ask.HoldCode) -> None:
    assert run.case is not None
    codes.hold(work.connection, run.case, effect.until)


def _rouse(work: Work, run: Run, effect: ask.Rouse) -> None:
    if effect.role in run.parties:
        rouse(work, effect.flow, effect.role, run.parties[effect.role])


def _keep(work: Work, run: Run, effect: ask.Keep) -> None:
    kept = {name: work.house.vault.seal(words) for name, words in effect.values.items()}
    work.change(run.parties[effect.role], **kept)


def _note(work: Work, run: Run, effect: ask.Note) -> None:
    person_id = run.parties.get(effect.role) if effect.role else None
    data = {"words": effect.words} if effect.words is not None else None
    work.note(effect.what, case_id=run.case, run_id=run.id, person_id=person_id, data=data)


def _accepted(work: Work, run: Run, effect: ask.Accepted) -> None:
    person = work.somebody(run.parties[effect.role])
    accepted = json.loads(person.accepted or "{}") | {effect.to: work.now.isoformat()}
    work.change(person.id, accepted=json.dumps(accepted))


def _away(work: Work, run: Run, effect: ask.Away) -> None:
    person = work.somebody(run.parties[effect.role])
    until = min(effect.until, FOREVER) if effect.until else None
    if effect.everywhere:
        same = update(people).where(people.c.phone_ix == person.phone_ix, people.c.roles.is_not(None))
        work.connection.execute(same.values(off_until=until))
    work.change(person.id, off_until=until)


def _wake(work: Work, run: Run, effect: ask.Wake) -> None:
    """Another case is reached only by a due row: its own clock is brought forward, and nothing else is touched."""
    waiting = select(runs.c.id, runs.c.lane).where(runs.c.open, runs.c.flow == "paging", runs.c.state == "unanswered")
    for row in work.connection.execute(waiting.where(runs.c.program_id == work.program.id)):
        work.connection.execute(update(runs).where(runs.c.id == row.id, runs.c.due > work.now).values(due=work.now))
        work.nudges.append(("due", row.id, row.lane))


def _focus(work: Work, run: Run, effect: ask.Focus) -> None:
    work.change(run.parties[effect.role], focus=json.dumps([effect.case, work.now.isoformat()]))


def _quieten(work: Work, run: Run, effect: ask.Quieten) -> None:
    person_id = run.parties[effect.role]
    if effect.wants_none is not None:
        work.change(person_id, wants_none=effect.wants_none)
    if effect.mute is not None:
        work.change(person_id, muted_until=work.now + effect.mute)


def _close(work: Work, run: Run, effect: ask.Close) -> None:
    assert run.case is not None
    work.cases[run.case] |= {"state": "closed", "closed_at": work.now, "outcome": effect.outcome, "changed": True}
    codes.give_back(work.connection, run.case, work.now)
    work.note("closed", case_id=run.case, run_id=run.id)
    for other in list(work.runs.values()):
        if other.open and other.case == run.case and other.id != run.id:
            work.hear(other.id, Told("closed"))


def _outcome(work: Work, run: Run, effect: ask.Outcome) -> None:
    assert run.case is not None
    work.cases[run.case] |= {"outcome": effect.outcome, "changed": True}


EFFECTS: dict[type, Callable[[Work, Run, Any], None]] = {
    ask.Say: _say,
    ask.Ring: _ring,
    ask.Unring: _unring,
    ask.Connect: _connect,
    ask.Answer: _answer,
    ask.Callback: _callback,
    ask.Play: _play,
    ask.Relay: _relay,
    ask.Resend: _resend,
    ask.Tell: _tell,
    ask.Open: _open,
    ask.OpenCase: _open_case,
    ask.Admit: _admit,
    ask.Hand: _hand,
    ask.Learn: _learn,
    ask.Level: _level,
    ask.Own: _own,
    ask.Page: _page,
    ask.Record: _record,
    ask.TakeCode: _take_code,
    ask.HoldCode: _hold_code,
    ask.Rouse: _rouse,
    ask.Keep: _keep,
    ask.Note: _note,
    ask.Accepted: _accepted,
    ask.Away: _away,
    ask.Wake: _wake,
    ask.Focus: _focus,
    ask.Quieten: _quieten,
    ask.Close: _close,
    ask.Outcome: _outcome,
}
