"""The cast of the demo: the running line's own team, and participants whose numbers nobody has used yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click
from sqlalchemy import func, select

import messages
from flows.schedule import next_prompt
from hotline.cli.away import ask
from hotline.cli.desk import Desk, sit_down
from hotline.cli.night import Night, Phone
from hotline.cli.plain import fail
from hotline.cli.turns import Unwatched, Watched
from hotline.models import case_is_open, cases, parties, people, runs
from hotline.programs import Program, Programs

NEEDED = {"coordinator": 2, "manager": 1, "driver": 2, "guide": 1, "officer": 1}
CAN_TAKE = ("waits", "asked", "late")  # the states in which an offer is still somebody's to take
STRANGERS = tuple(f"+13095550{n}" for n in range(130, 190))  # numbers that belong to nobody


@dataclass
class Cast:
    """Who plays, and what is known of it so far."""

    desk: Desk
    program: Program
    night: Night
    team: dict[str, list[Phone]]  # by role, in the roster's order
    strangers: Iterator[str]
    ana: Phone
    june: Phone
    case: str = ""
    ride: str = ""
    first: Phone | None = None
    last: Phone | None = None
    driver: Phone | None = None
    guide: Phone | None = None

    @property
    def coordinators(self) -> list[Phone]:
        return self.team["coordinator"]

    @property
    def managers(self) -> list[Phone]:
        return self.team["manager"]

    @property
    def drivers(self) -> list[Phone]:
        return self.team["driver"]

    @property
    def taker(self) -> Phone:
        """Whoever has June's case."""
        assert self.last is not None
        return self.last

    @property
    def keeper(self) -> Phone:
        """June's guide."""
        assert self.guide is not None
        return self.guide

    def stranger(self, name: str) -> Phone:
        return self.night.phone(name, next(self.strangers))

    def others(self, *but: Phone | None) -> list[Phone]:
        return [phone for phone in self.coordinators if phone not in but]

    def policy(self, name: str) -> int:
        """How the program pages coordinators, in seconds; 0 for never."""
        found: int | None = self.program.config["paging"]["coordinator"][name]
        return found or 0

    def checkin(self, name: str) -> Any:
        """What the program says of check-ins."""
        return self.program.config["checkins"][name]

    def prompted_at(self) -> str:
        """When a guide is told of the day's texts, on the clock on the wall."""
        policy = {"checkins": self.program.config["checkins"], "timezone": self.program.zone.key}
        return f"{next_prompt(policy, self.night.now()).astimezone(self.program.zone):%H:%M}"

    def case_of(self, phone: Phone) -> str:
        """The code of this participant's open case."""
        statement = (
            select(cases.c.code)
            .join(people, people.c.id == cases.c.person_id)
            .where(people.c.phone_ix == self.desk.vault.index(phone.number), case_is_open)
            .where(cases.c.program_id == self.program.id)
        )
        with self.desk.reader.connect() as connection:
            code = connection.scalar(statement)
        if code is None:
            self.night.missed(f"{phone.name} has no open case that anybody was asked for")
        return str(code)

    def open_cases(self) -> list[tuple[str, Phone | None, bool]]:
        """Every case of the program that is open, with whoever has it, and whether there was danger."""
        statement = (
            select(cases.c.code, cases.c.frozen, people.c.phone_ix)
            .outerjoin(people, people.c.id == cases.c.coordinator_id)
            .where(cases.c.program_id == self.program.id, case_is_open, cases.c.code.is_not(None))
        )
        index = self.desk.vault.index
        phones = {index(phone.number): phone for role in self.team.values() for phone in role}
        with self.desk.reader.connect() as connection:
            return [(row.code, phones.get(row.phone_ix), row.frozen) for row in connection.execute(statement)]

    def asked_for(self, code: str) -> list[Phone]:
        """The coordinators who can take this case now."""
        offers = (
            select(people.c.phone_ix)
            .join(parties, parties.c.person_id == people.c.id)
            .join(runs, runs.c.id == parties.c.run_id)
            .join(cases, cases.c.id == runs.c.case_id)
            .where(cases.c.program_id == self.program.id, case_is_open, cases.c.code == code)
            .where(runs.c.open, runs.c.flow == "offer", runs.c.state.in_(CAN_TAKE))
        )
        with self.desk.reader.connect() as connection:
            asked = set(connection.scalars(offers))
        return [phone for phone in self.coordinators if self.desk.vault.index(phone.number) in asked]

    def says(self, member: Phone, words: str, case: str) -> None:
        """Words for a participant, as a member types them: the code first only if another case is open with them."""
        statement = (
            select(func.count())
            .select_from(cases)
            .join(people, people.c.id == cases.c.coordinator_id)
            .where(people.c.phone_ix == self.desk.vault.index(member.number), case_is_open)
        )
        with self.desk.reader.connect() as connection:
            open_cases = connection.scalar(statement) or 0
        member.texts(words if open_cases < 2 else f"{case} {words}")


