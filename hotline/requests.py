"""Requests for help as people may see them: read from the rows, with nobody's words and nobody's number."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Row, select

from hotline.models import calls, case_is_open, cases, log, pages, people, programs, runs
from hotline.models.engine import reader
from hotline.privacy import Vault


class Books(Protocol):
    """Where it is read: the desk's books or the house's."""

    @property
    def engine(self) -> Engine: ...

    @property
    def vault(self) -> Vault: ...


@dataclass(frozen=True)
class Request:
    id: int
    code: str | None
    program: str
    program_id: int
    person_id: int
    state: str
    level: str
    frozen: bool
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None
    coordinator: str | None
    pages: list[dict[str, Any]] = field(default_factory=list)
    timers: list[dict[str, Any]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = _plain(asdict(self))
        del told["program_id"], told["person_id"]
        for page in told["pages"]:
            del page["id"]
        return told


def requests(
    books: Books,
    *,
    only_open: bool = False,
    program_id: int | None = None,
    code: str | None = None,
    limit: int | None = None,
) -> list[Request]:
    """Oldest first; with a `limit`, every open one and that many closed ones."""
    statement = select(cases, programs.c.name).join(programs, programs.c.id == cases.c.program_id)
    if program_id is not None:
        statement = statement.where(cases.c.program_id == program_id)
    if code is not None:
        statement = statement.where(cases.c.code == code)
    with reader(books.engine).connect() as connection:
        found = list(connection.execute(statement.where(case_is_open)))
        if not only_open:
            past = statement.where(cases.c.state == "closed").order_by(cases.c.id.desc())
            found += connection.execute(past.limit(limit) if limit else past)
        return _gathered(books.vault, connection, sorted(found, key=lambda row: row.id))


def history(connection: Connection, ids: list[int]) -> list[Row[Any]]:
    """What happened in these cases, as it is logged: (case_id, run_id, at, what, data, name), oldest first."""
    statement = (
        select(log.c.case_id, log.c.run_id, log.c.at, log.c.what, log.c.data, people.c.name)
        .outerjoin(people, people.c.id == log.c.person_id)
        .where(log.c.what != "item")  # kept only for reading a member's "1"
        .order_by(log.c.id)
    )
    found: list[Row[Any]] = []
    for some in _some(ids):
        found += connection.execute(statement.where(log.c.case_id.in_(some)))
    return found


def _gathered(vault: Vault, connection: Connection, found: list[Row[Any]]) -> list[Request]:
    ids = [row.id for row in found]
    asked, timers, called = _pages(connection, ids), _timers(connection, ids), _calls(connection, ids)
    wanted = {row.coordinator_id for row in found} | {page.covered_by for rows in asked.values() for page in rows}
    wanted |= {call.person_id for rows in called.values() for call in rows}
    names = names_of(vault, connection, wanted - {None})
    return [
        Request(
            id=row.id,
            code=row.code,
            program=row.name,
            program_id=row.program_id,
            person_id=row.person_id,
            state=row.state,
            level=row.level,
            frozen=row.frozen,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            outcome=row.outcome,
            coordinator=names.get(row.coordinator_id),
            pages=[_page(page, names) for page in asked[row.id]],
            timers=[{"flow": run.flow, "state": run.state, "due": run.due} for run in timers[row.id]],
            calls=[_call(call, names, row.person_id) for call in called[row.id]],
        )
        for row in found
    ]


def _pages(connection: Connection, ids: list[int]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for some in _some(ids):
        for row in connection.execute(select(pages).where(pages.c.case_id.in_(some)).order_by(pages.c.id)):
            found[row.case_id].append(row)
    return found


def _timers(connection: Connection, ids: list[int]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for some in _some(ids):
        statement = select(runs).where(runs.c.case_id.in_(some), runs.c.open, runs.c.due.is_not(None))
        for row in connection.execute(statement.order_by(runs.c.due, runs.c.id)):
            found[row.case_id].append(row)
    return found


def _calls(connection: Connection, ids: list[int]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for some in _some(ids):
        for row in connection.execute(select(calls).where(calls.c.case_id.in_(some)).order_by(calls.c.id)):
            found[row.case_id].append(row)
    return found


def names_of(vault: Vault, connection: Connection, ids: set[int]) -> dict[int | None, str]:
    """The names of those of them who are on a roster, or were."""
    found: dict[int | None, str] = {}
    for some in _some(sorted(ids)):
        for row in connection.execute(select(people.c.id, people.c.name).where(people.c.id.in_(some))):
            if row.name is not None:
                found[row.id] = vault.open(row.name)
    return found


def _some(ids: list[int], size: int = 500) -> Iterable[list[int]]:
    """SQLite takes only so many values in one statement."""
    return (ids[n : n + size] for n in range(0, len(ids), size))


def _page(row: Row[Any], names: dict[int | None, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "role": row.role,
        "urgent": row.urgent,
        "state": row.state,
        "opened_at": row.opened_at,
        "covered_at": row.covered_at,
        "covered_by": names.get(row.covered_by),
        "alarm_at": row.alarm_at,
        "asked": row.asked,
    }


def _call(row: Row[Any], names: dict[int | None, str], participant: int) -> dict[str, Any]:
    """Who called, or was called, and whether they pressed a key, which no voicemail does. Nothing of what was said.

    Besides the team and the participant only the desk is ever rung.
    """
    return {
        "who": names.get(row.person_id, "participant" if row.person_id == participant else "the desk"),
        "inbound": row.inbound,
        "began_at": row.created_at,
        "ended_at": row.ended_at,
        "pressed": row.pressed,
        "outcome": row.outcome,
    }


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
