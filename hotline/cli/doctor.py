"""`hotline doctor`: is everything in place, and what would happen right now."""

import click

from hotline import create_house
from hotline.cli.desk import settings
from hotline.doctor import FAIL, examine, would_happen


@click.command("doctor")
def command() -> None:
    """Look at every piece from the outside in, and say what would happen to a text and a call right now.

    Ends with a status that is not 0 if anything would cost a request for help: one line each, beginning with FAIL. What
    begins with `look` works, and could be better.
    """
    house = create_house(settings("twilio", "keys"))
    failed = 0
    for one in examine(house):
        failed += one.state == FAIL
        click.echo(f"{one.state:<5} {one.piece:<14} {one.words}")
    try:
        programs = house.programs.all()
        for program in programs:
            click.echo(f"\n{program.name}, right now:")
            for line in would_happen(house, program):
                click.echo(f"  {line}")
    except Exception as exc:  # said above already, of the database
        click.echo(f"\nwhat would happen now cannot be told: {type(exc).__name__}", err=True)
        failed += 1
    if failed:
        click.echo(f"\n{failed} FAIL", err=True)
        raise SystemExit(1)