def assemble(pace: float | None = None) -> Cast:
    """Everybody, from the environment of this machine's running line. `pace`: somebody watches, in real seconds."""
    desk = sit_down()
    carrier = desk.settings.api_url
    numbers = {one["number"] for one in ask(f"{carrier}/api/numbers")["numbers"]}
    program = next((one for one in Programs(desk.engine).all() if set(one.numbers) & numbers), None)
    if program is None:
        fail(f"no number of the simulator's at {carrier} is a loaded program's: hotline program load FILE")
    overrides = program.config.get("messages", {})
    turns = Unwatched() if pace is None else Watched(carrier, pace)
    night = Night(desk.settings.public_url, carrier, messages.load(), overrides, program.zone, click.echo, turns)
    team = {role: _team(desk, program, night, role) for role in NEEDED}
    if any(len(team[role]) < least for role, least in NEEDED.items()):
        wanted = ", ".join(f"{least} {role}{'s' if least > 1 else ''}" for role, least in NEEDED.items())
        fail(f"the demo needs {wanted} on the roster; hotline/samples/milford.csv has them")
    strangers = _unused(desk, carrier)
    ana, june = (night.phone(name, next(strangers)) for name in ("Ana", "June"))
    return Cast(desk, program, night, team, strangers, ana, june)


def _team(desk: Desk, program: Program, night: Night, role: str) -> list[Phone]:
    """Members by their first name, in the roster's order."""
    statement = select(people).where(people.c.program_id == program.id, people.c.roles.is_not(None), people.c.active)
    with desk.reader.connect() as connection:
        rows = connection.execute(statement.order_by(people.c.position, people.c.id)).all()
    return [
        night.phone(desk.vault.open(row.name).split()[0], desk.vault.open(row.phone))
        for row in rows
        if role in row.roles.split(";") and not row.opted_out
    ]


def _unused(desk: Desk, carrier: str) -> Iterator[str]:
    """Numbers that neither the carrier nor the line has seen; then those with nothing open."""
    seen = {phone["number"] for phone in ask(f"{carrier}/api/phones")["phones"]}
    index = {desk.vault.index(number): number for number in STRANGERS}
    known = select(people.c.phone_ix).where(people.c.phone_ix.in_(list(index)))
    with desk.reader.connect() as connection:
        met = {index[one] for one in connection.scalars(known)}
        busy = known.join(cases, cases.c.person_id == people.c.id).where(case_is_open)
        open_now = {index[one] for one in connection.scalars(busy)}
        members = {index[one] for one in connection.scalars(known.where(people.c.roles.is_not(None)))}
    free = [number for number in STRANGERS if number not in open_now | members]
    yield from [number for number in free if number not in met | seen]
    yield from [number for number in free if number in met | seen]
    fail("all participants' numbers have something open: hotline cases --open shows what")
