"""The roster's own conversations, and a member who needs help for themselves."""

from datetime import timedelta

import pytest

from tests.flows.house import BEGIN


def test_off_without_a_time_is_off_at_once_and_asked_for_how_long(house):
    house.text("bo", "OFF")
    assert house.heard("bo") == ["roster.off_ask"]
    assert house.named("bo").off_until == BEGIN + timedelta(hours=8)
    house.text("bo", "2")
    assert house.heard("bo") == ["roster.off_until"]
    assert house.named("bo").off_until.isoformat() == "2026-03-09T13:00:00+00:00"  # Monday at 8, after the DST change


def test_a_time_nobody_names_is_eight_hours(house):
    house.text("bo", "OFF")
    house.forward(minutes=11)
    assert house.heard("bo") == ["roster.off_ask", "roster.off_until"]
    assert house.named("bo").off_until == BEGIN + timedelta(hours=8)


@pytest.mark.parametrize(("words", "card"), [("OFF 2H", "off_until"), ("OFF SAT", "off_until"), ("OFF ALL", "off_all")])
def test_off_with_a_time(house, words, card):
    house.text("bo", words)
    assert house.heard("bo") == [f"roster.{card}"]
    assert house.named("bo").off_until > BEGIN


def test_off_twice_is_one_question(house):
    for words in ("OFF", "OFF", "3"):
        house.text("bo", words)
    assert house.heard("bo") == ["roster.off_ask", "roster.off_ask", "roster.off_open"]


def test_on_again(house):
    for words in ("OFF ALL", "ON"):
        house.text("bo", words)
    assert house.heard("bo")[-1] == "roster.on"
    assert house.named("bo").off_until is None


def test_start_is_on_for_a_member(house):
    for words in ("STOP", "START"):
        house.text("bo", words)
    assert house.heard("bo") == ["roster.on"]


def test_list_and_menu(house):
    house.text("bo", "LIST")
    house.text("bo", "?")
    assert house.heard("bo") == ["roster.list_empty", "roster.menu"]


def test_who_and_open_are_for_managers(house):
    for words in ("WHO", "OPEN"):
        house.text("di", words)
        house.text("bo", words)
    assert house.heard("di") == ["roster.who", "roster.nothing_open"]
    assert house.heard("bo") == ["roster.own", "roster.own"]


def test_words_with_nothing_open_are_asked_about(house):
    house.text("bo", "so tired")
    assert house.heard("bo") == ["roster.own"]
    house.text("bo", "2")
    assert house.heard("bo") == ["roster.list_empty"]


def test_a_member_in_need_is_a_participant_off_duty_and_may_bar_a_colleague(house):
    house.person("eve", "coordinator")
    for words in ("help", "1", "no"):
        house.text("bo", words)
    assert house.heard("bo") == ["roster.own", "roster.own_case", "intake.danger", "roster.own_colleague"]
    assert house.heard("cy") == ["offer.coordinator"]
    house.text("bo", "cy")
    assert house.heard("cy") == ["offer.withdrawn"]
    assert house.heard("eve") == ["offer.coordinator"]
    house.text("eve", "1")
    for words in ("HANDOFF", "1"):
        house.text("eve", words)
    assert house.heard("cy") == []


def test_danger_of_a_member_with_nothing_open_is_their_own_case(house):
    house.text("bo", "chest pain")
    assert house.heard("bo") == ["emergency.medical"]
    assert house.heard("cy") == ["offer.urgent", "offer.ring_urgent"]


def test_a_member_in_need_is_not_asked_for_themselves(house):
    for words in ("help", "1", "no", "ON"):
        house.text("bo", words)
    house.heard("bo")
    house.text("cy", "2")
    house.forward(hours=2)
    assert "offer.coordinator" not in house.heard("bo")
