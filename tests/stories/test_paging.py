"""Who is asked, in which order, and what becomes of a page."""

import threading

import pytest

from tests.stories.openings import asks, everybody_sleeps, takes, talk


@pytest.mark.both
def test_nobody_answers_the_first_page(ana, bo, pat, clock):
    asks(ana)
    bo.hears("someone asks to talk").ignores()
    clock.forward(seconds=95)
    bo.rings()
    ana.sleeps()
    pat.hears_nothing()
    clock.forward(seconds=220)
    pat.hears("someone asks to talk").accepts()
    bo.hears("covered by Pat")


def test_a_pass_goes_on_at_once(ana, bo, pat):
    asks(ana)
    bo.hears("someone asks").replies("2").hears("that is fine")
    pat.hears("someone asks").replies("no").hears("that is fine")
    bo.hears("someone asks")  # the whole round again


def test_the_first_may_still_accept_while_the_next_is_asked(ana, bo, pat, clock):
    asks(ana)
    bo.hears("someone asks")
    clock.forward(minutes=6)
    bo.rings()
    pat.hears("someone asks")
    ana.sleeps()
    bo.accepts()
    pat.hears("covered by Bo")


@pytest.mark.both
def test_a_late_yes_hears_who_has_it(ana, bo, pat, clock):
    asks(ana)
    bo.hears("someone asks")
    clock.forward(minutes=6)
    ana.sleeps()
    bo.rings()
    pat.hears("someone asks").replies("1").sleeps()
    bo.hears("covered by Pat").replies("1").hears("covered by Pat")


@pytest.mark.both
def test_least_recently_accepted_is_asked_first_and_declines_move_nobody(ana, ben, bo, pat, kim, clock):
    asks(ana)
    bo.hears("someone asks").replies("2").hears("that is fine")
    takes(pat, ana)
    asks(ben)
    bo.hears("someone asks")  # declined before, and is still the first who never took one
    clock.forward(minutes=5, seconds=30)
    bo.rings()
    kim.hears("someone asks")  # and Pat, who took one, comes last
    everybody_sleeps(pat, ana, ben)


def test_who_has_just_taken_one_comes_after_who_never_did(ana, ben, bo, pat):
    asks(ana)
    takes(bo, ana)
    asks(ben)
    pat.hears("someone asks")


@pytest.mark.both
def test_the_participants_language_sorts_and_never_excludes(ana, bo, pat):
    ana.texts("Hola, necesito ayuda por favor").hears("peligro").replies("no").hears("ciudad")
    pat.hears("someone asks").replies("2").hears("that is fine")
    bo.hears("someone asks")


@pytest.mark.both
def test_who_has_as_many_as_the_limit_is_asked_last(ana, ben, bo, pat, line):
    line.keeps("[paging.coordinator]\nlimit = 1")
    asks(ana)
    takes(bo, ana)
    pat.texts("OFF 2H").hears("off until")
    asks(ben)
    bo.hears("someone asks")  # nobody else is on
    pat.texts("ON").hears("You are on")


def test_on_shift_first_then_those_whose_hours_it_is_not(ana, bo, pat, line, clock):
    line.hires("Bo", "coordinator", hours="Mon-Fri 22:00-06:00")
    asks(ana)
    pat.hears("someone asks").replies("2").hears("that is fine")
    bo.hears("someone asks")


def test_a_shift_in_the_night_the_clocks_change(ana, bo, pat, line, clock):
    clock.starts("2027-03-14 03:30")  # 02:00 to 03:00 was never shown
    line.hires("Bo", "coordinator", hours="Sun 03:00-08:00")
    line.hires("Pat", "coordinator", languages="en;es", hours="Sun 00:00-03:00")
    asks(ana)
    bo.hears("someone asks")


def test_off_is_never_asked(ana, bo, pat, clock):
    bo.texts("OFF").hears("1 for 8 hours").replies("1").hears("off until 20:00")
    asks(ana)
    pat.hears("someone asks")
    everybody_sleeps(ana, pat)
    clock.forward(hours=1)


