"""The outbox: what we say becomes a row, and a row that failed is told to the run that said it.

To the one who is speaking to us right now it is the webhook's own reply; to anybody else it is due, and a worker
sends it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from flows import FLOWS, loops
from flows.events import Failed
from flows.machine import Run
from hotline import rows
from hotline.models import deliveries
from hotline.wording import words_for
from hotline.work import Work

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
) -> None:
    """A row in the outbox. To the one who is speaking to us right now it is the webhook's own reply."""
    person = work.somebody(person_id)
    case = run.case if run is not None else case
    urgent = run is not None and FLOWS[run.flow].urgent
    is_answer = work.heard and work.text is not None and person_id == work.person.id
    is_reply = is_answer and not work.late  # late, there is no webhook left to reply to
    language = work.language(person) or work.program.languages[0]
    row: dict[str, Any] = dict.fromkeys(column.name for column in deliveries.c)
    row |= {
        "id": work.house.clock.id(), "program_id": work.program.id, "person_id": person_id, "case_id": case,
        "run_id": run.id if run else None, "lane": "urgent" if urgent else "routine", "state": "due", "due": work.now,
        "tries": 0, "rank": 0, "card": card, "language": language, "relay": card is None, "created_at": work.now,
        "expires": int(expires) if expires else None,
    }  # fmt: skip
    if card is not None and work.house.catalogue.names_code(card):
        blanks = {"code": work.code_for(run) if run is not None else work.code_of(case), **(blanks or {})}
    if is_reply:
        said = words if card is None else words_for(work.house, work.program, card, blanks or {}, language)
        due = rows.after(work.now, UNHEARD_OF_S)
        row |= {"state": "replied", "due": due, "text_id": work.text["id"], "words": said, "sent_at": work.now}  # type: ignore[index]
    elif card is not None:
        row["blanks"] = work.house.vault.seal_json(dict(blanks or {})) if blanks else None
    else:
        row["words"] = words
    work.deliveries.append(row)
    if not is_answer and not work.house.vault.open(person.phone):
        row |= {"state": "dropped", "due": None}
        if run is not None:
            _failed(work, run, row["id"], person_id, card, "no_phone", 1)
        return
    changed = work.changes.get(person_id, {})
    if changed.get("opted_out", person.opted_out) and not is_reply:
        row |= {"state": "failed", "due": None, "error": "21610"}
        if run is not None:
            _failed(work, run, row["id"], person_id, card, "opted_out", 1)
    elif person.wants_none and not is_answer and not urgent and person.roles is None and card is not None:
        row |= {"state": "dropped", "due": None}


def fail(work: Work, row: Row[Any], why: str, error: int | None) -> None:
    """A delivery failed at the carrier."""
    rows.mark_failed(work.connection, row.id, error)
    person = work.somebody(row.person_id)
    if why == "opted_out" and not person.opted_out:
        work.change(person.id, opted_out=True)
    run = work.runs.get(row.run_id)
    if run is not None:
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
