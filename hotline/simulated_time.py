"""Simulated time: one offset for every process, kept in the database, and a move that skips no deadline.

`forward` only says how far. While a clock process lives it takes the line there from deadline to deadline, so that
each is met at its own time; with nobody there to meet any, the offset jumps.
"""

import re
import threading
import time
import weakref
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, case, event, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from hotline.clock import Clock, monotonic
from hotline.house import House
from hotline.models import deliveries, delivery_is_waiting, heartbeats, runs, simulated_time
from hotline.models.engine import reader
from hotline.statements import insert_or

CACHED_S = 0.02
ALIVE_S = 3.0
PATIENCE_S = 2.5  # how long `forward` waits for the line to arrive; a longer move goes on by itself
FARTHEST_S = 3_653 * 86_400
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

_real = Clock()
_read: "weakref.WeakKeyDictionary[Engine, tuple[float, float]]" = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def offset(engine: Engine) -> float:
    """Seconds the line is ahead. On a connection of its own; with the database gone, the last that was known."""
    known = _read.get(engine)
    now = monotonic()
    if known is not None and now - known[0] < CACHED_S:
        return known[1]
    try:
        with reader(engine).connect() as connection:
            if engine.dialect.name == "postgresql":  # two round trips less
                connection.execution_options(isolation_level="AUTOCOMMIT")
            seconds = connection.scalar(select(simulated_time.c.offset_s)) or 0.0
    except SQLAlchemyError:
        seconds = known[1] if known else 0.0
    _remember(engine, seconds)
    return seconds


def length(words: str) -> timedelta:
    """`90s 5m 2h 3d` as a length of time; ValueError, in plain words, for anything else."""
    found = re.fullmatch(r"\s*(\d{1,6})([smhd])\s*", words, re.ASCII)
    if not found or not int(found[1]):
        raise ValueError("must be a length of time such as 90s, 5m, 2h or 3d")
    seconds = int(found[1]) * UNITS[found[2]]
    if seconds > FARTHEST_S:
        raise ValueError("must be ten years at most")
    return timedelta(seconds=seconds)


def forward(house: House, words: str) -> None:
    """Move the line's clock by `words`, and wait a moment for it to get there. ValueError if they are no length."""
    far = length(words)
    with house.engine.begin() as connection:
        row = _row(connection)
        start = row.target or datetime.now(UTC) + timedelta(seconds=row.offset_s)
        connection.execute(update(simulated_time).values(target=start + far))
    until = monotonic() + PATIENCE_S
    while target(house.engine) is not None and monotonic() < until:
        if not is_clock_alive(house.engine):
            _land(house.engine)
        time.sleep(CACHED_S)
    _forget(house.engine)


def state(house: House) -> dict[str, Any]:
    """What GET /simulated-time answers. `next`: the next due time and what it is, null if nothing waits."""
    if target(house.engine) is not None and not is_clock_alive(house.engine):
        _land(house.engine)
    now = house.clock.now()
    ahead = next_due(house.engine)
    busy = target(house.engine) is not None or (ahead is not None and ahead[0] <= now) or _in_hand(house.engine)
    return {
        "now": now.isoformat(),
        "next": {"at": ahead[0].isoformat(), "what": ahead[1]} if ahead else None,
        "busy": busy,
    }


def hasten(engine: Engine) -> None:
    """Commits that do not wait for the disk: a move makes a thousand of them in seconds, and where time is simulated
    nobody's night hangs on the plug. A process that is killed loses nothing by it, only a machine without power."""
    setting = "PRAGMA synchronous=NORMAL" if engine.dialect.name == "sqlite" else "SET synchronous_commit = off"

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.execute(setting)
        if engine.dialect.name != "sqlite":
            connection.commit()


# --- for the clock process ------------------------------------------------------------------------------------------


def target(engine: Engine) -> datetime | None:
    """Where a move under way is going."""
    with reader(engine).connect() as connection:
        return connection.scalar(select(simulated_time.c.target))


def hop(engine: Engine, instant: datetime) -> None:
    """Set the line's clock to `instant`, never back. Two clock processes may hop at once: both go where the same rows
    say, and a clock that is there already stays."""
    with engine.begin() as connection:
        ahead = (instant - datetime.now(UTC)).total_seconds()
        later = case((simulated_time.c.offset_s > ahead, simulated_time.c.offset_s), else_=ahead)
        moved = update(simulated_time).values(offset_s=later).returning(simulated_time.c.offset_s)
        told = connection.scalar(moved)
        if told is None:
            _row(connection)
            told = connection.scalar(moved)
    _remember(engine, told or 0.0)


def arrive(engine: Engine, there: datetime) -> None:
    """End the move, unless it was told to go further meanwhile."""
    with engine.begin() as connection:
        connection.execute(update(simulated_time).where(simulated_time.c.target == there).values(target=None))


def next_due(engine: Engine) -> tuple[datetime, str] | None:
    """The earliest deadline of anything, met or not: when, and of which flow and state, or of a text or call."""
    with reader(engine).connect() as connection:
        run = connection.execute(
            select(runs.c.due, runs.c.flow, runs.c.state)
            .where(runs.c.open, runs.c.due.is_not(None))
            .order_by(runs.c.due, runs.c.id)
            .limit(1)
        ).first()
        delivery = connection.execute(
            select(deliveries.c.due, deliveries.c.channel)
            .where(delivery_is_waiting, deliveries.c.state == "due")
            .order_by(deliveries.c.due)
        ).first()
    found = [(run.due, f"{run.flow}.{run.state}")] if run else []
    found += [(delivery.due, delivery.channel)] if delivery and delivery.due else []
    return min(found, default=None)


def is_clock_alive(engine: Engine) -> bool:
    """Whether a clock process gave a sign of life lately. In real time: a moved clock makes nobody dead."""
    with reader(engine).connect() as connection:
        at = connection.scalar(select(heartbeats.c.at).where(heartbeats.c.name == "clock"))
    return at is not None and _real.now() - at < timedelta(seconds=ALIVE_S)


def _in_hand(engine: Engine) -> bool:
    with reader(engine).connect() as connection:
        return bool(connection.scalar(select(func.count()).where(delivery_is_waiting, deliveries.c.state == "claimed")))


def _land(engine: Engine) -> None:
    """With no clock process to meet the deadlines on the way, the move is one jump."""
    if (there := target(engine)) is not None:
        hop(engine, there)
        arrive(engine, there)


def _row(connection: Connection) -> Row[Any]:
    """The one row, made if need be, and locked."""
    connection.execute(insert_or(connection, simulated_time).values(id=1, offset_s=0.0).on_conflict_do_nothing())
    return connection.execute(select(simulated_time).with_for_update()).one()


def _remember(engine: Engine, seconds: float) -> None:
    with _lock:
        _read[engine] = (monotonic(), seconds)


def _forget(engine: Engine) -> None:
    with _lock:
        _read.pop(engine, None)
