"""Facts: what a state may need to know, fetched only when something reachable from this event's arrow reads it."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, func, select, update

from flows import spoken
from flows.machine import Run
from flows.rotation import Hours, Member, eligible, on_shift
from flows.routing import Lately, Listener, Past
from hotline import keeping, rows
from hotline.models import calls, case_is_open, cases, deliveries, facilities, log, pages, people, texts
from hotline.statements import OPEN_CASES, ROSTER
from hotline.work import Work

ROOM = 136  # letters of a list, so that with its card it stays one text
AWAY = "away"  # a call's next step: it is with the crisis line, and may come back
LOOK_BACK = 40  # rows of one member's own past that may matter to a one-word answer


def rota(work: Work, run: Run) -> tuple[Member, ...]:
    """Everybody on this program's roster, as the run's role sees them."""
    role = run.known.get("role", "")
    if work.roster is None:
        work.roster = work.connection.execute(ROSTER, {"program": work.program.id}).all()
        work.people |= {row.id: row for row in work.roster if row.id not in work.people}
        work.taken = Counter({index: count for index, count in work.connection.execute(OPEN_CASES)})
    in_order = sorted(work.roster, key=lambda row: row.position or 0)
    return tuple(_member(work, row, role, work.taken[row.phone_ix]) for row in in_order)


_hours = lru_cache(maxsize=256)(Hours.parse)  # a roster has few, and they are read with every page


def _member(work: Work, row: Row[Any], role: str, taken: int) -> Member:
    changed = work.changes.get(row.id, {})
    accepted = json.loads(changed.get("accepted", row.accepted) or "{}").get(role)
    return Member(
        id=row.id,
        name=work.house.vault.open(row.name),
        roles=frozenset(row.roles.split(";")),
        languages=tuple((row.languages or "").split(";")),
        hours=_hours(row.hours or "always"),
        active=row.active,
        off_until=changed.get("off_until", row.off_until),
        opted_out=changed.get("opted_out", row.opted_out),
        order=row.position or 0,
        open_cases=taken,
        accepted=datetime.fromisoformat(accepted) if accepted else None,
    )


def open_flows(work: Work, run: Run) -> frozenset[str]:
    """The flows in progress in this run's case but itself; a page for another role is `paging:driver`."""
    others = (x for x in work.runs.values() if x.open and x.case == run.case and x.id != run.id)
    return frozenset(_flow_name(x) for x in others)


def _flow_name(run: Run) -> str:
    role = run.known.get("role", "coordinator") if run.flow == "paging" else "coordinator"
    return run.flow if role == "coordinator" else f"{run.flow}:{role}"


def live(work: Work, run: Run) -> frozenset[str]:
    """The parties who are on the line with us now, and not put through to anybody.

    A member only on a call that the line made: whose phone calls us is only what a caller id says.
    """
    on = {role: call for role, person in run.parties.items() if (call := work.on_call(person)) is not None}
    if not on:
        return frozenset()
    wanted = select(calls.c.id, calls.c.joined_to, calls.c.inbound, calls.c.next)
    going_on = wanted.where(calls.c.id.in_(on.values()), calls.c.ended_at.is_(None))
    found = {row.id: dict(row._mapping) for row in work.connection.execute(going_on)}
    if work.call is not None and work.call["id"] in on.values():  # it may begin just now
        found[work.call["id"]] = {name: work.call[name] for name in ("id", "joined_to", "inbound", "next")}
    free = {
        id for id, row in found.items() if (row | work.turned.get(id, {}))["joined_to"] is None and row["next"] != AWAY
    }
    return frozenset(
        role for role, id in on.items() if id in free and (role == "participant" or not found[id]["inbound"])
    )


def rings(work: Work, run: Run) -> tuple[dict[str, Any], ...]:
    """What is open for the member who calls, and can ring them."""
    return spoken.rings(work.listeners(run.parties["member"]))


