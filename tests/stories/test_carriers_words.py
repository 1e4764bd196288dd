"""The carrier's words, asking to be left alone, loops, closers, and numbers that are muted."""

import pytest

from tests.line import DIXON
from tests.stories.openings import asks, everybody_sleeps, talk


@pytest.mark.both
def test_stop_from_a_stranger_opens_nothing(ana, bo, max, clock):
    ana.texts("STOP").hears("No more texts")
    clock.forward(hours=1)


def test_start_from_a_stranger_opens_a_case(ana, bo):
    ana.texts("START").hears("danger").replies("no").hears("town")
    bo.hears("someone asks")


@pytest.mark.both
def test_stop_in_a_case_goes_on_and_the_coordinator_hears(ana, bo):
    asks(ana)
    bo.hears("someone asks")
    ana.texts("STOP").hears("No more texts")
    bo.accepts("1", "opted out")
    bo.sleeps()


def test_stop_after_the_danger_question_pages_all_the_same(ana, bo):
    ana.texts("i need help").hears("danger").replies("STOP").hears("No more texts")
    bo.hears("someone asks")


@pytest.mark.parametrize("word", ["END", "QUIT", "cancel", "revoke", "leave me alone"])
def test_cries_are_forwarded_and_asked(ana, bo, word, clock):
    talk(ana, bo)
    ana.texts(word).hears("1 no more texts 2 go on", "911")
    bo.hears(word)
    ana.replies("2").hears("still here")
    bo.hears("2")
    bo.texts("good, tell me more")
    ana.hears("tell me more")


def test_leave_me_alone_and_one_ends_all_but_answers(ana, bo, clock):
    talk(ana, bo)
    ana.texts("leave me alone").hears("1 no more texts")
    bo.hears("leave me alone")
    ana.replies("1").hears("No more texts")
    bo.hears("no more texts")
    ana.texts("he is not breathing").hears("CALL 911")
    bo.sleeps()
    ana.sleeps()


def test_quit_as_a_first_word_opens_a_case(ana, bo):
    ana.texts("quit").hears("danger")


def test_the_carrier_refuses_a_participant_and_the_case_goes_on_marked(ana, bo, line):
    ana.texts("i need help").hears("danger")
    line.simulator.switchboard.carrier.block(ana.number, line.number)
    line.troubles_expected = True
    ana.texts("no")
    bo.hears("someone asks").accepts("1", "opted out")


def test_closers_after_the_end_are_answered_once(ana, bo, clock):
    talk(ana, bo)
    bo.texts("DONE").hears("1 yes").replies("1").hears("How did it go?").replies("1").hears("Noted")
    ana.texts("thanks so much").hears("You're welcome")
    ana.texts("bye").hears_nothing()
    ana.texts("👍").hears_nothing()
    ana.texts("Liked “You're welcome. Text me any time.”").hears_nothing()
    ana.texts("i slipped").hears("danger")
    clock.forward(minutes=1)


def test_a_closer_a_day_later_opens_a_case(ana, bo, clock):
    talk(ana, bo)
    bo.texts("DONE").hears("1 yes").replies("1").hears("How did it go?").replies("1").hears("Noted")
    clock.forward(hours=25)
    ana.texts("thanks").hears("danger")


@pytest.mark.both
def test_not_for_us_mutes_a_number_for_thirty_days(ana, bo, clock):
    talk(ana, bo)
    bo.texts("DONE").hears("1 yes").replies("1").hears("How did it go?").replies("5").hears("Noted")
    clock.forward(days=2)
    ana.texts("hey").hears_nothing()
    ana.texts("my friend is not breathing").hears("CALL 911").sleeps()
    bo.sleeps()


def test_a_muted_number_that_asks_for_help_is_heard(ana, bo, clock):
    talk(ana, bo)
    bo.texts("DONE").hears("1 yes").replies("1").hears("How did it go?").replies("5").hears("Noted")
    clock.forward(days=2)
    ana.texts("i need help").hears("danger")


def test_after_thirty_days_the_mute_is_over(ana, bo, clock):
    talk(ana, bo)
    bo.texts("DONE").hears("1 yes").replies("1").hears("How did it go?").replies("5").hears("Noted")
    clock.forward(days=31)
    ana.texts("hey").hears("danger")


@pytest.mark.both
def test_a_machine_that_answers_everything_is_answered_five_times(ana, bo, clock):
    ana.texts("Thank you for contacting us.").hears("danger")
    for _ in range(12):
        ana.texts("Thank you for contacting us.")
    replies = [words for words in ana.inbox]
    assert len(replies) <= 10
    assert "A person on our team has your words" in replies[-1]
    everybody_sleeps(ana, bo)
    clock.forward(minutes=1)
    ana.wakes()
    ana.texts("Thank you for contacting us.").hears_nothing()
    ana.texts("he is not breathing").hears("CALL 911")


def test_our_own_numbers_are_nobody(line, ana, bo):
    line.second_town()
    ana.number = DIXON
    ana.sends("hello")
    assert not ana.inbox


def test_a_reaction_to_the_danger_question_is_unclear(ana, bo):
    ana.texts("hi").hears("danger")
    ana.texts(f"Liked “{ana.last}”").hears("want to be sure", without="CALL 911 NOW")
    bo.hears("someone asks")
