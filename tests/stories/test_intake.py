"""From the first word to a page, whatever the word is."""

import pytest

from tests.line import DIXON
from tests.stories.openings import asks, takes


@pytest.mark.both
def test_somebody_asks_for_help_and_has_a_coordinator(ana, bo, max):
    ana.texts("I want help").hears("danger", "YES or NO")
    bo.hears_nothing()
    ana.replies("no").hears("town")
    bo.hears("someone asks to talk", "1 take it 2 pass")  # in the very transaction of the "no"
    ana.replies("Pekin").hears("call you").replies("Annie").hears("keep your words")
    bo.accepts("1", "Annie", "Pekin")
    ana.hears("Bo", "real person", "911")


@pytest.mark.parametrize(
    "words", ["hi", "help", "😔", "hello?", "asdf", "???", "k", "info", "INFO", "HELP", "1", "no", "start"]
)
def test_any_first_text_opens_a_case(ana, bo, words):
    ana.texts(words).hears("danger", "YES")
    ana.replies("no").hears("town")
    bo.hears("someone asks to talk")


@pytest.mark.both
def test_a_picture_without_words(ana, bo):
    ana.texts(pictures=1).hears("can't see pictures", "danger", "YES or NO").replies("no").hears("town")
    bo.hears("someone asks to talk")


def test_a_picture_later_on(ana, bo):
    asks(ana)
    bo.hears("someone asks")
    ana.texts(pictures=2).hears("can't see pictures", "911")


@pytest.mark.both
def test_in_spanish_from_the_first_word(ana, bo):
    ana.texts("Hola, quiero ayuda").hears("¿Alguien corre peligro", "SI o NO").replies("no").hears("ciudad")
    ana.replies("saltar").hears("nombre").replies("saltar").hears("911")
    bo.hears("someone asks to talk").accepts()
    ana.hears("Bo", "persona real")
    assert any("Hola, quiero ayuda" in words for words in bo.inbox)


def test_a_language_that_cannot_be_told_is_asked_in_both(ana, bo):
    ana.texts("🙏").hears("YES or NO", "SI o NO").replies("si")
    ana.hears("911", "¿Qué pasa?")
    bo.hears("possible emergency").rings()


def test_a_program_with_one_language_asks_in_it(ana, bo, line):
    line.keeps("", languages='["en"]')
    ana.texts("🙏").hears("danger", "YES or NO", without="SI o NO")


def test_writing_in_the_other_language_switches(ana, bo):
    ana.texts("hi").hears("danger").replies("no").hears("town")
    bo.hears("someone asks")
    ana.replies("no hablo mucho inglés, vivo en Pekin").hears("nombre")


def test_wrong_number_opens_nothing(ana, bo, clock):
    ana.texts("wrong number").hears("No problem")
    clock.forward(hours=2)


def test_wrong_number_after_the_question(ana, bo, clock):
    ana.texts("who is this").hears("danger").replies("wrong number").hears("No problem")
    clock.forward(hours=2)


@pytest.mark.both
def test_silence_after_asking_for_help_pages_at_two_minutes(ana, bo, clock):
    ana.texts("I want help").hears("danger")
    clock.forward(seconds=110)
    bo.hears_nothing()
    clock.forward(seconds=20)
    ana.hears("can't tell", "911", "988")
    bo.hears("someone asks to talk").accepts("1", "danger")
    ana.hears("Bo")


@pytest.mark.both
def test_a_hello_that_never_answers_asks_one_rung_and_no_desk(ana, bo, pat, max, clock):
    ana.texts("hi").hears("danger")
    clock.forward(minutes=3)
    ana.hears("can't tell")
    bo.hears("someone asks to talk")
    clock.forward(minutes=14)
    bo.rings()
    max.reads_quietly("ALARM")
    clock.forward(hours=6)  # and nobody else is asked, and nothing more is said to them
    max.sleeps()


@pytest.mark.both
def test_unclear_is_asked_once_more_and_pages_at_the_same_time(ana, bo):
    ana.texts("hi").hears("danger").replies("idk maybe").hears("want to be sure", "YES or NO")
    bo.hears("someone asks to talk")
    ana.replies("what do you mean").hears("can't tell", "911")
    ana.replies("no").hears("town")


def test_a_digit_does_not_answer_whether_there_is_danger(ana, bo):
    ana.texts("hi").hears("danger").replies("2").hears("want to be sure")
    bo.hears("someone asks to talk")
    ana.replies("1").hears("can't tell")


def test_withdrawal_is_warned_of_and_pages_at_once(ana, bo):
    ana.texts("ive been drinking for years and i have the shakes since i stopped").hears("alcohol", "911", "YES or NO")
    bo.hears("someone asks to talk")
    ana.replies("no").hears("town")


def test_somebody_pregnant_gets_the_line_that_goes_along(ana, bo):
    ana.texts("im pregnant and i want to get off pills").hears("Pregnant?", "911")
    ana.hears("YES or NO")
    bo.hears("someone asks to talk")


def test_asking_for_a_person_is_passed_on_at_once(ana, bo):
    ana.texts("hi").hears("danger").replies("a person please")
    bo.hears("someone asks to talk")
    ana.hears("YES or NO")


def test_call_asks_for_a_phone_call(ana, bo):
    asks(ana)
    bo.hears("someone asks")
    ana.replies("call me please").hears("phone call", "safe")
    bo.accepts("1", "phone call")
    ana.hears("Bo").sleeps()


@pytest.mark.both
def test_everything_they_write_is_kept_for_the_coordinator(ana, bo):
    asks(ana)
    ana.replies("skip").hears("call you").replies("no").hears("keep your words")
    ana.texts("i am so tired of this")
    ana.hears("keep your words")
    bo.hears("someone asks").accepts()
    ana.hears("Bo")
    said = " / ".join(bo.inbox)
    assert "I want help" in said
    assert "i am so tired of this" in said


def test_questions_end_when_somebody_takes_it(ana, bo):
    asks(ana)
    takes(bo, ana)
    ana.texts("Pekin")
    bo.hears("Pekin")


def test_silence_on_the_town_goes_on_waiting(ana, bo, clock):
    asks(ana)
    bo.hears("someone asks").replies("1").sleeps()
    ana.hears("Bo").sleeps()
    clock.forward(minutes=30)


def test_a_yes_right_after_the_next_question_is_taken_with_the_one_before(ana, bo):
    ana.texts("hi").hears("danger").replies("no").hears("town").replies("yes").hears("911", "What is happening")
    bo.hears("someone asks").hears("possible emergency").rings()


def test_no_reply_and_no_case_for_those_who_are_no_people(line, ana, bo, clock):
    line.second_town()
    for number in ("24273", "WALGREENS", DIXON):
        ana.number = number
        ana.sends("hi there")
    clock.forward(hours=1)
    assert len(ana.inbox) == 0
