"""The program file: one town's line, its numbers and policies (contract 5), into `programs` and `lines`."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select, update

from hotline import phones
from hotline.clock import Clock
from hotline.files.faults import Fault, FileFault, Report
from hotline.files.places import place, places
from hotline.models import lines, people, programs
from hotline.privacy import Vault

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
LANGUAGES = ("en", "es")

Check = Callable[[Any], Any]


class _Wrong(Exception):
    """What is wrong with one value: half a sentence, after the key's name."""


def parse_program(text: str, filename: str, languages: Sequence[str] = LANGUAGES) -> dict[str, Any]:
    """The whole configuration: every key, defaults filled in, durations in seconds, "never" as None."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        found = re.search(r"\(at line (\d+)", str(exc))
        line = int(found[1]) if found else text.count("\n") + 1
        raise FileFault(
            filename, [Fault(line, "syntax", "is not TOML: is a quote, a bracket or an = missing?")]
        ) from None
    where = places(text)
    faults: list[Fault] = []

    def fault(name: str, what: str) -> None:
        faults.append(Fault(place(where, name), name, what))

    config = _tables(given, fault, languages)
    if not faults:
        _agree(config, fault)
    if faults:
        raise FileFault(filename, faults)
    return config


def load_program(
    connection: Connection,
    vault: Vault,
    clock: Clock,
    text: str,
    filename: str,
    languages: Sequence[str] = LANGUAGES,
) -> Report:
    """Write a program file, in the caller's transaction. The program is known by its name."""
    config = parse_program(text, filename, languages)
    program = config["program"]
    row = connection.execute(select(programs).where(programs.c.name == program["name"])).first()
    _refuse_taken_numbers(connection, vault, row.id if row else None, program, text, filename)
    if row is None:
        program_id, changes = clock.id(), ["1 program added"]
        connection.execute(
            insert(programs).values(
                id=program_id, name=program["name"], config=json.dumps(config), loaded_at=clock.now()
            )
        )
    else:
        program_id, changes = row.id, []
        if json.loads(row.config) != config:
            changes.append("1 program changed")
            connection.execute(
                update(programs)
                .where(programs.c.id == program_id)
                .values(config=json.dumps(config), loaded_at=clock.now())
            )
    return Report(tuple(changes + _write_numbers(connection, program_id, program["numbers"])))


def _refuse_taken_numbers(
    connection: Connection, vault: Vault, program_id: int | None, program: Mapping[str, Any], text: str, filename: str
) -> None:
    faults = []
    where = places(text)
    owners = {row.number: row.program_id for row in connection.execute(select(lines))}
    for name, numbers in (("program.numbers", program["numbers"]), ("program.desk", [program["desk"]])):
        if any(owners.get(number, program_id) != program_id for number in numbers):
            faults.append(Fault(place(where, name), name, "has a number that is another program's line"))
        members = select(people.c.id).where(
            people.c.program_id == program_id,
            people.c.active,
            people.c.phone_ix.in_([vault.index(number) for number in numbers]),
        )
        if program_id is not None and connection.execute(members).first():
            faults.append(Fault(place(where, name), name, "has a number that is a member's on the roster"))
    if faults:
        raise FileFault(filename, faults)


def _write_numbers(connection: Connection, program_id: int, wanted: Sequence[str]) -> list[str]:
    present = set(connection.scalars(select(lines.c.number).where(lines.c.program_id == program_id)))
    added, gone = set(wanted) - present, present - set(wanted)
    if gone:
        connection.execute(delete(lines).where(lines.c.number.in_(gone)))
    if added:
        connection.execute(insert(lines), [{"number": number, "program_id": program_id} for number in sorted(added)])
    counts = ((len(added), "added"), (len(gone), "removed"))
    return [f"{count} number{'s' if count > 1 else ''} {what}" for count, what in counts if count]


# --- the tables ---------------------------------------------------------------------------------------------------


