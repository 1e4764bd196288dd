"""Intake: danger first, then a page whatever they say, then two questions that may be skipped."""

import pytest


def test_no_opens_the_page_before_anything_else_is_asked(house):
    house.text("ana", "i want help")
    assert house.heard("ana") == ["intake.danger"]
    assert house.heard("bo") == []
    house.text("ana", "no")
    assert house.heard("bo") == ["offer.coordinator"]
    assert house.heard("ana") == ["intake.town"]


def test_town_and_name_are_kept_and_may_be_skipped(house):
    for words in ("hi", "no", "Milford", "skip"):
        house.text("ana", words)
    assert house.heard("ana") == ["intake.danger", "intake.town", "intake.name", "intake.kept"]
    assert house.case_of("ana").known == {"town": "Milford"}


def test_acceptance_ends_the_lines_questions(house):
    for words in ("hi", "no"):
        house.text("ana", words)
    house.text("bo", "1")
    house.heard("ana")
    house.text("ana", "Milford")
    assert house.heard("ana") == []
    assert house.heard("bo")[-1] == "> Milford"


@pytest.mark.parametrize("words", ["👍", "", "?", "Liked “hello there”"])
def test_anything_at_all_opens_a_case(house, words):
    house.text("ana", words)
    assert house.heard("ana") == ["intake.danger"]


def test_a_picture_is_a_text_without_words(house):
    house.text("ana", "", picture=True)
    house.text("ana", "", picture=True)
    assert house.heard("ana") == ["intake.picture", "intake.picture_later"]


def test_a_language_nobody_can_tell_is_asked_in_both(house):
    house.named("ana").language = None
    house.text("ana", "ok")
    assert house.heard("ana") == ["intake.danger_both"]


def test_silence_for_two_minutes_opens_the_page_and_says_so(house):
    house.text("ana", "i need detox")
    house.heard("ana")
    house.forward(minutes=2, seconds=1)
    assert house.heard("ana") == ["intake.unsure"]
    assert house.heard("bo") == ["offer.coordinator"]
    assert house.case_of("ana").known["marks"] == ["unanswered"]


def test_who_never_answered_and_asked_for_nothing_is_one_rung_and_a_text_to_managers(house):
    house.text("ana", "hi")
    house.forward(minutes=14)
    assert house.heard("ana") == ["intake.danger", "intake.unsure"]
    assert house.heard("bo") == ["offer.coordinator", "offer.ring"]
    assert house.heard("cy") == []
    house.forward(minutes=4)
    assert house.heard("di") == ["alarm.alarm"]
    house.forward(hours=3)
    assert (house.heard("di"), house.heard("cy"), house.heard("ana")) == ([], [], [])
    house.forward(hours=22)
    assert house.case_of("ana") is None
    assert house.heard("bo") == ["offer.withdrawn"]


def test_who_answers_after_that_is_a_person_asking(house):
    house.text("ana", "hi")
    house.forward(minutes=30)
    for name in ("ana", "bo"):
        house.heard(name)
    house.text("ana", "no")
    assert house.heard("ana") == ["intake.town"]
    assert "company" in house.open_flows("ana")
    assert house.heard("cy") == ["offer.coordinator"]


def test_unclear_is_asked_again_and_paged_at_the_same_time(house):
    house.text("ana", "hi")
    house.text("ana", "maybe")
    assert house.heard("ana") == ["intake.danger", "intake.sure"]
    assert house.heard("bo") == ["offer.coordinator"]
    house.text("ana", "dunno")
    assert house.heard("ana") == ["intake.unsure"]


def test_the_question_stands_as_long_as_it_is_not_answered(house):
    for words in ("hi", "maybe", "dunno", "whatever"):
        house.text("ana", words)
    assert house.heard("ana")[-2:] == ["intake.unsure", "intake.kept"]
    house.forward(hours=13)
    house.text("ana", "yes")
    assert house.heard("ana")[-1] == "emergency.yes"


def test_a_sign_in_the_opening_pages_at_once(house):
    house.text("ana", "im dope sick")
    assert house.heard("bo") == ["offer.coordinator"]
    assert house.heard("ana") == ["intake.danger"]


def test_digits_do_not_answer_whether_there_is_danger(house):
    house.text("ana", "hi")
    house.text("ana", "1")
    assert house.heard("ana") == ["intake.danger", "intake.sure"]
    house.text("ana", "2")
    assert house.heard("ana") == ["intake.unsure"]


def test_yes_is_danger(house):
    house.text("ana", "hi")
    house.text("ana", "yes")
    assert house.heard("ana") == ["intake.danger", "emergency.yes"]
    assert house.heard("bo") == ["offer.urgent", "offer.ring_urgent"]


def test_yes_right_after_the_next_question_is_taken_for_the_one_before(house):
    house.text("ana", "hi")
    house.text("ana", "no")
    house.forward(seconds=15)
    house.text("ana", "yes")
    assert house.heard("ana") == ["intake.danger", "intake.town", "emergency.yes"]


def test_yes_later_is_no_danger(house):
    house.text("ana", "hi")
    house.text("ana", "no")
    house.forward(seconds=30)
    house.text("ana", "yes")
    assert house.heard("ana")[-1] == "intake.name"


def test_a_wrong_number_is_wished_well_and_nobody_is_asked(house):
    house.text("ana", "hi")
    house.text("ana", "wrong number")
    assert house.heard("ana") == ["intake.danger", "intake.wrong_number"]
    assert house.heard("bo") == []
    assert house.case_of("ana") is None


def test_a_wrong_number_after_a_page_takes_the_page_back(house):
    for words in ("hi", "maybe", "wrong number"):
        house.text("ana", words)
    assert house.heard("bo") == ["offer.coordinator", "offer.withdrawn"]


def test_a_person_and_a_call_may_be_asked_for_at_any_time(house):
    for words in ("hi", "a person please", "no", "call"):
        house.text("ana", words)
    assert house.heard("ana") == ["intake.danger", "intake.sure", "intake.town", "intake.call"]
    assert house.case_of("ana").known["marks"] == ["person", "call"]


def test_their_language_is_spoken_when_they_name_it(house):
    house.text("ana", "hi")
    house.text("ana", "espanol")
    assert house.heard("ana") == ["intake.danger", "intake.danger"]
    assert house.heard("bo") == []


def test_when_no_text_reaches_them_a_person_is_asked(house):
    house.text("ana", "hi")
    house.named("ana").fate = "unreachable"
    house.forward(minutes=3)
    assert house.heard("bo") == [
        "offer.coordinator",
    ]
    assert "unreachable" in house.case_of("ana").known["marks"]


def test_stop_in_a_case_leaves_the_page_going(house):
    for words in ("hi", "no", "STOP"):
        house.text("ana", words)
    assert house.case_of("ana").known["marks"] == ["opted_out"]
    house.heard("bo")
    house.text("bo", "1")
    assert "marks.opted_out" in house.heard("bo")
