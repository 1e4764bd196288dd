"""A guide: found, asked once a day, heard in their own words, off, and gone."""

import pytest

from hotline.files.roster import HandoverNeeded, load_roster
from tests.stories.checkins import asked, done, home, in_talk


def test_at_night_no_guide_is_asked_and_nobody_taking_it_is_asked_about(ana, bo, gus, max, clock):
    clock.starts("2027-03-10 22:00")
    code = in_talk(ana, bo, "Ana")
    clock.forward(minutes=3)
    bo.texts("GUIDE").hears("keep in touch", "1 yes").replies("1").hears(code, "08:00")
    clock.until("07:59")
    gus.hears_nothing()
    bo.sleeps()
    ana.sleeps()
    clock.until("08:01")
    gus.hears("keep in touch", "1 take it").replies("2").hears("fine")
    assert "No guide took" in bo.inbox[-1]
    clock.forward(minutes=16)
    max.hears("ALARM", "guide").replies("1").hears("what time").sleeps()


def test_the_coordinator_does_it_when_nobody_else_will(ana, bo, gus, clock):
    code = in_talk(ana, bo, "Ana")
    clock.forward(minutes=3)
    bo.texts("GUIDE").hears("1 yes").replies("1").hears("asking the guides")
    gus.hears("keep in touch").replies("2").hears("fine")
    bo.hears("No guide took", "1 ask again 2 I will").replies("2").hears("Bo will keep in touch").hears(code, "is Ana")
    ana.hears("Bo would like to text you", "1 yes 2 no")


def test_a_named_guide_is_not_asked_and_may_give_it_back(ana, bo, gus, clock, line):
    code = in_talk(ana, bo, "Ana")
    clock.forward(minutes=3)
    bo.texts("GUIDE Gus").hears("1 yes").replies("1").hears("Gus will keep in touch")
    gus.hears(code, "is Ana")
    ana.hears("Gus would like to text you").replies("1").hears("Gus will text you")
    bo.hears("said yes")
    gus.hears("said yes")
    done(bo, code, clock)
    clock.forward(minutes=5)
    kim = line.hires("Kim", "guide")
    gus.texts(f"{code} PASS").hears("asking someone else")
    bo.hears("Gus no longer").hears("asking the guides")
    kim.hears("keep in touch").replies("1").hears(code, "is Ana")
    bo.hears("Kim will keep in touch")
    ana.hears("it's Kim", "From now on")
    clock.forward(minutes=3)
    bo.texts(f"{code} HOME").hears("left care").replies("1").hears("home")
    clock.until("09:01")
    kim.hears("Today: 1 Ana")
    clock.until("11:01")
    ana.hears("it's Kim")


def test_nobody_of_that_name(ana, bo, gus, clock):
    in_talk(ana, bo, "Ana")
    clock.forward(minutes=3)
    bo.texts("GUIDE Zoe").hears("1 yes").replies("1").hears("no one called Zoe")


def test_words_that_are_no_order_go_to_whom_they_are_for(ana, bo, gus, clock):
    in_talk(ana, bo, "Ana")
    clock.forward(minutes=3)
    bo.texts("guide you to the door").hears_nothing()
    ana.hears("guide you to the door")
    bo.texts("home").hears("left care", "0 no").replies("0").hears_nothing()
    ana.hears("home")


def test_own_words_are_shown_back_and_go_out_at_one(ana, bo, gus, clock):
    home(ana, bo, gus, clock)
    clock.until("09:05")
    gus.hears("Today: 1 Ana").replies("1 Morning! Still on for coffee at ten?").hears("To Ana", "coffee", "1 sends")
    ana.hears_nothing()
    gus.replies("1").hears("went out to Ana")
    ana.hears("coffee at ten?", "Gus")
    clock.until("12:00")  # instead of the one as written
    ana.hears_nothing()
    ana.texts("yes see you").hears("Gus will see this")
    gus.hears("yes see you")


def test_own_words_without_their_one_are_not_sent_and_the_text_goes_out_as_written(ana, bo, gus, clock):
    home(ana, bo, gus, clock)
    clock.until("09:05")
    gus.hears("Today: 1 Ana").replies("1 Morning, sunshine").hears("1 sends")
    clock.until("11:01")
    gus.hears("Not sent", "Ana")
    ana.hears("How are you doing today")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("how is the rehab treating you", "rehab"),
        ("proud of you for staying sober", "sober"),
        ("meet me at the police station", "police"),
        ("te espero en la clinica", "clinica"),
        ("look at www.example.org", "www"),
        ("x" * 170, "letters too long"),
    ],
)
def test_words_that_would_give_them_away_are_refused_with_what_is_wrong(ana, bo, gus, clock, words, why):
    home(ana, bo, gus, clock)
    clock.until("09:05")
    gus.hears("Today: 1 Ana").replies(f"1 {words}").hears("Not sent", why)
    clock.until("11:01")
    ana.hears("How are you doing today")


def test_orders_by_number(ana, bo, gus, clock):
    home(ana, bo, gus, clock)
    clock.until("09:05")
    gus.hears("Today: 1 Ana").replies("OK").hears("as written")
    gus.replies("1 OK").hears("Ana", "11:00")
    gus.replies("1 LATER").hears("Ana", "15:00").replies("1 LATER").hears("Ana", "15:00")  # once
    gus.replies("CALL 1").rings()
    gus.replies("4 OK").hears("No one has the number 4")
    gus.replies("how are they doing").hears("Nothing was sent", "number first")
    clock.until("14:59")
    gus.hears("no one pressed 1")
    ana.hears_nothing()
    clock.until("15:01")
    ana.hears("How are you doing today").replies("1").hears("Glad")
    gus.hears("good")
    clock.forward(hours=42.5)
    gus.hears("Today: 1 Ana").replies("1 SKIP").hears("no text this time")
    clock.forward(hours=20)
    ana.hears_nothing()
    gus.texts("PAUSE 1").hears("on hold")
    gus.texts("1 are you there").hears("Not sent", "on hold")
    clock.forward(days=15)
    for member in (gus, bo):
        member.hears("check-ins are over")


