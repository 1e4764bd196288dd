"""Codes: a letter and a digit by which members speak of a case, so that nobody's name is ever needed."""

import threading
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from hotline.clock import Clock, monotonic
from hotline.models import codes
from hotline.statements import insert_into

# No drug, dose or everyday word (contract 6.2), and no letter that is easily taken for a digit.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
BARRED = frozenset(["B4", "L8", "M8", "W8", "G8", "H8", "U2", "R2", "K9"])
REST = timedelta(days=30)  # a code is not used again for so long
READ_AGAIN_S = 60.0

EVERY = tuple(
    tuple(code for letter in LETTERS for number in numbers if (code := f"{letter}{number}") not in BARRED)
    for numbers in (range(1, 10), range(10, 100), range(100, 1000))
)

TAKEN = select(codes.c.code).where(
    codes.c.program_id == bindparam("program_id"), or_(codes.c.until.is_(None), codes.c.until > bindparam("now"))
)


class Codes:
    """Which codes are free, as this process last saw it: a guess that spares a look-up. The row decides."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: dict[int, set[str]] = {}
        self._read_at: dict[int, float] = {}

    def allot(self, connection: Connection, clock: Clock, program_id: int, case_id: int, now: datetime) -> str:
        """A code nobody in this program has, nor had in the last 30 days; another digit when they run out."""
        taken = self._known(connection, program_id, now)
        for length in EVERY:
            free = [code for code in length if code not in taken]
            while free:
                code = clock.choice(free)
                with self._lock:
                    taken.add(code)
                if _claim(connection, program_id, code, case_id, now):
                    return code
                free.remove(code)
        raise RuntimeError("every code of this program is in use; close cases that are over")

    def _known(self, connection: Connection, program_id: int, now: datetime) -> set[str]:
        if monotonic() - self._read_at.get(program_id, float("-inf")) > READ_AGAIN_S:
            found = set(connection.scalars(TAKEN, {"program_id": program_id, "now": now}))
            with self._lock:
                self._taken[program_id] = found
                self._read_at[program_id] = monotonic()
        return self._taken[program_id]


def _claim(connection: Connection, program_id: int, code: str, case_id: int, now: datetime) -> bool:
    row = {"program_id": program_id, "code": code, "case_id": case_id, "until": None, "now": now}
    return connection.scalar(_claiming(connection.dialect.name), row) is not None


@cache
def _claiming(dialect: str) -> Any:
    insert = insert_into(dialect, codes)
    values: dict[str, Any] = {name: bindparam(name) for name in ("program_id", "code", "case_id", "until")}
    return (
        insert.values(values)
        .on_conflict_do_update(
            index_elements=["program_id", "code"],
            set_={"case_id": insert.excluded.case_id, "until": None},
            where=codes.c.until <= bindparam("now"),
        )
        .returning(codes.c.code)
    )


def hold(connection: Connection, case_id: int, until: datetime) -> None:
    """A closed case that is still spoken of keeps its code, and its rest comes after."""
    mine = (codes.c.case_id == case_id) & (codes.c.until < until + REST)
    connection.execute(update(codes).where(mine).values(until=until + REST))


def rest(connection: Connection, program_id: int, code: str, now: datetime) -> None:
    """A ride has ended: the code it had of its own rests."""
    one = (codes.c.program_id == program_id) & (codes.c.code == code)
    connection.execute(update(codes).where(one).values(until=now + REST))


def give_back(connection: Connection, case_id: int, now: datetime) -> None:
    """The case has closed: its code rests."""
    connection.execute(update(codes).where(codes.c.case_id == case_id).values(until=now + REST))
