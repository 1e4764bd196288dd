"""An answer that needs a person: the guide, then the coordinators, until somebody takes it."""

import pytest

from tests.stories.checkins import asked, done, home, in_talk


@pytest.mark.both
@pytest.mark.parametrize("words", ["3", "CALL", "not so good", "i used last night"])
def test_the_guide_is_asked_first_and_is_on_with_them(ana, bo, gus, clock, words):
    home(ana, bo, gus, clock)
    asked(ana, gus, clock)
    ana.replies(words).hears("asking Gus and our team", "988", "911")
    bo.hears("needs to talk")
    gus.hears("asks to talk", "1 take it").replies("1").hears("You are on with")
    gus.hears("call them Ana").hears("keep in touch with them").hears(words)
    ana.hears("Gus is here now")
    gus.texts("I am here, what is going on?")
    ana.hears("what is going on?").replies("rough night")
    gus.hears("rough night")


def test_then_the_coordinators_then_their_own_is_asked_then_the_managers(ana, bo, gus, pat, max, clock):
    pat.replies("OFF").hears("Off for how long").replies("3").hears("off until you text ON")
    home(ana, bo, gus, clock)
    asked(ana, gus, clock)
    ana.replies("3").hears("asking Gus")
    bo.hears("needs to talk")
    gus.hears("asks to talk").replies("2").hears("fine")
    bo.hears("asks to talk", "1 take it").replies("2").hears("fine")
    bo.hears("No one took", "1 ask again 2 I will")
    ana.hears("no one is free yet", "988", "911")
    clock.forward(minutes=16)
    max.hears("ALARM", "asks to talk")
    clock.forward(minutes=16)
    gus.hears("asks to talk").replies("1").hears("You are on with").sleeps()
    bo.sleeps(), ana.sleeps(), max.sleeps()


def test_somebody_has_them_already(ana, bo, gus, clock):
    code = home(ana, bo, gus, clock)
    clock.until("08:00")
    new = in_talk(ana, bo, "Ana")
    gus.hears(code, "asked for help")
    bo.texts(f"{new} How can I help?")
    ana.hears("How can I help?")
    asked(ana, gus, clock)
    ana.replies("3").hears("asking Gus")
    bo.hears(new, "asks to talk").hears(code, "needs to talk")
    gus.hears_nothing()


@pytest.mark.parametrize("words", ["I need help, I want a bed", "help", "quiero volver al centro"])
def test_asking_for_help_opens_a_case_and_the_guide_is_told(ana, bo, gus, clock, words):
    code = home(ana, bo, gus, clock)
    asked(ana, gus, clock)
    ana.replies(words)
    ana.hears("YES or NO" if "quiero" not in words else "SI o NO").replies("no")
    bo.hears("someone asks to talk")
    gus.hears(code, "asked for help", without="bed")
    ana.sleeps()


def test_danger_in_an_answer_is_answered_with_911_first(ana, bo, gus, clock):
    code = home(ana, bo, gus, clock)
    asked(ana, gus, clock)
    ana.replies("my brother is not breathing").hears("CALL 911 NOW").sleeps()
    bo.hears("possible emergency").sleeps()
    gus.hears(code, "asked for help", without="breathing")


def test_words_between_check_ins_reach_the_guide(ana, bo, gus, clock):
    code = home(ana, bo, gus, clock)
    asked(ana, gus, clock)
    ana.replies("1").hears("Glad")
    gus.hears("good")
    clock.forward(hours=30)
    ana.texts("got the job!").hears("Gus will see this")
    gus.hears(code, "got the job!")


def test_closing_the_talk_leaves_the_check_ins(ana, bo, gus, clock):
    home(ana, bo, gus, clock)
    asked(ana, gus, clock)
    ana.replies("3").hears("asking Gus")
    bo.hears("needs to talk")
    gus.hears("asks to talk").replies("1").hears("You are on with")
    code = gus.code
    gus.sleeps()
    ana.hears("Gus is here now")
    gus.texts("Hello Ana")
    ana.hears("Hello Ana")
    done(gus.wakes(), code, clock)
    clock.forward(hours=48)
    gus.hears("Today: 1 Ana")
    ana.hears("How are you doing today")
