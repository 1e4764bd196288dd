"""Programs as the database holds them, kept in memory for a second: every text needs one, and they hardly change."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select

from hotline.clock import monotonic
from hotline.models import lines, programs
from hotline.models.engine import reader

KEPT_S = 1.0

# States whose Good Samaritan law covers the caller and the person overdosing (domain.md 2.5); the texts say "may".
_STATES = """
AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA RI SC
SD TN UT VA VT WA WI WV
"""
LAW_STATES = frozenset(_STATES.split())


@dataclass(frozen=True)
class Program:
    """One town's line. `has`: what its wording may speak of."""

    id: int
    name: str
    config: Mapping[str, Any]
    numbers: tuple[str, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.config["program"]["languages"])

    @property
    def timezone(self) -> str:
        return self.config["program"]["timezone"]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def desk(self) -> str:
        return self.config["program"].get("desk") or ""

    @property
    def has(self) -> frozenset[str]:
        program = self.config["program"]
        features = {
            "text_to_911": program.get("text_to_911"),
            "law": program.get("state") in LAW_STATES,
            "crisis_line": program.get("crisis_line"),
        }
        return frozenset(name for name, value in features.items() if value)


class Programs:
    """All programs of this installation, by id and by number."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._by_id: dict[int, Program] = {}
        self._by_number: dict[str, Program] = {}

    def at(self, number: str) -> Program | None:
        """The program whose line this number is."""
        self._refresh()
        if number not in self._by_number:
            self._refresh(now=True)
        return self._by_number.get(number)

    def remembered(self, number: str) -> Program | None:
        """The program as last read, however long ago: for when the database is gone."""
        return self._by_number.get(number)

    def get(self, id: int) -> Program:
        self._refresh()
        if id not in self._by_id:
            self._refresh(now=True)
        return self._by_id[id]

    def all(self) -> tuple[Program, ...]:
        self._refresh()
        return tuple(self._by_id.values())

    def is_ours(self, number: str) -> bool:
        self._refresh()
        return number in self._by_number

    def _refresh(self, now: bool = False) -> None:
        if not now and monotonic() - self._read_at < KEPT_S:
            return
        # Somebody else is reading already: what is known will do, and nobody waits in line for a database that is gone.
        if not self._lock.acquire(blocking=now or not self._by_id):
            return
        try:
            with reader(self._engine).connect() as connection:
                self._by_id = {program.id: program for program in _read(connection)}
                self._by_number = {number: p for p in self._by_id.values() for number in p.numbers}
                self._read_at = monotonic()
        finally:
            self._lock.release()


def _read(connection: Connection) -> list[Program]:
    numbers: dict[int, list[str]] = {}
    for row in connection.execute(select(lines.c.number, lines.c.program_id).order_by(lines.c.number)):
        numbers.setdefault(row.program_id, []).append(row.number)
    rows = connection.execute(select(programs.c.id, programs.c.name, programs.c.config).order_by(programs.c.id)).all()
    return [Program(row.id, row.name, json.loads(row.config), tuple(numbers.get(row.id, ()))) for row in rows]
