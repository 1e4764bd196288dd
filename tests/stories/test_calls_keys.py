"""Keys, silence, hanging up: 0 a person, 8 the crisis line, 9 the other language; what is not understood, a person."""

import pytest

from tests.stories.calls import calls_safe, is_rung, takes_call, waits


@pytest.mark.both
def test_0_is_a_person(ana, bo):
    """Asked for before the danger question was answered: people are rung, and it is asked once more."""
    ana.calls().is_told("Press 0 for a person").presses("0").is_told("I want to be sure", "Press 1 for yes, 2 for no")
    is_rung(bo)
    ana.presses("2").is_told("ringing our team").waits_on_the_line()
    ana.hangs_up().sleeps()
    bo.sleeps()


def test_0_while_they_wait_changes_nothing(ana, bo):
    waits(ana).presses("0").waits_on_the_line().is_told("ringing our team")
    takes_call(bo, ana)
    ana.hangs_up().reads("What you text here goes to")


@pytest.mark.both
def test_8_is_the_crisis_line_and_they_come_back(ana, bo, crisis_line, clock):
    ana.calls().is_told("Press 8 for 9 8 8").presses("8").is_told("connecting you with 9 8 8", "you come back here")
    crisis_line.rings().answers().is_connected_with(ana)
    crisis_line.says("988, what is going on?")
    ana.is_told("what is going on")
    crisis_line.hangs_up()
    ana.is_told("Press 1 for yes, 2 for no").presses("2").is_told("ringing our team").waits_on_the_line()
    takes_call(bo, ana)
    ana.hangs_up().reads("What you text here goes to")


def test_8_while_they_wait_and_somebody_comes_meanwhile(ana, bo, crisis_line):
    waits(ana).presses("8").is_told("connecting you with 9 8 8")
    crisis_line.rings().answers().is_connected_with(ana)
    is_rung(bo).answers().presses("1")
    crisis_line.is_connected_with(ana)  # nobody is torn out of a talk with the crisis line
    bo.sleeps()
    ana.hangs_up().sleeps()


def test_8_and_nobody_answers_there(ana, bo, crisis_line, clock):
    ana.calls().is_told("Press 8").presses("8").is_told("connecting you with 9 8 8")
    crisis_line.rings()
    clock.forward(seconds=27)
    ana.is_told("Press 1 for yes, 2 for no").hangs_up().sleeps()
    bo.sleeps()


@pytest.mark.both
def test_9_is_the_other_language_and_stays_it(ana, pat, clock):
    ana.calls().is_told("passed out").presses("9").is_told("no despierta", "Oprima 1 para sí, 2 para no").presses("2")
    ana.is_told("Estoy llamando").waits_on_the_line()
    is_rung(pat).ignores()
    ana.hangs_up().reads("Sigo preguntando")
    pat.sleeps()


def test_a_spanish_speaker_is_spanish_from_their_second_call(ana, pat):
    ana.calls().is_told("passed out").presses("9").is_told("Oprima 1").hangs_up().skips()
    ana.calls().is_told("Oprima 1 ", without="Press").hangs_up().sleeps()
    pat.sleeps()


def test_9_where_one_language_is_spoken_repeats(ana, line):
    line.keeps("", languages='["en"]')
    ana.calls().is_told("passed out").presses("9").is_told("passed out").hangs_up().sleeps()


@pytest.mark.both
def test_silence_twice_rings_a_person(ana, bo, clock):
    ana.calls().is_told("passed out")
    clock.forward(seconds=9)
    ana.is_told("passed out")  # once more
    bo.hears_nothing()
    clock.forward(seconds=9)
    ana.is_told("I want to be sure", "dial 9 1 1").skips()
    is_rung(bo)
    clock.forward(seconds=60)
    ana.waits_on_the_line().hears_all("dial 9 1 1").sleeps()
    ana.hangs_up()
    bo.sleeps()


def test_silence_to_the_end_is_not_hung_up_on(ana, bo, pat, clock):
    ana.calls().skips()
    bo.sleeps(), pat.sleeps()
    for _ in range(8):
        clock.forward(seconds=30)
        assert ana.call.going_on, "somebody who cannot speak is hung up on"
    ana.sleeps().hangs_up()


@pytest.mark.both
@pytest.mark.parametrize("key", ["5", "*", "#", "7"])
def test_a_wrong_key_is_asked_about_and_rings_a_person(ana, bo, key):
    ana.calls().is_told("passed out").presses(key).is_told("I want to be sure", "Press 1 for yes, 2 for no")
    is_rung(bo)
    ana.presses("2").is_told("ringing our team").waits_on_the_line()
    ana.hangs_up().sleeps()
    bo.sleeps()


