"""Danger by phone: 911 and the steps are said, they wait for a person; and the phone of somebody no text can help."""

import pytest

from flows.first_aid import ALOUD, HUSHED, OVERDOSE_ALOUD, spoken_steps
from flows.spoken import asking

E1 = ["emergency.yes", "emergency.voice_stays"]


@pytest.fixture
def calling(house):
    house.call("ana")
    house.press("ana", "1")
    house.heard("bo"), house.heard("cy")
    return house


def test_a_yes_by_key_is_answered_with_911_and_two_phones_ring_at_once(house):
    house.call("ana")
    house.heard("ana")
    house.press("ana", "1")
    assert house.heard("ana") == E1
    assert house.heard("bo")[-1] == house.heard("cy")[-1] == "offer.ring_urgent"
    assert house.case_of("ana").frozen


def test_a_key_says_what_to_do_as_often_as_they_want(calling):
    calling.heard("ana")
    for _ in range(2):
        calling.press("ana", "1")
        assert calling.heard("ana") == ["emergency.voice_wont_wake", *OVERDOSE_ALOUD, "emergency.voice_again"]


def test_who_waits_is_told_again_and_again_to_call_911(calling):
    calling.heard("ana")
    calling.forward(seconds=100)
    assert calling.heard("ana") == ["emergency.voice_still"] * 2


def test_whoever_takes_it_is_put_through_and_nothing_more_is_said(house):
    house.named("bo").takes = "1"
    house.call("ana")
    house.press("ana", "1")
    house.forward(seconds=6)
    house.heard("ana")
    assert house.run("call").state == "connected"
    assert house.run("emergency").state == "people"
    house.forward(minutes=6)
    assert house.heard("ana") == []


def test_who_hangs_up_gets_it_as_a_text(calling):
    calling.heard("ana")
    calling.hang_up("ana")
    assert calling.heard("ana") == ["emergency.yes"]
    calling.forward(minutes=2, seconds=1)
    assert calling.heard("ana") == ["emergency.plain"]


def test_one_emergency_a_case_however_often_they_call(calling):
    calling.hang_up("ana")
    calling.forward(seconds=20)
    calling.call("ana")
    calling.press("ana", "1")
    assert calling.heard("ana")[-2:] == E1
    assert calling.open_flows("ana").count("emergency") == 1


def test_whoever_has_the_case_is_rung_while_they_hear_what_to_do(talk):
    talk.call("ana")
    talk.press("ana", "1")
    assert talk.heard("ana")[-2:] == E1
    assert talk.heard("bo")[-2:] == ["assist.danger", "call.member"]
    talk.press("ana", "1")
    assert talk.heard("ana")[-1] == "emergency.voice_again"
    talk.forward(minutes=1, seconds=20)
    assert "assist.next_asked" in talk.heard("bo")
    assert "offer.ring_urgent" in talk.heard("cy")


def test_who_opted_out_is_phoned_and_phoned_once_more(house):
    house.text("ana", "he is not breathing")
    house.text("ana", "stop")
    house.forward(minutes=4)
    ana = house.named("ana").id
    assert house.phones.rung.count((ana, "emergency.ring")) == 2
    house.forward(hours=1)
    assert house.phones.rung.count((ana, "emergency.ring")) == 2


def test_who_picks_up_hears_what_to_do_and_waits_for_a_person(house):
    house.named("ana").takes = "1"
    house.text("ana", "he is not breathing")
    house.text("ana", "stop")
    house.forward(seconds=6)
    assert house.heard("ana")[-2:] == ["emergency.other", "emergency.voice_stays"]
    house.press("ana", "1")
    assert house.heard("ana")[-5:] == [*OVERDOSE_ALOUD, "emergency.voice_again"]


def test_who_cannot_call_is_phoned_when_all_was_texted(house):
    house.text("ana", "he is not breathing")
    house.text("ana", "cant call")
    house.forward(seconds=55)
    assert house.phones.rung.count((house.named("ana").id, "emergency.ring")) == 0
    house.forward(seconds=10)
    assert house.phones.rung.count((house.named("ana").id, "emergency.ring")) == 1


def test_a_phone_that_may_give_them_away_is_never_rung(house):
    house.text("ana", "he has a gun")
    house.text("ana", "stop")
    house.forward(minutes=30)
    assert [x for x in house.phones.rung if x[0] == house.named("ana").id] == []


def test_call_rings_nobody_who_was_just_told_to_call_911(house):
    house.text("ana", "he is not breathing")
    house.text("bo", "1")
    house.heard("bo")
    house.text("bo", "CALL")
    assert house.heard("bo")[-1] == "assist.ring_later"
    house.forward(minutes=5)
    house.text("bo", "CALL")
    assert (house.named("bo").id, "call.member") in house.phones.rung


def test_call_rings_nobody_who_hides(house):
    house.text("ana", "he has a gun")
    house.text("bo", "1")
    house.forward(minutes=20)
    house.text("bo", "CALL")
    assert house.heard("bo")[-1] == "assist.no_ring"


@pytest.mark.parametrize(
    ("kinds", "who", "first"),
    [
        ({"yes"}, "unknown", "emergency.voice_wont_wake"),
        ({"breathing"}, "other", "emergency.voice_step_1"),
        ({"child", "breathing"}, "other", "emergency.steps_child"),
        ({"seizure"}, "other", "emergency.steps_seizure"),
        ({"means"}, "self", None),
        ({"violence"}, "self", None),
    ],
)
def test_the_steps_that_are_said_fit(kinds, who, first):
    steps = spoken_steps(frozenset(kinds), who)
    assert (steps[0] if steps else None) == first
    assert {*steps} <= {*ALOUD}


def test_a_hiding_caller_is_spoken_to_once(house):
    house.call("ana")
    house.press("ana", "1")
    emergency = house.run("emergency")
    house.runs[emergency.id] = type(emergency)(
        **{**vars(emergency), "state": "hushed", "known": {**emergency.known, "kinds": ["hiding"]}}
    )
    house.heard("ana")
    house.forward(minutes=12)
    assert house.heard("ana") == []
    asked = asking(house.listeners(house.named("ana")), None)
    assert asked.flow.name == "emergency"
    assert asked.state.hushed
    assert "hiding" in HUSHED
