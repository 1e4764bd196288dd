"""Emergency: 911 first, then the steps that fit, then one question, then people; and nothing but SAFE ends it."""

import pytest

from flows.first_aid import first_card, steps_card


@pytest.fixture
def danger(house):
    house.text("ana", "he is not breathing")
    return house


def test_911_is_the_reply_and_two_are_asked_and_rung_at_once(danger):
    assert danger.heard("ana") == ["emergency.other"]
    for name in ("bo", "cy"):
        assert danger.heard(name) == ["offer.urgent", "offer.ring_urgent"]
    case = danger.case_of("ana")
    assert (case.level, case.frozen) == ("emergency", True)


def test_the_texts_are_paced(danger):
    danger.heard("ana")
    danger.forward(seconds=9)
    assert danger.heard("ana") == []
    danger.forward(seconds=2)
    assert danger.heard("ana") == ["emergency.steps_other"]
    danger.forward(seconds=30)
    assert danger.heard("ana") == ["emergency.law"]
    danger.forward(seconds=20)
    assert danger.heard("ana") == ["emergency.ask_911"]


def test_any_word_brings_the_next_text_at_once(danger):
    for words in ("hurry", "what now", "ok"):
        danger.text("ana", words)
    expected = ["emergency.other", "emergency.steps_other", "emergency.law", "emergency.ask_911"]
    assert danger.heard("ana") == expected


def test_silence_repeats_911_after_two_and_five_minutes_and_then_no_more(danger):
    danger.forward(seconds=119)
    danger.heard("ana")
    danger.forward(seconds=2)
    assert danger.heard("ana") == ["emergency.plain"]
    danger.forward(seconds=177)
    assert danger.heard("ana") == []
    danger.forward(seconds=4)
    assert danger.heard("ana") == ["emergency.plain"]
    danger.forward(hours=1)
    assert danger.heard("ana") == []


def test_any_word_ends_the_repeats(danger):
    danger.text("ana", "hurry")
    danger.forward(seconds=90)
    danger.heard("ana")
    danger.forward(minutes=20)
    assert danger.heard("ana") == []


def test_acceptance_does_not_stop_the_steps_but_the_questions(danger):
    danger.text("bo", "1")
    danger.heard("ana")
    danger.forward(seconds=70)
    assert danger.heard("ana") == ["emergency.steps_other", "emergency.law"]


@pytest.mark.parametrize(("words", "card"), [("1", "emergency.on_911"), ("2", "emergency.cant_call")])
def test_the_question_is_answered_in_digits(danger, words, card):
    danger.forward(seconds=65)
    danger.heard("ana")
    danger.text("ana", words)
    assert danger.heard("ana") == [card]


def test_what_is_not_understood_is_asked_once_more_and_left_to_people(danger):
    danger.forward(seconds=65)
    danger.heard("ana")
    for words in ("dunno", "what"):
        danger.text("ana", words)
    assert danger.heard("ana") == ["emergency.ask_911", "emergency.kept"]


def test_who_cannot_call_still_gets_the_steps(danger):
    danger.text("ana", "cant call")
    danger.forward(seconds=12)
    assert danger.heard("ana") == ["emergency.other", "emergency.cant_call", "emergency.steps_other"]


def test_who_fears_the_police_still_gets_the_steps(danger):
    danger.text("ana", "im scared of the cops")
    danger.forward(seconds=12)
    assert danger.heard("ana") == ["emergency.other", "emergency.cops", "emergency.steps_other"]


def test_the_ambulance_is_there(danger):
    danger.text("bo", "1")
    danger.heard("bo")
    danger.text("ana", "the ambulance is here")
    assert danger.heard("ana")[-1] == "emergency.help_here"
    assert set(danger.heard("bo")) == {"assist.help_here", "> the ambulance is here"}
    danger.text("bo", "good, stay with them")
    danger.forward(hours=4, minutes=1)
    assert "assist.follow_up" in danger.heard("bo")


def test_a_bare_yes_is_asked_what_is_happening_and_nothing_else_for_two_minutes(house):
    house.text("ana", "hi")
    house.text("ana", "yes")
    house.heard("ana")
    house.forward(seconds=118)
    assert house.heard("ana") == []
    house.text("ana", "chest pain")
    assert house.heard("ana") == ["emergency.medical"]
    house.forward(seconds=12)
    assert house.heard("ana") == ["emergency.steps_chest"]


def test_a_bare_yes_and_then_silence_is_told_again(house):
    house.text("ana", "hi")
    house.text("ana", "yes")
    house.heard("ana")
    house.forward(minutes=6)
    assert house.heard("ana") == ["emergency.plain", "emergency.plain"]


def test_new_danger_is_answered_with_911_again(danger):
    danger.forward(minutes=20)
    danger.heard("ana")
    danger.text("ana", "he has a gun")
    assert danger.heard("ana") == ["emergency.violence"]


