"""Callers no text reaches: numbers withheld, landlines; and words spoken instead of keys."""

import pytest

SPEECH = "[voice]\nspeech = true"


def withheld(ana, from_="anonymous"):
    return ana.calls(from_=from_).is_told("Press 1 for yes, 2 for no")


# --- withheld -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shown", ["anonymous", "+266696687", "+17378742833", "262966", "+1911"])
def test_a_withheld_caller_is_asked_for_a_number_and_rung_there(ana, bo, shown):
    withheld(ana, shown).presses("2").is_told("What number")
    ana.presses("3095550150#").is_told("3 0 9", "Press 1").presses("1").is_told("short message").presses("2")
    ana.is_told("the number we will call").is_told("ringing").hangs_up()
    bo.rings().hears("1 take it").replies("1").hears("you are on with")
    code = bo.code
    bo.hears("number to call back", "CALL")
    bo.hears_nothing()
    bo.texts(f"{code} hello").hears("no text reaches", "CALL")
    bo.texts(f"{code} CALL").rings("Press 1 to be connected").answers().presses("1").is_told("hold")
    ana.rings("The call you asked for").answers().presses("1")
    bo.is_connected_with(ana)


def test_a_withheld_caller_who_leaves_no_number(ana, bo):
    withheld(ana).presses("2").is_told("What number").presses("#").is_told("ringing").hangs_up()
    bo.rings().hears("1 take it").replies("1").hears("you are on with").hears("left no number")
    bo.texts("CALL").hears("left no number", "nothing reaches them")
    bo.texts("hello?").hears("nothing reaches them")


def test_a_withheld_caller_who_hangs_up_at_once_is_still_paged_for(ana, bo):
    withheld(ana).hangs_up()
    bo.hears("1 take it").replies("1").hears("you are on with").hears("left no number")


# --- landlines ------------------------------------------------------------------------------------------------------


@pytest.fixture
def landline(ana):
    return ana.is_(state="landline")


def test_a_landline_is_texted_once_and_the_coordinator_is_told_to_call(landline, ana, bo, clock, line):
    ana.calls().is_told("Press 1").presses("2").is_told("ringing").hangs_up()
    clock.forward(minutes=1)
    tries = len([m for m in line.carrier.messages.values() if m.to == ana.number])
    assert tries == 1
    bo.rings().hears("1 take it")
    clock.forward(minutes=3)
    assert len([m for m in line.carrier.messages.values() if m.to == ana.number]) == 1
    bo.replies("1").hears("you are on with")
    bo.sleeps()


# --- hanging up -----------------------------------------------------------------------------------------------------


def test_hung_up_at_the_danger_question_it_comes_by_text_once(ana, bo, clock):
    ana.calls().is_told("Press 1 for yes").hangs_up()
    ana.reads("in danger now", "YES or NO", "SI o NO")
    ana.calls().is_told("Press 1 for yes").hangs_up()
    ana.hears_nothing()
    ana.texts("no").hears("What town")
    bo.hears("1 take it")


def test_hung_up_after_twelve_minutes_hears_one_truth_and_not_four(ana, bo, clock, max):
    bo.sleeps(), max.sleeps()
    ana.calls().is_told("Press 1").presses("2").is_told("ringing")
    clock.forward(minutes=12)
    ana.skips()
    ana.hangs_up().reads("still asking our team")
    clock.forward(minutes=7)
    ana.hears_nothing()
    clock.forward(minutes=2)
    ana.reads("20 minutes")


def test_calling_back_in_a_talk_and_hanging_up_asks_by_text_and_tells_the_coordinator(ana, bo, clock):
    ana.texts("i need help").hears("danger").replies("no").hears("What town")
    bo.hears("1 take it").accepts("1")
    ana.hears("real person")
    clock.forward(minutes=2)
    bo.texts("hi ana")
    ana.hears("hi ana")
    clock.forward(hours=2)
    bo.skips()
    ana.calls().is_told("Press 1 for yes").hangs_up()
    ana.reads("in danger now", "YES or NO")
    bo.hears("called just now and hung up")
    ana.texts("no").hears("keep your words")
    bo.hears("no")


# --- speech ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def speech(line):
    line.keeps(SPEECH)


def test_no_is_heard(speech, ana, bo):
    ana.calls().is_told("Press 1 for yes").says("no").is_told("ringing our team")
    bo.rings().hears("1 take it")


def test_danger_in_words(speech, ana, bo, max):
    bo.sleeps(), max.sleeps()
    ana.calls().is_told("Press 1").says("he is not breathing").is_told("call 9 1 1 now").is_told("8 for 9 8 8")


def test_a_person_please(speech, ana, bo):
    ana.calls().is_told("Press 1").says("a person please").is_told("want to be sure")
    ana.is_told("ringing our team")
    bo.rings().hears("1 take it")


def test_in_spanish(speech, ana, bo, max):
    bo.sleeps(), max.sleeps()
    ana.calls().is_told("Press 1").says("no respira").is_told("9 1 1").is_told("9 8 8")


def test_danger_on_a_check_in_call_needs_no_open_case(speech, line, ana, bo, gus, max, clock):
    from tests.stories.checkins import home

    line.keeps("[checkins]\ndays = [1]\ncalls = [1]")
    home(ana, bo, gus, clock)
    gus.sleeps(), bo.sleeps(), max.sleeps()
    clock.until("11:00")
    ana.rings("How are you").answers().presses("6").is_told("did not get that")
    ana.says("i took a whole bottle of pills")
    ana.is_told("call 9 1 1 now").is_told("8 for 9 8 8")
