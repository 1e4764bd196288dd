"""Times as members text them, in the program's zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows.times import clock_time, next_monday, off_until

ZONE = "America/Chicago"
NOON = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)  # a Tuesday, 12:00 on the wall


def wall(at):
    return at.astimezone(ZoneInfo(ZONE)).strftime("%a %H:%M") if at else None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("now", "Tue 12:00"),
        ("ahora", "Tue 12:00"),
        ("18:00", "Tue 18:00"),
        ("at 18.30", "Tue 18:30"),
        ("6pm", "Tue 18:00"),
        ("6 PM.", "Tue 18:00"),
        ("6", "Tue 18:00"),
        ("6:30", "Tue 18:30"),
        ("8am", "Wed 08:00"),
        ("11:00", "Tue 23:00"),
        ("tomorrow 8am", "Wed 08:00"),
        ("tomorrow", "Wed 08:00"),
        ("mañana 8am", "Wed 08:00"),
        ("today 18:00", "Tue 18:00"),
        ("2h", "Tue 14:00"),
        ("in 30 min", "Tue 12:30"),
        ("12am", "Wed 00:00"),
        ("12pm", "Wed 12:00"),
        ("a las 18:00", "Tue 18:00"),
        ("25:00", None),
        ("18:75", None),
        ("13pm", None),
        ("soon", None),
        ("", None),
        ("call me", None),
    ],
)
def test_a_clock_time_is_the_next_one_to_come(words, expected):
    assert wall(clock_time(words, NOON, ZONE)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2H", NOON + timedelta(hours=2)),
        ("3 days", NOON + timedelta(days=3)),
        ("18:00", NOON + timedelta(hours=6)),
        ("now", None),
        ("whenever", None),
        ("satisfied", None),
    ],
)
def test_off_until_a_time(words, expected):
    assert off_until(words, NOON, ZONE) == expected


@pytest.mark.parametrize("words", ["SAT", "saturday", "sab", "sábado"])
def test_a_day_named_means_all_of_it(words):
    assert wall(off_until(words, NOON, ZONE)) == "Sun 00:00"


def test_monday_is_the_next_one():
    assert wall(next_monday(NOON, ZONE)) == "Mon 08:00"
    assert next_monday(datetime(2026, 3, 9, 18, 0, tzinfo=UTC), ZONE) - NOON > timedelta(days=7)


def test_the_wall_is_right_on_either_side_of_a_change_of_clocks():
    saturday = datetime(2026, 3, 7, 18, 0, tzinfo=UTC)
    assert clock_time("tomorrow 8am", saturday, ZONE) == datetime(2026, 3, 8, 13, 0, tzinfo=UTC)