def drive(work: Work, run: Run) -> dict[str, Any] | None:
    """The drive under way in this case: who drives, how far they are, and the ride's code."""
    found = next((x for x in work.runs.values() if x.open and x.flow == "drive" and x.case == run.case), None)
    if found is None:
        return None
    return {"driver": found.parties["driver"], "state": found.state, "code": work.code_for(found)}


def desk(work: Work, run: Run) -> int | None:
    """The police desk's phone as a person's, so that it can be rung: nobody's on the roster, and never texted."""
    if not work.program.desk:
        return None
    id = rows.person(work.connection, work.house, work.program, work.program.desk, work.now)
    if "en" in work.program.languages:  # once: later nothing of the row is written, and so nothing is locked
        new = update(people).where(people.c.id == id, people.c.language.is_(None))
        work.connection.execute(new.values(language="en"))
    return id


def case(work: Work, run: Run) -> dict[str, Any]:
    assert run.case is not None
    row = work.cases[run.case]
    return {
        "level": row["level"], "frozen": row["frozen"], "known": row["known"], "coordinator": row["coordinator_id"],
        "code": work.code_of(run.case),
    }  # fmt: skip


def facilities_now(work: Work, run: Run) -> tuple[dict[str, Any], ...]:
    """The facilities of the program's file, in its order: name, care and distance."""
    mine = (facilities.c.program_id == work.program.id) & facilities.c.active
    found = work.connection.execute(select(facilities).where(mine).order_by(facilities.c.position))
    return tuple({"name": x.name, "care": x.care, "miles": x.distance_miles} for x in found)


def car(work: Work, run: Run) -> str | None:
    """The driver's car, once they have said what it is."""
    driver = work.somebody(run.parties["driver"])
    sealed = work.changes.get(driver.id, {}).get("car", driver.car)
    return work.house.vault.open(sealed) if sealed else None


def said(work: Work, run: Run) -> tuple[str, ...]:
    """What the participant wrote in this case so far, for whoever takes it; nobody else's words."""
    assert run.case is not None
    row = work.cases[run.case]
    statement = (
        select(texts.c.words)
        .where(texts.c.case_id == run.case, texts.c.person_id == row["person_id"], texts.c.words.is_not(None))
        .where(texts.c.id.not_in(row["known"].get("unsaid", ())))
        .order_by(texts.c.id)
    )
    words = [work.house.vault.open(row) for row in work.connection.scalars(statement)]
    return tuple(one for one in words if one)


def items(work: Work, run: Run) -> str:
    """What is open for this member: a code and what it waits for, each."""
    mine = [x for x in _as_member(work, run) if x.asks and x.code and not x.state.echo]
    listed = sorted({(x.code, x.flow.name) for x in mine if x.asks in ("talk", "offer", "question", "confirmation")})
    return _fit([f"{code} ({name})" for code, name in listed], ", ")


def _fit(entries: Sequence[str], between: str) -> str:
    """As many as one text holds, and how many more there are."""
    for shown in range(len(entries), 0, -1):
        more = [f"+{len(entries) - shown}"] if shown < len(entries) else []
        if len(said := between.join([*entries[:shown], *more])) <= ROOM:
            return said
    return f"+{len(entries)}" if entries else ""


def _as_member(work: Work, run: Run) -> list[Listener]:
    """What this member takes part in as one of the team, and not as somebody who asks for help."""
    return [x for x in work.listeners(next(iter(run.parties.values()))) if x.role != "participant"]


def verbs(work: Work, run: Run) -> str:
    """What this member can text now."""
    mine = _as_member(work, run)
    hears = [verb for x in mine if x.asks == "talk" for verb in x.flow.hears(x.state).get(x.role, ())]
    words = [verb.upper() for verb in hears if verb != "danger"]  # read in their words, not a word of theirs
    if any(x.asks == "offer" and not x.state.echo for x in mine):
        words += ["1", "2"]
    if any(x.asks == "list" for x in mine):
        words += ["OK", "1 OK", "1 SKIP", "1 LATER", "CALL 1", "PAUSE 1"]
    return ", ".join(dict.fromkeys([*words, "LIST", "ON", "OFF"]))


