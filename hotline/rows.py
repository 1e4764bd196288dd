"""Rows: the statements dispatch needs, each written once. What they mean is decided elsewhere."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from hotline import statements
from hotline.house import House
from hotline.models import deliveries, parties, people, runs, texts
from hotline.programs import Program

OPTED_OUT = frozenset({21610})
FILTERED = frozenset({30004, 30007})
IMPOSSIBLE = frozenset({21211, 21214, 21217, 21265, 21612, 21614, 21635, 30005, 30006})


class Moved(Exception):
    """What was locked is no longer what must be locked: begin again."""


def after(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)


def why(error: int | None) -> str:
    """A carrier's error as a flow may know it (facts 3.6)."""
    if error in OPTED_OUT:
        return "opted_out"
    if error in FILTERED:
        return "filtered"
    return "impossible" if error in IMPOSSIBLE else "unreachable"


def hello(
    connection: Connection,
    house: House,
    program: Program,
    index: bytes,
    number: str,
    line: str,
    now: datetime,
    language: str | None,
) -> tuple[Row[Any], bool]:
    """The person with this number, made if need be, and locked: one statement."""
    fresh = house.clock.id()
    row = {
        "id": fresh,
        "program_id": program.id,
        "phone_ix": index,
        "phone": house.vault.seal(number),
        "language": language,
        "created_at": now,
        "heard_at": now,
        "line": line,
    }
    person = connection.execute(statements.hello(connection.dialect.name), row).one()
    return person, person.id == fresh


def person(connection: Connection, house: House, program: Program, number: str | None, now: datetime) -> int:
    """The person with this number, made if need be and not locked; with None, somebody new who has no phone."""
    fresh = house.clock.id()
    index = house.vault.index(number or f"no phone {fresh}")
    row = {
        "id": fresh,
        "program_id": program.id,
        "phone_ix": index,
        "phone": house.vault.seal(number or ""),
        "created_at": now,
    }
    connection.execute(statements.insert_or(connection, people).on_conflict_do_nothing(), row)
    mine = select(people.c.id).where(people.c.program_id == program.id, people.c.phone_ix == index)
    return int(connection.execute(mine).scalar_one())


def lock(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    """People's rows, locked in the one order everybody uses."""
    statement = select(people).where(people.c.id.in_(ids)).order_by(people.c.id).with_for_update()
    return list(connection.execute(statement).all())


def lock_member(connection: Connection, program: Program, index: bytes) -> list[Row[Any]]:
    """A member's own row and the participants of all their open cases."""
    mine = select(people.c.id).where(people.c.program_id == program.id, people.c.phone_ix == index)
    me = int(connection.execute(mine).scalar_one())
    return lock(connection, sorted({me, *locks_of(connection, me)}))


def locks_of(connection: Connection, person_id: int) -> set[int]:
    """The people whose rows are the locks of what this member takes part in."""
    statement = select(runs.c.lock_id).join(parties, parties.c.run_id == runs.c.id)
    return set(connection.scalars(statement.where(parties.c.person_id == person_id, runs.c.open).distinct()))


def mark_failed(connection: Connection, delivery_id: int, error: int | None) -> None:
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id)
        .values(state="failed", error=str(error) if error else None, lease=None, rank=9)
    )


def stored_replies(connection: Connection, house: House, sid: str) -> Iterator[tuple[str, int]]:
    statement = (
        select(deliveries.c.words, deliveries.c.id)
        .join(texts, texts.c.id == deliveries.c.text_id)
        .where(texts.c.sid == sid, deliveries.c.words.is_not(None), deliveries.c.state != "dropped")
        .order_by(deliveries.c.id)
    )
    for row in connection.execute(statement):
        yield house.vault.open(row.words), row.id


def times(stored: str | None) -> list[datetime]:
    return [datetime.fromisoformat(at) for at in json.loads(stored)] if stored else []
