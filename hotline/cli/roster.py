"""`hotline roster`: who is asked, in which order."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Row, func, select

from flows.rotation import Hours, Member, off_shift_order, order
from hotline import create_house
from hotline.cli.desk import Desk, aligned, read_text, sit_down
from hotline.cli.plain import fail
from hotline.files import load_roster
from hotline.handover import pass_on
from hotline.models import FOREVER, case_is_open, cases, people
from hotline.privacy import redact
from hotline.programs import Program

ROLES = ("coordinator", "driver", "guide")


@click.group("roster")
def command() -> None:
    """The roster: the team's members, their roles and hours."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--program", metavar="NAME", help="Whose roster it is; needed when there are several programs.")
@click.option("--handover", metavar="NAME", help="Who takes the open cases of those the file leaves out.")
def load(file: Path, program: str | None, handover: str | None) -> None:
    """Load a roster FILE (CSV: name,phone,roles,languages,hours,notes). Loading it twice changes nothing.

    What is wrong is named FILE:LINE: COLUMN: what, and then nothing of the file is loaded. Members the file leaves out
    are set off, never deleted.
    """
    text, desk = read_text(file), sit_down()
    desk.vault.ready()
    house = create_house(desk.settings)
    with house.engine.begin() as connection:
        report = load_roster(
            connection, house.vault, house.clock, text, str(file), program, handover, house.catalogue.languages
        )
        nudges = pass_on(house, connection)
    for kind, row, lane in nudges:
        house.nudge(kind, row, lane)
    click.echo(str(report))


@command.command()
@click.option("--program", metavar="NAME", help="Whose roster; needed when there are several programs.")
def show(program: str | None) -> None:
    """Show the members in the roster's order. Of a number only its end is shown."""
    desk = sit_down()
    theirs = desk.program(program)
    rows = [row for row in _rows(desk, theirs) if row.active]
    now = desk.clock.now()
    head = ("NAME", "PHONE", "ROLES", "LANGUAGES", "HOURS", "NOW")
    aligned([_shown(desk, theirs, row, now) for row in rows], head)


@command.command()
@click.option("--at", metavar="TIME", help="When, in the program's zone, such as 2026-03-08T02:30. Now, if left out.")
@click.option("--program", metavar="NAME", help="Whose roster; needed when there are several programs.")
def oncall(at: str | None, program: str | None) -> None:
    """Who would be asked, first to last, role by role. Coordinators off shift come after those on shift."""
    desk = sit_down()
    theirs = desk.program(program)
    now = _instant(at, theirs) if at is not None else desk.clock.now()
    click.echo(f"{theirs.name}, {now.astimezone(theirs.zone):%a %Y-%m-%d %H:%M} {theirs.timezone}")
    rows, taken = _rows(desk, theirs), _open_cases(desk)
    limit = theirs.config["paging"]["coordinator"]["limit"]
    lines = []
    for role in ROLES:
        team = [_member(desk, row, role, taken[row.phone_ix]) for row in rows]
        lines.append((role, _names(order(team, role, None, now, theirs.zone, limit)) or "nobody"))
        if role == "coordinator" and (later := _names(off_shift_order(team, role, None, now, theirs.zone, limit))):
            lines.append(("  off shift", later))
    aligned(lines)


def _rows(desk: Desk, program: Program) -> list[Row[Any]]:
    statement = select(people).where(people.c.program_id == program.id, people.c.roles.is_not(None))
    with desk.reader.connect() as connection:
        return list(connection.execute(statement.order_by(people.c.position, people.c.id)).all())


def _open_cases(desk: Desk) -> Counter[bytes]:
    """Open cases by the number of whoever has them, over all programs."""
    statement = (
        select(people.c.phone_ix, func.count())
        .select_from(cases)
        .join(people, people.c.id == cases.c.coordinator_id)
        .where(case_is_open)
        .group_by(people.c.phone_ix)
    )
    with desk.reader.connect() as connection:
        return Counter({index: count for index, count in connection.execute(statement)})


def _member(desk: Desk, row: Row[Any], role: str, open_cases: int) -> Member:
    accepted = json.loads(row.accepted or "{}").get(role)
    return Member(
        id=row.id,
        name=desk.vault.open(row.name),
        roles=frozenset(row.roles.split(";")),
        languages=tuple((row.languages or "").split(";")),
        hours=Hours.parse(row.hours or "always"),
        active=row.active,
        off_until=row.off_until,
        opted_out=row.opted_out,
        order=row.position or 0,
        open_cases=open_cases,
        accepted=datetime.fromisoformat(accepted) if accepted else None,
    )


def _names(team: Iterable[Member]) -> str:
    return ", ".join(member.name for member in team)


def _shown(desk: Desk, program: Program, row: Row[Any], now: datetime) -> tuple[str, ...]:
    name, phone = desk.vault.open(row.name), redact(desk.vault.open(row.phone))
    return (
        name,
        phone,
        row.roles.replace(";", ", "),
        row.languages.replace(";", ", "),
        row.hours,
        _state(program, row, now),
    )


def _state(program: Program, row: Row[Any], now: datetime) -> str:
    if row.opted_out:
        return "opted out"
    if row.off_until is None or row.off_until <= now:
        return "on"
    return "off" if row.off_until >= FOREVER else f"off until {row.off_until.astimezone(program.zone):%a %m/%d %H:%M}"


def _instant(text: str, program: Program) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        fail("--at must be a time without a zone, such as 2026-03-08T02:30; it is read in the program's zone")
    return found.replace(tzinfo=program.zone).astimezone(UTC)  # spring skips an hour: the clock on the wall goes on
