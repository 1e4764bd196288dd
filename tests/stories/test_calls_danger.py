"""Danger by phone: 911 before all else, the steps as often as they want, people at once; the line never dials 911."""

import pytest

from hotline.phones import EMERGENCY
from tests.stories.calls import calls_safe, takes_call, waits
from tests.stories.openings import asks, takes


def says_yes(someone):
    """Somebody calls, and there is danger."""
    return someone.calls().is_told("passed out", "Press 1 for yes").presses("1")


def is_rung_for_danger(member):
    return member.reads("possible emergency").rings("Possible emergency", "Press 1 to take it, 2 to pass")


@pytest.mark.both
def test_yes_is_911_and_the_urgent_page_in_the_same_breath(ana, bo, pat):
    says_yes(ana).is_told("Hang up and call 9 1 1 now", "I am a computer")
    is_rung_for_danger(bo)  # two at once
    is_rung_for_danger(pat)
    ana.sleeps().hangs_up()
    bo.sleeps(), pat.sleeps()


@pytest.mark.both
def test_the_steps_and_the_steps_again(ana, bo, clock):
    says_yes(ana).skips()
    bo.sleeps()
    for _ in range(2):
        ana.presses("1").is_told("someone who won't wake up")
        clock.forward(seconds=40)  # they are said slowly
        ana.is_told("Shake them").is_told("Narcan", "nose").is_told("1 breath every 5 seconds").is_told("on their side")
        ana.is_told("To hear this again, press 1")
    ana.sleeps().hangs_up()


def test_who_waits_in_danger_is_put_through_to_whoever_takes_it(ana, bo):
    says_yes(ana).skips()
    is_rung_for_danger(bo).answers().presses("1").is_connected_with(ana)
    ana.sleeps().hangs_up()
    bo.sleeps()


def test_8_in_danger_is_the_crisis_line(ana, bo, crisis_line):
    says_yes(ana).skips().presses("8").is_told("9 8 8")
    crisis_line.rings().answers().is_connected_with(ana)
    bo.sleeps()
    ana.sleeps().hangs_up()


def test_hanging_up_to_call_911_gets_the_words_as_a_text(ana, bo, clock):
    says_yes(ana).is_told("Hang up and call 9 1 1").hangs_up().hears("911").sleeps()
    bo.sleeps()


@pytest.mark.both
def test_danger_while_they_wait_by_text(ana, bo):
    """They wait on the line and text: what they write is read as ever."""
    waits(ana)
    bo.sleeps()
    ana.texts("he is not breathing").hears("9")
    said = " ".join([*ana.inbox, *ana.spoken]).casefold()
    assert "call 9 1 1 now" in said or "call 911 now" in said
    ana.sleeps().hangs_up()


def test_danger_by_a_call_in_a_talk(ana, bo):
    asks(ana)
    takes(bo, ana)
    ana.calls().is_told("passed out").presses("1").hears_all("Hang up and call 9 1 1 now").sleeps()
    bo.hears("danger")
    bo.sleeps()
    ana.hangs_up()


@pytest.mark.both
@pytest.mark.parametrize("number", sorted(EMERGENCY))
def test_an_emergency_number_is_never_rung_though_it_is_keyed_in(ana, bo, line, number):
    waits(ana).presses("3").is_told("all ten digits").presses(f"{number}#").is_told("can't call that number")
    ana.sleeps().hangs_up()
    bo.sleeps()
    assert not [call for call in line.carrier.calls.values() if call.direction != "inbound" and call.phone in EMERGENCY]


def test_danger_by_speech_where_the_program_turned_it_on(ana, bo, line):
    line.keeps("[voice]\nspeech = true")
    ana.calls().is_told("passed out").says("yes, my brother is not breathing").is_told("call 9 1 1 now")
    bo.sleeps()
    ana.sleeps().hangs_up()


def test_a_no_by_speech(ana, bo, line):
    line.keeps("[voice]\nspeech = true")
    ana.calls().is_told("passed out").says("Nobody is in danger.").is_told("ringing our team")
    ana.waits_on_the_line()
    takes_call(bo, ana)
    assert any("Nobody is in danger" in words for words in bo.inbox)
    bo.skips()
    ana.hangs_up().reads("What you text here goes to")


def test_speech_is_not_listened_for_unless_it_is_turned_on(ana, bo):
    ana.calls().is_told("passed out").says("he is not breathing")
    ana.hears_nothing().sleeps()
    gathers = [
        verb for call in ana.line.carrier.calls.values() for document in call.documents for verb in document.verbs
    ]
    assert "Gather" in gathers
    ana.hangs_up()
    bo.sleeps()


def test_a_no_and_then_danger_on_a_second_call(ana, bo):
    waits(ana).hangs_up().skips()
    bo.sleeps()
    calls = ana.calls().is_told("passed out")
    calls.presses("1").hears_all("Hang up and call 9 1 1 now").sleeps()
    ana.hangs_up()
    assert any("possible emergency" in words.casefold() for words in [*bo.inbox])


def test_help_from_the_queue_is_still_the_same_case(ana, bo):
    calls_safe(ana).is_told("ringing our team")
    code = takes_call(bo, ana)
    ana.hangs_up().reads("What you text here goes to")
    ana.texts("he stopped breathing").hears("911")
    bo.hears(code, "stopped breathing").sleeps()
    ana.sleeps()
