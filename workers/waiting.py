"""What waits: texts, runs and lapsed claims, as the sweeps look for them. Each statement is built once."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, String, and_, bindparam, case, exists, func, literal_column, or_, select

from hotline.house import House
from hotline.models import deliveries, delivery_is_waiting, lines, people, runs
from hotline.models.columns import UTCDateTime
from hotline.models.engine import reader
from hotline.programs import Program
from workers.outbox import SOON, URGENT_UNSENT, real

LIMIT = 50

_until, _now, _soon = (bindparam(name, type_=UTCDateTime) for name in ("until", "now", "soon"))
_lane = bindparam("lane", type_=String)
_due = and_(delivery_is_waiting, deliveries.c.state == literal_column("'due'"))
_claimed = and_(delivery_is_waiting, deliveries.c.state == literal_column("'claimed'"))
_in_order = (deliveries.c.due, deliveries.c.id)

_URGENT = (
    select(deliveries.c.id)
    .where(_due, deliveries.c.lane == literal_column("'urgent'"), deliveries.c.due <= _until)
    .order_by(*_in_order)
    .limit(LIMIT)
)
_ROUTINE = (
    select(deliveries.c.id)
    .where(_due, deliveries.c.lane == literal_column("'routine'"), deliveries.c.due <= _until)
    .order_by(*_in_order)
    .limit(1)
)
_ROUTINE_OF = _ROUTINE.where(deliveries.c.program_id == bindparam("program"))
#: The same where a program has several numbers: of the people who are texted from one that is free (outbox.sender).
_from = case((people.c.line.in_(bindparam("numbers", expanding=True)), people.c.line), else_=bindparam("first"))
_ROUTINE_FROM = _ROUTINE_OF.join_from(deliveries, people, people.c.id == deliveries.c.person_id).where(
    _from.in_(bindparam("free", expanding=True))
)
_BUSY = select(lines.c.number).where(
    or_(
        lines.c.free_at > _now,
        exists().where(URGENT_UNSENT, deliveries.c.due <= _soon, deliveries.c.program_id == lines.c.program_id),
    )
)
_LAPSED = (
    select(deliveries.c.id, deliveries.c.lease)
    .where(_claimed, deliveries.c.lane == _lane, deliveries.c.lease < _now)
    .order_by(*_in_order)
    .limit(LIMIT)
)
_IN_HANDS = select(func.count()).where(_claimed, deliveries.c.lease >= _now)
_RUNS = (
    select(runs.c.id, runs.c.due).where(runs.c.open, runs.c.due <= _now).order_by(runs.c.due, runs.c.id).limit(LIMIT)
)
_RUNS_OF_LANE = _RUNS.where(runs.c.lane == _lane)
_AHEAD = select(
    select(func.min(runs.c.due)).where(runs.c.open, runs.c.due > _now).scalar_subquery(),
    select(func.min(deliveries.c.due)).where(_due, deliveries.c.due > _now).scalar_subquery(),
    select(func.min(lines.c.free_at))
    .where(
        lines.c.free_at > _now,
        exists().where(
            _due, deliveries.c.lane == literal_column("'routine'"), deliveries.c.program_id == lines.c.program_id
        ),
    )
    .scalar_subquery(),
)


@contextmanager
def looking(house: House) -> Iterator[Connection]:
    """A connection that only looks: on SQLite it waits for no writer."""
    with reader(house.engine).connect() as connection:
        yield connection


def urgent(connection: Connection, until: datetime) -> Sequence[int]:
    """Urgent deliveries due by then, the longest waiting first."""
    return connection.scalars(_URGENT, {"until": until}).all()


def routine(connection: Connection, house: House, until: datetime, now: datetime) -> Sequence[int]:
    """Of each program with a number that is free, the routine delivery that has waited longest for one."""
    if connection.scalar(_ROUTINE, {"until": until}) is None:
        return ()
    busy = set(connection.scalars(_BUSY, {"now": now, "soon": now + SOON}))
    found = [_routine_of(connection, program, busy, until) for program in house.programs.all()]
    return [id for id in found if id is not None]


def _routine_of(connection: Connection, program: Program, busy: Collection[str], until: datetime) -> int | None:
    numbers = program.config["program"]["numbers"]
    free = [number for number in numbers if number not in busy]
    if not free:
        return None
    asked = {"until": until, "program": program.id}
    if len(numbers) == 1:
        return connection.scalar(_ROUTINE_OF, asked)
    return connection.scalar(_ROUTINE_FROM, {**asked, "numbers": numbers, "first": numbers[0], "free": free})


def lapsed(connection: Connection, lane: str) -> Sequence[Row[Any, Any]]:
    """Claims whose lease has run out: whoever held them is dead, or never heard the carrier's answer."""
    return connection.execute(_LAPSED, {"lane": lane, "now": real.now()}).all()


def in_hands(connection: Connection) -> int:
    """How many somebody is handing over just now."""
    return connection.scalar(_IN_HANDS, {"now": real.now()}) or 0


def due_runs(connection: Connection, now: datetime, lane: str | None = None) -> Sequence[Row[Any, Any]]:
    """Runs whose clock has run out, of one lane or of both, in the order in which it did."""
    if lane is None:
        return connection.execute(_RUNS, {"now": now}).all()
    return connection.execute(_RUNS_OF_LANE, {"now": now, "lane": lane}).all()


def ahead(connection: Connection, now: datetime) -> datetime | None:
    """The next time after now that anything at all is to be done."""
    found = connection.execute(_AHEAD, {"now": now}).one()
    return min((instant for instant in found if instant is not None), default=None)
