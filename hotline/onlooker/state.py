"""GET /simulated/state: a program's team, its cases, and what they wait for."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flows.machine import Run
from flows.rotation import Hours, on_shift
from hotline import simulated_time
from hotline.house import House
from hotline.onlooker import sentences
from hotline.onlooker.ahead import coming, names
from hotline.onlooker.journeys import checkins, iso, rides
from hotline.onlooker.rungs import rungs
from hotline.onlooker.seen import Seen, look
from hotline.programs import Program
from hotline.requests import Request

LINES = 60  # of a case's history: the last ones


def state(house: House, program: Program) -> dict[str, Any]:
    """All of it, as one value of JSON."""
    told = simulated_time.state(house)
    seen = look(house, program, house.clock.now())
    ahead = coming(seen)
    return {
        "now": seen.now.isoformat(),
        "busy": told["busy"],
        "next": ahead[0] if ahead else None,
        "coming": ahead,
        "program": {
            "name": program.name,
            "town": program.config["program"]["town"],
            "timezone": program.zone.key,
            "numbers": list(program.numbers),
            "desk": program.config["program"]["desk"],
        },
        "team": list(_team(seen)),
        "cases": list(_cases(seen)),
    }


def _team(seen: Seen) -> Iterator[dict[str, Any]]:
    """Everybody on the roster; `on` is whether their hours are now, and they have not said OFF."""
    for row in seen.people.values():
        if row.program_id == seen.program.id and row.roles is not None and row.active:
            is_off = row.opted_out or (row.off_until is not None and seen.now < row.off_until)
            hours = Hours.parse(row.hours or "always")
            yield {
                "name": seen.name(row.id),
                "phone": seen.phone(row.id),
                "roles": row.roles.split(";"),
                "languages": (row.languages or "").split(";"),
                "on": not is_off and on_shift(hours, seen.program.zone, seen.now),
                "off_until": iso(row.off_until),
                "hours": row.hours,
            }


def _cases(seen: Seen) -> Iterator[dict[str, Any]]:
    covered = frozenset(page["id"] for one in seen.requests for page in one.pages if page["covered_at"])
    asked = rungs(seen, covered)
    for one in seen.requests:
        yield {
            "code": one.code,
            "state": one.state,
            "level": one.level,
            "frozen": one.frozen,
            "phone": seen.phone(one.person_id),
            "coordinator": one.coordinator,
            "opened_at": iso(one.opened_at),
            "closed_at": iso(one.closed_at),
            "outcome": one.outcome,
            "runs": [_run(seen, run) for run in seen.of_case(one.id)],
            "pages": [_page(page, asked.get(page["id"], [])) for page in one.pages],
            "rides": rides(seen, one.id),
            "checkins": checkins(seen, one.id),
            "calls": list(_calls(seen, one)),
            "history": list(_history(seen, one))[-LINES:],
        }


def _calls(seen: Seen, one: Request) -> Iterator[dict[str, Any]]:
    """Who is on the phone. state: rings, with the line, waits (in the queue), connected."""
    for call in seen.calls:
        if call.case_id == one.id:
            alone = "rings" if seen.rings(call) else "waits" if call.queued else "with the line"
            state = "connected" if call.joined_to is not None else alone
            yield {"sid": call.sid, "who": seen.name(call.person_id) or "participant", "state": state}


def _run(seen: Seen, run: Run) -> dict[str, Any]:
    """Ids are strings: they have more digits than a browser's numbers hold."""
    parties = {role: seen.name(id) or role for role, id in run.parties.items() if role != "participant"}
    return {
        "id": str(run.id),
        "flow": run.flow,
        "state": run.state,
        "since": iso(run.since),
        "due": iso(run.due),
        "in_s": max(round((run.due - seen.now).total_seconds()), 0) if run.due else None,
        "opener": str(run.opener) if run.opener is not None else None,
        "parties": parties,
        "urgent": bool(run.known.get("urgent")),
        "does": sentences.does(run, names(seen, run)),
    }


def _page(page: dict[str, Any], asked: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "role": page["role"],
        "state": page["state"],
        "urgent": page["urgent"],
        "opened_at": iso(page["opened_at"]),
        "alarm_at": iso(page["alarm_at"]),
        "covered_by": page["covered_by"],
        "rungs": asked,
    }


def _history(seen: Seen, one: Request) -> Iterator[dict[str, Any]]:
    asked = {}
    for row in seen.happened.get(one.id, ()):
        if row.what == "offer":
            asked[row.run_id] = row.at
        took = {"time": _span(row.at - asked.get(row.run_id, row.at))}
        who = seen.house.vault.open(row.name) if row.name else None
        yield {"at": iso(row.at), "what": sentences.happened(row.what, took.__getitem__), "who": who}


def _span(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    return f"{seconds // 60} min" if seconds >= 120 else f"{seconds} s"
