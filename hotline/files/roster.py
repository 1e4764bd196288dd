"""The roster: who is asked, into `people`. Its order is the first rotation's order."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select, update

from flows.rotation import Hours, HoursFault
from hotline import phones
from hotline.clock import Clock
from hotline.files.faults import Fault, FileFault, Report
from hotline.files.program import LANGUAGES
from hotline.files.table import records
from hotline.models import case_is_open, cases, lines, parties, people, programs, runs
from hotline.privacy import Vault

COLUMNS = ("name", "phone", "roles", "languages", "hours", "notes")
ROLES = ("coordinator", "driver", "guide", "officer", "manager")


class HandoverNeeded(Exception):
    """Somebody this roster leaves out has open cases: their codes, and what to do."""

    def __init__(self, codes: Sequence[str]) -> None:
        self.codes = tuple(codes)
        super().__init__(
            f"open with somebody this roster leaves out: {', '.join(codes)}; add --handover and a coordinator's name"
        )


@dataclass(frozen=True)
class Row:
    """One line of the file, checked."""

    line: int
    name: str = field(repr=False)
    phone: str = field(repr=False)
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    hours: str
    notes: str = field(repr=False)


def parse_roster(text: str, filename: str, languages: Sequence[str] = LANGUAGES) -> tuple[Row, ...]:
    """Every row, or a FileFault with everything that is wrong with any of them."""
    faults: list[Fault] = []
    rows: list[Row] = []
    phones_seen: dict[str, int] = {}
    for line, values in records(text, filename, COLUMNS):
        if None in values or None in values.values():
            faults.append(
                Fault(line, "row", f"must have {len(COLUMNS)} columns; a comma within one needs quotes around it")
            )
            continue
        row, wrong = _row(line, values, languages)
        faults += wrong
        if row is None:
            continue
        if row.phone in phones_seen:
            faults.append(Fault(line, "phone", f"is on line {phones_seen[row.phone]} too"))
        phones_seen.setdefault(row.phone, line)
        rows.append(row)
    if faults:
        raise FileFault(filename, faults)
    if not rows:
        raise FileFault(filename, [Fault(1, "row", "there is nobody in this file")])
    return tuple(rows)


def load_roster(
    connection: Connection,
    vault: Vault,
    clock: Clock,
    text: str,
    filename: str,
    program: str | None = None,
    handover: str | None = None,
    languages: Sequence[str] = LANGUAGES,
) -> Report:
    """Write a roster, in the caller's transaction. `program` by name, if there are several."""
    rows = parse_roster(text, filename, languages)
    program_id, config = _program(connection, filename, program)
    _refuse_our_own_numbers(connection, rows, config["program"]["desk"], filename)
    by_index = {vault.index(row.phone): (position, row) for position, row in enumerate(rows, start=1)}
    present = _lock(connection, program_id, list(by_index))
    absent = [person for person in present.values() if person.active and person.phone_ix not in by_index]
    waiting = _open_with(connection, [person.id for person in absent])
    heir = _heir(rows, handover, filename) if waiting and handover else None
    if waiting and heir is None:
        raise HandoverNeeded([code or "a case without a code" for _, code in waiting])

    added = changed = 0
    ids: dict[str, int] = {}
    for index, (position, row) in by_index.items():
        known = present.get(index)
        wanted = _columns(row, position)
        if known is None:
            ids[row.phone] = clock.id()
            sealed = {"phone_ix": index, "phone": vault.seal(row.phone)} | _sealed(vault, wanted)
            connection.execute(
                insert(people).values(id=ids[row.phone], program_id=program_id, created_at=clock.now(), **sealed)
            )
            added += 1
            continue
        ids[row.phone] = known.id
        different = {name: value for name, value in wanted.items() if _stored(vault, known, name) != value}
        if different:
            connection.execute(update(people).where(people.c.id == known.id).values(**_sealed(vault, different)))
            added += 0 if known.active else 1
            changed += 1 if known.active else 0
    if absent:
        gone = [person.id for person in absent]
        connection.execute(update(people).where(people.c.id.in_(gone)).values(active=False))
    if heir is not None:
        hand_over(connection, [person.id for person in absent], ids[heir.phone])
    counts = ((added, "added"), (changed, "changed"), (len(absent), "set off"), (len(waiting), "handed over"))
    return Report(tuple(_counted(count, what) for count, what in counts if count))


def hand_over(connection: Connection, leaving: Sequence[int], heir: int) -> None:
    """Everything that waits for members who leave goes to somebody who stays."""
    connection.execute(
        update(cases).where(case_is_open, cases.c.coordinator_id.in_(leaving)).values(coordinator_id=heir)
    )


# --- reading ------------------------------------------------------------------------------------------------------


