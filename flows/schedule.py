"""The days of check-ins: arithmetic on a date, a list of days and a clock on the wall. `now` is an argument.

The clock starts on the day somebody is home again. Day 1 is the day after, at the hour the program names, whatever
daylight saving does in between.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flows.times import awake_from, wall_time

# A month is when the danger of an overdose after care falls off (domain.md 3.1), three months are when weekly texts
# end, half a year and a year are what people count. Nobody is praised at day 7: it is too early to be sure of anything.
MILESTONES = frozenset({28, 90, 180, 365})
EARLY = 28  # up to here silence is told to the guide with the first nudge, not after it
DOORS = 3  # after three silent check-ins: so many more, a month apart, and then no more
MONTH = timedelta(days=30)
LATER = timedelta(hours=4)


def local_date(now: datetime, timezone: str) -> date:
    return now.astimezone(ZoneInfo(timezone)).date()


def send_time(policy: Mapping[str, Any], start: date, day: int) -> datetime:
    """When the check-in of this day goes out."""
    return wall_time(start + timedelta(days=day), policy["checkins"]["at"], policy["timezone"])


def next_day(policy: Mapping[str, Any], start: date, after_day: int, now: datetime) -> int | None:
    """The first day still to come, after one that is done; None when all are."""
    days: Sequence[int] = policy["checkins"]["days"]
    return next((day for day in days if day > after_day and send_time(policy, start, day) > now), None)


def next_door(policy: Mapping[str, Any], now: datetime) -> datetime:
    """A month from now, at the hour of check-ins."""
    return wall_time(local_date(now + MONTH, policy["timezone"]), policy["checkins"]["at"], policy["timezone"])


def awake(policy: Mapping[str, Any], now: datetime) -> datetime:
    """Now, or when the quiet hours end."""
    return awake_from(now, policy["checkins"]["quiet"], policy["timezone"])


def next_prompt(policy: Mapping[str, Any], now: datetime) -> datetime:
    """When a guide is told of the day's people: so long before their texts go out, and not in the quiet hours."""
    today = local_date(now, policy["timezone"])
    for days in range(3):
        at = wall_time(today + timedelta(days=days), policy["checkins"]["at"], policy["timezone"])
        at = awake(policy, at - timedelta(seconds=policy["checkins"]["guide_first"]))
        if at > now:
            return at
    raise AssertionError("three days without one hour in them")


def first_name(name: str | None) -> str | None:
    """What to call somebody on a screen that others may see: one word, and none where it is no name."""
    words = (name or "").split()
    return words[0][:20] if 0 < len(words) <= 3 and words[0][0].isalpha() else None
