"""Keeping in touch, as far as rows go: what its flows may know, the words people agreed to, and a guide's one list."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from flows import FLOWS
from flows.events import Heard
from flows.machine import Run
from flows.routing import BUSY
from hotline.models import parties, runs
from hotline.statements import insert_or
from hotline.work import Work
from messages import gsm
from messages.rules import indiscretions


def touch(work: Work, run: Run) -> dict[str, Any]:
    """Whether this participant may be texted unasked, whether a text reaches them, and whether their guide is there."""
    person = work.somebody(run.parties["participant"])
    changed = work.changes.get(person.id, {})
    return {
        "busy": _is_busy(work, person.id),
        "wants_none": changed.get("wants_none", person.wants_none),
        "opted_out": changed.get("opted_out", person.opted_out),
        "no_texts": changed.get("no_texts", person.no_texts) or not work.house.vault.open(person.phone),
        "heard_at": person.heard_at,
        "guide": _guide(work, run.parties["guide"]) if "guide" in run.parties else None,
    }


def _is_busy(work: Work, person_id: int) -> bool:
    """What is under way under this person's own lock, in whichever case."""
    mine = {id for id, case in work.cases.items() if case["person_id"] == person_id and case["state"] == "open"}
    frozen = any(work.cases[id]["frozen"] for id in mine)
    return frozen or any(x.open and x.case in mine and x.flow in BUSY for x in work.runs.values())


def _guide(work: Work, id: int) -> dict[str, Any]:
    row = work.somebody(id)
    off_until = work.changes.get(id, {}).get("off_until", row.off_until)
    active = row.active and row.roles is not None
    is_off = off_until is not None and off_until > work.now
    return {"active": active, "opted_out": row.opted_out, "on": active and not is_off and not row.opted_out}


def guide_on(work: Work, run: Run) -> bool:
    """Whether the guide whose list this is can be asked now."""
    return bool(_guide(work, run.parties["guide"])["on"])


def guided(work: Work, run: Run) -> str | None:
    """The first name of whoever keeps in touch with this participant already, since whichever case."""
    mine = [x for x in work.runs.values() if x.open and x.flow == "care" and "guide" in x.parties]
    return next((x.known["guide"] for x in mine if x.parties["participant"] == run.parties["participant"]), None)


def people(work: Work, run: Run) -> list[dict[str, Any]]:
    """A guide's people: each one's run, first name or code, and when their next text goes out."""
    statement = (
        select(runs.c.id, runs.c.case_id, runs.c.known)
        .join(parties, parties.c.run_id == runs.c.id)
        .where(
            runs.c.open, runs.c.flow == "care", parties.c.role == "guide", parties.c.person_id == run.parties["guide"]
        )
        .order_by(runs.c.id)
    )
    found = []
    for row in work.connection.execute(statement):
        known = work.house.vault.open_json(row.known)
        send = datetime.fromisoformat(known["send"]) if known.get("send") else None
        found.append({"run": row.id, "first": known.get("first") or "-", "send": send})
    return found


def indiscreet(work: Work, run: Run) -> dict[str, Any]:
    """What of a guide's own words nobody may see on a locked screen, and by how many letters they are too long."""
    words = work.event.words if isinstance(work.event, Heard) else ""
    names = tuple(filter(None, (work.program.config["program"]["name"],)))
    signed = gsm.fold(f"{words} - {run.known.get('guide', '')}")
    over = max(gsm.units(signed) - gsm.GSM7_ALONE, 0)
    return {"words": indiscretions(work.house.catalogue, words, names), "over": over}


FACTS: dict[str, Callable[[Work, Run], Any]] = {
    "touch": touch,
    "guide_on": guide_on,
    "guided": guided,
    "people": people,
    "indiscreet": indiscreet,
}


def as_agreed(work: Work, run: Run, card: str) -> dict[str, str]:
    """The words somebody agreed to, blanks unfilled, and a version that changes when they do."""
    catalogue, program = work.house.catalogue, work.program
    language = work.language(work.somebody(run.parties["participant"])) or program.languages[0]
    blanks = {name: f"{{{name}}}" for name in catalogue.cards[card].blanks}
    words = catalogue.render(
        card,
        language if language in program.languages else program.languages[0],
        "sms" if catalogue.cards[card].sms else "voice",
        blanks=blanks,
        overrides=program.config.get("messages", {}),
        has=program.has,
    )
    return {"wording": words, "version": hashlib.sha256(words.encode()).hexdigest()[:12]}


def rouse(work: Work, flow: str, role: str, person_id: int) -> None:
    """Another lock's run is reached only by a due row: where a member has no run of this flow, one is there and due."""
    from hotline.work import stamped  # work imports the effects

    table, id = FLOWS[flow], work.house.clock.id()
    row = {
        "id": id, "program_id": work.program.id, "lock_id": person_id, "case_id": None, "flow": flow,
        "state": table.start, "turn": 0, "tries": 0, "opener_id": None, "open": True, "lane": "routine",
        "since": work.now, "due": work.now, "parties": json.dumps({role: person_id}),
        "known": work.house.vault.seal_json({"policy": stamped(work.program, table.stamps, {})}),
    }  # fmt: skip
    made = insert_or(work.connection, runs).values(row).on_conflict_do_nothing()
    work.connection.execute(made)
    work.nudges.append(("due", id, "routine"))
