"""A member's text, read in the contract's order: what could be meant twice is asked, and nothing is guessed."""

import pytest

from tests.stories.openings import asks, everybody_sleeps, talk


def two_talks(ana, ben, bo, clock):
    """Bo has Ana's case and Ben's, and both are under way."""
    first = talk(ana, bo)
    clock.forward(minutes=3)
    second = talk(ben, bo)
    clock.forward(minutes=3)
    return first, second


@pytest.mark.both
def test_words_with_two_talks_open_are_held_until_they_say_whose(ana, ben, bo, clock):
    first, second = two_talks(ana, ben, bo, clock)
    bo.texts("how are you today?").hears("Send to?", first, second, "0) nobody").replies("2")
    ben.hears("how are you today?")
    bo.texts("and did you eat?")  # the choice lasts
    ben.hears("and did you eat?")


def test_the_choice_lasts_until_another_participant_writes(ana, ben, bo, clock):
    first, second = two_talks(ana, ben, bo, clock)
    bo.texts("hello").hears("Send to?").replies(second)
    ben.hears("hello").texts("hi bo")
    bo.hears("hi bo").replies("good to hear")
    ben.hears("good to hear")
    ana.texts("anybody there?")
    bo.hears(first, "anybody there?").replies("yes I am here").hears("Send to?").replies("1")
    ana.hears("yes I am here")


def test_send_to_nobody(ana, ben, bo, clock):
    two_talks(ana, ben, bo, clock)
    bo.texts("what a day").hears("Send to?").replies("0").hears("No one got it")


@pytest.mark.both
def test_held_words_lapse_after_ten_minutes_and_the_line_says_so(ana, ben, bo, clock):
    two_talks(ana, ben, bo, clock)
    bo.texts("how are you?").hears("Send to?")
    clock.forward(minutes=9)
    assert not any("Not sent" in message.body for message in bo.unheard())
    clock.forward(minutes=2)
    bo.hears("Not sent to anyone", "12:06").sleeps()


def test_a_code_alone_moves_to_that_case(ana, ben, bo, clock):
    first, second = two_talks(ana, ben, bo, clock)
    bo.texts(first).hears(first, "from now on").replies("hello you")
    ana.hears("hello you")
    bo.texts(second).hears(second, "from now on").replies("and you")
    ben.hears("and you")


@pytest.mark.both
def test_which_when_two_offers_wait_for_one_digit(ana, ben, bo, clock):
    asks(ana)
    bo.hears("someone asks")
    first = bo.code
    asks(ben)
    bo.hears("someone asks")
    second = bo.code
    bo.replies("1").hears("Which?", first, second).accepts("2")
    assert bo.code == second
    ben.hears("Bo")
    clock.forward(minutes=3)
    everybody_sleeps(ana, bo)


def test_which_when_an_item_has_just_closed(ana, ben, bo, pat, clock):
    asks(ana)
    bo.hears("someone asks")
    first = bo.code
    clock.forward(minutes=6)
    bo.rings()
    ana.sleeps()
    pat.hears("someone asks")
    asks(ben)
    bo.unheard() and bo.hears("someone asks")
    pat.unheard() and pat.hears("someone asks")
    pat.accepts(f"{first} 1")
    bo.hears("covered by Pat").replies("1").hears("Which?")


def test_a_digit_in_a_talk_is_words(ana, bo, clock):
    talk(ana, bo)
    clock.forward(minutes=3)
    bo.texts("2")
    ana.hears("2")


def test_a_yes_in_a_talk_is_words(ana, bo, clock):
    talk(ana, bo)
    clock.forward(minutes=3)
    ana.texts("will you stay with me?")
    bo.hears("will you stay").replies("Yes")
    ana.hears("Yes")


def test_an_offer_answered_while_talking(ana, ben, bo, line, clock):
    talk(ana, bo)
    clock.forward(minutes=3)
    asks(ben)
    bo.hears("someone asks").accepts()  # the one item that waits for a digit
    ben.hears("Bo")


@pytest.mark.parametrize(
    "words",
    [
        "Liked “K7: someone asks to talk with you. 1 take it 2 pass”",
        "Le gustó “K7: alguien pide hablar con usted”",
        "I'm driving with Focus turned on. I'll see your message when I get where I'm going.",
        "👍 to “someone asks to talk with you”",
    ],
)
def test_reactions_and_automatic_replies_answer_nothing(ana, bo, words):
    talk(ana, bo)
    bo.texts(words).hears_nothing()
    ana.hears_nothing()