def test_off_without_an_answer_is_eight_hours(ana, bo, clock):
    bo.texts("OFF").hears("how long")
    clock.forward(minutes=11)
    bo.hears("off until 20:")


def test_on_again_by_itself(ana, bo, pat, clock):
    bo.texts("OFF 2h").hears("off until 14:00")
    clock.forward(hours=2, minutes=1)
    asks(ana)
    bo.hears("someone asks")


@pytest.mark.both
def test_everybody_off_rings_the_managers_at_once(ana, bo, max):
    bo.texts("OFF").hears("how long").replies("3").hears("until you text ON")
    max.skips()
    asks(ana)
    max.hears("ALARM")


@pytest.mark.both
def test_who_texts_on_is_asked_at_once(ana, bo, max, clock):
    bo.texts("OFF").hears("how long").replies("3").hears("until you text ON")
    max.sleeps()
    asks(ana)
    ana.sleeps()
    clock.forward(minutes=7)
    bo.texts("ON").hears("You are on")
    bo.hears("someone asks").accepts()


@pytest.mark.both
def test_who_comes_on_shift_is_asked_at_once(ana, bo, pat, max, line, clock):
    line.keeps("[paging.coordinator]\nrounds = 1")
    line.hires("Bo", "coordinator", hours="Wed 13:10-20:00")
    pat.texts("OFF 8h").hears("off until")
    everybody_sleeps(ana, max)
    ana.texts("I want help").texts("no")
    bo.hears("someone asks").replies("2").hears("that is fine")
    clock.forward(minutes=65)
    bo.wakes()
    clock.until("13:10")
    clock.forward(seconds=5)
    bo.hears("someone asks")


@pytest.mark.both
def test_an_undeliverable_text_goes_on_at_once(ana, bo, pat):
    bo.is_(state="dead")
    asks(ana)
    pat.hears("someone asks")


def test_a_phone_that_is_off_goes_on_at_once(ana, bo, pat):
    bo.is_(state="off")
    asks(ana)
    pat.hears("someone asks")


def test_an_opted_out_member_goes_on_at_once(ana, bo, pat, line):
    bo.texts("STOP").hears("No more texts")
    asks(ana)
    pat.hears("someone asks")
    bo.texts("START").hears("You are on")


def test_the_carrier_refuses_a_member_who_left_behind_our_back(ana, bo, pat, line):
    line.simulator.switchboard.carrier.block(bo.number, line.number)
    asks(ana)
    pat.hears("someone asks")


def test_nobody_on_shift_rings_the_managers_and_asks_the_others(ana, bo, max, line):
    line.hires("Bo", "coordinator", hours="Sun 08:00-09:00")
    asks(ana)
    max.hears("ALARM")
    bo.hears("someone asks")


@pytest.mark.both
def test_two_rounds_then_unanswered(ana, bo, pat, max, clock):
    asks(ana)
    ana.sleeps()
    clock.forward(minutes=9)
    bo.hears("someone asks").rings()
    pat.hears("someone asks").rings()
    max.hears_nothing()
    clock.forward(minutes=5)
    bo.hears("someone asks").rings()
    clock.forward(minutes=1, seconds=5)
    pat.hears("someone asks")
    max.hears("ALARM", "since 12:00", "1 I am on it")
    clock.forward(minutes=5)
    pat.rings()
    max.hears("ALARM", "everyone was asked")
    everybody_sleeps(bo, pat)
    clock.forward(minutes=15)
    max.hears("ALARM")
    bo.wakes()
    clock.forward(minutes=15)
    max.hears("ALARM")
    bo.hears("someone asks").accepts()
    max.hears("covered by Bo")


