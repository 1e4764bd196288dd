"""`hotline case`: one request for help. Words only for a reason, and whoever reads them leaves a trace."""

import getpass
import json
import logging
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import insert, select

from hotline.cli.desk import Desk, aligned, sit_down
from hotline.cli.journeys import journeys
from hotline.cli.plain import fail
from hotline.models import deliveries, log, people, texts
from hotline.programs import Programs
from hotline.requests import Request, history, requests

log_line = logging.getLogger("hotline.cli.case")
READ = "words read"


@click.command("case")
@click.argument("code")
@click.option("--program", metavar="NAME", help="Of this program; needed when several have an open case of this code.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, as in hotline cases --json, with its history.")
@click.option("--words", is_flag=True, help="Show what was said, too. Needs --reason.")
@click.option("--reason", metavar="TEXT", help="Why the words are read; kept in the case's history.")
def command(code: str, program: str | None, as_json: bool, words: bool, reason: str | None) -> None:
    """Show the case CODE (K7): state, level, pages, calls, rides, placements, who has it, timers, and what happened.

    --json adds `history` (a list of at, what, who) to the object that hotline cases --json describes and, with --words,
    `words` (a list of at, from, to, words). Nobody's number is shown. Reading words writes a line into the case's
    history and into the log.
    """
    if words and not (reason or "").strip():
        fail("--words needs --reason TEXT: reading what somebody said is written into the case's history")
    desk = sit_down()
    found = _find(desk, code, program)
    said = _read_words(desk, found, str(reason).strip()) if words else None
    happened = _history(desk, found)
    if as_json:
        told = found.as_json() | {"history": happened} | ({"words": said} if said is not None else {})
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    zone = Programs(desk.engine).get(found.program_id).zone
    _show(found, journeys(desk, found.id, zone), happened, zone)
    if said is not None:
        click.echo("\nwords")
        for one in said:
            click.echo(f"  {_at(one['at'], zone)}  {one['from']} -> {one['to']}: {one['words']}")


def _find(desk: Desk, code: str, program: str | None) -> Request:
    """The open case of that code, else the one closed last."""
    program_id = desk.program(program).id if program else None
    found = requests(desk, code=code.strip().upper(), program_id=program_id)
    still_open = [one for one in found if one.state == "open"]
    if len(still_open) > 1:
        fail(
            f"{code.upper()} is open in several programs, say --program: {', '.join(one.program for one in still_open)}"
        )
    if not found:
        fail(f"there is no case {code.upper()}; hotline cases lists them")
    return still_open[0] if still_open else found[-1]


def _history(desk: Desk, found: Request) -> list[dict[str, Any]]:
    """What happened, as it is logged. What else is known of it is sealed, and opened only of those who read words."""
    with desk.reader.connect() as connection:
        rows = history(connection, [found.id])
    return [{"at": row.at.isoformat(), "what": row.what, "who": _who(desk, row)} for row in rows]


def _who(desk: Desk, row: Any) -> str | None:
    if row.what == READ and row.data:
        read = desk.vault.open_json(row.data)
        return f"{read['by']}: {read['reason']}"
    return desk.vault.open(row.name) if row.name else None


def _read_words(desk: Desk, found: Request, reason: str) -> list[dict[str, Any]]:
    """First the trace, then the words: nobody reads without leaving one."""
    with desk.engine.begin() as connection:
        connection.execute(
            insert(log).values(
                id=desk.clock.id(),
                at=desk.clock.now(),
                program_id=found.program_id,
                case_id=found.id,
                what=READ,
                data=desk.vault.seal_json({"reason": reason, "by": getpass.getuser()}),
            )
        )
    log_line.warning(
        READ, extra={"case": found.id, "code": found.code}
    )  # the reason may tell of somebody: it is sealed
    with desk.reader.connect() as connection:
        heard = connection.execute(
            select(texts.c.received_at.label("at"), texts.c.words, texts.c.id, people.c.name)
            .join(people, people.c.id == texts.c.person_id)
            .where(texts.c.case_id == found.id)
        ).all()
        sent = connection.execute(
            select(
                deliveries.c.created_at.label("at"),
                deliveries.c.words,
                deliveries.c.card,
                deliveries.c.id,
                people.c.name,
            )
            .join(people, people.c.id == deliveries.c.person_id)
            .where(deliveries.c.case_id == found.id, ~deliveries.c.relay)
        ).all()
        notes = connection.execute(
            select(log.c.at, log.c.data, log.c.id, people.c.name)
            .outerjoin(people, people.c.id == log.c.person_id)
            .where(log.c.case_id == found.id, log.c.what == "note", log.c.data.is_not(None))
        ).all()
    said = [(row.id, row.at, _name(desk, row), "line", _open(desk, row.words)) for row in heard]
    said += [(row.id, row.at, "line", _name(desk, row), _open(desk, row.words) or f"[{row.card}]") for row in sent]
    said += [(row.id, row.at, _name(desk, row), "note", desk.vault.open_json(row.data)["words"]) for row in notes]
    return [
        {"at": at.isoformat(), "from": from_, "to": to, "words": words or "(no words, or no longer kept)"}
        for _, at, from_, to, words in sorted(said, key=lambda one: one[0])
    ]


def _name(desk: Desk, row: Any) -> str:
    return desk.vault.open(row.name) if row.name else "participant"


def _open(desk: Desk, sealed: bytes | None) -> str:
    return desk.vault.open(sealed) if sealed else ""


def _show(found: Request, ways: list[tuple[str, str]], happened: list[dict[str, Any]], zone: ZoneInfo) -> None:
    rows = [
        ("case", found.code or str(found.id)),
        ("program", found.program),
        ("state", found.state + (f", {found.outcome}" if found.outcome else "")),
        ("level", found.level + (", frozen" if found.frozen else "")),
        ("opened", _at(found.opened_at.isoformat(), zone)),
        ("closed", _at(found.closed_at.isoformat(), zone) if found.closed_at else ""),
        ("who has it", found.coordinator or "nobody"),
    ]
    for page in found.pages:
        covered = f" by {page['covered_by']}" if page["covered_by"] else ""
        urgent = "urgent, " if page["urgent"] else ""
        rows.append(("page", f"{page['role']}: {urgent}{page['state']}{covered}, {page['asked']} asked"))
    rows += [("call", _call(one, zone)) for one in found.calls]
    rows += ways
    rows += [("due", f"{_at(one['due'].isoformat(), zone)}  {one['flow']}.{one['state']}") for one in found.timers]
    aligned([row for row in rows if row[1]])
    if happened:
        click.echo("\nhistory")
        for one in happened:
            click.echo(f"  {_at(one['at'], zone)}  {one['what']}" + (f"  {one['who']}" if one["who"] else ""))


def _call(call: dict[str, Any], zone: ZoneInfo) -> str:
    """Who rang whom, when, and how it ended: times, and never a word."""
    way = f"{call['who']} called" if call["inbound"] else f"{call['who']}'s phone was rung"
    began, ended = call["began_at"], call["ended_at"]
    if ended is None:
        how = "goes on"
    elif call["outcome"] == "completed" and not call["pressed"] and not call["inbound"]:
        how = "nobody pressed a key"
    else:
        how = str(call["outcome"] or "ended").replace("_", " ")
    length = f", {_span((ended - began).total_seconds())}" if ended is not None else ""
    return f"{_at(began.isoformat(), zone)}  {way}: {how}{length}"


def _span(seconds: float) -> str:
    minutes, rest = divmod(max(round(seconds), 0), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _at(iso: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(iso).astimezone(zone):%a %m/%d %H:%M:%S}"
