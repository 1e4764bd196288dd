"""The outbox: what we say becomes a row, and a row that failed is told to the run that said it.

To the one who is speaking to us right now it is the webhook's own reply; to anybody else it is due, and a worker
sends it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select, update

from flows import FLOWS, loops, spoken
from flows.events import Failed, Missed
from flows.machine import Run
from hotline import rows
from hotline.models import calls, deliveries
from hotline.wording import words_for
from hotline.work import Work

UNSPOKEN_S = 20  # what is not spoken by then on the call somebody is on goes out as a text
HANGS_UP_S = 15  # somebody who is on the line is rung when they have hung up, or by then
UNHEARD_OF_S = 60  # a reply whose status has not come by then is looked up at the carrier
LATE_S = 600  # a delivery's silence is armed this much later, and drawn in when it is sent


def deliver(
    work: Work,
    person_id: int,
    *,
    run: Run | None,
    card: str | None = None,
    blanks: Mapping[str, Any] | None = None,
    words: str | None = None,
    expires: float | None = None,
    case: int | None = None,
    language: str | None = None,
    as_text: bool = False,
) -> None:
    """A row in the outbox. To the one who is speaking to us right now it is the webhook's own reply.

    On a call that is what is spoken there. Somebody else's card that can be spoken waits for the next time the one who
    is on a call with us is spoken to, and is a text if that does not come.
    """
    person = work.somebody(person_id)
    case = run.case if run is not None else case
    is_answer = work.heard and work.text is not None and work.call is None and person_id == work.person.id
    is_text = card is None or bool(work.house.catalogue.cards[card].sms)
    is_reply = is_answer and is_text and not work.late  # late, there is no webhook left to reply to
    row = _row(work, person, run, case, expires)
    row |= {"card": card, "relay": card is None, "channel": "text", "language": language or row["language"]}
    if card is not None and work.house.catalogue.names_code(card):
        blanks = {"code": work.code_for(run) if run is not None else work.code_of(case), **(blanks or {})}
    if is_reply:
        said = words if card is None else words_for(work.house, work.program, card, blanks or {}, row["language"])
        due = rows.after(work.now, UNHEARD_OF_S)
        row |= {"state": "replied", "due": due, "text_id": work.text["id"], "words": said, "sent_at": work.now}  # type: ignore[index]
    elif card is not None:
        row["blanks"] = work.house.vault.seal_json(dict(blanks or {})) if blanks else None
    else:
        row["words"] = words
    work.deliveries.append(row)
    lost = None if is_reply else _lost(work, person, is_answer)
    if card is not None and not as_text and _is_spoken(work, row, run, blanks or {}, lost is not None):
        return
    if lost is not None:
        state, error = LOST[lost]
        row |= {"state": state, "due": None, "error": error}
        if run is not None:
            _failed(work, run, row["id"], person_id, card, lost, 1)
    elif person.wants_none and not is_answer and row["lane"] != "urgent" and person.roles is None and card is not None:
        row |= {"state": "dropped", "due": None}


def _row(work: Work, person: Row[Any], run: Run | None, case: int | None, expires: float | None) -> dict[str, Any]:
    """A delivery that is due now, in their language. `expires`: in so many seconds."""
    row: dict[str, Any] = dict.fromkeys(column.name for column in deliveries.c)
    urgent = run is not None and FLOWS[run.flow].urgent
    row |= {"id": work.house.clock.id(), "program_id": work.program.id, "person_id": person.id, "case_id": case}
    row |= {"run_id": run.id if run else None, "lane": "urgent" if urgent else "routine", "relay": False}
    row |= {"language": work.language(person) or work.program.languages[0]}
    row |= {"state": "due", "due": work.now, "created_at": work.now, "tries": 0, "rank": 0}
    return row | {"expires": int(expires) if expires else None}


#: Why no text of ours reaches somebody, and what the row says then.
LOST: Mapping[str, tuple[str, str | None]] = {
    "no_phone": ("dropped", None),
    "opted_out": ("failed", "21610"),
    "impossible": ("failed", "30006"),
}


def _lost(work: Work, person: Row[Any], is_answer: bool) -> str | None:
    """Why no text reaches this person, if none does. Who has just texted us has a phone that can."""
    changed = work.changes.get(person.id, {})
    if not is_answer and not work.house.vault.open(person.phone):
        return "no_phone"
    if changed.get("opted_out", person.opted_out):
        return "opted_out"
    landline = person.roles is None and changed.get("no_texts", person.no_texts)
    return "impossible" if landline and not is_answer else None


def _is_spoken(work: Work, row: dict[str, Any], run: Run | None, blanks: Mapping[str, Any], lost: bool) -> bool:
    """Whether a card is for a call, and for no text.

    `lost`: no text reaches them, so that it can only be spoken.
    """
    card = work.house.catalogue.cards[row["card"]]
    if not card.voice:
        return False
    call = work.on_call(row["person_id"])
    about, inbound = _call(work, call) if run is not None and call is not None else (None, False)
    way = spoken.way(
        is_text=bool(card.sms),
        reaches=not lost,
        speaking=work.call is not None and row["person_id"] == work.call["person_id"],
        on_call=call is not None,
        inbound=inbound,
        is_about=run is not None and about == run.id,
        asks_help=run is not None and run.parties.get("participant") == row["person_id"],
    )
    match way:
        case "said":
            assert work.call is not None
            row |= {"state": "replied", "due": None, "call_id": work.call["id"], "sent_at": work.now, "blanks": None}
            row["words"] = words_for(work.house, work.program, row["card"], blanks, row["language"], "voice")
            work.spoken.append(row | {"given": dict(blanks)})
        case "waits":
            row |= {"call_id": call, "state": "held"}
        case "waits_or_text":
            row |= {"call_id": call, "due": rows.after(work.now, UNSPOKEN_S)}
        case "dropped":
            row |= {"state": "dropped", "due": None}
    return way in ("said", "waits", "dropped")


def _call(work: Work, call: int) -> tuple[int | None, bool]:
    """Which run somebody's call is about, and whether they called us."""
    if work.call is not None and work.call["id"] == call:
        return work.call["run_id"], work.call["inbound"]
    row = work.connection.execute(select(calls.c.run_id, calls.c.inbound).where(calls.c.id == call)).first()
    if row is None:
        return None, False
    return work.turned.get(call, {}).get("run_id", row.run_id), row.inbound


