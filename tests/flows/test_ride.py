"""Rides as tables: Ana is driven, Bo has her case, Eve and Fay drive, Di manages."""

import pytest

from tests.flows.house import House

FORM = ("RIDE", "1", "the library", "Lakeside", "now", "30", "skip")


@pytest.fixture
def road(talk: House) -> House:
    talk.person("eve", "driver")
    talk.person("fay", "driver")
    return talk


def order(house: House, *form: str) -> None:
    for words in form or FORM:
        house.text("bo", words)
    house.text("bo", "1")


def taken(house: House) -> House:
    order(house)
    house.text("eve", "1")
    house.text("eve", "blue Ford")
    for name in ("ana", "bo", "cy", "di", "eve", "fay"):
        house.heard(name)
    return house


def row(house: House) -> dict:
    return next(values for (table, _), values in house.records.items() if table == "rides")


def test_each_question_is_asked_alone_and_the_last_digit_opens_the_page(road):
    asked = []
    for words in FORM:
        road.text("bo", words)
        asked += road.heard("bo")
    cards = ["adult", "place", "dest", "when", "length", "needs", "confirm"]
    assert asked == [f"ride.{card}" for card in cards]
    assert road.heard("eve") == []
    road.text("bo", "1")
    assert road.heard("bo") == ["ride.ordered"]
    assert road.heard("eve") == ["offer.driver"]
    assert row(road)["details"]["place"] == "the library"


def test_under_18_asks_for_the_guardian_and_for_two_in_the_car(road):
    order(road, "RIDE", "2", "1", *FORM[2:])
    road.heard("bo")
    road.text("eve", "1")
    assert road.heard("eve") == ["offer.driver", "drive.details_plain", "drive.wait_second", "drive.car"]
    assert road.heard("fay") == ["offer.companion"]
    assert "ride.coming_plain" not in road.heard("ana")


def test_a_time_that_is_none_is_asked_again(road):
    for words in (*FORM[:4], "whenever"):
        road.text("bo", words)
    assert road.heard("bo")[-1] == "ride.when_again"


def test_several_needs_in_one_answer(road):
    order(road, *FORM[:-1], "1, 3")
    assert road.run("ride").known["needs"] == ["wheelchair", "woman"]
    assert road.heard("eve") == ["offer.driver_needs"]


def test_skip_goes_where_placed_has_found_a_bed(road):
    road.case_of("ana").known["facility"] = "Lakeside"
    road.facilities = ({"name": "Lakeside", "care": "detox", "miles": 20.0},)
    for words in ("RIDE", "1", "the library", "skip", "now"):
        road.text("bo", words)
    assert road.heard("bo")[-2:] == ["ride.when", "ride.needs"]  # the file knows how far it is
    assert road.run("ride").known["minutes"] == 45


def test_silence_in_the_questions_ends_them_and_says_so(road):
    road.text("bo", "RIDE")
    road.forward(minutes=11)
    assert road.heard("bo")[-1] == "ride.lapsed"


def test_the_participant_hears_it_once_the_car_is_known_or_after_a_while(road):
    order(road)
    road.text("eve", "1")
    assert road.heard("ana")[-1:] != ["ride.coming_now"]
    road.forward(minutes=4)
    assert road.heard("ana") == ["ride.coming_now_plain"]


def test_every_leg_in_its_row(road):
    taken(road)
    for verb in ("OTW", "HERE", "IN", "ARRIVED"):
        road.text("eve", verb)
    assert road.heard("ana") == ["ride.left", "ride.here"]
    assert road.heard("bo") == ["ride.step_otw", "ride.step_here", "ride.step_in", "ride.step_arrived"]
    assert {"otw_at", "here_at", "in_at", "arrived_at", "ended_at"} <= set(row(road))
    assert row(road)["outcome"] == "arrived"
    assert not {"ride", "drive"} & set(road.open_flows("ana"))


def test_in_without_here_and_arrived_without_in(road):
    taken(road)
    road.text("eve", "ARRIVED")
    assert row(road)["outcome"] == "arrived"


@pytest.mark.parametrize("verb", ["CANT", "pass"])
def test_until_somebody_is_in_the_car_the_next_is_asked_at_once(road, verb):
    taken(road)
    for step in ("OTW", "HERE", verb):
        road.text("eve", step)
    assert road.heard("fay") == ["offer.driver"]
    assert road.heard("eve")[-1] == "drive.released"
    assert "drive" not in road.open_flows("ana")


