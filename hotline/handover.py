"""Handover: the talks of coordinators who left the roster go on with whoever has their cases now, and so do calls.

Called in the transaction that loads the roster, so that no word reaches somebody who is not on it any more.
"""

from dataclasses import replace

from sqlalchemy import Connection, false, or_, select

from flows.events import Told
from flows.machine import Run
from hotline import ledger, rows, steps
from hotline.house import House
from hotline.models import case_is_open, cases, parties, people, runs
from hotline.work import Work

ROLE = "coordinator"
CALL_ROLE = "member"  # of whoever is rung for a call, which is whoever has the case as a rule


def pass_on(house: House, connection: Connection) -> list[tuple[str, int, str]]:
    """Every talk of somebody who left; what is to be nudged after the commit."""
    nudges: list[tuple[str, int, str]] = []
    for case, lock, heir in _left(connection):
        person = rows.lock(connection, [lock])[0]
        program = house.programs.get(person.program_id)
        work = Work(house, connection, program, house.clock.now(), person, heard=False)
        work.load([lock])
        _pass_on(work, case, heir)
        steps.run_all(work)
        ledger.write(work)
        nudges += work.nudges
    return nudges


def _left(connection: Connection) -> list[tuple[int, int, int]]:
    """Open cases with somebody in them who left: the case, its lock, who has it now."""
    held = or_(parties.c.role == ROLE, (runs.c.flow == "call") & (parties.c.role == CALL_ROLE))
    found = connection.execute(
        select(cases.c.id, cases.c.person_id, cases.c.coordinator_id)
        .join(runs, runs.c.case_id == cases.c.id)
        .join(parties, parties.c.run_id == runs.c.id)
        .join(people, people.c.id == parties.c.person_id)
        .where(case_is_open, runs.c.open, held, people.c.active == false())
        .where(cases.c.coordinator_id.is_not(None), cases.c.coordinator_id != people.c.id)
        .order_by(cases.c.person_id)
        .distinct()
    )
    return [(row.id, row.person_id, row.coordinator_id) for row in found]


def _pass_on(work: Work, case: int, heir: int) -> None:
    """As after a HANDOFF that was taken: the one hears who has it, the other what was said so far."""
    who = work.house.vault.open(work.somebody(heir).name)
    theirs = [run for run in work.runs.values() if run.case == case and _role(run) in run.parties and run.open]
    left = [run for run in theirs if not work.somebody(run.parties[_role(run)]).active]
    for run in left:
        if run.flow == "assist":
            work.runs[run.id] = replace(run, known={**run.known, "handing": True})
            work.hear(run.id, Told("covered", {"member": heir, "who": who}))
        elif run.flow == "call":  # a talk that goes on is not cut off
            work.hear(run.id, Told("passed_on", {"member": heir}))
        else:
            work.runs[run.id] = replace(run, parties={**run.parties, ROLE: heir})
    talks = [run for run in theirs if run.flow == "assist"]
    if talks and not any(run.parties[ROLE] == heir for run in talks):
        urgent = {"urgent": True} if any(run.known.get("urgent") for run in talks) else {}
        both = {"participant": work.person.id, ROLE: heir}
        work.open_run("assist", {"who": who, **urgent}, both, case, work.person.id, opener=None)


def _role(run: Run) -> str:
    return CALL_ROLE if run.flow == "call" else ROLE