def ring(
    work: Work, person_id: int, *, run: Run, card: str, blanks: Mapping[str, Any], expires: float | None = None
) -> None:
    """A call in the outbox, and beside it the text, where the card is one.

    What is only a text is not spoken: whoever answers the phone hears that there is one.
    """
    found = work.house.catalogue.cards[card]
    person = work.somebody(person_id)
    if found.sms:
        deliver(work, person_id, run=run, card=card, blanks=blanks, expires=expires, as_text=True)
    to = work.changes.get(person_id, {}).get("callback", person.callback)
    if not found.voice:
        blanks = {"code": work.code_for(run)}
    elif work.house.catalogue.names_code(card):
        blanks = {"code": work.code_for(run), **blanks}
    row = _row(work, person, run, run.case, expires)
    row |= {"card": card if found.voice else "voice.look", "channel": "call"}
    row["blanks"] = work.house.vault.seal_json(dict(blanks)) if blanks else None
    if work.on_call(person_id) is not None:  # their phone is busy with us; when it is free, at once (calling)
        row["due"] = rows.after(work.now, HANGS_UP_S)
    row["call_id"] = row["id"]
    work.deliveries.append(row)
    if not (work.house.vault.open(to) if to else work.house.vault.open(person.phone)):
        row |= {"state": "failed", "due": None}
        missed(work, run, person_id, card, "failed")
        return
    numbers = work.program.config["program"]["numbers"]
    # What asks nothing is about no run: it is said whatever has become of the run meanwhile.
    asked = any(x.run.id == run.id and spoken.asks(x) for x in work.listeners(person_id))
    about = run.id if asked or not found.voice else None
    line = person.line if person.line in numbers else numbers[0]
    work.new_calls.append(work.new_call(row["id"], person_id, line, case_id=run.case, run_id=about))


