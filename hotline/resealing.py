"""Resealing: everything sealed under an older key is sealed again under the newest, while the line runs.

Each value is compared and set: what somebody else wrote meanwhile stays, and was sealed with their newest key anyway. A
run that is stopped has lost nothing, and the next one passes over what is done.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Engine, LargeBinary, Table, and_, func, or_, select, update

from hotline.models import metadata
from hotline.models.engine import reader
from hotline.privacy import Vault

BATCH = 200
HEAVY = {"voicemails": 5}  # rows a batch: three minutes of speech are 3 MB


@dataclass(frozen=True)
class Progress:
    table: str
    seen: int
    resealed: int


def sealed_columns() -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Every column that holds what a Vault sealed. The blind index has a length, and is not sealed."""
    for table in metadata.sorted_tables:
        columns = [one for one in table.c if isinstance(one.type, LargeBinary) and one.type.length is None]
        if columns:
            yield table, columns


def reseal(engine: Engine, vault: Vault, tell: Callable[[Progress], None]) -> int:
    """One pass over all of it; how many values were sealed anew. None means that the older keys are not needed."""
    total = 0
    for table, columns in sealed_columns():
        seen = resealed = 0
        for rows in _batches(engine, table, columns):
            seen += len(rows)
            resealed += _reseal(engine, vault, table, columns, rows)
        total += resealed
        tell(Progress(table.name, seen, resealed))
    return total


def _batches(engine: Engine, table: Table, columns: list[Column[Any]]) -> Iterator[list[Any]]:
    """By rising key, with as many to come as there were at the start: new rows have the newest key."""
    (key,) = table.primary_key.columns
    statement = select(key, *columns).where(or_(*(column.is_not(None) for column in columns))).order_by(key)
    with reader(engine).connect() as connection:
        end = connection.scalar(select(func.max(key)))
    last = None
    while end is not None:
        after = key <= end if last is None else and_(key > last, key <= end)
        with reader(engine).connect() as connection:
            rows = list(connection.execute(statement.where(after).limit(HEAVY.get(table.name, BATCH))).all())
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _reseal(engine: Engine, vault: Vault, table: Table, columns: list[Column[Any]], rows: list[Any]) -> int:
    (key,) = table.primary_key.columns
    wanted = [
        (row[0], column, old, vault.reseal(old))
        for row in rows
        for column, old in zip(columns, row[1:], strict=True)
        if old is not None and not vault.is_newest(old)
    ]
    if not wanted:
        return 0
    done = 0
    with engine.begin() as connection:
        for id, column, old, new in wanted:
            statement = update(table).where(key == id, column == old).values({column.name: new})
            done += connection.execute(statement).rowcount
    return done