def test_a_picture_from_a_member_goes_to_nobody(ana, bo):
    talk(ana, bo)
    bo.texts(pictures=1)
    ana.hears_nothing()


@pytest.mark.both
def test_danger_in_a_members_words_is_passed_on_and_only_the_member_is_asked(ana, bo, clock):
    talk(ana, bo)
    bo.texts("is he not breathing?? check his lips")
    ana.hears("not breathing")
    bo.hears("danger now?", "1 yes 2 no").replies("2")
    clock.forward(minutes=3)
    ana.hears_nothing()


def test_danger_in_a_members_words_that_is_danger(ana, bo, clock):
    talk(ana, bo)
    bo.texts("he is not breathing")
    ana.hears("he is not breathing")
    bo.hears("danger now?").replies("1")
    ana.hears("911").sleeps()
    bo.sleeps()
    clock.forward(minutes=1)


@pytest.mark.both
def test_i_am_from_a_coordinator_is_held_until_they_say_whose(ana, bo, pat, clock):
    talk(ana, bo)
    bo.texts("i am going to kill myself").hears("Not sent yet", "1 me 2 send", "911").replies("2")
    ana.hears("kill myself")
    pat.hears_nothing()


def test_i_am_from_a_coordinator_and_it_is_theirs(ana, bo, pat, clock):
    talk(ana, bo)
    bo.texts("i want to kill myself").hears("Not sent yet").replies("1").hears("988")
    pat.hears("possible emergency").rings()
    ana.hears_nothing()
    bo.sleeps()


@pytest.mark.both
def test_words_with_nothing_open(bo, ana):
    bo.texts("good morning").hears("your own number", "1) I need help", "2) I am working").replies("2")
    bo.hears("Nothing is open")


def test_help_from_a_member(bo, ana):
    bo.texts("HELP").hears("your own number").replies("2").hears("Nothing is open")


@pytest.mark.both
def test_a_member_in_need_is_off_duty_and_names_one_who_is_not_asked(ana, bo, pat, kim, clock):
    bo.texts("help").hears("your own number").replies("1").hears("danger", "YES or NO").replies("no")
    bo.hears("someone on the team I should not ask").replies("Pat")
    bo.hears("town").replies("skip").hears("call you").replies("skip").hears("keep your words")
    pat.hears("someone asks").hears("no longer needed")  # asked before the name was told
    kim.hears("someone asks")
    pat.sleeps()
    asks(ana)  # and Bo, off duty, is not asked about Ana
    clock.forward(minutes=30)
    everybody_sleeps(ana, bo, kim)
    assert not any("someone asks" in words for words in bo.inbox)


def test_a_member_in_need_who_is_in_danger(bo, pat):
    bo.texts("i took too many pills and i cant breathe").hears("911")
    pat.hears("possible emergency").rings()


def test_who_and_open_are_for_managers(ana, bo, max, clock):
    talk(ana, bo)
    max.texts("WHO").hears("Bo")
    max.texts("OPEN").hears("Open", "taken", without="help")
    bo.texts("WHO")
    ana.hears("WHO")  # for a coordinator it is a word for them


def test_a_verb_counts_only_as_the_whole_text(ana, bo):
    talk(ana, bo)
    bo.texts("We are done for today")
    ana.hears("We are done for today")
    bo.texts("you are safe here")
    ana.hears("you are safe here")
    bo.texts("pass me your address")
    ana.hears("pass me")


@pytest.mark.parametrize("verb", ["Done.", "done!", '"DONE"', " done ", "CERRAR"])
def test_case_and_ends_do_not_matter(ana, bo, verb):
    talk(ana, bo)
    bo.texts(verb).hears("1 yes", "0 no")


def test_off_for_all_programs(ana, bo, pat, line):
    dixon = line.second_town()
    line.hires("Bo", "coordinator", town=dixon)
    bo.texts("OFF ALL").hears("every program")
    asks(ana)
    pat.hears("someone asks")
    assert dixon


def test_an_answer_after_ten_minutes_is_no_answer(ana, bo, clock):
    talk(ana, bo)
    bo.texts("DONE").hears("1 yes").replies("1").hears("How did it go?")
    clock.forward(minutes=12)
    bo.texts("1").hears("your own number")


def test_an_alarm_is_one_item_and_a_digit_reaches_it(ana, max, clock):
    asks(ana)
    max.hears("ALARM").replies("1").hears("By what time").replies("6pm").hears("18:00")
    ana.sleeps()


def test_a_coordinator_who_manages_too(ana, pat, line):
    line.hires("Pat", "coordinator;manager")
    asks(ana)
    pat.hears("someone asks").accepts()
    ana.hears("Pat")
