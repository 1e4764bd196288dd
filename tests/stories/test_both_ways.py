"""The same night by text and by phone: intake, paging, danger, what is taken, passed, covered, and alarms."""

import pytest

from tests.stories.ways import WAYS, ByCall, ByText


@pytest.fixture(params=WAYS, ids=lambda way: way.name)
def by(request) -> ByText | ByCall:
    return request.param


def is_by_call(by) -> bool:
    return by.name == "call"


# --- intake ----------------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_danger_is_asked_before_anybody_is(ana, bo, by):
    by.opens(ana)
    bo.hears_nothing()
    by.says(ana, "no").hears("our team")
    by.is_asked(bo)
    by.ends(ana)


@pytest.mark.both
def test_yes_is_danger(ana, bo, by):
    by.says(by.opens(ana), "yes").hears("9", "call")
    assert any("911" in said or "9 1 1" in said for said in [*ana.inbox, *ana.spoken][1:])
    by.is_asked_urgently(bo)
    bo.sleeps()
    by.ends(ana)


@pytest.mark.both
def test_what_is_not_understood_is_asked_again_and_paged(ana, bo, by):
    by.says(by.opens(ana), "maybe?").hears("I want to be sure")
    by.is_asked(bo)
    by.says(ana, "no").hears("our team")
    by.ends(ana)
    bo.sleeps()


@pytest.mark.both
def test_silence_pages(ana, bo, by, clock):
    by.opens(ana)
    by.is_silent(ana, clock)
    bo.hears("someone asks to talk").sleeps()
    by.ends(ana)


def test_no_first_and_yes_afterwards(ana, bo, by):
    """By text YES soon after is danger; by phone they press 0 for a person, or call again."""
    by.asks(ana)
    by.is_asked(bo)
    if is_by_call(by):
        ana.hangs_up().skips()
        by.says(by.opens(ana), "yes").hears("Hang up and call 9 1 1").skips()
    else:
        by.says(ana, "yes").hears("911")
    bo.hears("possible emergency")
    bo.sleeps()
    by.ends(ana)


def test_a_second_time_is_the_same_case(ana, bo, by):
    code = by.is_asked(bo).code if by.asks(ana) else ""
    ana.skips()
    if is_by_call(by):
        ana.hangs_up().skips()
        by.asks(ana)
    else:
        ana.texts("hello?").skips()
    bo.skips()
    bo.replies("1").reads("you are on with", code)
    bo.sleeps()
    by.ends(ana)


def test_the_next_time_after_done_is_another_case(ana, bo, by, clock):
    code = by.takes(bo, by.asks(ana))
    by.rings_off(ana)
    clock.forward(minutes=4)
    bo.texts(f"{code} DONE").hears("ends it").replies("1").hears("How did it go").replies("1").hears("Noted")
    clock.forward(hours=25)
    ana.skips()
    by.asks(ana)
    assert by.is_asked(bo).code != code
    by.ends(ana)
    bo.sleeps()


# --- paging ----------------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_the_first_takes_it(ana, bo, pat, by):
    code = by.takes(bo, by.asks(ana))
    pat.hears_nothing()
    by.rings_off(ana)
    ana.texts("are you there?")
    bo.reads(code, "are you there?").replies("I am")
    ana.reads("I am")


@pytest.mark.both
def test_a_pass_goes_on_at_once(ana, bo, pat, by):
    by.asks(ana)
    by.passes(bo)
    by.takes(pat, ana)
    by.ends(ana)


@pytest.mark.both
def test_silence_goes_on_to_the_next(ana, bo, pat, by, clock):
    by.asks(ana)
    by.lets_pass(bo, ana, clock)
    by.takes(pat, ana)
    bo.reads("covered by Pat")
    by.ends(ana)


@pytest.mark.both
def test_the_first_may_still_take_it_by_text_while_the_next_is_asked(ana, bo, pat, by, clock):
    by.asks(ana)
    by.lets_pass(bo, ana, clock)
    by.is_asked(pat)
    bo.replies("1").reads("you are on with")
    pat.reads("covered by Bo")
    bo.sleeps()
    by.ends(ana)


def test_who_has_just_taken_one_comes_after_who_never_did(ana, ben, bo, pat, by):
    by.takes(bo, by.asks(ana))
    by.ends(ana)
    by.asks(ben)
    by.is_asked(pat)
    by.ends(ben)
    bo.sleeps()


def test_off_is_never_asked(ana, bo, pat, by):
    bo.texts("OFF 8h").hears("off until 20:00")
    by.asks(ana)
    by.is_asked(pat)
    bo.hears_nothing()
    by.ends(ana)
    pat.sleeps()


