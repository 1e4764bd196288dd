"""The cast of a night: the running line's own team, and participants whose numbers nobody has used yet."""

from collections.abc import Iterator
from dataclasses import dataclass

import click
from sqlalchemy import func, select

import messages
from hotline.cli.away import ask
from hotline.cli.desk import Desk, sit_down
from hotline.cli.night import Night, Phone
from hotline.cli.plain import fail
from hotline.models import case_is_open, cases, people
from hotline.programs import Program, Programs

STRANGERS = tuple(f"+13095550{n}" for n in range(130, 190))  # numbers that belong to nobody


@dataclass
class Cast:
    """Who plays, and what is known of it so far."""

    desk: Desk
    program: Program
    night: Night
    coordinators: list[Phone]
    managers: list[Phone]
    strangers: Iterator[str]
    ana: Phone
    case: str = ""
    first: Phone | None = None
    last: Phone | None = None

    def stranger(self, name: str) -> Phone:
        return self.night.phone(name, next(self.strangers))

    def others(self, *but: Phone | None) -> list[Phone]:
        return [phone for phone in self.coordinators if phone not in but]

    def policy(self, name: str) -> int:
        """How the program pages coordinators, in seconds; 0 for never."""
        found: int | None = self.program.config["paging"]["coordinator"][name]
        return found or 0

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


def assemble() -> Cast:
    """Everybody, from the environment of this machine's running line."""
    desk = sit_down()
    carrier = desk.settings.api_url
    numbers = {one["number"] for one in ask(f"{carrier}/api/numbers")["numbers"]}
    program = next((one for one in Programs(desk.engine).all() if set(one.numbers) & numbers), None)
    if program is None:
        fail(f"no number of the simulator's at {carrier} is a loaded program's: hotline program load FILE")
    overrides = program.config.get("messages", {})
    night = Night(desk.settings.public_url, carrier, messages.load(), overrides, program.zone, click.echo)
    coordinators, managers = (_team(desk, program, night, role) for role in ("coordinator", "manager"))
    if len(coordinators) < 2 or not managers:
        fail("the demo needs two coordinators and a manager on the roster; hotline/samples/milford.csv has them")
    strangers = _unused(desk, carrier)
    return Cast(desk, program, night, coordinators, managers, strangers, night.phone("Ana", next(strangers)))


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
