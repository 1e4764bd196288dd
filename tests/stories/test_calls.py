"""Somebody calls: danger first, then the queue; the phones ring until somebody presses 1, and the two talk."""

import pytest
from sqlalchemy import select

from hotline.models import log
from tests.stories.calls import calls_safe, hears_more, is_rung, rings_out, takes_call, talk_by_phone, waits
from tests.stories.openings import asks


def noted(line):
    with line.house.engine.connect() as connection:
        return [row.what for row in connection.execute(select(log.c.what).order_by(log.c.id))]


@pytest.mark.both
def test_the_first_sentence_is_where_to_call_in_danger(ana, bo, line):
    ana.calls()
    assert ana.spoken[:2] == [line.words("voice.first"), line.words("voice.first_other", "es")]
    ana.is_told("passed out", "Press 1 for yes, 2 for no", "Press 0 for a person", "Press 8 for 9 8 8")
    bo.hears_nothing()
    ana.presses("2").is_told("ringing our team", "stay on the line").waits_on_the_line()
    is_rung(bo)
    ana.hangs_up().reads("asking our team")


def test_where_one_language_is_spoken_the_first_sentence_is_said_once(ana, line):
    line.keeps("", languages='["en"]')
    ana.calls().is_told("passed out").hangs_up().sleeps()
    assert ana.spoken[0] == line.words("voice.first")
    assert len(ana.spoken) == 2


@pytest.mark.both
def test_the_first_phone_has_a_voicemail_and_the_second_takes_it(ana, bo, pat, clock):
    waits(ana)
    is_rung(bo).voicemail_picks_up()
    ana.waits_on_the_line()
    clock.forward(seconds=30)
    ana.is_told("No one has picked up yet").waits_on_the_line()
    takes_call(pat, ana)
    bo.reads("covered by Pat")
    ana.is_connected_with(pat)
    pat.says("Hi, this is Pat.")
    ana.is_told("this is Pat").says("Thank you for picking up.")
    pat.is_told("Thank you for picking up")
    ana.hangs_up().reads("What you text here goes to")
    pat.is_off_the_phone()
    clock.forward(minutes=20)  # she spoke with a person: nobody else is asked, and nobody is alarmed


def test_the_member_hangs_up(ana, bo, clock):
    waits(ana)
    takes_call(bo, ana)
    bo.hangs_up()
    ana.is_told("You can call or text this number any time").is_off_the_phone().reads("What you text here goes to Bo")
    ana.texts("thank you")
    bo.reads("thank you")


@pytest.mark.both
def test_two_at_a_time_from_the_second_rung(ana, bo, pat, kim, line, clock):
    waits(ana)
    rings_out(ana, clock, bo)
    is_rung(pat)
    is_rung(kim)
    kim.answers().presses("1").is_told("You are being connected").reads("you are on with").is_connected_with(ana)
    pat.reads("covered by Kim")
    pat.is_off_the_phone()
    bo.reads("covered by Kim")
    ana.hangs_up().reads("What you text here goes to")


def test_the_second_to_press_1_hears_that_it_is_taken(ana, bo, pat, kim, clock):
    waits(ana)
    rings_out(ana, clock, bo)
    is_rung(pat).answers()
    is_rung(kim).answers()
    kim.presses("1").is_told("You are being connected").reads("you are on with").is_connected_with(ana)
    pat.presses("1").is_told("Kim has taken it already").is_off_the_phone()
    pat.sleeps(), bo.sleeps()
    ana.hangs_up().reads("What you text here goes to")


@pytest.mark.both
def test_two_press_1_at_the_same_instant(ana, bo, pat, kim, clock):
    waits(ana)
    rings_out(ana, clock, bo)
    for member in (pat, kim):
        is_rung(member).answers()
    for member in (pat, kim):
        member.strikes("1")
    ana.line.settle()
    (winner,) = [member for member in (pat, kim) if any("connected" in words for words in member.spoken)]
    (other,) = {pat, kim} - {winner}
    winner.is_told("You are being connected").reads("you are on with").is_connected_with(ana)
    other.is_told("taken it already").is_off_the_phone().sleeps()
    bo.sleeps()
    ana.hangs_up().reads("What you text here goes to")


@pytest.mark.both
def test_nobody_at_all(ana, bo, pat, max, clock):
    """Rungs of 25 seconds, two from the second on; after four minutes a message; the page goes on as for a text."""
    waits(ana)
    rings_out(ana, clock, bo)
    is_rung(pat)
    bo.sleeps(), pat.sleeps(), max.sleeps()
    clock.forward(minutes=4, seconds=20)
    ana.hears_all("Thank you for waiting").is_told("Press 1 to leave a message", "stay on the line")
    ana.presses("1").is_told("speak after the tone").says("My name is Ana, please call me back.")
    clock.forward(seconds=15)
    ana.is_told("I keep your message").sleeps()
    ana.hangs_up()
    max.wakes()
    clock.forward(minutes=15)
    max.hears("ALARM").sleeps()
    bo.wakes()
    clock.forward(minutes=30)
    bo.skips().replies("1").hears("you are on with").hears("left a voice message", "CALL")


