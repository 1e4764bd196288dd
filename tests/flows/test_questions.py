"""Questions to a member beside a talk: which, whose, is it danger, was NOTE meant."""

import pytest


@pytest.fixture
def two(talk):
    """Bo has Ana (K1) and Ben (K2)."""
    talk.text("bo", "hello")
    talk.person("ben")
    talk.text("ben", "hi")
    talk.text("ben", "no")
    talk.text("cy", "2")
    talk.text("bo", "K2 1")
    talk.text("bo", "K2 hi ben")
    for name in ("ana", "ben", "bo", "cy"):
        talk.heard(name)
    talk.forward(minutes=3)
    return talk


def test_words_with_two_talks_are_held_until_they_say_to_whom(two):
    two.text("bo", "the bed is free")
    assert two.heard("bo") == ["which.send_to"]
    two.text("bo", "2")
    assert (two.heard("ana"), two.heard("ben")) == ([], ["> the bed is free"])


def test_the_choice_lasts_until_another_writes(two):
    for words in ("the bed is free", "2", "tonight at six"):
        two.text("bo", words)
    assert two.heard("ben") == ["> the bed is free", "> tonight at six"]
    two.forward(seconds=1)
    two.text("ana", "me?")
    two.heard("bo")
    two.text("bo", "wait")
    assert two.heard("bo") == ["which.send_to"]


def test_more_words_meanwhile_are_held_too(two):
    for words in ("the bed is free", "tonight at six", "K1"):
        two.text("bo", words)
    assert two.heard("ana") == ["> the bed is free", "> tonight at six"]


def test_nobody_gets_them(two):
    for words in ("the bed is free", "0"):
        two.text("bo", words)
    assert two.heard("bo") == ["which.send_to", "which.nobody"]


def test_held_words_lapse_after_ten_minutes_and_the_line_says_so(two):
    two.text("bo", "the bed is free")
    two.forward(minutes=10, seconds=1)
    assert two.heard("bo") == ["which.send_to", "which.lapsed"]


def test_held_words_are_not_dropped_by_another_verb(two):
    for words in ("the bed is free", "LIST", "1"):
        two.text("bo", words)
    assert two.heard("ana") == ["> the bed is free"]


def test_a_verb_with_two_talks_asks_which(two):
    two.text("bo", "NOTE has a dog")
    assert two.heard("bo") == ["which.which"]
    two.text("bo", "1")
    assert two.heard("bo") == ["assist.note_saved"]


def test_danger_with_two_talks_is_told_911_first(two):
    two.text("bo", "i am bleeding")
    assert two.heard("bo") == ["emergency.plain", "which.send_to"]


def test_danger_in_a_members_words_is_passed_on_and_they_alone_are_asked(talk):
    talk.text("bo", "he is not breathing")
    assert talk.heard("ana") == ["> he is not breathing"]
    assert talk.heard("bo") == ["assist.danger_check"]
    assert not talk.case_of("ana").frozen
    talk.text("bo", "1")
    assert talk.case_of("ana").frozen
    assert talk.heard("ana") == ["emergency.other"]


def test_no_to_that_is_no(talk):
    talk.text("bo", "NOTE she said he is not breathing")
    assert talk.heard("bo") == ["assist.note_saved", "assist.danger_check"]
    talk.text("bo", "2")
    assert not talk.case_of("ana").frozen


def test_i_am_from_a_coordinator_is_held_until_they_say_whose_it_is(talk):
    talk.text("bo", "i am bleeding")
    assert talk.heard("ana") == []
    assert talk.heard("bo") == ["assist.whose"]
    talk.text("bo", "2")
    assert talk.heard("ana") == ["> i am bleeding"]


def test_it_is_me(talk):
    talk.text("bo", "i am bleeding")
    talk.text("bo", "1")
    assert talk.heard("bo") == ["assist.whose", "emergency.medical"]
    assert talk.heard("cy") == ["offer.urgent", "offer.ring_urgent"]
    assert talk.case_of("bo").level == "emergency"
    assert talk.heard("ana") == []


def test_silence_is_read_as_theirs(talk):
    talk.text("bo", "i am bleeding")
    talk.text("bo", "badly")
    assert talk.heard("ana") == []
    talk.forward(minutes=2, seconds=1)
    assert talk.case_of("bo").frozen


def test_one_letter_off_note_is_asked(talk):
    talk.text("bo", "mote he has a dog")
    assert (talk.heard("bo"), talk.heard("ana")) == (["assist.note_meant"], [])
    talk.text("bo", "2")
    assert talk.heard("ana") == ["> mote he has a dog"]


def test_it_was_a_note(talk):
    for words in ("mote he has a dog", "1"):
        talk.text("bo", words)
    assert talk.heard("bo")[-1] == "assist.note_saved"
    assert talk.heard("ana") == []


def test_a_choice_that_closed_meanwhile_says_so(two):
    two.person("eve", "coordinator")
    two.text("bo", "the bed is free")
    two.cases[two.named("ben").last_case].open = True
    run = next(x for x in two.runs.values() if x.open and x.flow == "assist" and x.case == two.case_of("ben").id)
    two.runs[run.id] = type(run)(**{**vars(run), "open": False, "due": None})
    two.text("bo", "2")
    assert two.heard("bo")[-1] == "which.gone"