def _row(line: int, values: Mapping[str, str], known: Sequence[str]) -> tuple[Row | None, list[Fault]]:
    value = {name: " ".join(values[name].split()) for name in COLUMNS}
    faults: list[Fault] = []
    phone = ""
    if not value["name"]:
        faults.append(Fault(line, "name", "is empty"))
    try:
        phone = phones.e164(value["phone"])
    except phones.PhoneFault as exc:
        faults.append(Fault(line, "phone", str(exc)))
    roles = _listed(value["roles"])
    faults += [Fault(line, "roles", what) for what in _wrong_roles(roles)]
    languages = _listed(value["languages"])
    if not languages or set(languages) - set(known):
        faults.append(Fault(line, "languages", "must be of " + " ".join(known) + ", several separated by ;"))
    try:
        Hours.parse(value["hours"])
    except HoursFault as exc:
        faults.append(Fault(line, "hours", str(exc)))
    if faults:
        return None, faults
    return Row(line, value["name"], phone, roles, languages, value["hours"], value["notes"]), []


def _wrong_roles(roles: Sequence[str]) -> Iterator[str]:
    if not roles or set(roles) - set(ROLES):
        yield "must be of " + " ".join(ROLES) + ", several separated by ;"
    if "officer" in roles and {"coordinator", "guide"} & set(roles):
        # Whoever is helped must be able to trust that the police do not read along.
        yield "cannot be officer together with coordinator or guide"


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip().lower() for part in text.split(";") if part.strip()))


# --- the tables ---------------------------------------------------------------------------------------------------


def _program(connection: Connection, filename: str, name: str | None) -> tuple[int, dict[str, Any]]:
    found = connection.execute(select(programs).order_by(programs.c.id)).all()
    if name is not None:
        found = [row for row in found if row.name == name]
    if len(found) == 1:
        return found[0].id, json.loads(found[0].config)
    what = "no such program is loaded" if name else "no program is loaded yet, load it first"
    if len(found) > 1:
        what = "there are several programs, say which with --program"
    raise FileFault(filename, [Fault(1, "program", what)])


def _refuse_our_own_numbers(connection: Connection, rows: Sequence[Row], desk: str, filename: str) -> None:
    """A line on its own roster would text itself all night."""
    ours = set(connection.scalars(select(lines.c.number)))
    faults = [Fault(row.line, "phone", "is a line's own number") for row in rows if row.phone in ours]
    faults += [Fault(row.line, "phone", "is the police desk's number") for row in rows if row.phone == desk]
    if faults:
        raise FileFault(filename, faults)


def _lock(connection: Connection, program_id: int, indexes: Sequence[bytes]) -> dict[bytes, Any]:
    """The rows this file is about, locked in the order everybody locks them in: by id, in one statement."""
    found = connection.execute(
        select(people)
        .where(people.c.program_id == program_id, people.c.roles.is_not(None) | people.c.phone_ix.in_(indexes))
        .order_by(people.c.id)
        .with_for_update(key_share=True)
    )
    return {row.phone_ix: row for row in found}


def _open_with(connection: Connection, absent: Sequence[int]) -> list[tuple[int, str | None]]:
    found = connection.execute(
        select(cases.c.id, cases.c.code).where(case_is_open, cases.c.coordinator_id.in_(absent)).order_by(cases.c.id)
    )
    return [(row.id, row.code) for row in found] + _keeps_with(connection, absent)


def _keeps_with(connection: Connection, absent: Sequence[int]) -> list[tuple[int, str | None]]:
    """Whom they keep in touch with, as their guide: the line looks for another one when they have left."""
    found = connection.execute(
        select(runs.c.id, cases.c.code)
        .join(parties, parties.c.run_id == runs.c.id)
        .join(cases, cases.c.id == runs.c.case_id)
        .where(runs.c.open, runs.c.flow == "care", parties.c.role == "guide", parties.c.person_id.in_(absent))
        .order_by(runs.c.id)
    )
    return [(row.id, row.code) for row in found]


def _heir(rows: Sequence[Row], name: str, filename: str) -> Row:
    named = [row for row in rows if row.name.casefold() == " ".join(name.split()).casefold()]
    if len(named) != 1:
        raise FileFault(filename, [Fault(1, "handover", "must name exactly one member of this file")])
    if "coordinator" not in named[0].roles:
        raise FileFault(filename, [Fault(named[0].line, "handover", "must name a coordinator")])
    return named[0]


def _columns(row: Row, position: int) -> dict[str, Any]:
    return {
        "name": row.name,
        "roles": ";".join(row.roles),
        "languages": ";".join(row.languages),
        "hours": row.hours,
        "notes": row.notes or None,
        "position": position,
        "active": True,
    }


def _sealed(vault: Vault, columns: Mapping[str, Any]) -> dict[str, Any]:
    secret = ("name", "notes")
    return {key: vault.seal(value) if key in secret and value is not None else value for key, value in columns.items()}


def _stored(vault: Vault, row: Any, column: str) -> Any:
    value = getattr(row, column)
    return vault.open(value) if isinstance(value, bytes) else value


def _counted(count: int, what: str) -> str:
    if what == "handed over":
        return f"{count} case{'s' if count > 1 else ''} handed over"
    return f"{count} member{'s' if count > 1 else ''} {what}"