def test_a_number_first_with_a_talk_open_is_asked_about(ana, bo, gus, clock, ben, line):
    line.hires("Gus", "guide;coordinator")
    home(ana, bo, gus, clock)
    line.hires("Bo", "driver")
    clock.forward(minutes=5)
    code = in_talk(ben, gus, "Ben")
    gus.texts("1 see you at ten").hears("Which?", "1 Ana", code).replies("2").hears_nothing()
    ben.hears("1 see you at ten")
    clock.until("12:30")
    gus.texts("ok")  # with a talk open these are words
    ben.hears("ok")


def test_a_guide_who_is_off(ana, bo, gus, clock):
    code = home(ana, bo, gus, clock)
    gus.texts("OFF FRI").hears("off until")
    clock.until("11:01")
    bo.hears(code, "Gus is off", "as written")
    ana.hears("it's Gus").replies("3").hears("asking Gus and our team", "911")
    gus.hears_nothing()
    bo.hears(code, "needs to talk")
    bo.hears("asks to talk", "1 take it")


def test_a_guide_who_left_the_roster_is_replaced(ana, bo, gus, clock, line):
    code = home(ana, bo, gus, clock)
    kim = line.hires("Kim", "guide")
    with pytest.raises(HandoverNeeded, match=code):
        line.dismisses("Gus")
    town = line.towns[line.number]
    with line.house.engine.begin() as connection:
        load_roster(
            connection, line.house.vault, line.house.clock, town.csv, "roster.csv", program=town.name, handover="Bo"
        )
    clock.until("11:01")
    ana.hears_nothing()
    bo.hears(code, "Gus no longer").hears("asking the guides")
    kim.hears("keep in touch").replies("1").hears(code, "is Ana")
    bo.hears("Kim will keep in touch")
    ana.hears("it's Kim", "From now on")
    clock.forward(hours=48)
    kim.hears("Today: 1 Ana")
    ana.hears("Hi Ana, it's Kim")


def test_two_people_one_prompt_and_numbers_that_stay(ana, ben, bo, gus, clock):
    home(ana, bo, gus, clock)
    clock.forward(minutes=5)
    home(ben, bo, gus, clock, "Ben")
    clock.until("09:01")
    gus.hears("Today: 1 Ana 2 Ben").replies("1 SKIP").hears("Ana")
    clock.until("11:01")
    ana.hears_nothing()
    ben.hears("Hi Ben, it's Gus").replies("stop texting me").hears("no more")
    gus.hears("Ben wants no more")
    bo.hears("Ben wants no more")
    clock.forward(hours=46.1)
    gus.hears("Today: 1 Ana", without="Ben")
    clock.forward(hours=2)
    ana.hears("Hi Ana")


def test_danger_in_a_guides_words(ana, bo, gus, clock):
    home(ana, bo, gus, clock)
    asked(ana, gus, clock)
    ana.replies("1").hears("Glad")
    gus.hears("good")
    gus.texts("1 I want to die").hears("Is this about you? 1 me 2 send")
    ana.hears_nothing()
    gus.replies("2")
    ana.hears("I want to die")


def test_before_they_said_yes_nothing_is_sent(ana, bo, gus, clock):
    code = in_talk(ana, bo, "Ana")
    clock.forward(minutes=3)
    bo.texts("GUIDE Gus").hears("1 yes").replies("1").hears("Gus will keep in touch")
    gus.hears(code, "is Ana").replies(f"{code} hello Ana").hears("Not sent", "say yes")
    ana.hears("1 yes 2 no")


def test_a_word_beside_a_talk_answers_whoever_spoke_last(ana, bo, gus, clock):
    in_talk(ana, bo, "Ana")
    clock.forward(minutes=3)
    bo.texts("GUIDE Gus").hears("1 yes").replies("1").hears("Gus will keep in touch")
    gus.hears("is Ana")
    ana.hears("1 yes 2 no")
    clock.forward(seconds=20)
    bo.texts("Are you warm enough?")
    ana.hears("warm enough").replies("yes").hears_nothing()  # to Bo
    bo.hears("yes")
    ana.texts("1").hears("Gus will text you")
    bo.hears("said yes")
    gus.hears("said yes")


@pytest.mark.both
def test_done_does_not_end_the_search(ana, bo, gus, clock):
    code = in_talk(ana, bo, "Ana")
    clock.forward(minutes=3)
    bo.texts("GUIDE").hears("1 yes").replies("1").hears("asking the guides")
    gus.hears("keep in touch")
    done(bo, code, clock)
    gus.replies("1").hears(code, "is Ana")
    bo.hears("Gus will keep in touch")
    ana.hears("1 yes 2 no").replies("yes").hears("Gus will text you")
    bo.hears("said yes")
    gus.hears("said yes")


def test_somebody_keeps_in_touch_already(ana, bo, gus, clock):
    home(ana, bo, gus, clock)
    clock.forward(minutes=10)
    code = in_talk(ana, bo, "Ana")
    gus.hears("asked for help")
    clock.forward(minutes=3)
    bo.texts(f"{code} GUIDE").hears("1 yes").replies("1").hears("Gus keeps in touch with them already")
    bo.texts(f"{code} INSIDE").hears("1 yes").replies("1").hears("in care")  # of the new case: the same person
    gus.hears("away")
    clock.until("12:00")
    ana.sleeps(), bo.sleeps()
    assert not any("How are you doing" in text for text in ana.inbox)
