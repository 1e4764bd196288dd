"""A year of check-ins: what goes out, in whose name, and who hears of the answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hotline.models import checkins, consents
from tests.stories.checkins import agreed, asked, done, home, taken_on


def test_a_guide_who_never_answers_and_a_person_who_does(ana, bo, gus, clock):
    code = home(ana, bo, gus, clock)
    clock.until("09:01")
    gus.hears("Today: 1 Ana", "OK =", "1 SKIP").ignores()
    clock.until("10:59")
    ana.hears_nothing()
    clock.until("11:01")
    ana.hears("Hi Ana, it's Gus", "1 good 2 so-so 3 need to talk").replies("1").hears("Glad", "Gus")
    gus.hears(code, "Ana", "good")
    gus.texts("1 See you on Friday").hears_nothing()  # for a day after an answer: straight
    ana.hears("See you on Friday").replies("yes lets do that").hears_nothing()
    gus.hears(code, "yes lets do that")
    clock.forward(hours=46)
    gus.hears("Today: 1 Ana")
    clock.forward(hours=2)
    ana.hears("Hi Ana, it's Gus")


@pytest.mark.both
def test_agreed_to_in_these_words_then_and_by_text(ana, bo, gus, clock, line):
    agreed(ana, bo, gus, clock)
    with line.house.engine.connect() as connection:
        kept = connection.execute(select(consents)).one()
    assert (kept.purpose, kept.channel, kept.withdrawn_at) == ("checkins", "sms", None)
    assert clock.now - kept.at < timedelta(minutes=1)
    assert "{guide}" in kept.wording
    assert "1 yes 2 no" in kept.wording
    assert len(kept.version) == 12


def test_no_means_no_check_ins(ana, bo, gus, clock):
    code = taken_on(ana, bo, gus, clock)
    ana.replies("2").hears("OK, no texts")
    bo.hears("said no")
    gus.hears("said no")
    done(bo, code, clock)
    clock.forward(minutes=3)
    bo.texts(f"{code} HOME").hears("left care").replies("1").hears("home")
    clock.forward(days=8)


def test_without_an_answer_there_are_none_until_home_asks_once_more(ana, bo, gus, clock):
    code = taken_on(ana, bo, gus, clock)
    done(bo, code, clock)
    clock.forward(hours=25)
    ana.hears("once more", "1 yes 2 no")
    clock.forward(hours=49)
    for member in (bo, gus):
        member.hears("has not said")
    clock.forward(days=5)
    bo.texts(f"{code} HOME").hears("left care").replies("1").hears("home")
    ana.hears("1 yes 2 no").replies("yes").hears("Gus will text you")
    bo.hears("said yes")
    gus.hears("said yes")
    asked(ana, gus, clock)


@pytest.mark.parametrize("day", ["2027-03-12", "2027-11-05"])  # two days before the clocks change, either way
def test_at_eleven_on_the_wall_whatever_daylight_saving_does(ana, bo, gus, clock, line, day):
    line.keeps("[checkins]\ndays = [1, 2, 3, 4]")
    clock.starts(f"{day} 12:00")
    home(ana, bo, gus, clock)
    for _ in range(4):
        clock.until("08:59")
        gus.hears_nothing()
        clock.until("09:01")
        gus.hears("Today: 1 Ana")
        clock.until("10:59")
        ana.hears_nothing()
        clock.until("11:01")
        ana.hears("How are you doing today").replies("1").hears("Glad")
        gus.hears("good")
    clock.forward(days=8)
    gus.hears("last check-in")
    bo.hears("last check-in")


def test_so_so_is_told_to_the_guide(ana, bo, gus, clock):
    code = home(ana, bo, gus, clock)
    asked(ana, gus, clock)
    ana.replies("so so").hears("Thank you for telling me", "Gus", "911")
    gus.hears(code, "so-so", "straight")
    gus.texts(f"{code} Coffee at ten?").hears_nothing()
    ana.hears("Coffee at ten?")


@pytest.mark.both
def test_one_nudge_then_the_guide_is_asked_to_reach_them(ana, bo, gus, clock, line):
    line.keeps("[checkins]\ndays = [1, 30]")
    code = home(ana, bo, gus, clock)
    asked(ana, gus, clock)
    clock.forward(hours=24)
    ana.hears("just checking", "thumbs up", "Gus")
    gus.hears(code, "not answered")
    clock.forward(hours=24)
    gus.hears(code, "did not answer", "reach them")
    ana.hears_nothing()
    ana.texts("👍")  # late, and still heard; a thumb needs no answer
    ana.hears_nothing()
    gus.hears("thumbs up")
    with line.house.engine.connect() as connection:
        row = connection.execute(select(checkins)).one()
    assert (row.day, row.state, row.grade) == (1, "answered", "thumb")


def test_three_silent_ones_then_a_text_a_month_then_no_more(ana, bo, gus, clock, line):
    line.keeps('[checkins]\ndays = [1, 3, 7, 10, 14]\nguide_first = "0s"')
    code = home(ana, bo, gus, clock)
    clock.forward(days=11)
    for member in (bo, gus):
        member.hears(code, "not answered three times", "a month")
    assert sum("How are you doing" in text for text in ana.inbox) == 3
    ana.sleeps(), gus.sleeps(), bo.sleeps()
    clock.forward(days=110)
    assert sum("No need to answer" in text for text in ana.inbox) == 3
    for member in (bo, gus):
        assert "for months" in member.inbox[-1]
    count = len(ana.inbox)
    clock.forward(days=60)
    assert len(ana.inbox) == count


def test_an_answer_brings_them_back_to_the_schedule(ana, bo, gus, clock, line):
    line.keeps('[checkins]\ndays = [1, 3, 7, 40, 42]\nguide_first = "0s"')
    home(ana, bo, gus, clock)
    ana.sleeps(), gus.sleeps(), bo.sleeps()
    clock.forward(days=36)
    ana.wakes()
    clock.forward(days=4)
    ana.hears("No need to answer").replies("good").hears("Glad")
    clock.forward(days=2)
    ana.hears("How are you doing today")


@pytest.mark.parametrize("words", ["wrong number", "who is this"])
def test_somebody_else_has_the_phone(ana, bo, gus, clock, words):
    code = home(ana, bo, gus, clock)
    asked(ana, gus, clock)
    ana.replies(words).hears("Sorry, this is the wrong number")
    gus.hears(code, "someone else")
    bo.hears(code, "someone else")
    clock.forward(days=5)
    ana.hears_nothing()
    gus.texts(f"{code} OK").hears("go on")
    clock.until("09:01")
    gus.hears("Today: 1 Ana")
    clock.until("11:01")
    ana.hears("Hi Ana")


@pytest.mark.parametrize("words", ["stop texting me", "END", "no more texts"])
def test_words_that_ask_for_no_more_end_it(ana, bo, gus, clock, line, words):
    code = home(ana, bo, gus, clock)
    asked(ana, gus, clock)
    ana.replies(words).hears("no more of these")
    gus.hears(code, "wants no more")
    bo.hears(code, "wants no more")
    clock.forward(days=10)
    with line.house.engine.connect() as connection:
        assert connection.scalar(select(consents.c.withdrawn_at)) is not None


def test_stop_at_the_carrier_ends_it_too(ana, bo, gus, clock):
    code = home(ana, bo, gus, clock)
    asked(ana, gus, clock)
    ana.texts("STOP").sleeps()
    for member in (gus, bo):
        member.hears(code, "no text may go to them")
    clock.forward(days=10)


def test_inside_stops_the_clock_and_home_starts_it_anew(ana, bo, gus, clock):
    code = home(ana, bo, gus, clock)
    asked(ana, gus, clock)
    ana.replies("1").hears("Glad")
    gus.hears("good")
    bo.texts(f"{code} INSIDE").hears("in care now").replies("1").hears("in care")
    gus.hears(code, "away")
    clock.forward(days=20)
    bo.texts(f"{code} HOME").hears("left care").replies("1").hears("home")
    asked(ana, gus, clock)


def test_by_code_for_120_days_after_done_and_no_words(ana, bo, gus, clock):
    code = agreed(ana, bo, gus, clock)
    done(bo, code, clock)
    clock.forward(minutes=3)
    bo.texts(f"{code} are you well?").hears("closed", "no one")
    bo.texts("HOME").hears("own number").replies("2").hears("Nothing is open")
    clock.forward(days=29)
    bo.texts(f"{code} HOME").hears("left care").replies("0").hears("closed")
    bo.texts(f"{code} HOME").hears("left care").replies("1").hears("home")
    asked(ana, gus, clock)


def test_an_emergency_postpones_and_loses_nothing(ana, bo, gus, clock, line):
    home(ana, bo, gus, clock)
    clock.until("08:30")
    ana.texts("my brother is not breathing").hears("911").sleeps()
    bo.hears("possible emergency").replies("1").hears("on with")
    bo.sleeps().texts("I am with you")
    gus.hears("asked for help", without="breathing")
    clock.until("09:01")
    gus.hears("Today: 1 Ana")
    clock.until("13:00")
    assert not any("How are you doing" in text for text in ana.inbox)
    bo.texts("SAFE").texts("1")
    clock.forward(hours=2)
    assert any("How are you doing" in text for text in ana.inbox), line.night()