@pytest.mark.both
def test_a_member_in_need_is_not_asked_for_themselves(bo, pat, by):
    if is_by_call(by):
        bo.calls().is_told("Nothing is open").presses("0").is_told("passed out").presses("2")
        bo.is_told("ringing our team").reads("off duty")
    else:
        bo.texts("I need help").hears("help for myself").replies("1").hears("danger").replies("no").skips()
    by.is_asked(pat).replies("1").hears("you are on with")
    pat.sleeps()
    by.ends(bo)


@pytest.mark.both
def test_who_comes_on_is_asked_at_once(ana, bo, max, by, clock):
    bo.texts("OFF 8h").hears("off until")
    max.sleeps()
    by.asks(ana)
    clock.forward(minutes=1)
    bo.texts("ON").hears("You are on")
    by.takes(bo, ana)
    by.ends(ana)


def test_the_last_coordinator_is_asked_first_when_they_come_again(ana, bo, pat, by, clock):
    code = by.takes(bo, by.asks(ana))
    by.rings_off(ana)
    clock.forward(minutes=4)
    bo.texts(f"{code} DONE").hears("ends it").replies("1").hears("How did it go").replies("1").hears("Noted")
    clock.forward(hours=25)
    ana.skips()
    by.asks(ana)
    by.is_asked(bo)
    pat.hears_nothing()
    by.ends(ana)
    bo.sleeps()


# --- alarms ----------------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_everybody_off_rings_the_managers_at_once(ana, bo, max, by):
    bo.texts("OFF 8h").hears("off until")
    by.asks(ana)
    max.hears("ALARM", "everybody is off")
    by.ends(ana)


@pytest.mark.both
def test_nobody_on_shift_rings_the_managers_and_asks_the_others(ana, bo, max, line, by):
    line.hires("Bo", "coordinator", hours="Sun 08:00-09:00")
    by.asks(ana)
    max.hears("ALARM")
    by.is_asked(bo)
    by.ends(ana)


@pytest.mark.both
def test_nobody_takes_it_and_the_managers_are_rung(ana, bo, max, by, clock):
    by.asks(ana)
    bo.sleeps(), ana.sleeps()
    clock.forward(minutes=16)
    max.hears("ALARM", "everyone was asked").hears("ALARM", "no answer since 12:00")
    max.replies("1").hears("By what time").replies("12:50").hears("12:50")
    max.sleeps()
    by.ends(ana)


def test_nobody_on_the_roster_at_all(ana, max, by):
    by.asks(ana)
    max.hears("ALARM")
    by.ends(ana)


# --- the talk --------------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_danger_in_a_talk_is_told_to_whoever_has_it(ana, bo, by):
    by.takes(bo, by.asks(ana))
    if is_by_call(by):
        ana.hangs_up().reads("What you text here goes to")
        by.says(by.opens(ana), "yes").hears("Hang up and call 9 1 1")
        bo.hears("possible danger")
    else:
        ana.texts("omg he is not breathing").hears("CALL 911 NOW")
        bo.hears("omg he is not breathing").hears("possible danger")
    bo.sleeps()
    by.ends(ana)


def test_taken_and_silent_is_reminded(ana, bo, pat, by, clock):
    """Who talked on the phone has answered; who took it by text and says nothing is reminded, and the next is asked."""
    by.takes(bo, by.asks(ana))
    if is_by_call(by):
        ana.says("thank you")
        bo.is_told("thank you")
        ana.hangs_up().reads("What you text here goes to")
        clock.forward(minutes=11)
        bo.hears_nothing()
        pat.hears_nothing()
    else:
        clock.forward(minutes=5, seconds=10)
        bo.hears("waits for your first word", "CALL").hears("RING", "wait for your first word")
    ana.sleeps(), bo.sleeps()


def test_the_towns_own_policy_holds_both_ways(ana, bo, pat, line, by, clock):
    line.keeps('[paging.coordinator]\nrounds = 1\nalarm_after = "5m"')
    by.asks(ana)
    by.lets_pass(bo, ana, clock)
    by.is_asked(pat)
    pat.sleeps(), bo.sleeps()
    by.ends(ana)


def test_spanish_both_ways(ana, pat, by):
    if is_by_call(by):
        ana.calls().is_told("passed out").presses("9").is_told("Oprima 1").presses("2").is_told("Estoy llamando")
    else:
        ana.texts("Hola, necesito ayuda por favor").hears("peligro").replies("no").hears("ciudad")
    by.is_asked(pat)
    pat.sleeps()
    by.ends(ana)