def on_now(work: Work, run: Run) -> str:
    """Who is on, by role: for managers, who see names and times but no words."""
    now, zone = work.now, work.program.zone
    found = []
    for role in ("coordinator", "driver", "guide"):
        names = [m.name for m in rota(work, run) if eligible(m, role, now) and on_shift(m.hours, zone, now)]
        found.append(f"{role}: {', '.join(names) or '-'}")
    return "; ".join(found)


def open_now(work: Work, run: Run) -> str:
    """What is open, for managers: codes, how long, and how many were asked; never words."""
    statement = (
        select(cases.c.code, cases.c.opened_at, cases.c.level, cases.c.coordinator_id, func.max(pages.c.asked))
        .outerjoin(pages, pages.c.case_id == cases.c.id)
        .where(cases.c.program_id == work.program.id, case_is_open)
        .group_by(cases.c.code, cases.c.opened_at, cases.c.level, cases.c.coordinator_id)
        .order_by(cases.c.opened_at)
    )
    found = []
    for code, opened_at, level, coordinator, asked in work.connection.execute(statement):
        minutes = int((work.now - opened_at).total_seconds() // 60)
        state = "taken" if coordinator else f"{asked or 0} asked"
        found.append(f"{code or '-'} {minutes} min {state}{' !' if level in ('emergency', 'suicidal') else ''}")
    return _fit(found, "; ") or "-"


FACTS: dict[str, Callable[[Work, Run], Any]] = {
    "rota": rota,
    "open": open_flows,
    "live": live,
    "rings": rings,
    "drive": drive,
    "desk": desk,
    "case": case,
    "said": said,
    "items": items,
    "facilities": facilities_now,
    "car": car,
    "verbs": verbs,
    "on_now": on_now,
    "open_now": open_now,
    **keeping.FACTS,
}


# --- for routing ----------------------------------------------------------------------------------------------------


def past(work: Work, person: Row[Any]) -> Past:
    """What the line remembers of somebody without an open case. After 90 silent days the number may be a stranger's."""
    last = work.connection.execute(
        select(cases.c.closed_at, cases.c.coordinator_id)
        .where(cases.c.person_id == person.id)
        .order_by(cases.c.id.desc())
        .limit(1)
    ).first()
    if last is None or last.closed_at is None:
        return Past(muted_until=person.muted_until)
    thanked = work.connection.scalar(
        select(log.c.id)
        .where(log.c.person_id == person.id, log.c.what == "thanked", log.c.at >= last.closed_at)
        .limit(1)
    )
    known = work.now - last.closed_at <= timedelta(days=90)
    return Past(
        closed_at=last.closed_at,
        thanked=thanked is not None,
        muted_until=person.muted_until,
        last_coordinator=last.coordinator_id if known else None,
    )


def lately(work: Work, person: Row[Any]) -> Lately:
    """What happened to a member lately that may make one word mean something else."""
    items = work.connection.execute(
        select(cases.c.code, log.c.at, log.c.data)
        .join(cases, cases.c.id == log.c.case_id)
        .where(log.c.person_id == person.id, log.c.what == "item")
        .order_by(log.c.id.desc())
        .limit(LOOK_BACK)
    ).all()
    relays = work.connection.execute(
        select(deliveries.c.case_id, deliveries.c.created_at)
        .where(deliveries.c.person_id == person.id, deliveries.c.relay)
        .order_by(deliveries.c.id.desc())
        .limit(LOOK_BACK)
    ).all()
    focus = json.loads(person.focus) if person.focus else None
    return Lately(
        changed=[(work.house.vault.open_json(data)["code"] if data else code, at) for code, at, data in items if code],
        reached=[(case_id, at) for case_id, at in relays if case_id],
        focus=(focus[0], datetime.fromisoformat(focus[1])) if focus else None,
    )
