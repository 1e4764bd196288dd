"""Erasure: everything about one number goes, in every program; counts and times stay.

An open case ends as any case does, and its coordinator hears that it ended and nothing else. The person's row stays for
the counts, without a number: who texts from it tomorrow is a stranger.
"""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select, update

from flows.events import Told
from hotline import codes, ledger, rows, steps
from hotline.house import House
from hotline.models import cases, deliveries, people, runs, voicemails
from hotline.models import log as history
from hotline.models.engine import reader
from hotline.retention import KEPT, Kept, blank
from hotline.work import Work

ERASED = "erased"


class OnTheRoster(Exception):
    """A member's number: the next loading of the roster would bring it back."""


@dataclass
class Erased:
    """What went: counts, which may be shown to anybody."""

    gone: Counter[str] = field(default_factory=Counter)
    cases_closed: int = 0

    def __str__(self) -> str:
        counted = [f"{count} {name}" for name, count in sorted(self.gone.items()) if count]
        return ", ".join(counted) or "nothing was kept"


def known(house: House, number: str) -> list[Row[Any]]:
    """The rows of this number: one a program."""
    statement = select(people.c.id, people.c.program_id, people.c.active)
    with reader(house.engine).connect() as connection:
        index = house.vault.index(number)
        return [*connection.execute(statement.where(people.c.phone_ix == index).order_by(people.c.id))]


def erase(house: House, number: str) -> Erased:
    """Erase a number. Raises OnTheRoster while it is a member's; safe to run again if it was stopped."""
    found = known(house, number)
    if any(row.active for row in found):
        raise OnTheRoster
    done = Erased()
    for row in found:
        nudges = _erase_person(house, row.id, done)
        for kind, id, lane in nudges:
            house.nudge(kind, id, lane)
    return done


def _erase_person(house: House, person_id: int, done: Erased) -> list[tuple[str, int, str]]:
    """One transaction under the person's lock: a text of theirs comes before it, or is a stranger's after it."""
    with house.engine.begin() as connection:
        person = rows.lock(connection, [person_id])[0]
        program = house.programs.get(person.program_id)
        work = Work(house, connection, program, house.clock.now(), person, heard=False)
        work.load([person_id])
        work.load_case_of(person_id)
        done.cases_closed += _end_cases(work)
        work.note(ERASED, person_id=person_id)
        steps.run_all(work)
        ledger.write(work)
        _forget(connection, house, work, person_id, done)
    return work.nudges


def _end_cases(work: Work) -> int:
    ended = 0
    for id, case in work.cases.items():
        if case["person_id"] != work.person.id or case["state"] != "open":
            continue
        case |= {"state": "closed", "closed_at": work.now, "outcome": ERASED, "changed": True}
        codes.give_back(work.connection, id, work.now)
        work.note("closed", case_id=id)
        ended += 1
    for run in work.runs.values():
        if run.open and work.locks[run.id] == work.person.id:
            work.hear(run.id, Told("closed"))
            work.hear(run.id, Told("erased"))  # check-ins go on in a case that is closed, but not now
    return ended


def _forget(connection: Connection, house: House, work: Work, person_id: int, done: Erased) -> None:
    now = work.now
    theirs = list(connection.scalars(select(cases.c.id).where(cases.c.person_id == person_id)))
    words = or_(deliveries.c.person_id == person_id, deliveries.c.relay & deliveries.c.case_id.in_(theirs))
    unsent = update(deliveries).where(words, deliveries.c.state.in_(("due", "replied")))
    connection.execute(unsent.values(state="dropped", due=None))
    waiting = update(voicemails).where(voicemails.c.person_id == person_id, voicemails.c.state == "waiting")
    connection.execute(waiting.values(state="lost", due=None))
    for kept in KEPT:
        ids = _rows_of(connection, kept, person_id, theirs)
        done.gone[kept.name] += blank(connection, kept, ids, now)
    connection.execute(
        update(people)
        .where(people.c.id == person_id)
        .values(
            phone_ix=os.urandom(32), phone=house.vault.seal(""), language=None, name=None, notes=None, car=None,
            roles=None, languages=None, hours=None, position=None, accepted=None, focus=None, replies=None,
            muted_until=None, callback=None, leave_words=False, on_call=None,
        )
    )  # fmt: skip
    done.gone["numbers"] += 1


def _rows_of(connection: Connection, kept: Kept, person_id: int, theirs: Sequence[int]) -> list[int]:
    """The rows this person's words are in: their own, and everybody's in their cases."""
    table = kept.table
    which: list[ColumnElement[bool]] = [kept.case.in_(theirs)]
    which += [table.c.person_id == person_id] if "person_id" in table.c else []
    which += [runs.c.lock_id == person_id] if table is runs else []
    statement = select(table.c.id).where(or_(*which))
    if table is deliveries:
        statement = statement.where(deliveries.c.state.not_in(("due", "claimed")))  # others', about to go out
    if table in (history, runs):
        statement = statement.where(kept.which)
    return list(connection.scalars(statement))
