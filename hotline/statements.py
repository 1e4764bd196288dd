"""The hot path's statements, each built once: building one costs SQLAlchemy as much as the database needs to run it."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hotline.models import case_is_open, cases, deliveries, log, pages, parties, people, runs, texts

INSERT = {table: insert(table) for table in (texts, cases, runs, parties, deliveries, log, pages)}


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


def update_by_id(table: Table) -> Any:
    """All columns of one row, by its id given as b_id, the others as b_<column>."""
    values: dict[str, Any] = {column.name: bindparam(f"b_{column.name}") for column in table.c if column.name != "id"}
    return update(table).where(table.c.id == bindparam("b_id")).values(values)


def as_changes(row: dict[str, Any]) -> dict[str, Any]:
    return {f"b_{name}": value for name, value in row.items()}


UPDATE_RUN, UPDATE_CASE = update_by_id(runs), update_by_id(cases)
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
