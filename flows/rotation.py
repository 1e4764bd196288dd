"""Rotation: who is asked, and in which order. Arithmetic on values; `now` is an argument.

Hours are what the clock on the wall shows in the program's zone. In spring an hour is never shown, and a shift that
lies within it does not happen; in autumn an hour is shown twice, and whoever has it has it twice. So hours that leave
no gap on paper leave none in any night of the year.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)

_SPAN = re.compile(r"([a-z, -]+?)\s*(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)", re.ASCII)


class HoursFault(ValueError):
    """What is wrong with hours somebody wrote: one sentence."""


@dataclass(frozen=True)
class Span:
    """So long after midnight on one day of the week, until so long after it: past 24 hours when over midnight."""

    day: int
    start: timedelta
    end: timedelta


@dataclass(frozen=True)
class Hours:
    """When somebody is on shift, by the clock on the wall."""

    spans: tuple[Span, ...]
    always: bool = False

    @classmethod
    def parse(cls, text: str) -> "Hours":
        """`always`, or days and times: `Mon-Fri 08:00-17:00; Sat 22:00-06:00`."""
        folded = " ".join(text.lower().split())
        if folded == "always":
            return cls((), always=True)
        if not folded:
            raise HoursFault("is empty, write always or for example Mon-Fri 08:00-17:00")
        return cls(tuple(span for part in folded.split(";") if part.strip() for span in _spans(part.strip())))


@dataclass(frozen=True)
class Member:
    """Somebody on the roster, as one role of one program sees them."""

    id: int
    name: str
    roles: frozenset[str]
    languages: tuple[str, ...]
    hours: Hours
    active: bool = True
    off_until: datetime | None = None
    opted_out: bool = False
    order: int = 0  # place in the roster's file
    open_cases: int = 0  # over all programs
    accepted: datetime | None = None  # when they last took something, in this program and role


def on_shift(hours: Hours, zone: tzinfo, now: datetime) -> bool:
    """Whether the clock on the wall shows these hours."""
    if hours.always:
        return True
    wall = now.astimezone(zone).replace(tzinfo=None)
    since = timedelta(days=wall.weekday(), hours=wall.hour, minutes=wall.minute, seconds=wall.second)
    for span in hours.spans:
        start = span.day * DAY + span.start
        # Sunday's night runs into Monday: the same moment, counted from the Monday before.
        if any(start <= at < start + span.end - span.start for at in (since, since + WEEK)):
            return True
    return False


def next_start(hours: Hours, zone: tzinfo, now: datetime) -> datetime | None:
    """The next moment after `now` at which these hours begin; None if they never do, being always or empty."""
    moment = timedelta(microseconds=1)
    for start in _possible_starts(hours, zone, now):
        if start > now and on_shift(hours, zone, start) and not on_shift(hours, zone, start - moment):
            return start
    return None


def order(
    members: Iterable[Member], role: str, language: str | None, now: datetime, zone: tzinfo, limit: int | None = None
) -> tuple[Member, ...]:
    """Everybody on shift who may be asked, first to last."""
    on = (member for member in members if eligible(member, role, now) and on_shift(member.hours, zone, now))
    return _sorted(on, language, limit)


def off_shift_order(
    members: Iterable[Member], role: str, language: str | None, now: datetime, zone: tzinfo, limit: int | None = None
) -> tuple[Member, ...]:
    """Everybody whose hours it is not, but who has not said OFF: asked when those on shift have been."""
    off = (member for member in members if eligible(member, role, now) and not on_shift(member.hours, zone, now))
    return _sorted(off, language, limit)


def eligible(member: Member, role: str, now: datetime) -> bool:
    """Has the role, is on the roster, has not said OFF, can be texted."""
    is_off = member.off_until is not None and now < member.off_until
    return role in member.roles and member.active and not is_off and not member.opted_out


def _sorted(members: Iterable[Member], language: str | None, limit: int | None) -> tuple[Member, ...]:
    def rank(member: Member) -> tuple[bool, bool, datetime, int, int]:
        is_full = limit is not None and member.open_cases >= limit
        speaks = language is None or language in member.languages  # it sorts, it never excludes
        return is_full, not speaks, member.accepted or LONG_AGO, member.order, member.id

    return tuple(sorted(members, key=rank))


# --- reading hours ------------------------------------------------------------------------------------------------


def _spans(part: str) -> Iterator[Span]:
    found = _SPAN.fullmatch(part)
    if not found:
        raise HoursFault("is not understood, write always or for example Mon-Fri 08:00-17:00; Sat 22:00-06:00")
    start, end = _since_midnight(found[2]), _since_midnight(found[3])
    if start == DAY:
        raise HoursFault("cannot begin at 24:00, write 00:00 of the next day")
    if start == end:
        raise HoursFault("begins and ends at the same time, write 00:00-24:00 for a whole day")
    for day in _days(found[1]):
        yield Span(day, start, end if start < end else end + DAY)


def _since_midnight(text: str) -> timedelta:
    hours, minutes = (int(part) for part in text.split(":"))
    if minutes > 59 or hours * 60 + minutes > 24 * 60:
        raise HoursFault("has a time that is not between 00:00 and 24:00")
    return timedelta(hours=hours, minutes=minutes)


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        start, end = _day(first), _day(last if dash else first)
        days += [(start + step) % 7 for step in range((end - start) % 7 + 1)]  # Fri-Mon goes over the weekend
    return days


def _day(name: str) -> int:
    for names in (DAYS, NAMES):
        if name in names:
            return names.index(name)
    raise HoursFault("has a day that is not one of Mon Tue Wed Thu Fri Sat Sun")


# --- when hours can begin -----------------------------------------------------------------------------------------


def _possible_starts(hours: Hours, zone: tzinfo, now: datetime) -> list[datetime]:
    """Where a span begins on the wall, and where the wall's clock is put forward or back into one.

    Two weeks and a day: what begins once a week may fall into spring's missing hour, and then not happen.
    """
    first = now.astimezone(zone).date() - DAY
    found: list[datetime] = []
    for days in range(17):
        midnight = datetime.combine(first + days * DAY, time())
        for span in hours.spans:
            if span.day == midnight.weekday():
                for fold in (0, 1):
                    found.append((midnight + span.start).replace(tzinfo=zone, fold=fold).astimezone(UTC))
        if change := _change(first + days * DAY, zone):
            found.append(change)
    return sorted(set(found))


@lru_cache(maxsize=4096)
def _change(day: date, zone: tzinfo) -> datetime | None:
    """The instant on `day` at which the wall's clock is put forward or back, to the second."""
    low, high = (datetime.combine(at, time(), zone).astimezone(UTC) for at in (day, day + DAY))
    before = low.astimezone(zone).utcoffset()
    if high.astimezone(zone).utcoffset() == before:
        return None
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