def test_afterwards_a_person_is_rung_and_nobody_is_asked(road):
    taken(road)
    for step in ("IN", "CANT"):
        road.text("eve", step)
    assert road.heard("bo")[-1] == "ride.stranded"
    assert road.heard("fay") == []


def test_nobody_takes_it_and_the_coordinator_is_silent(road):
    order(road)
    road.text("eve", "2")
    road.text("fay", "2")
    assert road.heard("bo")[-1] == "ride.nobody"
    road.forward(minutes=16)
    assert road.heard("di") == ["alarm.ride"]
    road.text("bo", "K1 RIDE")
    assert road.heard("bo")[-1] == "ride.nobody"
    road.text("bo", "2")
    assert row(road)["outcome"] == "called_off"


def test_no_coordinator_and_nobody_takes_it_is_an_alarm(road):
    road.people[3].off_until = road.now.replace(year=2030)
    order(road)
    road.text("bo", "PASS")
    road.heard("di")
    road.text("eve", "2")
    road.text("fay", "2")
    assert "alarm.ride" in road.heard("di")


def test_a_frozen_case_asks_no_driver_when_the_time_comes(road):
    road.forward(hours=10)  # ten in the evening
    order(road, *FORM[:4], "tomorrow 3pm", *FORM[5:])
    road.text("ana", "he is not breathing")
    road.forward(hours=23)
    assert road.heard("eve") == []
    assert road.run("ride").state == "frozen"


def test_more_than_six_hours_away_is_offered_in_waking_hours(road):
    road.forward(hours=10)  # ten in the evening
    order(road, *FORM[:4], "tomorrow 4pm", *FORM[5:])
    assert road.heard("bo")[-1] == "ride.held"
    road.forward(hours=9)
    assert road.heard("eve") == []
    road.forward(hours=1.1)
    assert road.heard("eve")[0] == "offer.driver"


def test_a_ride_before_anybody_wakes_is_asked_for_six_hours_ahead(road):
    road.forward(hours=10)  # ten in the evening
    order(road, *FORM[:4], "tomorrow 6am", *FORM[5:])
    road.heard("bo")
    road.forward(hours=2.1)
    assert road.heard("eve")[0] == "offer.driver"


def test_danger_in_a_drivers_words_comes_before_the_question_they_were_asked(road):
    order(road)
    road.text("eve", "1")
    road.heard("eve")
    road.heard("bo")
    road.text("eve", "he is not breathing")
    assert road.heard("eve")[0] == "emergency.other"
    assert road.heard("bo") == ["> he is not breathing", "ride.danger"]
    assert road.heard("di") == ["alarm.ride_danger"]
    assert not road.case_of("ana").frozen


def test_no_words_of_the_coordinator_reach_a_moving_car(road):
    taken(road)
    road.text("eve", "OTW")
    road.heard("eve")
    road.text("bo", "W1 it is the side door")
    assert road.heard("eve") == []
    road.text("eve", "HERE")
    assert road.heard("eve") == ["drive.there", "> it is the side door"]


def test_an_alarm_about_a_ride_ends_with_it(road):
    taken(road)
    road.text("eve", "he has a gun")
    assert "alarm" in road.open_flows("ana")
    road.text("eve", "IN")
    road.text("eve", "ARRIVED")
    assert "alarm" not in road.open_flows("ana")


def test_unclear_answers_to_gone_and_silence(road):
    taken(road)
    road.heard("bo")
    road.text("eve", "GONE")
    road.text("eve", "7")
    road.forward(minutes=11)
    assert "ride.overdue_gone" in road.heard("bo")


def test_the_ride_of_a_coordinator_who_never_closes_it_still_ends(road):
    taken(road)
    for step in ("OTW", "HERE", "IN"):
        road.text("eve", step)
    road.forward(hours=14)
    assert row(road)["outcome"] == "unknown"
    assert "drive" not in road.open_flows("ana")


def test_a_ride_ordered_while_there_may_be_danger_waits_for_safe(road):
    road.text("ana", "he is not breathing")
    order(road)
    assert road.heard("bo")[-1] == "ride.frozen"
    assert road.heard("eve") == []
    road.text("bo", "SAFE")
    road.text("bo", "1")
    assert road.heard("bo")[-1] == "ride.after_safe"
    road.text("bo", "1")
    assert road.heard("eve") == ["offer.driver"]


def test_danger_in_an_answer_to_the_line_is_passed_on_and_is_no_answer(road):
    for words in ("RIDE", "1", "he is not breathing"):
        road.text("bo", words)
    assert road.run("ride").state == "place"
    assert road.heard("ana")[-1] == "> he is not breathing"
