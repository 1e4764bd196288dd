"""Who calls from a number nobody can text, or from none at all: withheld, landlines, payphones, short codes."""

import pytest
from sqlalchemy import select

from hotline.models import deliveries, people
from tests.phones import Phone
from tests.stories.calls import calls_safe, is_rung, takes_call

WITHHELD = ("anonymous", "+266696687", "+7378742833", "Restricted", "")


def gives_number(someone, keys="3095550150"):
    """Asked for a number, they key it in, hear it read back digit by digit, and confirm it."""
    someone.is_told("What number can we call you back on", "all ten digits")
    digits = f"{' '.join(keys[:3])}, {' '.join(keys[3:6])}, {' '.join(keys[6:])}"
    return someone.presses(keys).is_told(digits, "Press 1 if that is right").presses("1").is_told("short message")


@pytest.mark.both
def test_a_withheld_number_is_asked_for_read_back_and_rung(ana, bo, line, clock):
    calls_safe(ana, from_="anonymous")
    gives_number(ana).presses("2").is_told("That is the number we will call").hears_all("ringing our team")
    ana.waits_on_the_line()
    is_rung(bo)
    clock.forward(seconds=5)
    ana.hangs_up()
    bo.replies("1").reads("you are on with").reads("number to call back", "CALL rings it")
    bo.texts("CALL").rings("about", "Press 1 to be connected").answers().presses("1").is_told("ringing them")
    ana.rings("The call you asked for", "Press 1").answers().presses("1").is_connected_with(bo)
    ana.hangs_up()
    bo.skips()
    assert ana.inbox == [], "never texted"


@pytest.mark.parametrize("shown", WITHHELD)
def test_every_way_to_withhold_a_number(ana, bo, line, shown):
    calls_safe(ana, from_=shown or "unknown").is_told("What number can we call you back on").sleeps()
    ana.hangs_up()
    bo.sleeps()
    with line.house.engine.connect() as connection:
        known = [line.house.vault.open(row.phone) for row in connection.execute(select(people.c.phone)) if row.phone]
    assert shown not in known or not shown
    assert ana.inbox == []


def test_a_withheld_caller_skips_it(ana, bo):
    calls_safe(ana, from_="anonymous").is_told("all ten digits", "pound to skip").presses("#")
    ana.hears_all("ringing our team").waits_on_the_line()
    takes_call(bo, ana)
    bo.skips()
    ana.hangs_up()
    assert ana.inbox == []


def test_a_number_entered_wrongly_is_entered_again(ana, bo):
    calls_safe(ana, from_="anonymous").is_told("all ten digits").presses("3095550160")
    ana.is_told("0 1 6 0").presses("2").is_told("all ten digits").presses("3095550150").is_told("0 1 5 0").presses("1")
    ana.is_told("short message")
    ana.sleeps().hangs_up()
    bo.sleeps()


def test_two_withheld_callers_are_two_people(ana, ben, bo, pat, line):
    calls_safe(ana, from_="anonymous").skips()
    calls_safe(ben, from_="anonymous").skips()
    bo.sleeps(), pat.sleeps()
    with line.house.engine.connect() as connection:
        rows = connection.execute(select(people.c.id).where(people.c.roles.is_(None), people.c.on_call.is_not(None)))
        assert len(rows.all()) == 2
    ana.sleeps().hangs_up()
    ben.sleeps().hangs_up()


@pytest.mark.both
def test_a_landline_is_called_and_once_it_is_known_never_texted(ana, bo, line, clock):
    ana.is_(state="landline")
    calls_safe(ana).is_told("ringing our team").waits_on_the_line()
    code = takes_call(bo, ana)
    ana.hangs_up()
    bo.texts(f"{code} CALL").rings(code).answers().presses("1").is_told("ringing them")
    ana.rings("The call you asked for").answers().presses("1").is_connected_with(bo)
    bo.hangs_up()
    bo.sleeps()


def test_a_landline_that_hangs_up_is_marked_for_whoever_takes_it(ana, bo, pat, clock):
    ana.is_(state="landline")
    calls_safe(ana).is_told("ringing our team").hangs_up()
    is_rung(bo)
    clock.forward(minutes=1)
    bo.skips().replies("1").hears("you are on with").hears("No text", "CALL").sleeps()
    pat.sleeps()


@pytest.mark.parametrize("shown", ["22345", "+18005550199"])
def test_a_short_code_that_calls_is_answered_and_never_texted(ana, bo, line, shown):
    calls_safe(ana, from_=shown).sleeps()
    ana.hangs_up()
    bo.sleeps()
    line.phones["whoever this is"] = Phone(line, "whoever this is", shown).sleeps()
    assert not [m for m in line.carrier.messages.values() if m.to == shown and len(shown) < 10]


def test_emergency_services_call_back_is_answered_and_never_rung(ana, bo, line):
    """911 rings back whoever dialled it: a line that is shown must not be dialled by us."""
    ana.calls(from_="+1911").skips().hangs_up()
    bo.sleeps()


def test_opted_out_of_texts_and_calls(ana, bo, clock):
    ana.texts("STOP").hears("No more texts")
    calls_safe(ana).is_told("ringing our team").waits_on_the_line()
    code = takes_call(bo, ana)
    bo.reads("asked for no texts", "CALL") if any("no texts" in x.body for x in bo.unheard()) else bo.skips()
    ana.hangs_up()
    bo.texts(f"{code} CALL").rings(code).answers().presses("1").is_told("ringing them")
    ana.rings("The call you asked for").answers().presses("1").is_connected_with(bo)
    ana.hangs_up()
    bo.sleeps()


def test_nothing_that_is_said_unasked_tells_what_the_line_is(ana, bo, line):
    """A phone that rings may be picked up by anybody (domain.md 4.1)."""
    calls_safe(ana, from_="anonymous")
    gives_number(ana).presses("1").is_told("That is the number").hears_all("ringing our team")
    is_rung(bo)
    ana.hangs_up()
    bo.replies("1").reads("you are on with").skips().texts("CALL").rings().answers().presses("1").is_told(
        "ringing them"
    )
    before = len(ana.spoken)
    ana.rings().voicemail_picks_up()
    line.clock.forward(seconds=30)
    said = " ".join(ana.spoken[before:]).casefold()
    assert said
    for word in ("police", "recovery", "milford", "program", "drug", "detox", "help line", "treatment"):
        assert word not in said
    ana.skips()
    bo.sleeps()
    with line.house.engine.connect() as connection:
        texts = select(deliveries.c.id).where(deliveries.c.channel == "text", deliveries.c.sid.is_not(None))
        assert connection.execute(texts).all()