@pytest.mark.both
def test_a_manager_names_a_time_and_is_asked_at_that_time(ana, bo, max, clock):
    asks(ana)
    bo.sleeps()
    clock.forward(minutes=9)
    ana.hears("still asking").hears("5 minutes")
    clock.forward(minutes=2)
    ana.hears("10 minutes", "309-555-0111")
    clock.forward(minutes=5)
    max.hears("ALARM").hears("ALARM").replies("1").hears("By what time").replies("12:50").hears("12:50")
    clock.forward(minutes=5)
    ana.hears("20 minutes")
    clock.forward(minutes=10)
    ana.hears("Max", "12:50")
    max.skips()
    clock.until("12:51")
    max.reads_quietly("ALARM")
    bo.sleeps()


def test_company_without_a_time_promises_none(ana, bo, clock):
    asks(ana)
    bo.sleeps()
    for minutes, words in ((2, "still asking"), (5, "988"), (10, "1-800-662-4357"), (20, "not forgotten")):
        clock.until(f"12:{minutes - 1:02}")
        ana.hears_nothing()
        clock.until(f"12:{minutes:02}")
        clock.forward(seconds=20)
        ana.hears(words, "911")
    clock.until("12:31")
    ana.hears("can't give you a time")


@pytest.mark.both
def test_two_yeses_at_the_same_instant(ana, bo, pat, kim, clock):
    asks(ana)
    ana.sleeps()
    clock.forward(minutes=11)
    coordinators = (bo, pat, kim)
    for member in coordinators:
        member.wakes()
    threads = [threading.Thread(target=member.sends, args=("1",)) for member in coordinators]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ana.line.settle()
    winners = [m for m in coordinators if any("you are on with" in x.body.lower() for x in m.unheard())]
    assert len(winners) == 1
    winners[0].sleeps()
    for member in set(coordinators) - set(winners):
        member.hears_all("covered by " + winners[0].name)


def test_taken_but_silent(ana, bo, pat, clock):
    asks(ana)
    takes(bo, ana)
    clock.forward(minutes=5, seconds=10)
    bo.hears("waits for your first word").hears("RING")
    clock.forward(minutes=5, seconds=10)
    bo.hears("asking the next person")
    pat.hears("someone asks")
    bo.texts("Hi, sorry, I am here")  # the first keeps access, and has now answered
    ana.hears("sorry, I am here").sleeps()
    pat.hears("no longer needed")


@pytest.mark.both
def test_taken_but_silent_and_the_next_takes_it(ana, bo, pat, clock):
    asks(ana)
    takes(bo, ana)
    clock.forward(minutes=10, seconds=20)
    everybody_sleeps(bo, ana)
    pat.hears("someone asks").accepts()
    ana.wakes()
    pat.texts("Hello, Pat here")
    ana.hears("Pat here")


def test_a_participant_who_waits_fifteen_minutes(ana, bo, pat, clock):
    talk(ana, bo)
    ana.texts("are you there?")
    bo.hears("are you there?")
    clock.forward(minutes=14)
    ana.texts("hello?")
    bo.hears("hello?")
    clock.forward(minutes=1, seconds=10)
    bo.hears("waits for you").hears("RING")
    clock.forward(minutes=5, seconds=10)
    bo.hears("asking the next person")
    pat.hears("someone asks")


def test_a_second_yes_by_the_same_member_is_nothing_new(ana, bo, clock):
    asks(ana)
    code = takes(bo, ana)
    clock.forward(minutes=3)
    bo.texts(f"{code} 1").hears("Nothing was sent")


def test_an_offer_expires_at_the_carrier_with_the_offer(ana, bo, line):
    asks(ana)
    bo.hears("someone asks")
    carrier = line.simulator.switchboard.carrier
    offer = next(m for m in carrier.messages.values() if m.to == bo.number)
    assert offer.validity.total_seconds() <= 300


def test_nobody_on_the_roster_at_all_still_opens_a_case_and_alarms(ana, max):
    asks(ana)
    max.hears("ALARM")
