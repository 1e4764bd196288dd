"""Facts: what a state may need to know, fetched only when something reachable from this event's arrow reads it."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, select

from flows.machine import Run
from flows.rotation import Hours, Member, eligible, on_shift
from flows.routing import Lately, Past
from hotline.models import case_is_open, cases, deliveries, log, pages, people, texts

if TYPE_CHECKING:
    from hotline.work import Work

LOOK_BACK = 40  # rows of one member's own past that may matter to a one-word answer


def rota(work: "Work", run: Run) -> tuple[Member, ...]:
    """Everybody on this program's roster, as the run's role sees them."""
    role = run.known.get("role", "")
    roster = work.connection.execute(
        select(people).where(people.c.program_id == work.program.id, people.c.roles.is_not(None))
    ).all()
    taken = _open_cases(work)
    return tuple(_member(work, row, role, taken[row.phone_ix]) for row in sorted(roster, key=lambda r: r.position or 0))


def _open_cases(work: "Work") -> Counter[bytes]:
    """Open cases by the number of whoever has them: the same phone may serve several programs."""
    statement = (
        select(people.c.phone_ix, func.count())
        .select_from(cases)
        .join(people, people.c.id == cases.c.coordinator_id)
        .where(case_is_open)
        .group_by(people.c.phone_ix)
    )
    return Counter({index: count for index, count in work.connection.execute(statement)})


def _member(work: "Work", row: Row[Any], role: str, taken: int) -> Member:
    changed = work.changes.get(row.id, {})
    accepted = json.loads(changed.get("accepted", row.accepted) or "{}").get(role)
    return Member(
        id=row.id,
        name=work.house.vault.open(row.name),
        roles=frozenset(row.roles.split(";")),
        languages=tuple((row.languages or "").split(";")),
        hours=Hours.parse(row.hours or "always"),
        active=row.active,
        off_until=changed.get("off_until", row.off_until),
        opted_out=changed.get("opted_out", row.opted_out),
        order=row.position or 0,
        open_cases=taken,
        accepted=datetime.fromisoformat(accepted) if accepted else None,
    )


def open_flows(work: "Work", run: Run) -> frozenset[str]:
    """The flows in progress in this run's case, but for itself."""
    return frozenset(x.flow for x in work.runs.values() if x.open and x.case == run.case and x.id != run.id)


def case(work: "Work", run: Run) -> dict[str, Any]:
    assert run.case is not None
    row = work.cases[run.case]
    return {"level": row["level"], "frozen": row["frozen"], "known": row["known"], "coordinator": row["coordinator_id"]}


def said(work: "Work", run: Run) -> tuple[str, ...]:
    """What the participant wrote in this case so far, for whoever takes it; nobody else's words, and no other case's."""
    assert run.case is not None
    participant = work.cases[run.case]["person_id"]
    statement = (
        select(texts.c.words)
        .where(texts.c.case_id == run.case, texts.c.person_id == participant, texts.c.words.is_not(None))
        .order_by(texts.c.id)
    )
    words = [work.house.vault.open(row) for row in work.connection.scalars(statement)]
    return tuple(one for one in words if one)


def items(work: "Work", run: Run) -> str:
    """What is open for this member: a code and what it waits for, each."""
    mine = [x for x in work.listeners(next(iter(run.parties.values()))) if x.asks and x.code and not x.state.echo]
    listed = sorted({(x.code, x.flow.name) for x in mine if x.asks in ("talk", "offer", "question", "confirmation")})
    return ", ".join(f"{code} ({name})" for code, name in listed)


def verbs(work: "Work", run: Run) -> str:
    """What this member can text now."""
    mine = work.listeners(next(iter(run.parties.values())))
    words = [verb.upper() for x in mine if x.asks == "talk" for verb in x.flow.hears(x.state).get(x.role, ())]
    if any(x.asks == "offer" and not x.state.echo for x in mine):
        words += ["1", "2"]
    return ", ".join(dict.fromkeys([*words, "LIST", "ON", "OFF"]))


def on_now(work: "Work", run: Run) -> str:
    """Who is on, by role: for managers, who see names and times but no words."""
    now, zone = work.now, work.program.zone
    found = []
    for role in ("coordinator", "driver", "guide"):
        names = [m.name for m in rota(work, run) if eligible(m, role, now) and on_shift(m.hours, zone, now)]
        found.append(f"{role}: {', '.join(names) or '-'}")
    return "; ".join(found)


def open_now(work: "Work", run: Run) -> str:
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
    return "; ".join(found) or "-"


FACTS: dict[str, Callable[["Work", Run], Any]] = {
    "rota": rota,
    "open": open_flows,
    "case": case,
    "said": said,
    "items": items,
    "verbs": verbs,
    "on_now": on_now,
    "open_now": open_now,
}


# --- for routing ----------------------------------------------------------------------------------------------------


def past(work: "Work", person: Row[Any]) -> Past:
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
        select(log.c.id).where(log.c.person_id == person.id, log.c.what == "thanked", log.c.at >= last.closed_at).limit(1)
    )
    known = work.now - last.closed_at <= timedelta(days=90)
    return Past(
        closed_at=last.closed_at,
        thanked=thanked is not None,
        muted_until=person.muted_until,
        last_coordinator=last.coordinator_id if known else None,
    )


def lately(work: "Work", person: Row[Any]) -> Lately:
    """What happened to a member lately that may make one word mean something else."""
    items = work.connection.execute(
        select(cases.c.code, log.c.at)
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
        changed=[(code, at) for code, at in items if code],
        reached=[(case_id, at) for case_id, at in relays if case_id],
        focus=(focus[0], datetime.fromisoformat(focus[1])) if focus else None,
    )