def _tables(given: Mapping[str, Any], fault: Callable[[str, str], None], languages: Sequence[str]) -> dict[str, Any]:
    """Every value of every table checked by itself; a fault for each that is not known, missing or wrong."""
    config: dict[str, Any] = {}
    tables = _schema(languages)
    for name in given:
        if name not in {table.partition(".")[0] for table in tables}:
            fault(name, "is not a table this file has")
    for table, keys in tables.items():
        value = _dig(given, table)
        if value is not None and not isinstance(value, dict):
            fault(table, "must be a table")
            continue
        values: Mapping[str, Any] = value or {}
        inner = {other.rpartition(".")[2] for other in tables if other.rpartition(".")[0] == table}
        for key in values:
            if key not in keys and key not in inner:
                fault(f"{table}.{key}", "is not a key this table has")
        checked = {}
        for key, (check, default) in keys.items():
            if key not in values and default is _REQUIRED:
                fault(f"{table}.{key}", "is missing")
                continue
            try:
                checked[key] = check(values.get(key, default))
            except _Wrong as wrong:
                fault(f"{table}.{key}", str(wrong))
        _put(config, table, checked)
    paging = given.get("paging", {})
    if not isinstance(paging, dict):
        fault("paging", "must be a table")
        return config
    for key in paging:
        if f"paging.{key}" not in tables:
            fault(f"paging.{key}", "is not a role that is paged")
    return config


def _agree(config: Mapping[str, Any], fault: Callable[[str, str], None]) -> None:
    """What values say together."""
    program, checkins = config["program"], config["checkins"]
    if program["desk"] in program["numbers"]:
        fault("program.desk", "is one of the line's own numbers, which would call itself")
    if _is_within(checkins["at"], *checkins["quiet"]):
        fault("checkins.at", "is within the quiet hours")
    if set(checkins["calls"]) - set(checkins["days"]):
        fault("checkins.calls", "names a day that is not among checkins.days")


def _is_within(at: str, start: str, end: str) -> bool:
    return start <= at < end if start <= end else at >= start or at < end


def _dig(tree: Mapping[str, Any], name: str) -> Any:
    value: Any = tree
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _put(tree: dict[str, Any], name: str, value: dict[str, Any]) -> None:
    *above, last = name.split(".")
    for part in above:
        tree = tree.setdefault(part, {})
    tree[last] = value


# --- the values ---------------------------------------------------------------------------------------------------


def seconds(text: Any) -> int | None:
    """A duration in seconds: `90s 5m 2h 3d`, or None for `never`."""
    if text == "never":
        return None
    found = re.fullmatch(r"(\d{1,6})([smhd])", text, re.ASCII) if isinstance(text, str) else None
    if not found:
        raise _Wrong("must be a duration such as 90s, 5m, 2h or 3d")
    return int(found[1]) * UNITS[found[2]]


def duration(seconds: int) -> str:
    """As a file has it, in the largest unit that fits."""
    unit = max((unit for unit in UNITS if seconds and seconds % UNITS[unit] == 0), key=UNITS.__getitem__, default="s")
    return f"{seconds // UNITS[unit]}{unit}"


def _duration(value: Any) -> int:
    """Something that is waited for: none at all would be a timer nobody set, never one nobody comes for."""
    found = seconds(value)
    if found is None:
        raise _Wrong('cannot be "never": somebody is waiting')
    if found == 0:
        raise _Wrong("cannot be 0")
    return found


def _duration_or_zero(value: Any) -> int:
    found = seconds(value)
    if found is None:
        raise _Wrong('cannot be "never"')
    return found


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong("must be a text in quotes")
    return value.strip()


def _needed(value: Any) -> str:
    if not _word(value):
        raise _Wrong("is empty")
    return _word(value)


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("must be true or false")
    return value


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 100:
        raise _Wrong("must be a whole number from 1 to 100")
    return value


def _zone(value: Any) -> str:
    try:
        ZoneInfo(_needed(value))
    except (KeyError, ValueError, OSError):
        raise _Wrong('must be a time zone such as "America/Chicago"') from None
    return _needed(value)


def _phone(value: Any) -> str:
    try:
        return phones.e164(_needed(value))
    except phones.PhoneFault as exc:
        raise _Wrong(str(exc)) from None