def missed(work: Work, run: Run, person_id: int, card: str | None, why: str) -> None:
    """A phone that was rung for a run, and at which nobody was."""
    role = next((role for role, party in run.parties.items() if party == person_id), None)
    if role is not None and run.open:
        work.hear(run.id, Missed(role, card, why))


def fail(work: Work, row: Row[Any], why: str, error: int | None) -> None:
    """A delivery failed at the carrier."""
    rows.mark_failed(work.connection, row.id, error)
    person = work.somebody(row.person_id)
    if why == "opted_out" and not person.opted_out:
        work.change(person.id, opted_out=True)
    if why == "impossible" and row.channel == "text" and person.roles is None:
        work.change(person.id, no_texts=True)  # a landline: nothing more is tried, until a text comes from it
    run = work.runs.get(row.run_id)
    if row.channel == "call":
        end = {"ended_at": work.now, "outcome": "failed"}
        work.connection.execute(update(calls).where(calls.c.id == row.id, calls.c.ended_at.is_(None)).values(**end))
        if run is not None:
            missed(work, run, row.person_id, row.card, "failed")
    elif run is not None:
        _failed(work, run, row.id, row.person_id, row.card, why, row.tries or 1)
    work.note("failed", case_id=row.case_id, person_id=row.person_id)


def _failed(work: Work, run: Run, delivery: int, person_id: int, card: str | None, why: str, tries: int) -> None:
    role = next((role for role, party in run.parties.items() if party == person_id), None)
    if role is not None:
        work.hear(run.id, Failed(role, card, why, delivery, tries))


def opt_out(work: Work, person: Row[Any], out: bool) -> None:
    """The carrier refuses or accepts texts to this number from now on; the runs that speak to it are told."""
    work.change(person.id, opted_out=out, **({} if out else {"wants_none": False}))
    work.note("opted_out" if out else "opted_in", person_id=person.id)
    if not out:
        return
    for run in list(work.runs.values()):
        for role, party in run.parties.items():
            if run.open and party == person.id:
                work.hear(run.id, Failed(role, None, "opted_out", 0, 1))


def guard_loops(work: Work) -> None:
    """After five replies in an hour without progress the last one says so; from then on only danger is answered."""
    moved = any(
        run.id not in work.stored or (run.state, run.open) != (work.stored[run.id].state, work.stored[run.id].open)
        for run in work.runs.values()
    )
    state = "due" if work.late else "replied"
    said = [row for row in work.deliveries if row["state"] == state and row["person_id"] == work.person.id]
    if moved or work.learned or any(row["lane"] == "urgent" for row in said):
        if work.person.replies:
            work.change(work.person.id, replies=None)
        return
    if not said:
        return
    recent = [at for at in rows.times(work.person.replies) if work.now - at < loops.WINDOW]
    verdict = loops.verdict(recent, work.now)
    if verdict != "answer":
        for row in said:
            row |= {"state": "dropped"}
    if verdict == "last":
        deliver(work, work.person.id, run=None, card="intake.loop_last", case=said[0]["case_id"])
    work.change(work.person.id, replies=json.dumps([at.isoformat() for at in (*recent, work.now)]))


def replies(work: Work) -> Iterator[tuple[str, int]]:
    for row in work.deliveries:
        if row["state"] == "replied":
            yield row["said"], row["id"]


def arm(work: Work, before: Run, after: Run, said_from: int) -> None:
    """Silence is counted from when a text went out: until then the clock stands ten minutes further on."""
    if after.turn == before.turn or after.due is None or after.wait is None:
        return
    flow = FLOWS[after.flow]
    state = flow[after.state]
    awaited = {after.parties.get(role) for role in (flow.party, *flow.hears(state), *state.words)}
    for row in work.deliveries[said_from:]:
        if row["run_id"] == after.id and row["state"] == "due" and row["person_id"] in awaited:
            row["wait"], row["turn"] = int(after.wait.total_seconds()), after.turn
            work.runs[after.id] = replace(after, due=rows.after(after.due, LATE_S))