def test_who_waits_on_hears_the_truth_every_45_seconds_at_least(ana, bo, pat, kim, max, clock):
    waits(ana)
    for member in (bo, pat, kim, max):
        member.sleeps()
    for _ in range(16):
        before = len(ana.spoken)
        clock.forward(seconds=60)
        assert len(ana.spoken) > before, "left in silence"
        if not any(call.going_on for call in ana._calls()):
            break
        ana.waits_on_the_line().skips()
        said = " ".join(ana.spoken[before:])
        assert not any(word in said for word in ("soon", "moment", "shortly")), "nobody knows that"
    ana.sleeps()


def test_nobody_is_put_through_without_pressing_1(ana, bo, clock):
    waits(ana)
    is_rung(bo).answers()
    ana.waits_on_the_line()
    clock.forward(seconds=20)
    bo.is_off_the_phone()
    ana.waits_on_the_line().hangs_up().sleeps()
    bo.sleeps()


def test_a_pass_by_key_goes_on_at_once(ana, bo, pat):
    waits(ana)
    is_rung(bo).answers().presses("2").is_told("asking the next person").is_off_the_phone()
    takes_call(pat, ana)
    ana.hangs_up().reads("What you text here goes to")


def test_a_phone_that_is_busy_or_cannot_be_reached(ana, bo, pat, clock):
    bo.is_(calls="busy")
    pat.is_(calls="unreachable")
    waits(ana)
    bo.reads("someone asks to talk")
    clock.forward(seconds=60)
    pat.hears("someone asks to talk")
    ana.hears_all("picked up yet").waits_on_the_line()
    ana.hangs_up().sleeps()
    bo.sleeps(), pat.sleeps()


def test_a_text_takes_it_too_and_the_line_rings_them(ana, bo):
    """Who is asked by text and by phone may answer the text; the one who waits needs a voice all the same."""
    waits(ana)
    is_rung(bo)
    bo.replies("1").reads("you are on with")
    bo.rings("Press 1 to be connected").skips()
    ana.hangs_up().sleeps()
    bo.sleeps()


@pytest.mark.both
def test_declining_a_ring_passes_nothing(ana, bo, pat, clock):
    waits(ana)
    is_rung(bo).declines()
    clock.forward(seconds=20)
    hears_more(ana, clock)
    is_rung(pat)
    bo.replies("1").hears_all("you are on with").sleeps()  # the first may still take it
    pat.reads("covered by Bo")
    ana.hangs_up().sleeps()


@pytest.mark.both
def test_who_took_it_is_who_they_text_with(ana, bo):
    code = talk_by_phone(ana, bo)
    ana.texts("one more thing")
    bo.reads(code, "one more thing").replies("I am here")
    ana.reads("I am here")


def test_whose_number_it_is_nobody_sees(ana, bo, line):
    """Every story checks it at its end; here is what it checks."""
    talk_by_phone(ana, bo)
    legs = [call for call in line.carrier.calls.values() if call.direction != "inbound"]
    assert {call.caller for call in legs} == {line.number}


def test_a_case_that_is_texted_is_called_into_as_the_same_case(ana, bo, clock):
    asks(ana)
    bo.hears("someone asks to talk")
    calls_safe(ana).is_told("ringing our team").waits_on_the_line()
    bo.rings("someone asks to talk")  # at once, though asked by text a moment ago
    bo.sleeps()
    clock.forward(seconds=40)
    with ana.line.house.engine.connect() as connection:
        cases = {row.case_id for row in connection.execute(select(log.c.case_id)) if row.case_id}
    assert len(cases) == 1
    ana.hangs_up().sleeps()


@pytest.mark.both
def test_who_calls_again_when_people_are_asked_already_has_their_phones_rung_at_once(ana, bo, clock):
    ana.calls().is_told("passed out").hangs_up().skips()
    clock.forward(minutes=2, seconds=5)
    bo.reads("someone asks to talk")
    ana.skips()
    ana.calls().is_told("I want to be sure", "Press 1 for yes, 2 for no").presses("2")
    ana.hears_all("ringing our team").waits_on_the_line()
    bo.rings("someone asks to talk").answers().presses("1").is_told("You are being connected").is_connected_with(ana)
    bo.reads("you are on with").skips()
    ana.sleeps().hangs_up()


def test_who_calls_again_while_they_wait_has_one_page(ana, bo, line, clock):
    waits(ana).hangs_up().reads("asking our team")
    is_rung(bo)
    clock.forward(seconds=10)
    calls_safe(ana).is_told("ringing our team").waits_on_the_line()
    assert noted(line).count("page") == 1
    bo.sleeps()
    ana.hangs_up().sleeps()
