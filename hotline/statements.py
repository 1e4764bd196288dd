"""The hot path's statements, each built once: building one costs SQLAlchemy as much as the database needs to run it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from hotline.models import case_is_open, cases, parties, people, runs

Columns = tuple[tuple[str, Callable[[Any], Any] | None], ...]
Rows = Sequence[Mapping[str, Any]]


def write(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows that name the same columns, by the driver's own hand: SQLAlchemy's way round costs twice the row."""
    _hand_over(connection, *_insert(connection.dialect, table, tuple(rows[0])), rows)


def rewrite(connection: Connection, table: Table, rows: Rows) -> None:
    """Write whole rows again, each found by its id."""
    _hand_over(connection, *_update(connection.dialect, table, tuple(rows[0])), rows)


def _hand_over(connection: Connection, words: str, columns: Columns, rows: Rows) -> None:
    values = [tuple(bind(row[name]) if bind else row[name] for name, bind in columns) for row in rows]
    connection.exec_driver_sql(words, values[0] if len(values) == 1 else values)


@cache
def _insert(dialect: Dialect, table: Table, names: tuple[str, ...]) -> tuple[str, Columns]:
    columns, marks = ", ".join(_quoted(dialect, names)), ", ".join([_mark(dialect)] * len(names))
    return f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", _binding(dialect, table, names)


@cache
def _update(dialect: Dialect, table: Table, names: tuple[str, ...]) -> tuple[str, Columns]:
    others = tuple(name for name in names if name != "id")
    values = ", ".join(f"{name} = {_mark(dialect)}" for name in _quoted(dialect, others))
    return f"UPDATE {table.name} SET {values} WHERE id = {_mark(dialect)}", _binding(dialect, table, (*others, "id"))


def _binding(dialect: Dialect, table: Table, names: tuple[str, ...]) -> Columns:
    """Each column with what makes its value the driver's, where anything must."""
    return tuple((name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names)


def _quoted(dialect: Dialect, names: Iterable[str]) -> list[str]:
    return [dialect.identifier_preparer.quote(name) for name in names]


def _mark(dialect: Dialect) -> str:
    return "?" if dialect.name == "sqlite" else "%s"


@cache
def insert_into(dialect: str, table: Table) -> Any:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def insert_or(connection: Connection, table: Table) -> Any:
    """An INSERT that can say what happens when the row is there already."""
    return insert_into(connection.dialect.name, table)


@cache
def hello(dialect: str) -> Any:
    """Make this person's row or touch it: either way it is locked, and read."""
    statement = insert_into(dialect, people)
    return statement.on_conflict_do_update(
        index_elements=["program_id", "phone_ix"],
        set_={"heard_at": statement.excluded.heard_at, "line": statement.excluded.line},
    ).returning(people)


LEAVE = delete(parties).where(parties.c.run_id.in_(bindparam("runs", expanding=True)))

#: A participant's open runs beside their cases: of the open one, and of those in which somebody still keeps in touch.
RUNS_OF = (
    select(cases, *(column.label(f"run_{column.name}") for column in runs.c))
    .select_from(runs.join(cases, runs.c.case_id == cases.c.id))
    .where(runs.c.lock_id == bindparam("person"), runs.c.open)
)
PERSON = select(people).where(people.c.id == bindparam("person"))
ROSTER = select(people).where(people.c.program_id == bindparam("program"), people.c.roles.is_not(None))
#: Open cases by the number of whoever has them: the same phone may serve several programs.
OPEN_CASES = (
    select(people.c.phone_ix, func.count())
    .select_from(cases)
    .join(people, people.c.id == cases.c.coordinator_id)
    .where(case_is_open)
    .group_by(people.c.phone_ix)
)