def test_a_wrong_key_while_they_wait_is_nothing(ana, bo):
    waits(ana).presses("6").waits_on_the_line().is_told("ringing our team")
    takes_call(bo, ana)
    ana.hangs_up().reads("What you text here goes to")


def test_keys_pressed_before_the_question_is_over_count(ana, bo):
    ana.calls().presses("2").skips().waits_on_the_line()
    takes_call(bo, ana)
    ana.hangs_up().reads("What you text here goes to")


# --- hanging up ------------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_hanging_up_at_the_danger_question(ana, bo, clock):
    """It is asked by text, and two minutes later people are asked."""
    ana.calls().is_told("passed out").hangs_up()
    ana.reads("danger", "YES")
    bo.hears_nothing()
    clock.forward(minutes=2, seconds=5)
    bo.reads("someone asks to talk")
    ana.reads("can't tell if someone is in danger")
    bo.accepts()
    ana.reads("Bo is here now")


def test_hanging_up_and_answering_by_text(ana, bo):
    ana.calls().is_told("passed out").hangs_up().reads("danger")
    ana.replies("no").reads("asking our team")
    bo.reads("someone asks to talk").accepts()
    ana.reads("Bo is here now")


@pytest.mark.both
def test_hanging_up_while_they_wait(ana, bo, clock):
    waits(ana).hangs_up().reads("asking our team")
    is_rung(bo)
    clock.forward(seconds=20)
    bo.replies("1").hears("you are on with")
    ana.reads("Bo is here now")


def test_hanging_up_just_when_somebody_takes_it(ana, bo):
    """The member has picked up, and presses 1 a second later: they are told, and can ring them."""
    waits(ana)
    is_rung(bo).answers()
    ana.hangs_up().reads("asking our team")
    bo.presses("1").reads("you are on with")
    ana.reads("Bo is here now")
    bo.is_told("It is yours").is_off_the_phone()


@pytest.mark.both
def test_the_member_hangs_up_before_pressing_1(ana, bo, pat, clock):
    waits(ana)
    is_rung(bo).answers()
    bo.hangs_up()
    ana.waits_on_the_line()
    clock.forward(seconds=30)
    ana.is_told("No one has picked up yet")
    takes_call(pat, ana)
    bo.reads("covered by Pat")
    ana.hangs_up().reads("What you text here goes to")


def test_hanging_up_while_a_message_is_spoken(ana, bo, max, clock):
    waits(ana)
    bo.sleeps(), max.sleeps()
    clock.forward(minutes=4, seconds=30)
    ana.skips().presses("1").is_told("speak after the tone")
    ana.says("please call my sister").hangs_up().sleeps()
    bo.wakes()
    clock.forward(minutes=40)
    bo.skips().replies("1").hears("you are on with").hears("left a voice message", "CALL")


def test_no_words_in_the_message(ana, bo, max, clock):
    waits(ana)
    bo.sleeps(), max.sleeps()
    clock.forward(minutes=4, seconds=30)
    ana.skips().presses("1").is_told("speak after the tone")
    clock.forward(seconds=10)
    ana.sleeps()
    clock.forward(minutes=40)
    bo.wakes().replies("1").hears("you are on with").skips()
    assert not any("voice message" in words for words in bo.inbox)


def test_a_number_is_left_with_3(ana, bo):
    """Somebody on a phone that is not theirs."""
    waits(ana).presses("3").is_told("all ten digits", "pound")
    ana.presses("3095550160").is_told("3 0 9, 5 5 5, 0 1 6 0", "Press 1").presses("1").is_told("short message")
    ana.presses("2").is_told("That is the number we will call").waits_on_the_line()
    takes_call(bo, ana)
    bo.reads("number to call back", "CALL rings it")
    ana.hangs_up()  # whose phone this is nobody knows: it is not texted


@pytest.mark.parametrize("keys", ["911", "3095550111", "0000000000", "9335550111", "112"])
def test_a_number_the_line_never_calls_is_asked_again(ana, bo, keys):
    """Emergency numbers, the desk, what is no number."""
    waits(ana).presses("3").is_told("all ten digits").presses(keys if len(keys) == 10 else keys + "#")
    ana.is_told("can't call that number").hangs_up().sleeps()
    bo.sleeps()


def test_a_caller_who_is_asked_again_after_a_minute_still_waits(ana, bo, clock):
    calls_safe(ana).is_told("ringing our team")
    is_rung(bo).ignores()
    clock.forward(seconds=50)
    ana.hears_all("keep asking").waits_on_the_line()
    bo.sleeps()
    ana.hangs_up().sleeps()
