"""`hotline cases`: the requests for help, without anybody's words or number."""

import json
from datetime import datetime
from typing import Any

import click

from hotline.cli.desk import Desk, aligned, sit_down
from hotline.programs import Programs
from hotline.requests import Request, requests

LISTED = 50


@click.command("cases")
@click.option("--open", "only_open", is_flag=True, help="Only those that are open.")
@click.option("--program", metavar="NAME", help="Of this program only.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list, every case, newest last; see below.")
def command(only_open: bool, program: str | None, as_json: bool) -> None:
    """List the requests for help: all that are open and, without --open, the last that were closed.

    Each object of --json has: id, code (null until a member has heard of it), program, state (open, closed), level
    (none, unclear, suicidal, emergency), frozen, opened_at, closed_at, outcome, coordinator (a name, or null), pages
    (a list of role, urgent, state, opened_at, covered_at, covered_by, alarm_at, asked), timers (a list of flow, state,
    due) and calls (a list of who, inbound, began_at, ended_at, pressed, outcome: completed, busy, no_answer, failed;
    null while it goes on). Times are ISO 8601 in UTC. There are no words and no numbers in it.
    """
    desk = sit_down()
    program_id = desk.program(program).id if program else None
    found = requests(desk, only_open=only_open, program_id=program_id, limit=None if as_json else LISTED)
    if as_json:
        click.echo(json.dumps([one.as_json() for one in found], indent=2, ensure_ascii=False))
        return
    if not found:
        click.echo("no case is open" if only_open else "there is no case yet")
        return
    aligned([_row(desk, one) for one in found], ("CODE", "OPENED", "STATE", "LEVEL", "PAGE", "WHO HAS IT", "NEXT"))


def _row(desk: Desk, one: Request) -> tuple[str, ...]:
    zone = Programs(desk.engine).get(one.program_id).zone
    page = one.pages[-1] if one.pages else None
    soonest: Any = one.timers[0] if one.timers else None
    return (
        one.code or "",
        f"{one.opened_at.astimezone(zone):%a %m/%d %H:%M}",
        one.outcome or one.state if one.state == "closed" else one.state,
        one.level + (" (frozen)" if one.frozen else ""),
        _page(page) if page else "",
        one.coordinator or "",
        _due(soonest["due"], desk.clock.now()) if soonest else "",
    )


def _page(page: dict[str, Any]) -> str:
    words = f"{page['state']}, {page['asked']} asked" if page["state"] == "asking" else str(page["state"])
    return f"urgent: {words}" if page["urgent"] else words


def _due(due: datetime, now: datetime) -> str:
    seconds = int((due - now).total_seconds())
    if seconds <= 0:
        return "now"
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"in {seconds // size} {unit}"
    return f"in {seconds} s"
