"""Paging and its offers: one after another, first acceptance wins, and never given up."""

import pytest

from tests.flows.house import House


def a_house(policy=None, **coordinators):
    house = House(policy)
    house.person("ana")
    for name, more in coordinators.items():
        house.person(name, more.pop("roles", "coordinator"), **more)
    house.person("di", "manager")
    return house


def asked(house, who="ana"):
    house.text(who, "hi")
    house.text(who, "no")
    return house


def heard(house, *names):
    return {name: cards for name in names if (cards := house.heard(name))}


def test_one_is_asked_then_rung_then_the_next(house):
    asked(house)
    assert heard(house, "bo", "cy") == {"bo": ["offer.coordinator"]}
    house.forward(seconds=91)
    assert heard(house, "bo", "cy") == {"bo": ["offer.ring"]}
    house.forward(seconds=210)
    assert heard(house, "bo", "cy") == {"cy": ["offer.coordinator"]}


def test_a_pass_goes_on_at_once(house):
    asked(house)
    house.text("bo", "2")
    assert heard(house, "bo", "cy") == {"bo": ["offer.coordinator", "offer.passed"], "cy": ["offer.coordinator"]}


def test_the_first_may_still_accept_while_the_next_is_asked(house):
    asked(house)
    house.forward(minutes=6)
    heard(house, "bo", "cy")
    house.text("bo", "1")
    assert heard(house, "bo", "cy")["cy"] == ["offer.covered"]
    assert house.case_of("ana").coordinator == house.named("bo").id


def test_a_late_yes_is_told_who_has_it(house):
    asked(house)
    house.forward(minutes=6)
    house.text("bo", "1")
    heard(house, "bo", "cy")
    house.forward(minutes=3)
    house.text("cy", "1")
    assert heard(house, "bo", "cy")["cy"] == ["offer.covered"]


def test_two_yeses_at_the_same_instant_are_one_acceptance(house):
    house.text("ana", "he is not breathing")
    house.text("bo", "1")
    house.text("cy", "1")
    assert "offer.covered" in house.heard("cy")
    assert house.open_flows("ana").count("assist") == 1


@pytest.mark.parametrize("fate", ["unreachable", "impossible", "opted_out"])
def test_an_undeliverable_offer_goes_on_at_once(house, fate):
    house.named("bo").fate = fate
    asked(house)
    assert heard(house, "cy") == {"cy": ["offer.coordinator"]}


def test_stop_by_the_one_who_is_asked_goes_on_at_once(house):
    asked(house)
    house.text("bo", "STOP")
    assert heard(house, "cy") == {"cy": ["offer.coordinator"]}


@pytest.mark.parametrize(
    ("call_after", "cards"),
    [
        (0, ["offer.coordinator", "offer.ring"]),
        (None, ["offer.coordinator"]),
        (300, ["offer.coordinator"]),
        (400, ["offer.coordinator"]),
    ],
)
def test_at_once_and_never_are_no_timers(call_after, cards):
    house = asked(a_house({"call_after": call_after}, bo={}, cy={}))
    house.forward(seconds=299)
    assert heard(house, "bo", "cy") == {"bo": cards}
    house.forward(seconds=2)
    assert heard(house, "bo", "cy")["cy"][0] == "offer.coordinator"


def test_nobody_on_shift_rings_the_managers_at_once_and_asks_those_off_shift():
    house = asked(a_house(bo={"hours": "Sat 22:00-23:00"}))
    assert heard(house, "bo", "di") == {"bo": ["offer.coordinator"], "di": ["alarm.empty"]}


def test_those_off_shift_are_asked_after_those_on_shift():
    house = asked(a_house(bo={"hours": "Sat 22:00-23:00"}, cy={}))
    assert heard(house, "bo", "cy", "di") == {"cy": ["offer.coordinator"]}
    house.text("cy", "2")
    assert heard(house, "bo") == {"bo": ["offer.coordinator"]}


def test_all_off_rings_the_managers_once_and_whoever_comes_on_is_asked():
    house = a_house(bo={})
    house.text("bo", "OFF ALL")
    house.heard("bo")
    asked(house)
    assert heard(house, "bo", "di") == {"di": ["alarm.all_off"]}
    house.forward(minutes=10)
    house.text("bo", "ON")
    house.forward(seconds=1)
    assert heard(house, "bo", "di") == {"bo": ["roster.on", "offer.coordinator"]}


