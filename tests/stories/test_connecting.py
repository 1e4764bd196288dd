"""Two people through the line: CALL by text, a participant who calls, a member who calls; whoever hangs up when."""

import pytest
from sqlalchemy import select

from flows.callin import CALLIN, _list
from flows.machine import Moment, Run
from hotline.models import people
from tests.stories.checkins import asked, home
from tests.stories.rides import is_driven, is_there, picks_up, sets_out

both = pytest.mark.both


@pytest.fixture
def talk(ana, bo):
    """Bo has Ana's case."""
    ana.texts("i want help").hears("in danger now").replies("no").hears("town")
    bo.hears("someone asks to talk").accepts("1")
    code = bo.code
    ana.skips(), bo.skips()
    return code


# --- CALL -------------------------------------------------------------------------------------------------------------


@both
def test_call_rings_the_coordinator_then_the_other_and_both_press_1(talk, ana, bo):
    bo.texts("CALL").rings(f"about {talk}", "press 1").answers().presses("1").is_told("hold")
    ana.rings("the call you asked for", "press 1").answers().presses("1")
    bo.is_connected_with(ana)
    bo.hangs_up()
    ana.is_off_the_phone()


def test_call_by_code(talk, ana, bo, clock):
    bo.texts(f"{talk} CALL").rings(talk).answers().presses("1").is_told("hold")
    ana.rings().declines()
    clock.forward(seconds=10)
    bo.is_told("did not pick up").is_off_the_phone()


def test_the_coordinators_voicemail_takes_no_call(talk, ana, bo, clock):
    bo.texts("CALL").rings(talk).voicemail_picks_up()
    clock.forward(minutes=1)
    bo.reads("no one pressed 1")
    ana.hears_nothing()


def test_the_member_hangs_up_while_the_others_phone_rings(talk, ana, bo):
    bo.texts("CALL").rings(talk).answers().presses("1").is_told("hold").hangs_up()
    ana.rings().is_off_the_phone()


def test_the_member_hangs_up_just_when_the_other_has_picked_up(talk, ana, bo):
    bo.texts("CALL").rings(talk).answers().presses("1").is_told("hold")
    ana.rings("the call you asked for").answers()
    bo.hangs_up()
    ana.presses("1").is_told("they have hung up").is_off_the_phone()


def test_no_message_is_left_unless_they_allowed_it(talk, ana, bo, clock):
    bo.texts("CALL").rings(talk).answers().presses("1").is_told("hold")
    ana.rings().voicemail_picks_up()
    clock.forward(seconds=20)
    bo.is_told("did not pick up").is_off_the_phone()
    assert ana.spoken == []


def test_a_message_they_allowed_says_no_more_than_a_name(talk, line, ana, bo, clock):
    with line.house.engine.begin() as connection:
        connection.execute(people.update().values(leave_words=True))
    bo.texts("CALL").rings(talk).answers().presses("1").is_told("hold")
    ana.rings().voicemail_picks_up()
    clock.forward(seconds=30)
    ana.is_told("hi, this is bo, returning your call")
    bo.is_told("no answer", "message").is_off_the_phone()


def test_nobody_who_holds_is_left_in_silence(talk, ana, bo, clock):
    bo.texts("CALL").rings(talk).answers().presses("1").is_told("hold")
    ana.rings()
    clock.forward(seconds=40)
    bo.is_told("did not pick up").is_off_the_phone()


# --- a participant calls ----------------------------------------------------------------------------------------------


def calls_in(ana):
    return ana.calls().is_told("passed out").presses("2")


@both
def test_a_caller_with_an_open_case_is_put_through_to_their_coordinator(talk, ana, bo):
    calls_in(ana).is_told("ringing them").waits_on_the_line()
    bo.rings(talk).answers().presses("1").is_told("you are being connected").is_connected_with(ana)
    ana.hangs_up()
    bo.is_off_the_phone()


def test_the_caller_hangs_up_and_is_rung_back_by_whoever_takes_it(talk, ana, bo):
    calls_in(ana).is_told("ringing them").hangs_up().reads("goes to Bo")
    bo.rings(talk).answers().presses("1").is_told("hold")
    ana.rings("the call you asked for").answers().presses("1").is_connected_with(bo)
    ana.hangs_up()


def test_nobody_answers_and_a_message_is_offered(talk, ana, bo, clock):
    calls_in(ana).is_told("ringing them")
    bo.rings()
    clock.forward(seconds=40)
    bo.reads("no one pressed 1")
    ana.is_told("can't reach them", "press 1 to leave a message").reads("goes to Bo")
    clock.forward(minutes=2)
    ana.is_told("they know that you called").is_told("any time").is_off_the_phone()


def test_two_have_the_case_and_the_second_is_rung_too(talk, ana, bo, pat, clock):
    clock.forward(minutes=11)
    bo.skips()
    pat.hears("someone asks to talk").accepts("1")
    ana.skips(), bo.skips(), pat.skips()
    calls_in(ana).is_told("ringing them")
    first, second = (bo, pat) if any(x.way == "ring" for x in bo.unheard()) else (pat, bo)
    first.rings(talk).answers().presses("2").is_told("ok").is_off_the_phone()
    clock.forward(seconds=10)
    ana.is_told("ringing them")
    second.rings(talk).answers().presses("1").is_told("connected").is_connected_with(ana)
    ana.hangs_up()


def test_the_coordinator_picks_up_and_hangs_up_without_a_key(talk, line, ana, bo, clock):
    calls_in(ana).is_told("ringing them")
    bo.rings(talk).answers()
    bo.hangs_up()
    clock.forward(seconds=10)
    ana.is_told("can't reach them").reads("goes to Bo")
    bo.reads("no one pressed 1")
    ana.hangs_up()


