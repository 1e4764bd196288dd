"""Placements as tables: a bed was found for Ana, and whether she came to it is another thing."""

import pytest

from tests.flows.house import House

LISTED = (
    {"name": "Lakeside House", "care": "detox;inpatient", "miles": 20.0},
    {"name": "Riverside Clinic", "care": "outpatient", "miles": 4.0},
)


@pytest.fixture
def bed(talk: House) -> House:
    talk.facilities = LISTED
    return talk


def place(house: House, *words: str) -> None:
    for said in ("PLACED", *words):
        house.text("bo", said)


def row(house: House) -> dict:
    return next(values for (table, _), values in house.records.items() if table == "placements")


def test_by_the_number_in_the_list(bed):
    place(bed, "1", "6pm", "1")
    cards = ["which", "when", "confirm", "noted"]
    assert bed.heard("bo") == [f"placement.{card}" for card in cards]
    assert row(bed)["facility"] == "Lakeside House"
    assert row(bed)["offered_at"] == bed.now
    assert "arrived_at" not in row(bed)


@pytest.mark.parametrize("words", ["riverside clinic", "River"])
def test_by_its_name_or_the_beginning_of_it(bed, words):
    place(bed, words, "skip", "1")
    assert row(bed) | {"facility": "Riverside Clinic", "care": "outpatient"} == row(bed)


def test_one_that_is_in_no_list(bed):
    place(bed, "St. Mary's in Peoria", "skip", "1")
    assert (row(bed)["facility"], row(bed)["care"]) == ("St. Mary's in Peoria", None)


def test_without_a_list_the_name_is_asked(talk):
    place(talk, "Lakeside", "skip", "1")
    assert talk.heard("bo")[0] == "placement.where"
    assert row(talk)["facility"] == "Lakeside"


@pytest.mark.parametrize("at", [("0",), ("1", "skip", "0")])
def test_zero_says_it_was_a_word_for_them(bed, at):
    place(bed, *at)
    assert bed.heard("ana")[-1] == "> PLACED"
    assert not bed.records


def test_no_answer_notes_nothing(bed):
    place(bed, "1")
    bed.forward(minutes=11)
    assert "placement.lapsed" in bed.heard("bo")
    assert not bed.records


def test_arrival_is_asked_three_hours_later_then_daily_and_on_the_third_day_unknown(bed):
    place(bed, "1", "2pm", "1")  # it is two minutes past noon: two hours from now
    bed.text("bo", "we will see")
    bed.heard("bo")
    bed.forward(hours=4.8)
    assert "placement.arrived" not in bed.heard("bo")
    bed.forward(hours=0.3)
    assert bed.heard("bo")[-1] == "placement.arrived"
    bed.text("bo", "3")
    assert bed.heard("bo")[-1] == "placement.asked_again"
    bed.forward(hours=24.1)
    assert "placement.arrived" in bed.heard("bo")
    bed.forward(hours=24.1)
    assert "placement.arrived" in bed.heard("bo")
    bed.forward(hours=24.1)
    assert "placement.unknown" in bed.heard("bo")
    assert row(bed)["outcome"] == "unknown"


def test_yes_is_arrived_and_no_is_not(bed):
    for answer, outcome in (("1", "arrived"), ("2", "not_arrived")):
        bed.records.clear()
        place(bed, "1", "now", "1")
        bed.forward(hours=3.1)
        bed.text("bo", answer)
        assert row(bed)["outcome"] == outcome


def test_done_does_not_end_the_asking(bed):
    place(bed, "1", "now", "1")
    bed.text("bo", "DONE")
    bed.text("bo", "1")
    bed.text("bo", "skip")
    bed.heard("bo")
    bed.forward(hours=3.1)
    assert bed.heard("bo") == ["placement.arrived"]
    bed.text("bo", "1")
    assert row(bed)["outcome"] == "arrived"


def test_arrived_of_a_drive_is_recorded_and_nobody_is_asked(bed):
    bed.person("eve", "driver")
    place(bed, "1", "now", "1")
    for words in ("RIDE", "1", "the library", "skip", "now", "skip", "1"):
        bed.text("bo", words)
    bed.text("eve", "1")
    bed.text("eve", "skip")
    bed.text("eve", "IN")
    bed.text("eve", "ARRIVED")
    assert row(bed)["outcome"] == "arrived"
    bed.heard("bo")
    bed.forward(hours=12)
    assert "placement.arrived" not in bed.heard("bo")


def test_a_ride_later_on_puts_the_question_off(bed):
    bed.person("eve", "driver")
    place(bed, "1", "now", "1")
    for words in ("RIDE", "1", "the library", "skip", "4pm", "skip", "1"):
        bed.text("bo", words)
    bed.text("eve", "1")
    bed.heard("bo")
    bed.forward(hours=3.5)  # past the first three hours
    assert "placement.arrived" not in bed.heard("bo")


def test_turned_away_at_the_door(bed):
    bed.person("eve", "driver")
    place(bed, "1", "now", "1")
    for words in ("RIDE", "1", "the library", "skip", "now", "skip", "1"):
        bed.text("bo", words)
    for words in ("1", "skip", "IN", "GONE", "3"):
        bed.text("eve", words)
    assert row(bed)["outcome"] == "turned_away"


def test_whoever_has_the_case_now_is_asked(bed):
    place(bed, "1", "now", "1")
    bed.text("bo", "HANDOFF")
    bed.text("bo", "1")
    bed.text("cy", "1")
    bed.text("cy", "hi, I am here now")
    bed.heard("bo")
    bed.forward(hours=3.1)
    assert "placement.arrived" in bed.heard("cy")
    assert "placement.arrived" not in bed.heard("bo")
