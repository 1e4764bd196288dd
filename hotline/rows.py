"""Rows: the statements dispatch needs, each written once. What they mean is decided elsewhere."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hotline.house import House
from hotline.models import codes, deliveries, parties, people, runs, texts
from hotline.programs import Program

OPTED_OUT = frozenset({21610})
FILTERED = frozenset({30004, 30007})
IMPOSSIBLE = frozenset({21211, 21214, 21217, 21265, 21612, 21614, 21635, 30005, 30006})

# Letters and digits that no drug, dose or everyday word looks like (contract 6.2), nor one another.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
BARRED_CODES = frozenset("B4 L8 M8 W8 G8 H8 U2 R2 K9".split())
CODE_REST = timedelta(days=30)


class Moved(Exception):
    """What was locked is no longer what must be locked: begin again."""


def insert(connection: Connection, table: Any) -> Any:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


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
    connection: Connection, house: House, program: Program, index: bytes, number: str, now: datetime
) -> tuple[Row[Any], bool]:
    """The person with this number, made if need be, and locked: one statement."""
    fresh = house.clock.id()
    statement = (
        insert(connection, people)
        .values(
            id=fresh,
            program_id=program.id,
            phone_ix=index,
            phone=house.vault.seal(number),
            created_at=now,
            heard_at=now,
        )
        .on_conflict_do_update(index_elements=["program_id", "phone_ix"], set_={"heard_at": now})
        .returning(people)
    )
    person = connection.execute(statement).one()
    return person, person.id == fresh


def lock(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    """People's rows, locked in the one order everybody uses."""
    statement = select(people).where(people.c.id.in_(ids)).order_by(people.c.id).with_for_update()
    return list(connection.execute(statement).all())


def lock_member(connection: Connection, program: Program, index: bytes) -> list[Row[Any]]:
    """A member's own row and the participants of all their open cases."""
    me = connection.scalar(
        select(people.c.id).where(people.c.program_id == program.id, people.c.phone_ix == index)
    )
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


def allot_code(connection: Connection, house: House, program_id: int, case_id: int, now: datetime) -> str:
    """A code nobody in this program has, nor had in the last 30 days: a letter and a digit, then two digits."""
    statement = select(codes.c.code, codes.c.until).where(codes.c.program_id == program_id)
    taken = {row.code for row in connection.execute(statement) if row.until is None or row.until > now}
    for free in (_codes(1, taken), _codes(2, taken)):
        while free:
            code = house.clock.choice(free)
            claim = (
                insert(connection, codes)
                .values(program_id=program_id, code=code, case_id=case_id, until=None)
                .on_conflict_do_update(
                    index_elements=["program_id", "code"],
                    set_={"case_id": case_id, "until": None},
                    where=codes.c.until <= now,
                )
                .returning(codes.c.code)
            )
            if connection.scalar(claim) is not None:
                return code
            free.remove(code)
    raise RuntimeError("every code of this program is in use; close cases that are over")


def _codes(digits: int, taken: set[str]) -> list[str]:
    numbers = range(1, 10) if digits == 1 else range(10, 100)
    every = (f"{letter}{number}" for letter in LETTERS for number in numbers)
    return [code for code in every if code not in taken and code not in BARRED_CODES]


def free_code(connection: Connection, case_id: int, now: datetime) -> None:
    connection.execute(update(codes).where(codes.c.case_id == case_id).values(until=now + CODE_REST))


def times(stored: str | None) -> list[datetime]:
    return [datetime.fromisoformat(at) for at in json.loads(stored)] if stored else []
