"""Days, hours and lists of check-ins: arithmetic, without a line."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows import FLOWS, schedule
from flows.care import CARE
from flows.checkin import CHECKIN
from flows.events import Failed, Heard, Missed, Opened, Quiet, Told
from flows.machine import Run, step
from flows.prompts import MORE_ROOM, PROMPTS, split
from flows.times import awake_from, wall_time
from messages import gsm, load

ZONE = "America/Chicago"
DAYS = [1, 3, 7, 10, 14, 17, 21, 24, 28, 35, 42, 49, 56, 63, 70, 77, 84, 90, 120, 150, 180, 270, 365]
CHECKINS = {
    "days": DAYS,
    "at": "11:00",
    "guide_first": 7200,
    "nudge_after": 86400,
    "quiet": ["21:00", "08:00"],
    "calls": [],
}
POLICY = {"timezone": ZONE, "checkins": CHECKINS}
NOON = datetime(2027, 3, 10, 18, 0, tzinfo=UTC)


def local(wall):
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(ZONE))


# --- the days -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["2027-03-10", "2027-11-03", "2028-02-28"])
def test_every_day_goes_out_at_eleven_on_the_wall(start):
    first = date.fromisoformat(start)
    for day in DAYS:
        at = schedule.send_time(POLICY, first, day).astimezone(ZoneInfo(ZONE))
        assert (at.date() - first).days == day
        assert f"{at:%H:%M}" == "11:00"


def test_the_clock_change_is_23_and_25_hours():
    march = [wall_time(date(2027, 3, day), "11:00", ZONE) for day in (13, 14)]
    november = [wall_time(date(2027, 11, day), "11:00", ZONE) for day in (6, 7)]
    assert march[1] - march[0] == timedelta(hours=23)
    assert november[1] - november[0] == timedelta(hours=25)


def test_an_hour_that_never_is_and_one_that_is_twice():
    assert wall_time(date(2027, 3, 14), "02:30", ZONE) == local("2027-03-14 03:30")
    assert wall_time(date(2027, 11, 7), "01:30", ZONE) == local("2027-11-07 01:30").astimezone(UTC)  # the first


def test_the_next_day_is_one_still_to_come():
    start = date(2027, 3, 10)
    assert schedule.next_day(POLICY, start, 0, NOON) == 1
    assert schedule.next_day(POLICY, start, 1, NOON) == 3
    assert schedule.next_day(POLICY, start, 1, NOON + timedelta(days=40)) == 42
    assert schedule.next_day(POLICY, start, 365, NOON) is None


@pytest.mark.parametrize(
    ("now", "awake"),
    [
        ("2027-03-10 12:00", "2027-03-10 12:00"),
        ("2027-03-10 20:59", "2027-03-10 20:59"),
        ("2027-03-10 21:00", "2027-03-11 08:00"),
        ("2027-03-11 07:59", "2027-03-11 08:00"),
        ("2027-03-13 23:00", "2027-03-14 08:00"),  # spring: an hour less to sleep
        ("2027-11-06 23:00", "2027-11-07 08:00"),
    ],
)
def test_quiet_hours_end_at_eight_on_the_wall(now, awake):
    assert awake_from(local(now), CHECKINS["quiet"], ZONE) == local(awake)


def test_quiet_hours_within_one_day_and_none():
    assert awake_from(local("2027-03-10 13:00"), ["12:00", "14:00"], ZONE) == local("2027-03-10 14:00")
    assert awake_from(local("2027-03-10 13:00"), ["09:00", "09:00"], ZONE) == local("2027-03-10 13:00")


def test_guides_are_asked_two_hours_before_and_never_at_night():
    assert schedule.next_prompt(POLICY, local("2027-03-10 08:00")) == local("2027-03-10 09:00")
    assert schedule.next_prompt(POLICY, local("2027-03-10 09:00")) == local("2027-03-11 09:00")
    early = {**POLICY, "checkins": {**CHECKINS, "at": "09:00"}}
    assert schedule.next_prompt(early, local("2027-03-10 06:00")) == local("2027-03-10 08:00")


@pytest.mark.parametrize(
    ("said", "called"),
    [("Ana", "Ana"), ("Ana Lopez", "Ana"), (None, None), ("", None), ("123", None), ("you can call me whatever", None)],
)
def test_what_to_call_them_on_a_screen_others_may_see(said, called):
    assert schedule.first_name(said) == called


# --- a guide's list -------------------------------------------------------------------------------------------------


def prompted(people, known=None):
    facts = {"people": people, "guide_on": True}
    run = Run(1, "prompts", "waits", parties={"guide": 9}, known={"policy": POLICY, **(known or {})}, due=NOON)
    return step(PROMPTS, run, Quiet(), local("2027-03-10 09:00"), facts)


def person(run, first, send="2027-03-10 11:00"):
    return {"run": run, "first": first, "send": local(send) if send else None}


def test_a_hundred_people_in_one_prompt_of_few_texts():
    run, effects = prompted([person(n, f"Guadalupe{n}") for n in range(1, 101)])
    said = [effect for effect in effects if type(effect).__name__ == "Say"]
    assert [effect.card for effect in said] == ["prompts.today", *["prompts.more"] * (len(said) - 1)]
    assert len(said) <= 14
    texts = [load().render(effect.card, "en", blanks=effect.blanks) for effect in said]
    assert all(gsm.segments(text) == 1 for text in texts)
    named = " ".join(effect.blanks["people"] for effect in said)
    assert all(f"{n} Guadalupe{n}" in named for n in range(1, 101))
    assert len(run.known["numbers"]) == 100


def test_no_name_is_torn_in_two():
    entries = [f"{n} Guadalupe" for n in range(1, 40)]
    texts = split(entries)
    assert " ".join(texts) == " ".join(entries)
    assert all(len(text) <= MORE_ROOM for text in texts)


def test_only_those_of_the_day_are_named():
    _, effects = prompted([person(1, "Ana"), person(2, "Ben", "2027-03-11 11:00"), person(3, "Dan", None)])
    assert effects[0].blanks["people"] == "1 Ana"


def test_a_number_stays_with_a_person_and_is_not_given_to_the_next():
    run, _ = prompted([person(11, "Ana"), person(12, "Ben")])
    run, effects = prompted([person(12, "Ben"), person(13, "Dan")], dict(run.known))
    assert effects[0].blanks["people"] == "2 Ben 3 Dan"
    assert run.known["numbers"] == {"2": 12, "3": 13}


def test_nobody_left_ends_the_list():
    run, _ = prompted([])
    assert not run.open


def test_a_guide_who_is_off_is_not_asked():
    run = Run(1, "prompts", "waits", parties={"guide": 9}, known={"policy": POLICY}, due=NOON)
    facts = {"people": [person(1, "Ana")], "guide_on": False}
    run, effects = step(PROMPTS, run, Quiet(), local("2027-03-10 09:00"), facts)
    assert run.state == "waits"
    assert not [effect for effect in effects if type(effect).__name__ == "Say"]


# --- one check-in ---------------------------------------------------------------------------------------------------

GUIDE = {"active": True, "on": True, "opted_out": False}
TOUCH = {
    "busy": False, "wants_none": False, "opted_out": False, "no_texts": False, "heard_at": None, "guide": GUIDE,
}  # fmt: skip
PARTIES = {"participant": 1, "coordinator": 2, "guide": 3}


def checkin(**data):
    run = Run(5, "checkin", "opens", case=4, parties=PARTIES, known={"policy": POLICY})
    return step(
        CHECKIN, run, Opened({"guide": "Gus", "first": "Ana", "day": 1, "n": 3, **data}), local("2027-03-10 11:00"), {}
    )


def cards(effects):
    return [effect.card for effect in effects if type(effect).__name__ == "Say"]


@pytest.mark.parametrize(
    ("data", "card"),
    [
        ({}, "checkin.ask"),
        ({"first": None}, "checkin.ask_plain"),
        ({"day": 28, "n": 30}, "checkin.milestone"),
        ({"day": 28, "n": 0}, "checkin.ask"),
        ({"day": 7}, "checkin.ask"),
        ({"kind": "door"}, "checkin.door"),
        ({"own": "Morning!"}, "care.own"),
    ],
)
def test_what_is_asked(data, card):
    _, effects = checkin(**data)
    assert cards(effects) == [card]


def test_an_unclear_word_opens_a_support_page_and_a_clear_one_is_passed_on():
    run, _ = checkin()
    for level, state in (("unclear", "OpenCase"), ("none", "Relay")):
        _, effects = step(CHECKIN, run, Heard("participant", None, "hm", {"level": level}), run.since, {})
        assert state in [type(effect).__name__ for effect in effects]


def test_no_nudge_at_night_nor_while_they_are_with_others():
    run, _ = checkin()
    for now, busy in (("2027-03-11 22:00", False), ("2027-03-11 11:00", True)):
        after, effects = step(CHECKIN, run, Quiet(), local(now), {"touch": {**TOUCH, "busy": busy}})
        assert after.state == "nudge_waits"
        assert cards(effects) == []
    late, effects = step(CHECKIN, after, Quiet(), local("2027-03-12 08:00"), {"touch": TOUCH})
    assert cards(effects) == ["checkin.retry", "checkin.no_answer"]
    assert late.state == "nudges"


def test_the_next_one_ends_the_one_before_as_silent():
    run, _ = checkin()
    after, effects = step(CHECKIN, run, Told("next"), run.since, {})
    assert not after.open
    assert "silent" in [effect.word for effect in effects if type(effect).__name__ == "Tell"]


# --- by call ---------------------------------------------------------------------------------------------------------


def rung(**data):
    return checkin(by="call", **data)


def rings(effects):
    return [effect.card for effect in effects if type(effect).__name__ == "Ring"]


@pytest.mark.parametrize(
    ("data", "card"),
    [
        ({}, "checkin.call"),
        ({"first": None}, "checkin.call_plain"),
        ({"day": 28, "n": 30}, "checkin.call_milestone"),
        ({"kind": "door"}, "checkin.call_plain"),
        ({"own": "Morning!"}, "checkin.call_own"),
    ],
)
def test_what_a_phone_is_rung_to_ask(data, card):
    run, effects = rung(**data)
    assert rings(effects) == [card]
    assert not cards(effects)
    assert run.state == "rings"


@pytest.mark.parametrize(
    ("meaning", "grade", "card"),
    [("good", "good", "checkin.good"), ("so_so", "so-so", "checkin.so_so"), ("talk", "talk", "checkin.talk"),
     ("person", "talk", "checkin.talk"), ("wrong_number", None, "checkin.wrong")],
)  # fmt: skip
def test_a_key_grades_as_a_digit_does(meaning, grade, card):
    run, _ = rung()
    after, effects = step(CHECKIN, run, Heard("participant", meaning), run.since, {})
    told = [effect.values.get("grade") for effect in effects if type(effect).__name__ == "Record"]
    assert (told[0], card in cards(effects)) == (grade, True)
    by_key = CHECKIN.presses(CHECKIN[after.state], "participant")
    assert not by_key, "on the same call nothing more is asked"


def test_nobody_there_is_rung_once_more_and_then_the_guide_is_asked():
    run, _ = rung()
    run, effects = step(CHECKIN, run, Missed("participant", None, "no_answer"), run.since, {})
    assert (run.state, cards(effects), run.due - run.since) == ("not_there", [], timedelta(hours=24))
    run, effects = step(CHECKIN, run, Quiet(), run.due, {"touch": TOUCH})
    assert (run.state, rings(effects), cards(effects)) == ("rings_again", ["checkin.call"], [])
    run, effects = step(CHECKIN, run, Missed("participant", None, "unheard"), run.since, {})
    assert (run.state, cards(effects)) == ("late", ["checkin.phone"])


def test_no_phone_rings_at_night():
    run, _ = rung()
    run, _ = step(CHECKIN, run, Missed("participant", None, "busy"), run.since, {})
    run, effects = step(CHECKIN, run, Quiet(), local("2027-03-11 22:00"), {"touch": TOUCH})
    assert (run.state, rings(effects)) == ("nudge_waits", [])
    run, effects = step(CHECKIN, run, Quiet(), local("2027-03-12 08:00"), {"touch": TOUCH})
    assert rings(effects) == ["checkin.call"]


def test_a_text_no_phone_can_get_becomes_a_call():
    run, _ = checkin()
    failed = Failed("participant", "checkin.ask", "impossible", 7, 1)
    run, effects = step(CHECKIN, run, failed, run.since, {"touch": TOUCH})
    assert (run.state, rings(effects)) == ("rings", ["checkin.call"])


def test_opted_out_is_no_reason_to_call():
    run, _ = checkin()
    run, effects = step(CHECKIN, run, Failed("participant", None, "opted_out", 0, 1), run.since, {"touch": TOUCH})
    assert (run.open, rings(effects)) == (False, [])


@pytest.mark.parametrize(
    ("known", "touch", "policy", "by"),
    [
        ({}, {}, [], None),
        ({}, {}, [1], "call"),
        ({"doors": 1}, {}, [1], None),
        ({"calls": True}, {}, [], "call"),
        ({"calls": True, "doors": 1}, {}, [], "call"),
        ({}, {"no_texts": True}, [], "call"),
    ],
)
def test_who_is_called(known, touch, policy, by):
    run = resting(**known)
    marked = {**POLICY, "checkins": {**CHECKINS, "calls": policy}}
    run = replace(run, known={**run.known, "policy": marked})
    _, effects = step(CARE, run, Quiet(), local("2027-03-10 11:00"), {"touch": {**TOUCH, **touch}})
    assert [effect.data["by"] for effect in effects if type(effect).__name__ == "Open"] == [by]


def consent(no_texts):
    run = Run(6, "care", "opens", case=4, parties=PARTIES, known={"policy": POLICY, "guide": "Gus", "first": "Ana"})
    touch = {"touch": {**TOUCH, "no_texts": no_texts}}
    return (*step(CARE, run, Opened({}), local("2027-03-10 11:00"), touch), touch)


def test_a_landline_is_asked_by_phone_twice():
    run, effects, touch = consent(no_texts=True)
    assert (run.state, rings(effects)) == ("rings", ["care.ask_call"])
    run, _ = step(CARE, run, Missed("participant", None, "no_answer"), run.since, touch)
    run, effects = step(CARE, run, Quiet(), local("2027-03-11 11:00"), touch)
    assert (run.state, rings(effects)) == ("rings", ["care.ask_call"])
    run, _ = step(CARE, run, Missed("participant", None, "no_answer"), run.since, touch)
    run, effects = step(CARE, run, Quiet(), local("2027-03-12 11:00"), touch)
    assert run.state == "unagreed"


def test_a_yes_by_key_is_kept_as_it_was_asked():
    run, _, touch = consent(no_texts=True)
    run, effects = step(CARE, run, Heard("participant", "yes"), run.since, touch)
    kept = next(effect.values for effect in effects if type(effect).__name__ == "Record")
    assert (kept["channel"], kept["card"], run.known["calls"]) == ("call", "care.ask_call", True)
    assert "care.thanks_call" in cards(effects)


def test_a_consent_text_that_cannot_arrive_is_asked_by_phone():
    run, _, _ = consent(no_texts=False)
    failed = Failed("participant", "care.ask", "impossible", 7, 1)
    run, effects = step(CARE, run, failed, run.since, {"touch": {**TOUCH, "no_texts": True}})
    assert (run.state, rings(effects)) == ("rings", ["care.ask_call"])


# --- the year -------------------------------------------------------------------------------------------------------


def resting(**known):
    base = {
        "policy": POLICY,
        "guide": "Gus",
        "first": "Ana",
        "start": "2027-03-09",
        "day": 1,
        "agreed": True,
        "silent": 0,
    }
    send = local("2027-03-10 11:00")
    return Run(6, "care", "rests", case=4, parties=PARTIES, known={**base, "send": send.isoformat(), **known}, due=send)


@pytest.mark.parametrize(
    ("touch", "state"),
    [
        ({}, "rests"),
        ({"busy": True}, "held"),
        ({"wants_none": True}, "over"),
        ({"opted_out": True}, "over"),
        ({"guide": None}, "orphaned"),
        ({"guide": {"active": False, "on": False, "opted_out": False}}, "orphaned"),
        ({"guide": {"active": True, "on": False, "opted_out": False}}, "rests"),
    ],
)
def test_what_the_hour_of_a_check_in_finds(touch, state):
    after, effects = step(CARE, resting(), Quiet(), local("2027-03-10 11:00"), {"touch": {**TOUCH, **touch}})
    assert after.state == state
    assert ("checkin" in [e.flow for e in effects if type(e).__name__ == "Open"]) == (state == "rests")


def test_postponed_by_an_emergency_is_sent_when_it_is_over():
    held, _ = step(CARE, resting(), Quiet(), local("2027-03-10 11:00"), {"touch": {**TOUCH, "busy": True}})
    after, effects = step(CARE, held, Quiet(), local("2027-03-10 16:00"), {"touch": TOUCH})
    assert after.known["day"] == 3
    assert [e.data["day"] for e in effects if type(e).__name__ == "Open"] == [1]


def test_the_third_silence_slows_down():
    run = resting(silent=2)
    after, _ = step(CARE, run, Told("silent"), run.due, {})
    assert after.known["doors"] == 1
    assert datetime.fromisoformat(after.known["send"]) - run.due >= timedelta(days=29)


def test_discretion_gives_way_to_an_answer_in_a_talk():
    run = resting(talk_until=local("2027-03-11 11:00").isoformat())
    facts = {"indiscreet": {"words": ["clinic"], "over": 0}, "touch": TOUCH}
    now = local("2027-03-10 12:00")
    _, effects = step(CARE, run, Heard("guide", None, "at the clinic"), now, facts)
    assert cards(effects) == ["care.refused"]
    facts["touch"] = {
        **TOUCH,
        "heard_at": now - timedelta(minutes=10),
    }  # they wrote just now
    _, effects = step(CARE, run, Heard("guide", None, "at the clinic"), now, facts)
    assert [type(effect).__name__ for effect in effects] == ["Relay"]


def test_at_night_a_guide_writes_to_nobody_who_is_not_up():
    run = replace(resting(), known={**resting().known, "talk_until": local("2027-03-11 11:00").isoformat()})
    facts = {"indiscreet": {"words": [], "over": 0}, "touch": TOUCH}
    _, effects = step(CARE, run, Heard("guide", None, "sleep well"), local("2027-03-10 23:00"), facts)
    assert cards(effects) == ["care.night"]


def test_nothing_of_check_ins_goes_ahead_of_a_page():
    """A hundred thousand of them due in one minute are all in the routine lane (contract 7.4)."""
    assert not any(FLOWS[name].urgent for name in ("care", "checkin", "prompts", "draft", "guide", "after"))
    assert FLOWS["support"].urgent
