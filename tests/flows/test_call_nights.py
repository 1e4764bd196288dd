"""Nights with calls: people who call, press any key or none, hang up at any moment; phones rung, answered or not.

At every step the house checks that the first thing a caller hears is where to call in danger, that nobody is rung where
violence was seen, and that whoever a flow holds in its queue is on the line. Here: what holds after any night.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.house import House
from tests.flows.test_all_nights import RIDE, TALK
from tests.flows.test_nights import FATES, house_keeps_its_promises, is_cared_for, no_words_went_astray

CALLERS = ("ana", "ana", "ana", "ben", "bo", "eve")
RUNG = ("ana", "bo", "cy", "di", "eve", "desk")
KEYS = (*"1112223045678901*#", "3095550150", "3095550127", "309")
THEIRS = (
    "hi",
    "yes",
    "no",
    "1",
    "he is not breathing",
    "has a gun",
    "i want to die",
    "call me",
    "STOP",
    "START",
    "thanks",
)
OURS = ("1", "2", "CALL", "hello", "DONE", "SAFE", "PASS", "HANDOFF", "OFF 2H", "ON", "RIDE", "18:00", "K1 CALL")
DRIVES = ("1", "OTW", "HERE", "IN", "ARRIVED", "CALL", "GONE")

calls = st.tuples(st.just("call"), st.sampled_from(CALLERS), st.booleans())
keys = st.tuples(st.just("press"), st.sampled_from(CALLERS), st.sampled_from(KEYS))
right = st.tuples(st.just("right"), st.sampled_from(CALLERS), st.integers(0, 3))
others = st.tuples(st.sampled_from(("say_nothing", "hang_up", "hang_up", "record")), st.sampled_from(CALLERS))
takes = st.tuples(st.just("takes"), st.sampled_from(RUNG), st.sampled_from((None, "", "1", "1", "2", "3", "9", "busy")))
texts = st.one_of(
    st.tuples(st.just("text"), st.sampled_from(("ana", "ben")), st.sampled_from(THEIRS)),
    st.tuples(st.just("text"), st.sampled_from(("bo", "cy", "di")), st.sampled_from(OURS)),
    st.tuples(st.just("text"), st.just("eve"), st.sampled_from(DRIVES)),
)
time_goes_by = st.tuples(st.just("wait"), st.sampled_from((1, 10, 30, 50, 95, 260, 700, 2000, 90_000)))
breaks = st.tuples(st.just("fate"), st.sampled_from(("ana", "bo", "eve")), st.sampled_from(FATES))
anything = calls | keys | right | right | right | others | takes | texts | time_goes_by | time_goes_by | breaks
nights = st.lists(anything, max_size=40)

CALLS = (("call", "ana", False), ("press", "ana", "2"))
TAKES = (("takes", "bo", "1"), ("takes", "ana", "1"))
SPOKE = tuple(("text", who, what) if who != "wait" else (who, what) for who, what in TALK)
DRIVEN = tuple(("text", who, what) for who, what in (*RIDE, ("eve", "1"), ("eve", "skip"), ("eve", "OTW")))
BEGINNINGS = (
    (), CALLS, (*CALLS, ("wait", 260)), (*TAKES, *CALLS, ("wait", 10)), (("call", "ana", False), ("press", "ana", "1")),
    (("call", "ben", True), ("press", "ben", "2"), ("press", "ben", "3095550150")), SPOKE, (*SPOKE, *CALLS),
    (*SPOKE, *TAKES, ("text", "bo", "CALL"), ("wait", 11)), (*SPOKE, *TAKES, *CALLS, ("wait", 10)),
    (*SPOKE, *DRIVEN, *CALLS),
)  # fmt: skip


def a_house():
    house = House()
    house.person("ana", phone="309-555-0150")
    house.person("ben", fate="no_phone", language=None)
    house.person("bo", "coordinator")
    house.person("cy", "coordinator", hours="Mon-Fri 08:00-17:00")
    house.person("di", "manager")
    house.person("eve", "driver")
    house.person("gus", "guide")
    house.person("oz", "officer", phone="309-555-0127")
    house.desk = house.person("desk").id
    return house


def play(house, night):
    for what, *rest in night:
        match what, rest:
            case "wait", [seconds]:
                house.forward(seconds=seconds)
            case "takes", [who, keys]:
                house.named(who).takes = keys
            case "fate", [who, why]:
                house.named(who).fate = why
            case "right", [who, n]:
                offered = house.phones.offered(house.named(who).id)
                house.press(who, offered[n % len(offered)]) if offered else None
            case "call", [who, withheld]:
                house.call(who, withheld and who == "ben")
            case _:
                getattr(house, what)(*rest)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.sampled_from(BEGINNINGS), nights)
def test_whoever_calls_and_whatever_they_press_somebody_is_asked(beginning, night):
    house = a_house()
    play(house, (*beginning, *night))
    for case in house.cases.values():
        house_keeps_its_promises(house, case)
        somebody_is_asked(house, case)
    for who in house.people.values():
        house.hang_up(who)
    house.forward(hours=30)
    for case in house.cases.values():
        house_keeps_its_promises(house, case)
        is_cared_for(house, case)
    no_words_went_astray(house)
    nobody_hangs_in_a_call(house)


def somebody_is_asked(house, case):
    """At any moment: a page, an alarm, or somebody who has it; but where danger is being asked about just now."""
    open_ = {run.flow: run.state for run in house.runs.values() if run.open and run.case == case.id}
    asked = {"paging", "alarm", "assist", "support", "guide"} & set(open_)
    assert asked or not case.open or open_.get("intake") == "danger", f"nobody is asked for {case.code}: {open_}"


def nobody_hangs_in_a_call(house):
    left = {run.flow for run in house.runs.values() if run.open} & {"call", "caller", "callin", "number"}
    assert not left, f"{left} never end"


@pytest.mark.parametrize("moment", range(6))
def test_hanging_up_at_any_moment_loses_nothing(moment):
    house = a_house()
    steps = [
        ("call", "ana"),
        ("press", "ana", "2"),
        ("forward",),
        ("press", "ana", "3"),
        ("press", "ana", "3095550150"),
    ]
    for what, *rest in steps[: moment + 1]:
        house.forward(seconds=30) if what == "forward" else getattr(house, what)(*rest)
    house.hang_up("ana")
    house.forward(minutes=3)
    assert {"paging", "alarm"} <= set(house.open_flows("ana"))
    house.text("bo", "1")
    assert "assist" in house.open_flows("ana")
