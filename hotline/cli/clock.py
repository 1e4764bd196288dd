"""`hotline clock`: the line's simulated time."""

from datetime import datetime
from typing import Any

import click

from hotline.cli.away import Gone, Line
from hotline.cli.desk import settings
from hotline.cli.plain import fail
from hotline.simulated_time import length


@click.group("clock")
def command() -> None:
    """The line's clock, where HOTLINE_SIMULATED_TIME is on."""


@command.command()
@click.argument("how_far", metavar="LENGTH")
def forward(how_far: str) -> None:
    """Move the clock of every process forward by LENGTH (90s, 5m, 2h or 3d), and show what is due next."""
    try:
        length(how_far)
    except ValueError as exc:
        fail(f"{how_far} {exc}")
    line = Line(settings().public_url)
    try:
        told = line.forward(how_far)
    except Gone as exc:
        fail(str(exc))
    click.echo(f"now   {_time(told['now'])}" + ("   (still moving)" if told["busy"] else ""))
    click.echo(f"next  {_next(told['next'])}")


def _next(ahead: dict[str, Any] | None) -> str:
    return f"{_time(ahead['at'])}   {ahead['what']}" if ahead else "nothing is due"


def _time(iso: str) -> str:
    return f"{datetime.fromisoformat(iso):%Y-%m-%d %H:%M:%S} UTC"
