"""Facilities: where people can be placed, into `facilities`. The file's order is the order they are shown in."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hotline import phones
from hotline.clock import Clock
from hotline.files.faults import Fault, FileFault, Report
from hotline.files.table import records
from hotline.models import facilities

COLUMNS = ("name", "town", "phone", "care", "coverage", "gender", "distance_miles", "notes")
CARE = ("detox", "inpatient", "outpatient", "mat")
COVERAGE = ("medicaid", "private", "none")
GENDERS = ("women", "men")
FARTHEST_MILES = 3000.0


@dataclass(frozen=True)
class Facility:
    """One line of the file, checked."""

    name: str
    town: str
    phone: str
    care: str
    coverage: str
    gender: str | None
    distance_miles: float | None
    notes: str | None


def parse_facilities(text: str, filename: str) -> tuple[Facility, ...]:
    """Every row, or a FileFault with everything that is wrong with any of them."""
    faults: list[Fault] = []
    found: list[Facility] = []
    lines: dict[tuple[str, str], int] = {}
    for line, values in records(text, filename, COLUMNS):
        if None in values or None in values.values():
            what = f"must have {len(COLUMNS)} columns; a comma within one needs quotes around it"
            faults.append(Fault(line, "row", what))
            continue
        facility, wrong = _facility(line, values)
        faults += wrong
        if facility is None:
            continue
        key = facility.name.casefold(), facility.town.casefold()
        if key in lines:
            faults.append(Fault(line, "name", f"is on line {lines[key]} too, in the same town"))
        lines.setdefault(key, line)
        found.append(facility)
    if not faults and not found:
        faults.append(Fault(1, "row", "there is no facility in this file"))
    if faults:
        raise FileFault(filename, faults)
    return tuple(found)


def load_facilities(connection: Connection, clock: Clock, text: str, filename: str, program_id: int) -> Report:
    """Write a program's facilities, in the caller's transaction.

    What the file leaves out is kept and no longer shown: people were placed there.
    """
    wanted = {(one.name, one.town): (position, one) for position, one in enumerate(parse_facilities(text, filename), 1)}
    rows = connection.execute(select(facilities).where(facilities.c.program_id == program_id)).all()
    present = {(row.name, row.town): row for row in rows}
    added = changed = gone = 0
    for key, (position, facility) in wanted.items():
        values = asdict(facility) | {"position": position, "active": True}
        row = present.get(key)
        if row is None:
            connection.execute(insert(facilities).values(id=clock.id(), program_id=program_id, **values))
            added += 1
        elif any(getattr(row, name) != value for name, value in values.items()):
            connection.execute(update(facilities).where(facilities.c.id == row.id).values(**values))
            added, changed = (added, changed + 1) if row.active else (added + 1, changed)
    for key, row in present.items():
        if key not in wanted and row.active:
            connection.execute(update(facilities).where(facilities.c.id == row.id).values(active=False))
            gone += 1
    counts = ((added, "added"), (changed, "changed"), (gone, "taken out"))
    return Report(tuple(f"{n} facilit{'y' if n == 1 else 'ies'} {what}" for n, what in counts if n))


def _facility(line: int, values: Mapping[str, str]) -> tuple[Facility | None, list[Fault]]:
    value = {name: " ".join(values[name].split()) for name in COLUMNS}
    faults = [Fault(line, name, "is empty") for name in ("name", "town") if not value[name]]
    phone = ""
    try:
        phone = phones.e164(value["phone"])
    except phones.PhoneFault as exc:
        faults.append(Fault(line, "phone", str(exc)))
    chosen: dict[str, Any] = {}
    for name, known in (("care", CARE), ("coverage", COVERAGE)):
        parts = [part.strip().lower() for part in value[name].split(";") if part.strip()]
        chosen[name] = ";".join(dict.fromkeys(parts))
        if not parts or set(parts) - set(known):
            faults.append(Fault(line, name, "must be of " + " ".join(known) + ", several separated by ;"))
    gender = value["gender"].lower()
    if gender not in ("", "any", *GENDERS):
        faults.append(Fault(line, "gender", "must be " + ", ".join(GENDERS) + ", or empty for anybody"))
    miles = _miles(value["distance_miles"])
    if value["distance_miles"] and miles is None:
        faults.append(Fault(line, "distance_miles", "must be a number of miles, such as 12 or 12.5, or empty"))
    if faults:
        return None, faults
    takes = gender if gender in GENDERS else None
    return Facility(
        value["name"], value["town"], phone, **chosen, gender=takes, distance_miles=miles, notes=value["notes"] or None
    ), []


def _miles(text: str) -> float | None:
    try:
        miles = float(text)
    except ValueError:
        return None
    return miles if 0 <= miles <= FARTHEST_MILES else None  # "nan" is no number of miles either
