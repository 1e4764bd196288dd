"""Rotation: hours through both nights on which the clock is changed, and who is asked first."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rotation import DAYS, Hours, HoursFault, Member, next_start, off_shift_order, on_shift, order

CHICAGO = ZoneInfo("America/Chicago")
ALWAYS = Hours.parse("always")
NOON = datetime(2026, 6, 10, 17, 0, tzinfo=UTC)  # a Wednesday, noon in Chicago
TEN = timedelta(minutes=10)

# Weeks around a change of the clock, and one without: Chicago, a half hour's change, one at midnight, the south.
WEEKS = [
    ("America/Chicago", datetime(2026, 3, 5, tzinfo=UTC)),
    ("America/Chicago", datetime(2026, 10, 29, tzinfo=UTC)),
    ("America/Chicago", datetime(2026, 6, 8, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 9, 30, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 3, 5, tzinfo=UTC)),
    ("America/Phoenix", datetime(2026, 3, 5, tzinfo=UTC)),
]
HOURS = [
    "Mon-Fri 08:00-17:00; Sat 22:00-06:00",
    "Sun 02:10-02:50",  # in spring, in Chicago: never
    "Sun 01:30-03:30",
    "Sun 01:00-01:30; Sun 01:50-02:00",
    "Sat 22:00-02:30",
    "Fri-Mon 21:00-09:00",
    "Mon-Sun 00:00-24:00",
    "Sun 00:00-00:30",
    "Sun 22:00-06:00",
]


def wall_minutes(text):
    """Another way to reckon: every minute of the week that the hours name, as the wall's clock shows it."""
    named = set()
    for part in text.lower().split(";"):
        days, _, times = part.strip().rpartition(" ")
        first, _, last = days.partition("-")
        start, end = (int(at[:2]) * 60 + int(at[3:]) for at in times.split("-"))
        length = (end - start) % 1440 or 1440
        day = DAYS.index(first)
        while True:
            named |= {(day * 1440 + start + minute) % 10_080 for minute in range(length)}
            if day % 7 == DAYS.index(last or first):
                break
            day = (day + 1) % 7
    return named


def walk(zone, start, days=10):
    for step in range(days * 144):
        now = start + step * TEN
        wall = now.astimezone(ZoneInfo(zone))
        yield now, wall.weekday() * 1440 + wall.hour * 60 + wall.minute


@pytest.mark.parametrize(("zone", "start"), WEEKS)
@pytest.mark.parametrize("text", HOURS)
def test_on_shift_is_what_the_clock_on_the_wall_shows(zone, start, text):
    named, hours = wall_minutes(text), Hours.parse(text)
    for now, minute in walk(zone, start):
        assert on_shift(hours, ZoneInfo(zone), now) is (minute in named), now


@pytest.mark.parametrize(("zone", "start"), WEEKS)
@pytest.mark.parametrize("text", HOURS)
def test_the_next_start_is_the_one_a_walk_comes_to(zone, start, text):
    named, hours = wall_minutes(text), Hours.parse(text)
    steps = list(walk(zone, start, days=24))
    starts = [
        now
        for (_, before), (now, minute) in zip(steps, steps[1:], strict=False)
        if minute in named and before not in named
    ]
    for now, _ in steps[: 7 * 144 : 5]:
        expected = next((start for start in starts if start > now), None)
        assert next_start(hours, ZoneInfo(zone), now) == expected, now


def test_hours_that_leave_no_gap_on_paper_leave_none_when_the_clock_changes():
    paper = [Hours.parse("Mon-Sun 22:00-01:30"), Hours.parse("Mon-Sun 01:30-22:00")]
    for zone, start in WEEKS:
        for now, _ in walk(zone, start):
            assert any(on_shift(hours, ZoneInfo(zone), now) for hours in paper)


def test_always_is_always_and_never_begins():
    assert on_shift(ALWAYS, CHICAGO, NOON)
    assert next_start(ALWAYS, CHICAGO, NOON) is None
    assert next_start(Hours.parse("Mon-Sun 00:00-24:00"), CHICAGO, NOON) is None


def test_a_shift_in_springs_missing_hour_begins_a_week_later():
    before = datetime(2026, 3, 8, 6, 0, tzinfo=UTC)
    assert next_start(Hours.parse("Sun 02:10-02:50"), CHICAGO, before) == datetime(2026, 3, 15, 7, 10, tzinfo=UTC)


def test_a_shift_that_begins_in_the_missing_hour_begins_when_the_clock_is_put_forward():
    before = datetime(2026, 3, 8, 6, 0, tzinfo=UTC)
    assert next_start(Hours.parse("Sun 02:30-05:00"), CHICAGO, before) == datetime(2026, 3, 8, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["ALWAYS", " always ", "mon 8:00-9:00", "Monday 08:00-09:00;", "Mon,Wed 08:00-09:00",
                                  "Mon - Fri 08:00 - 17:00", "Sun-Tue 22:00-02:00"])  # fmt: skip
def test_hours_as_people_write_them(text):
    Hours.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "never", "Mon", "08:00-17:00", "Mon 8-17", "Mon 25:00-26:00", "Mon 08:60-09:00", "Mon 08:00-08:00",
        "Mon 24:00-02:00", "Mo 08:00-09:00", "Mon-Fri 08:00-17:00 Sat 09:00-10:00", "Mon/Tue 08:00-09:00", "Mon 08:00",
        "always; Mon 08:00-09:00", "Mon- 08:00-09:00",
    ],
)  # fmt: skip
def test_hours_that_are_none_are_refused_in_one_sentence(text):
    with pytest.raises(HoursFault) as caught:
        Hours.parse(text)
    assert "\n" not in str(caught.value)
    assert str(caught.value)