def test_who_comes_back_from_time_off_is_asked():
    house = a_house(bo={})
    house.text("bo", "OFF 2H")
    house.heard("bo")
    asked(house)
    house.forward(hours=2, seconds=2)
    assert "offer.coordinator" in house.heard("bo")


def test_only_coordinators_are_asked():
    house = asked(a_house(bo={"roles": "driver"}, cy={"roles": "guide;manager"}))
    assert heard(house, "bo", "cy") == {"cy": ["alarm.all_off"]}


def test_the_whole_again_up_to_rounds_and_then_unanswered():
    house = asked(a_house(bo={}))
    house.forward(minutes=5, seconds=1)
    assert heard(house, "bo", "di") == {"bo": ["offer.coordinator", "offer.ring", "offer.coordinator"]}
    house.forward(minutes=5)
    assert heard(house, "bo", "di") == {"bo": ["offer.ring"], "di": ["alarm.unanswered"]}


def test_unanswered_rings_every_15_minutes_and_asks_all_every_30():
    house = asked(a_house({"alarm_after": 900}, bo={}, cy={}))
    house.forward(minutes=21)
    heard(house, "bo", "cy", "di")
    house.forward(minutes=15)
    assert heard(house, "bo", "cy", "di") == {"di": ["alarm.unanswered"]}
    house.forward(minutes=15)
    found = heard(house, "bo", "cy", "di")
    assert found["di"] == ["alarm.unanswered"]
    assert (
        found["bo"]
        == found["cy"]
        == [
            "offer.coordinator",
        ]
    )
    house.text("cy", "1")
    assert set(house.open_flows("ana")) == {"assist", "offer"}


def test_the_alarm_comes_at_its_time_while_the_rotation_goes_on():
    house = asked(a_house({"alarm_after": 240}, bo={}, cy={}))
    house.forward(minutes=4, seconds=1)
    assert heard(house, "di", "cy") == {"di": ["alarm.alarm"]}
    house.forward(minutes=1)
    assert heard(house, "di", "cy") == {"cy": ["offer.coordinator"]}


def test_an_urgent_page_asks_two_and_the_next_two(house):
    for name in ("eve", "fay", "gil"):
        house.person(name, "coordinator")
    house.text("ana", "he is not breathing")
    assert set(heard(house, "bo", "cy", "eve", "fay", "gil")) == {"bo", "cy"}
    house.forward(seconds=91)
    assert set(heard(house, "bo", "cy", "eve", "fay", "gil")) == {"eve", "fay"}
    house.forward(seconds=90)
    assert set(heard(house, "bo", "cy", "eve", "fay", "gil")) == {"gil"}


def test_urgent_while_an_offer_is_open_asks_the_same_member_again(house):
    asked(house)
    house.heard("bo")
    house.text("ana", "chest pain")
    assert house.heard("bo") == ["offer.urgent", "offer.ring_urgent"]
    offers = [
        run for run in house.runs.values() if run.flow == "offer" and run.parties["member"] == house.named("bo").id
    ]
    assert len(offers) == 1


def test_whoever_took_the_last_one_comes_last(house):
    house.person("ben")
    asked(house)
    house.text("bo", "1")
    house.heard("bo")
    asked(house, "ben")
    assert heard(house, "bo", "cy") == {"cy": ["offer.coordinator"]}


def test_the_last_coordinator_is_asked_first_when_they_come_again(house):
    asked(house)
    house.text("bo", "1")
    for words in ("DONE", "1", "2"):
        house.text("bo", words)
    house.forward(hours=30)
    house.heard("bo")
    asked(house)
    assert heard(house, "bo", "cy") == {"bo": ["offer.coordinator"]}


def test_words_that_are_no_answer_are_asked_again_and_then_pointed_to_the_menu(house):
    asked(house)
    house.heard("bo")
    house.text("bo", "who is it")
    house.text("bo", "hello?")
    house.text("bo", "hm")
    assert house.heard("bo") == ["offer.again", "which.unclear", "which.unclear"]


def test_a_day_old_offer_ends_and_the_member_is_asked_anew():
    house = asked(a_house(bo={}))
    house.forward(hours=26)
    house.heard("bo")
    house.forward(minutes=31)
    assert "offer.coordinator" in house.heard("bo")
    house.text("bo", "1")
    assert house.open_flows("ana") == ["assist"]
