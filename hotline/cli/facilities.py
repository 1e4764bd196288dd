"""`hotline facilities`: where people can be placed."""

import json
from pathlib import Path

import click
from sqlalchemy import select

from hotline.cli.desk import aligned, read_text, sit_down
from hotline.files.facilities import COLUMNS, load_facilities
from hotline.models import facilities


@click.group("facilities")
def command() -> None:
    """Facilities: where people can be placed."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--program", metavar="NAME", help="Whose facilities; needed when there are several programs.")
def load(file: Path, program: str | None) -> None:
    """Load facilities from FILE (CSV: name,town,phone,care,coverage,gender,distance_miles,notes).

    care: detox;inpatient;outpatient;mat. coverage: medicaid;private;none. gender: women, men, or empty. What is wrong
    is named FILE:LINE: COLUMN: what, and then nothing is loaded. Loading it twice changes nothing.
    """
    text, desk = read_text(file), sit_down()
    theirs = desk.program(program)
    with desk.engine.begin() as connection:
        report = load_facilities(connection, desk.clock, text, str(file), theirs.id)
    click.echo(str(report))


@command.command()
@click.option("--program", metavar="NAME", help="Whose facilities; needed when there are several programs.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list of objects with the file's columns.")
def show(program: str | None, as_json: bool) -> None:
    """Show the facilities in the file's order."""
    desk = sit_down()
    theirs = desk.program(program)
    statement = select(*(facilities.c[name] for name in COLUMNS)).where(
        facilities.c.program_id == theirs.id, facilities.c.active
    )
    with desk.reader.connect() as connection:
        rows = [dict(row) for row in connection.execute(statement.order_by(facilities.c.position)).mappings()]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        click.echo("no facility is loaded: hotline facilities load FILE")
        return
    head = tuple(name.upper().replace("_", " ") for name in COLUMNS)
    aligned([tuple("" if row[name] is None else _cell(row[name]) for name in COLUMNS) for row in rows], head)


def _cell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).replace(";", ", ")
