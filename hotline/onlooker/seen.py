"""One look at the rows of a program: everything that is told is told of this."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from flows.machine import Run
from flows.moved import MOVED
from flows.rotation import Member
from flows.schedule import first_name
from hotline.house import House
from hotline.models import calls, cases, checkins, deliveries, delivery_is_waiting, people, rides, runs
from hotline.models.engine import reader
from hotline.programs import Program
from hotline.requests import Request, history, requests
from hotline.team import members
from hotline.work import Sealed

CASES = 20


@dataclass(frozen=True)
class Seen:
    """What was found. `runs` are the program's open ones, soonest first; `asked` the offers of the cases, by id."""

    house: House
    program: Program
    now: datetime
    requests: list[Request]  # newest first
    runs: list[Run]
    asked: Mapping[int, Run]
    texts: list[Row[Any]]
    history: list[Row[Any]]
    rides: list[Row[Any]]
    checkins: list[Row[Any]]
    calls: list[Row[Any]]  # those that go on
    people: Mapping[int, Row[Any]]
    cases: Mapping[int, Row[Any]]
    rotas: dict[str, tuple[Member, ...]] = field(default_factory=dict)  # read when somebody would be asked next
    blanks: dict[tuple[int, str], str] = field(default_factory=dict)  # of each run's sentences, once filled

    @cached_property
    def happened(self) -> Mapping[int, list[Row[Any]]]:
        """The history by case."""
        found: dict[int, list[Row[Any]]] = {}
        for row in self.history:
            found.setdefault(row.case_id, []).append(row)
        return found

    @cached_property
    def by_id(self) -> Mapping[int, Run]:
        return {run.id: run for run in self.runs}

    def of_case(self, case_id: int | None) -> list[Run]:
        return [run for run in self.runs if run.case == case_id]

    def name(self, person_id: int | None) -> str | None:
        """The whole name of somebody on the roster."""
        row = self.people.get(person_id or 0)
        return self.house.vault.open(row.name) if row is not None and row.name else None

    def first_name(self, person_id: int | None) -> str | None:
        name = self.name(person_id)
        return name.split()[0] if name else None

    def phone(self, person_id: int) -> str | None:
        row = self.people.get(person_id)
        return self.house.vault.open(row.phone) or None if row is not None else None

    def participant(self, case_id: int | None) -> str:
        """What the line itself would call them on a screen that others may see."""
        row = self.cases.get(case_id or 0)
        known = self.house.vault.open_json(row.known) if row is not None and row.known else {}
        return first_name(known.get("name")) or "the participant"

    def code(self, case_id: int | None) -> str | None:
        row = self.cases.get(case_id or 0)
        return row.code if row is not None else None

    def party(self, run: Run, role: str) -> str:
        """The first name of whoever has this role in the run."""
        if role == "participant":
            return self.participant(run.case)
        return self.first_name(run.parties.get(role)) or f"the {role}"

    def live(self, run: Run) -> frozenset[str]:
        """Its parties who are on the line now, and not put through to anybody."""
        alone = {call.person_id for call in self.calls if call.joined_to is None and not self.rings(call)}
        return frozenset(role for role, person in run.parties.items() if person in alone)

    def rings(self, call: Row[Any]) -> bool:
        """Whether nobody has answered it yet."""
        row = self.people.get(call.person_id)
        return row is None or row.on_call != call.id

    def rota(self, role: str) -> tuple[Member, ...]:
        if role not in self.rotas:
            self.rotas[role] = members(self.house.engine, self.house.vault, self.program, role)
        return self.rotas[role]


def look(house: House, program: Program, now: datetime) -> Seen:
    """Everything that is told of this program, and nothing that anybody said."""
    found = requests(house, program_id=program.id, limit=CASES)
    found.sort(key=lambda one: (one.state == "open", one.id), reverse=True)
    newest = sorted(found[:CASES], key=lambda one: one.id, reverse=True)
    ids = [one.id for one in newest]
    with reader(house.engine).connect() as connection:
        running = [_run(house, row) for row in connection.execute(_open_runs(program))]
        logged = history(connection, ids)
        driven = list(connection.execute(select(rides).where(rides.c.case_id.in_(ids)).order_by(rides.c.id)))
        texts = _texts(connection, program)
        going_on = list(connection.execute(_going_on(program)))
        spoken_of = {
            *(party for run in running for party in run.parties.values()),
            *(one.person_id for one in newest),
            *(ride.driver_id for ride in driven),
            *(text.person_id for text in texts),
            *(call.person_id for call in going_on),
        }
        return Seen(
            house=house,
            program=program,
            now=now,
            requests=newest,
            runs=running,
            asked=_offers(house, connection, {row.run_id for row in logged if row.what == "offer"}),
            texts=texts,
            history=logged,
            rides=driven,
            checkins=list(
                connection.execute(select(checkins).where(checkins.c.case_id.in_(ids)).order_by(checkins.c.id))
            ),
            calls=going_on,
            people=_people(connection, program, spoken_of),
            cases=_cases(connection, {run.case for run in running} | {text.case_id for text in texts}),
        )


def _open_runs(program: Program) -> Select[Any]:
    return select(runs).where(runs.c.program_id == program.id, runs.c.open).order_by(runs.c.due, runs.c.id)


def _going_on(program: Program) -> Select[Any]:
    columns = (calls.c.id, calls.c.sid, calls.c.person_id, calls.c.case_id, calls.c.queued, calls.c.joined_to)
    mine = select(*columns).where(calls.c.ended_at.is_(None), calls.c.program_id == program.id)
    return mine.order_by(calls.c.id)


def _texts(connection: Connection, program: Program) -> list[Row[Any]]:
    """The next that go out."""
    statement = select(deliveries.c.due, deliveries.c.person_id, deliveries.c.case_id).where(
        delivery_is_waiting, deliveries.c.state == "due", deliveries.c.program_id == program.id
    )
    return list(connection.execute(statement.order_by(deliveries.c.due).limit(CASES)))


def _offers(house: House, connection: Connection, ids: set[int]) -> dict[int, Run]:
    found = connection.execute(select(runs).where(runs.c.id.in_(ids)))
    return {row.id: _run(house, row) for row in found}


def _people(connection: Connection, program: Program, ids: Iterable[int | None]) -> dict[int, Row[Any]]:
    """Those, and the team."""
    wanted = people.c.id.in_({id for id in ids if id is not None})
    team = (people.c.program_id == program.id) & people.c.roles.is_not(None)
    return {row.id: row for row in connection.execute(select(people).where(wanted | team).order_by(people.c.position))}


def _cases(connection: Connection, ids: set[int | None]) -> dict[int, Row[Any]]:
    wanted = {id for id in ids if id is not None}
    statement: Select[Any] = select(cases.c.id, cases.c.code, cases.c.known).where(cases.c.id.in_(wanted))
    return {row.id: row for row in connection.execute(statement)}


def _run(house: House, row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        flow=row.flow,
        state=MOVED.get((row.flow, row.state), row.state),
        case=row.case_id,
        opener=row.opener_id,
        since=row.since,
        due=row.due,
        open=row.open,
        parties=json.loads(row.parties),
        known=Sealed(house.vault, row.known) if row.known else {},
    )
