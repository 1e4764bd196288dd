"""The alarm and its alerts: one a manager, until somebody has the case."""

import pytest


@pytest.fixture
def alarm(house):
    house.person("eve", "manager")
    for words in ("hi", "no"):
        house.text("ana", words)
    house.forward(minutes=15, seconds=1)
    assert house.heard("di") == house.heard("eve") == ["alarm.alarm"]
    return house


def test_one_manager_takes_it_and_the_others_hear_so(alarm):
    alarm.text("di", "1")
    assert alarm.heard("di") == ["alarm.time"]
    assert alarm.heard("eve") == ["alarm.on_it"]


def test_the_time_they_name_becomes_a_timer_on_them(alarm):
    for words in ("1", "12:45"):
        alarm.text("di", words)
    assert alarm.heard("di") == ["alarm.time", "alarm.named"]
    alarm.forward(minutes=29)
    assert alarm.heard("di") == []
    alarm.forward(minutes=1)
    assert alarm.heard("di") == ["alarm.again"]


@pytest.mark.parametrize("words", ["6", "18:00", "6pm", "now", "tomorrow 8am"])
def test_times_are_understood(alarm, words):
    alarm.text("di", "1")
    alarm.forward(minutes=3)
    alarm.heard("di")
    alarm.text("di", words)
    assert alarm.heard("di") == ["alarm.named"]


def test_what_is_no_time_is_asked_once_more(alarm):
    for words in ("1", "soon", "very soon"):
        alarm.text("di", words)
    assert alarm.heard("di") == ["alarm.time", "alarm.time_again"]


def test_who_named_no_time_is_asked_after_an_hour(house):
    house.text("ana", "he is not breathing")
    house.text("bo", "1")
    house.forward(seconds=1)
    house.text("bo", "i am with you")
    house.forward(hours=2, seconds=2)
    house.text("di", "1")
    house.heard("di")
    house.forward(hours=1, minutes=11)
    assert house.heard("di") == ["alarm.again"]


def test_it_is_over_when_somebody_has_the_case(alarm):
    alarm.text("di", "1")
    alarm.text("cy", "1")
    assert alarm.heard("di")[-1] == alarm.heard("eve")[-1] == "alarm.over"
    assert set(alarm.open_flows("ana")) == {"assist", "offer"}  # the other offer still answers a late yes


def test_an_alert_nobody_answers_rings_again_when_the_alarm_does(alarm):
    alarm.forward(minutes=40)
    assert "alarm.unanswered" in alarm.heard("di")


def test_a_manager_in_need_is_not_alarmed_about_themselves(house):
    house.person("eve", "manager")
    house.text("eve", "hello")
    house.text("eve", "1")
    house.text("eve", "no")
    house.forward(minutes=16)
    assert "alarm.alarm" in house.heard("di")
    assert "alarm.alarm" not in house.heard("eve")
