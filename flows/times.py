"""Times as members text them: `now`, `18:00`, `6pm`, `tomorrow 8am`, `2H`, `SAT`. Reckoned in the program's zone."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DIAS = ("lun", "mar", "mie", "jue", "vie", "sab", "dom")
NAMES = (
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"),
)
MORNING = 8  # a day named without an hour ends when the day's work begins

_CLOCK = re.compile(r"(?:at |by |a las |las )?(\d{1,2})(?:[:.h](\d{2}))? ?(am|pm|a\.m\.?|p\.m\.?)?")
_SPAN = re.compile(r"(\d{1,3}) ?(h|hr|hrs|hours?|horas?|d|days?|dias?|m|min|mins|minutes?|minutos?)")
_TOMORROW = re.compile(r"(tomorrow|tmrw|manana)\b ?")
_TODAY = re.compile(r"(today|tonight|hoy)\b ?")


def clock_time(words: str, now: datetime, timezone: str) -> datetime | None:
    """The instant meant by a clock time, the next one to come; None if it is no time."""
    text = _fold(words)
    if text in ("now", "ahora", "ya"):
        return now
    if span := _SPAN.fullmatch(re.sub(r"^(in|en) ", "", text)):
        return now + _span(span)
    local = now.astimezone(ZoneInfo(timezone))
    day = 0
    if _TOMORROW.match(text):
        text, day = _TOMORROW.sub("", text, count=1), 1
    elif _TODAY.match(text):
        text = _TODAY.sub("", text, count=1)
    if day and not text:
        return _wall(local, day, MORNING, 0)
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        return None
    return _next(local, clock, day)


def off_until(argument: str, now: datetime, timezone: str) -> datetime | None:
    """When an `OFF 2H`, `OFF SAT`, `OFF 18:00` ends: a day named means all of it."""
    text = _fold(argument)
    if span := _SPAN.fullmatch(text):
        return now + _span(span)
    for names in (DAYS, DIAS):
        for number, name in enumerate(names):
            if text.startswith(name) and any(full[number].startswith(text) for full in NAMES):
                local = now.astimezone(ZoneInfo(timezone))
                ahead = (number - local.weekday()) % 7
                return _wall(local, ahead + 1, 0, 0)
    at = clock_time(text, now, timezone)
    return at if at is not None and at > now else None


def next_monday(now: datetime, timezone: str) -> datetime:
    local = now.astimezone(ZoneInfo(timezone))
    return _wall(local, 7 - local.weekday(), MORNING, 0)


def _fold(words: str) -> str:
    text = words.strip().strip(".!").lower()
    return text.translate(str.maketrans("áéíóúñ", "aeioun"))


def _span(found: re.Match[str]) -> timedelta:
    number, unit = int(found[1]), found[2][0]
    return {"h": timedelta(hours=number), "d": timedelta(days=number), "m": timedelta(minutes=number)}[unit]


def _next(local: datetime, clock: re.Match[str], day: int) -> datetime | None:
    hour, minute, half = int(clock[1]), int(clock[2] or 0), (clock[3] or "")[:1]
    if hour > 23 or minute > 59 or (half and not 1 <= hour <= 12):
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    at = _wall(local, day, hour, minute)
    if day or at > local:
        return at
    if not half and hour < 12 and (later := _wall(local, 0, hour + 12, minute)) > local:
        return later  # "6:30" said at noon means this evening
    return _wall(local, 1, hour, minute)


def _wall(local: datetime, days: int, hour: int, minute: int) -> datetime:
    """Wall-clock time some days on; the zone turns it into an instant, on either side of a DST change."""
    day = (local + timedelta(days=days)).date()
    zone = local.tzinfo
    assert zone is not None
    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    return at.astimezone(ZoneInfo("UTC"))


def wall_time(day: date, at: str, timezone: str) -> datetime:
    """The instant at which the clock on the wall shows `at` on that day, on either side of a DST change."""
    return datetime.combine(day, time.fromisoformat(at), ZoneInfo(timezone)).astimezone(ZoneInfo("UTC"))


def awake_from(now: datetime, quiet: Sequence[str], timezone: str) -> datetime:
    """Now, or the end of the quiet hours it falls into: from `quiet[0]` until `quiet[1]`, by the clock on the wall."""
    local = now.astimezone(ZoneInfo(timezone))
    shown, (start, end) = f"{local:%H:%M}", quiet
    if start <= end:
        is_quiet, is_evening = start <= shown < end, False
    else:
        is_quiet, is_evening = shown >= start or shown < end, shown >= start
    if not is_quiet:
        return now
    return wall_time(local.date() + timedelta(days=1 if is_evening else 0), end, timezone)