def test_thoughts_of_suicide_are_988_then_one_question(house):
    house.text("ana", "i want to die")
    house.forward(seconds=11)
    assert house.heard("ana") == ["emergency.thoughts", "emergency.thoughts_ask"]
    assert house.case_of("ana").level == "suicidal"
    assert house.heard("bo") == ["offer.urgent", "offer.ring_urgent"]
    house.text("ana", "yes")
    assert house.heard("ana") == ["emergency.suicide"]
    assert house.case_of("ana").level == "emergency"


def test_a_no_to_that_lowers_nothing(house):
    house.text("ana", "i want to die")
    house.forward(seconds=11)
    house.text("ana", "no")
    assert house.heard("ana")[-1] == "emergency.kept"
    assert house.case_of("ana").level == "suicidal"


def test_silence_after_that_is_not_left_alone(house):
    house.text("ana", "i want to die")
    house.forward(minutes=4)
    assert house.heard("ana")[-1] == "emergency.unsure"


def test_danger_freezes_the_running_page_into_an_urgent_one(house):
    house.text("ana", "hi")
    house.text("ana", "no")
    house.heard("bo")
    house.text("ana", "chest pain")
    assert house.heard("bo") == ["offer.urgent", "offer.ring_urgent"]
    assert house.heard("cy") == ["offer.urgent", "offer.ring_urgent"]
    assert house.open_flows("ana").count("paging") == 1


def test_danger_in_a_talk_rings_its_coordinator(talk):
    talk.text("bo", "hello")
    talk.text("ana", "he is not breathing")
    assert talk.heard("ana") == ["> hello", "emergency.other"]
    assert set(talk.heard("bo")) == {"assist.danger", "assist.danger_ring", "> he is not breathing"}
    assert talk.heard("cy") == []
    talk.forward(seconds=95)
    assert talk.heard("cy") == ["offer.urgent", "offer.ring_urgent"]


def test_safe_is_asked_after_half_an_hour_and_of_a_manager_after_two(danger):
    danger.text("bo", "1")
    danger.text("bo", "i am with you")
    danger.heard("bo")
    danger.forward(minutes=31)
    assert "assist.safe_ask" in danger.heard("bo")
    danger.heard("di")
    danger.forward(minutes=91)
    assert "alarm.danger_2h" in danger.heard("di")
    danger.text("bo", "SAFE")
    danger.text("bo", "1")
    case = danger.case_of("ana")
    assert (case.level, case.frozen) == ("none", False)
    assert danger.open_flows("ana") == ["assist"]


def test_a_text_that_failed_is_said_once_more_in_the_plainest_words(danger):
    danger.named("ana").fate = "filtered"
    danger.forward(seconds=11)
    assert danger.heard("ana") == [
        "emergency.other",
        "emergency.steps_other",
        "emergency.plain",
        "emergency.ring",
    ]
    assert "unreachable" in danger.case_of("ana").known["marks"]


def test_emergencies_nobody_takes_go_on_asking_and_ring_the_managers(danger):
    danger.forward(seconds=95)
    assert danger.heard("bo") == ["offer.urgent", "offer.ring_urgent"] * 2
    danger.forward(minutes=4)
    assert "alarm.unanswered" in danger.heard("di")


@pytest.mark.parametrize(
    ("kinds", "who", "first", "steps"),
    [
        ({"breathing"}, "other", "other", "steps_other"),
        ({"breathing"}, "self", "self", "steps_self"),
        ({"breathing"}, "far", "far", None),
        ({"breathing", "violence"}, "other", "violence", "steps_violence"),
        ({"hiding"}, "self", "violence", "steps_violence"),
        ({"chest_pain"}, "self", "medical", "steps_chest"),
        ({"seizure"}, "other", "medical", "steps_seizure"),
        ({"withdrawal_danger"}, "self", "medical", None),
        ({"bleeding"}, "self", "medical", None),
        ({"seizure", "breathing"}, "other", "other", "steps_other"),
        ({"child"}, "other", "child", "child_more"),
        ({"child", "unresponsive"}, "other", "child", "steps_child"),
        ({"pregnancy_danger"}, "self", "pregnancy", "pregnancy_more"),
        ({"pregnancy", "breathing"}, "other", "other", "steps_other"),
        ({"means"}, "self", "suicide", None),
        ({"means", "overdose"}, "other", "other", "steps_other"),
        ({"yes"}, "unknown", "yes", None),
    ],
)
def test_the_911_text_and_the_steps_fit_what_was_said(kinds, who, first, steps):
    assert first_card(frozenset(kinds), who) == f"emergency.{first}"
    assert steps_card(frozenset(kinds), who) == (f"emergency.{steps}" if steps else None)
