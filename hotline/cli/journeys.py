"""Rides and placements of a case as people may see them: states and times. No address, no place, no words."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from hotline.cli.desk import Desk
from hotline.models import people, placements, rides

RIDE = {"at": "for", "otw_at": "left", "here_at": "there", "in_at": "in the car", "arrived_at": "arrived"}
PLACEMENT = {"offered_at": "offered", "expected_at": "expected", "arrived_at": "arrived", "left_at": "left"}


def journeys(desk: Desk, case_id: int, zone: ZoneInfo) -> list[tuple[str, str]]:
    """A row for each, oldest first."""
    driven = (
        select(rides, people.c.name)
        .outerjoin(people, people.c.id == rides.c.driver_id)
        .where(rides.c.case_id == case_id)
    )
    placed = select(placements).where(placements.c.case_id == case_id)
    with desk.reader.connect() as connection:
        found = [("ride", _ride(desk, row, zone)) for row in connection.execute(driven.order_by(rides.c.id))]
        rows = connection.execute(placed.order_by(placements.c.id))
        return found + [("placement", ", ".join(_told(row, row.outcome, PLACEMENT, zone))) for row in rows]


def _ride(desk: Desk, row: Row[Any], zone: ZoneInfo) -> str:
    state = row.outcome or row.state
    who = f" by {desk.vault.open(row.name)}" if row.name else ""
    return f"{row.code or '-'}: " + ", ".join(_told(row, state + who, RIDE, zone))


def _told(row: Row[Any], state: str | None, times: dict[str, str], zone: ZoneInfo) -> list[str]:
    """The state, and each time that is known."""
    known = {word: getattr(row, name) for name, word in times.items() if getattr(row, name) is not None}
    first = [state.replace("_", " ")] if state else []
    return first + [f"{word} {_at(at, zone)}" for word, at in known.items()]


def _at(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %m/%d %H:%M}"