def _list(value: Any, check: Check) -> list[Any]:
    if not isinstance(value, list):
        raise _Wrong("must be a list in square brackets")
    checked = [check(one) for one in value]
    if len(set(checked)) != len(checked):
        raise _Wrong("names something twice")
    return checked


def _filled(value: Any, check: Check) -> list[Any]:
    checked = _list(value, check)
    if not checked:
        raise _Wrong("is empty")
    return checked


def _language(known: Sequence[str]) -> Check:
    def check(value: Any) -> str:
        if value not in known:
            raise _Wrong("must be among the languages there are messages in: " + " ".join(known))
        return str(value)

    return check


def _state(value: Any) -> str:
    if not re.fullmatch(r"([A-Za-z]{2})?", _word(value)):
        raise _Wrong('must be a state\'s two letters, such as "IL"')
    return _word(value).upper()


def _time(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value, re.ASCII):
        raise _Wrong('must be a time such as "11:00"')
    return value


def _quiet(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) != 2:
        raise _Wrong('must be two times such as ["21:00", "08:00"]')
    return [_time(one) for one in value]


def _day(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 3650:
        raise _Wrong("must be days counted from 1")
    return value


def _days(value: Any) -> list[int]:
    days = _list(value, _day)
    if days != sorted(days):
        raise _Wrong("must be in order")
    return days


_REQUIRED = object()
CHECKIN_DAYS = [1, 3, 7, 10, 14, 17, 21, 24, 28, 35, 42, 49, 56, 63, 70, 77, 84, 90, 120, 150, 180, 270, 365]


def _schema(languages: Sequence[str]) -> dict[str, dict[str, tuple[Check, Any]]]:
    """Contract 5: every table, every key with its check and its default."""
    return {
        "program": {
            "name": (_needed, _REQUIRED),
            "town": (_needed, _REQUIRED),
            "timezone": (_zone, _REQUIRED),
            "languages": (lambda value: _filled(value, _language(languages)), _REQUIRED),
            "numbers": (lambda value: _filled(value, _phone), _REQUIRED),
            "desk": (_phone, _REQUIRED),
            "text_to_911": (_yes_or_no, False),
            "state": (_state, ""),
            "crisis_line": (_word, ""),
            "poison_line": (_word, "1-800-222-1222"),
        },
        "serves": {"towns": (lambda value: _list(value, _needed), []), "adults_only": (_yes_or_no, False)},
        "paging.coordinator": {
            "offer": (_duration, "5m"),
            "call_after": (seconds, "90s"),
            "rounds": (_number, 2),
            "alarm_after": (_duration, "15m"),
            "limit": (_number, 3),
            "urgent_offer": (_duration, "90s"),
        },
        "paging.driver": {"offer": (_duration, "7m"), "call_after": (seconds, "3m"), "companion": (_yes_or_no, False)},
        "paging.guide": {"offer": (_duration, "2h"), "call_after": (seconds, "never")},
        "paging.support": {"offer": (_duration, "15m"), "call_after": (seconds, "3m")},
        "checkins": {
            "days": (_days, CHECKIN_DAYS),
            "at": (_time, "11:00"),
            "guide_first": (_duration_or_zero, "2h"),
            "nudge_after": (seconds, "24h"),
            "quiet": (_quiet, ["21:00", "08:00"]),
            "calls": (_days, []),
        },
        "retention": {
            "words": (_duration_or_zero, "30d"),
            "rides": (_duration_or_zero, "7d"),
            "voicemail": (_duration_or_zero, "7d"),
        },
        "voice": {"speech": (_yes_or_no, False)},
        "facts": {"drop_box": (_word, ""), "naloxone": (_word, ""), "turn_in": (_word, "")},
    }


#: The keys whose values are kept in seconds.
DURATIONS = frozenset(
    f"{table}.{key}"
    for table, keys in _schema(LANGUAGES).items()
    for key, (check, _) in keys.items()
    if check in (seconds, _duration, _duration_or_zero)
)