def test_a_text_of_yes_is_no_key_of_a_call(talk, ana, bo):
    bo.texts("CALL").rings(talk).answers().presses("1").is_told("hold")
    ana.rings()
    ana.texts("yes")
    bo.reads("yes").waits_on_the_line()
    ana.answers().is_told("the call you asked for")
    bo.hangs_up()
    ana.presses("1").is_told("hung up")


# --- a ride under way -------------------------------------------------------------------------------------------------


def test_a_drivers_call_counts_from_otw_until_arrived(talk, ana, bo, cy):
    is_driven(ana, bo, cy)
    cy.texts("CALL").hears("from OTW until ARRIVED")
    sets_out(ana, bo, cy)
    is_there(ana, bo, cy)
    cy.texts("CALL").rings("press 1").answers().presses("1").is_told("hold")
    ana.rings("the call you asked for").answers().presses("1").is_connected_with(cy)
    cy.hangs_up()
    picks_up(bo, cy)
    cy.texts("ARRIVED").skips()
    ana.skips(), bo.skips()


def test_a_passenger_chooses_the_driver_who_is_on_the_way(talk, ana, bo, cy):
    code = is_driven(ana, bo, cy)
    sets_out(ana, bo, cy)
    calls_in(ana).is_told("for your driver, press 2").presses("2").is_told("ringing them")
    cy.rings(code).answers().presses("1").is_told("connected").is_connected_with(ana)
    ana.hangs_up()


def test_a_driver_who_drives_and_does_not_answer_is_texted_nothing(talk, ana, bo, cy, clock):
    is_driven(ana, bo, cy)
    sets_out(ana, bo, cy)
    calls_in(ana).is_told("press 2").presses("2").is_told("ringing them")
    cy.rings()
    clock.forward(seconds=40)
    ana.is_told("ringing them")
    bo.rings(talk).answers().presses("1").is_told("connected").is_connected_with(ana)
    ana.hangs_up()
    cy.hears_nothing()


def test_with_them_in_the_car_only_the_coordinator_is_rung(talk, ana, bo, cy):
    is_driven(ana, bo, cy)
    sets_out(ana, bo, cy)
    is_there(ana, bo, cy)
    picks_up(bo, cy)
    calls_in(ana).is_told("ringing them")
    bo.rings(talk).answers().presses("1").is_told("connected").is_connected_with(ana)
    ana.hangs_up()


# --- a member calls ---------------------------------------------------------------------------------------------------


def test_a_member_hears_their_items_and_is_rung_back(talk, ana, bo):
    bo.calls().is_told(talk, "somebody you are with", "press 1").is_told("press 0")
    bo.presses("1").is_told("hang up").is_told("goodbye")
    bo.rings(talk).answers().presses("1").is_told("hold")
    ana.rings("the call you asked for").answers().presses("1").is_connected_with(bo)
    bo.hangs_up()


def test_an_offer_is_taken_only_on_a_phone_the_line_rang(ana, bo, line):
    ana.texts("i want help").hears("in danger now").replies("no").hears("town")
    bo.hears("someone asks to talk")
    code = bo.code
    bo.calls().is_told(code, "someone asks to talk", "press 1").is_told("press 0").presses("1").is_told("hang up")
    bo.is_told("goodbye")
    ana.hears_nothing()
    bo.rings("someone asks to talk").answers().presses("1")
    ana.hears("is here now")
    bo.skips()


def test_a_forged_number_hears_nothing_of_anybody_and_takes_nothing(talk, ana, bo, pat, line, clock):
    """Somebody else shows Bo's number."""
    pat.calls(from_=bo.number).is_told(talk).is_told("press 0").presses("1").is_told("hang up").is_told("goodbye")
    bo.rings(talk)
    ana.texts("my name is Ana")
    bo.reads("my name is Ana")
    assert not any("Ana" in words for words in pat.spoken)
    pat.skips()
    clock.forward(minutes=1)
    bo.reads("no one pressed 1")


def test_nothing_is_open(bo, line):
    bo.calls().is_told("nothing is open").hangs_up()


def test_more_than_six():
    items = tuple({"run": n, "code": f"K{n}", "what": "assist", "meaning": "call"} for n in range(1, 9))
    run = Run(1, "callin", "asks", parties={"member": 1}, known={"first": 6})
    said = [e for e in _list(Moment(run, None, None, {"rings": items})) if type(e).__name__ == "Say"]
    assert [e.blanks.get("code") for e in said] == ["K7", "K8", None, None]
    assert CALLIN["asks"].press["7"] == "more"


def test_0_is_a_case_of_their_own_on_this_very_call(bo, pat, max, line):
    bo.calls().is_told("nothing is open").presses("0").is_told("passed out").presses("2").is_told("ringing our team")
    bo.reads("off duty")
    pat.rings("someone asks to talk").reads("someone asks to talk")
    pat.answers().presses("1").is_connected_with(bo)
    with line.house.engine.connect() as connection:
        rows = connection.execute(select(people.c.name, people.c.off_until).where(people.c.off_until.is_not(None)))
        assert [line.house.vault.open(row.name) for row in rows] == ["Bo"]
    bo.hangs_up()
    pat.skips(), bo.skips(), max.sleeps()


# --- a guide ----------------------------------------------------------------------------------------------------------


def test_a_guides_call_by_number(ana, bo, gus, clock):
    home(ana, bo, gus, clock)
    asked(ana, gus, clock)
    gus.texts("1 CALL").rings("press 1").answers().presses("1").is_told("hold")
    ana.rings("the call you asked for").answers().presses("1").is_connected_with(gus)
    gus.hangs_up()
    bo.sleeps(), ana.sleeps(), gus.sleeps()
    clock.until("23:00")
    gus.wakes()
    gus.texts("CALL 1").hears("08:00")
