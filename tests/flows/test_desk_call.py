"""The desk is rung for somebody nobody took, or with no manager; and put through to one manager after the other."""

import pytest


@pytest.fixture
def unanswered(house):
    """Everybody was asked in vain, and the managers are rung just now."""
    house.desk = house.person("desk").id
    for words in ("hi", "no", "skip", "skip"):
        house.text("ana", words)
    while house.run("paging").state != "unanswered":
        house.forward(seconds=30)
    return house


def test_the_desk_is_rung_a_minute_after_the_managers(unanswered):
    assert (unanswered.desk, "alarm.desk") not in unanswered.phones.rung
    unanswered.forward(seconds=61)
    assert unanswered.phones.rung.count((unanswered.desk, "alarm.desk")) == 1
    unanswered.forward(minutes=15)
    assert unanswered.phones.rung.count((unanswered.desk, "alarm.desk")) == 2


def test_whoever_answers_there_is_put_through_to_a_manager(unanswered):
    unanswered.named("desk").takes = "1"
    unanswered.named("di").takes = "1"
    unanswered.forward(seconds=75)
    assert unanswered.run("desk_call").state == "connected"


def test_with_no_manager_picking_up_they_are_told_so(unanswered):
    unanswered.named("desk").takes = "1"
    unanswered.forward(minutes=2)
    assert unanswered.heard("desk")[-2:] == ["alarm.desk_holds", "alarm.desk_nobody"]


def test_nobody_rings_the_desk_for_one_who_never_answered(house):
    house.desk = house.person("desk").id
    house.text("ana", "what is this")
    house.forward(hours=3)
    assert (house.desk, "alarm.desk") not in house.phones.rung


def test_without_a_manager_the_desk_is_rung_at_the_first_alarm(house):
    house.desk = house.person("desk").id
    house.named("di").roles = frozenset()
    for words in ("hi", "no"):
        house.text("ana", words)
    house.forward(minutes=16)
    assert (house.desk, "alarm.desk_alone") in house.phones.rung