@given(st.text(max_size=30))
def test_any_text_is_hours_or_a_fault(text):
    try:
        Hours.parse(text)
    except HoursFault:
        pass


# --- who ----------------------------------------------------------------------------------------------------------


def member(id, **more):
    known = {"name": f"member {id}", "roles": frozenset({"coordinator"}), "languages": ("en",), "hours": ALWAYS}
    return Member(id=id, **(known | {"order": id} | more))


def asked(*members, role="coordinator", language="en", now=NOON, limit=3, among=order):
    return [one.id for one in among(members, role, language, now, CHICAGO, limit)]


def test_nobody_new_is_asked_in_the_files_order():
    assert asked(member(3), member(1), member(2)) == [1, 2, 3]


def test_who_accepted_longest_ago_is_first_and_who_never_did_before_them():
    assert asked(
        member(1, accepted=NOON - timedelta(hours=1)), member(2, accepted=NOON - timedelta(days=2)), member(3)
    ) == [3, 2, 1]


def test_the_participants_language_comes_before_fairness_and_excludes_nobody():
    bo, cy = member(1), member(2, languages=("en", "es"), accepted=NOON)
    assert asked(bo, cy, language="es") == [2, 1]
    assert asked(bo, cy, language="pl") == [1, 2]
    assert asked(bo, cy, language=None) == [1, 2]


def test_with_the_limit_of_open_cases_they_are_asked_last_in_whatever_language():
    assert asked(member(1, open_cases=3, languages=("es",)), member(2, open_cases=2), language="es") == [2, 1]
    assert asked(member(1, open_cases=3), member(2), limit=None) == [1, 2]


@pytest.mark.parametrize(
    "what",
    [
        {"roles": frozenset({"driver"})},
        {"active": False},
        {"opted_out": True},
        {"off_until": NOON + timedelta(seconds=1)},
    ],
)
def test_some_are_never_asked(what):
    for among in (order, off_shift_order):
        hours = ALWAYS if among is order else Hours.parse("Sun 01:00-02:00")
        assert asked(member(1, hours=hours), member(2, hours=hours, **what), among=among) == [1]


def test_off_ends_at_its_time():
    assert asked(member(1, off_until=NOON)) == [1]


def test_off_shift_are_those_whose_hours_it_is_not():
    day, night = member(1, hours=Hours.parse("Wed 08:00-17:00")), member(2, hours=Hours.parse("Wed 22:00-06:00"))
    assert asked(day, night) == [1]
    assert asked(day, night, among=off_shift_order) == [2]


members = st.builds(
    member,
    id=st.integers(1, 10_000),
    roles=st.frozensets(st.sampled_from(["coordinator", "driver"])),
    languages=st.sampled_from([("en",), ("es",), ("en", "es")]),
    hours=st.sampled_from([Hours.parse(text) for text in ["always", *HOURS]]),
    active=st.booleans(),
    off_until=st.none()
    | st.datetimes(datetime(2026, 6, 1), datetime(2026, 6, 20)).map(lambda at: at.replace(tzinfo=UTC)),
    opted_out=st.booleans(),
    order=st.integers(1, 5),
    open_cases=st.integers(0, 5),
    accepted=st.none()
    | st.datetimes(datetime(2026, 5, 1), datetime(2026, 6, 10)).map(lambda at: at.replace(tzinfo=UTC)),
)
rosters = st.lists(members, max_size=12, unique_by=lambda one: one.id)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(rosters, moments, st.sampled_from(["en", "es", None]))
def test_on_and_off_shift_are_everybody_who_may_be_asked_once(roster, now, language):
    on = order(roster, "coordinator", language, now, CHICAGO, 3)
    off = off_shift_order(roster, "coordinator", language, now, CHICAGO, 3)
    able = {one.id for one in roster if "coordinator" in one.roles and one.active and not one.opted_out
            and not (one.off_until and one.off_until > now)}  # fmt: skip
    assert sorted(one.id for one in on + off) == sorted(able)
    assert all(on_shift(one.hours, CHICAGO, now) for one in on)
    assert not any(on_shift(one.hours, CHICAGO, now) for one in off)


@given(rosters, moments, st.randoms())
def test_the_order_does_not_depend_on_how_the_rows_were_read(roster, now, chance):
    shuffled = list(roster)
    chance.shuffle(shuffled)
    assert order(roster, "coordinator", "es", now, CHICAGO, 3) == order(shuffled, "coordinator", "es", now, CHICAGO, 3)


@given(rosters, moments)
def test_whoever_accepts_goes_behind_all_like_them(roster, now):
    before = order(roster, "coordinator", "en", now, CHICAGO, 3)
    if not before:
        return
    import dataclasses

    first = dataclasses.replace(before[0], accepted=now + timedelta(days=400))
    after = order([first, *before[1:]], "coordinator", "en", now, CHICAGO, 3)
    alike = [
        one
        for one in before
        if (one.open_cases >= 3, "en" in one.languages) == (first.open_cases >= 3, "en" in first.languages)
    ]
    assert after.index(first) == len(alike) - 1


@given(st.sampled_from(HOURS), moments, st.sampled_from(["America/Chicago", "Australia/Lord_Howe", "Europe/Warsaw"]))
def test_the_next_start_is_a_start_and_none_lies_before_it(text, now, zone):
    hours, zone = Hours.parse(text), ZoneInfo(zone)
    start = next_start(hours, zone, now)
    if start is None:
        assert on_shift(hours, zone, now)
        return
    assert start > now
    assert on_shift(hours, zone, start)
    assert not on_shift(hours, zone, start - timedelta(microseconds=1))
    assert next_start(hours, zone, start - timedelta(microseconds=1)) == start
