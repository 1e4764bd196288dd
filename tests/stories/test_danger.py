"""Danger: 911 in the reply itself, the steps that fit, one question, and people at once."""

import pytest

from tests.stories.openings import asks, everybody_sleeps, takes, talk


@pytest.mark.both
def test_a_bare_yes(ana, bo, clock):
    ana.texts("hi").hears("danger").replies("yes").hears("911", "What is happening?")
    bo.hears("possible emergency", "1 take it").rings()
    clock.forward(seconds=60)
    ana.hears_nothing()  # its own question stands for two minutes
    ana.replies("my friend wont wake up").hears("CALL 911 NOW", "Narcan")
    clock.forward(seconds=12)
    ana.hears("Shake them")
    bo.sleeps()


def test_a_bare_yes_and_then_nothing(ana, bo, clock):
    ana.texts("hi").hears("danger").replies("yes").hears("911", "What is happening?")
    bo.sleeps()
    clock.forward(seconds=130)
    ana.hears("CALL 911 NOW", "what is wrong", without="Narcan")
    clock.forward(minutes=3)
    ana.hears("CALL 911 NOW", "what is wrong")
    clock.forward(minutes=20)  # and then people only


@pytest.mark.both
def test_overdose_of_somebody_beside_them(ana, bo, clock):
    ana.texts("my brother is not breathing and his lips are blue").hears("CALL 911 NOW", "Narcan", "Stay with them")
    bo.hears("possible emergency").rings()
    clock.forward(seconds=5)
    ana.hears_nothing()
    clock.forward(seconds=8)
    ana.hears("Shake them", "breath every 5 seconds")
    clock.forward(seconds=20)
    ana.hears_nothing()
    clock.forward(seconds=15)
    ana.hears("on their side", "may protect")
    clock.forward(seconds=30)
    ana.hears("Are you talking to 911 now?", "1 yes", "2 can't call").replies("1").hears("Good", "Stay on the line")
    bo.sleeps()
    clock.forward(minutes=30)  # no repeats: they are with 911


def test_cannot_call(ana, bo, clock):
    ana.texts("she took too much fent and she isnt breathing").hears("CALL 911 NOW")
    clock.forward(seconds=75)
    ana.hears("Shake them").hears("on their side").hears("Are you talking to 911").replies("2").hears("Text 911 now")
    bo.sleeps()


@pytest.mark.both
def test_e1_is_repeated_after_two_and_five_minutes_of_silence(ana, bo, clock):
    ana.texts("he is not breathing").hears("CALL 911 NOW", "Narcan")
    bo.sleeps()
    clock.forward(seconds=75)
    ana.hears("Shake them").hears("on their side").hears("Are you talking to 911")
    clock.forward(seconds=40)
    ana.hears_nothing()
    clock.forward(seconds=10)
    ana.hears("CALL 911 NOW", "what is wrong", without="Narcan")
    clock.forward(seconds=170)
    ana.hears_nothing()
    clock.forward(seconds=15)
    ana.hears("CALL 911 NOW", "what is wrong", without="Narcan")
    clock.forward(minutes=20)


def test_any_word_ends_the_repeats(ana, bo, clock):
    ana.texts("he is not breathing").hears("CALL 911 NOW")
    bo.sleeps()
    clock.forward(seconds=75)
    ana.hears("Shake them").hears("on their side").hears("Are you talking to 911").replies("ok")
    ana.hears("Are you talking to 911")
    clock.forward(minutes=20)


@pytest.mark.parametrize(
    ("words", "said", "unsaid"),
    [
        ("i have bad chest pain after smoking ice", ("where you are", "Don't drive"), ("Narcan", "Stay")),
        ("he has a gun and im hiding in the closet", ("if you safely can", "Mute"), ("Stay with", "Narcan", "Unlock")),
        ("i took all my pills i want to die", ("what you took", "988"), ("Narcan", "Stay with")),
        ("my baby ate a suboxone strip", ("child",), ("Narcan",)),
        ("im 30 weeks pregnant and bleeding a lot", ("baby", "left side"), ("Narcan",)),
        ("my son in Ohio is not answering he said he took a whole bottle", ("911",), ("Stay with them",)),
        ("no hes not breathing", ("CALL 911 NOW",), ()),
        ("mi hermano no despierta y tiene los labios azules", ("LLAME AL 911 YA", "Narcan"), ("CALL 911",)),
    ],
)
def test_the_variant_that_fits(ana, bo, words, said, unsaid):
    ana.texts(words).hears("911", *said, without=unsaid)
    bo.hears("possible emergency").rings()


def test_no_text_to_911_where_there_is_none(ana, bo, line, clock):
    line.keeps("", text_to_911="false", state="WY")
    ana.texts("he is not breathing").hears("CALL 911 NOW", "speaker", without="Text 911")
    bo.sleeps()
    clock.forward(seconds=75)
    ana.hears("Shake them").hears("on their side").hears("Are you talking").replies("2").hears("leave the line open")


def test_danger_in_the_middle_of_the_questions(ana, bo):
    asks(ana)
    bo.hears("someone asks to talk")
    ana.replies("wait he just stopped breathing").hears("CALL 911 NOW")
    bo.hears("possible emergency").rings()


@pytest.mark.both
def test_danger_in_a_talk(ana, bo):
    talk(ana, bo)
    ana.texts("omg he is not breathing").hears("CALL 911 NOW")
    bo.hears("omg he is not breathing")
    bo.hears("danger").hears("RING")


def test_scared_of_the_police(ana, bo, clock):
    ana.texts("he is not breathing").hears("CALL 911 NOW").replies("i cant call the cops ill get arrested")
    ana.hears("don't have to say your name", "may protect", without="will protect")
    bo.sleeps()


def test_help_is_here(ana, bo, clock):
    ana.texts("he is not breathing").hears("CALL 911 NOW").replies("the ambulance is here").hears("hard thing")
    bo.sleeps()
    clock.forward(minutes=20)


@pytest.mark.both
def test_thoughts_of_suicide_get_988_then_one_question(ana, bo, clock):
    ana.texts("i dont want to be alive anymore").hears("988", "not alone")
    bo.hears("possible emergency").rings()
    clock.forward(seconds=12)
    ana.hears("hurt yourself", "YES or NO").replies("no")
    ana.hears("team")
    bo.sleeps()
    clock.forward(minutes=1)


def test_thoughts_of_suicide_and_then_yes(ana, bo, clock):
    ana.texts("i dont want to be alive anymore").hears("988")
    bo.sleeps()
    clock.forward(seconds=12)
    ana.hears("hurt yourself").replies("yes").hears("CALL 911 NOW", "what you took")


def test_somebody_else_who_thinks_of_suicide(ana, bo, clock):
    ana.texts("my sister says she wants to kill herself").hears("988", "them")
    bo.sleeps()
    clock.forward(seconds=12)
    ana.hears("YES or NO")


@pytest.mark.both
def test_an_urgent_page_asks_two_at_once_and_the_next_two_after_ninety_seconds(ana, bo, pat, kim, line, clock):
    gil = line.hires("Gus", "coordinator")
    ana.texts("he is not breathing").hears("911")
    for member in (bo, pat):
        member.hears("possible emergency").rings()
    kim.hears_nothing()
    clock.forward(seconds=95)
    for member in (kim, gil):
        member.hears("possible emergency").rings()
    kim.accepts()
    everybody_sleeps(kim, ana)
    for member in (bo, pat, gil):
        member.hears("covered by Kim")


def test_an_urgent_page_rings_the_managers_after_five_minutes(ana, bo, max, clock):
    ana.texts("he is not breathing").sleeps()
    bo.sleeps()
    clock.forward(minutes=4, seconds=50)
    max.hears("ALARM", "everyone was asked")  # Bo, in two rounds
    clock.forward(seconds=20)
    max.hears("ALARM", "since 12:00")


@pytest.mark.both
def test_frozen_until_safe(ana, bo, max, clock):
    code = talk(ana, bo)
    ana.texts("he is not breathing").sleeps()
    bo.hears("not breathing").hears("danger").hears("RING").replies(f"{code} call them again please")
    clock.forward(minutes=31)
    bo.hears("is the danger over?", f"{code} SAFE").replies("SAFE").hears("1 yes, it is over").replies("1")
    bo.hears("marked safe")
    max.sleeps()
    clock.forward(hours=3)


@pytest.mark.both
def test_danger_for_two_hours_rings_the_manager(ana, bo, max, clock):
    code = talk(ana, bo)
    ana.texts("he is not breathing").sleeps()
    bo.hears("not breathing").hears("danger").hears("RING").replies(f"{code} call them again please")
    clock.forward(minutes=119)
    bo.hears("is the danger over?")
    max.hears_nothing()
    clock.forward(minutes=3)
    max.hears("ALARM", "2 hours")


def test_nobody_but_a_coordinator_who_has_it_says_safe(ana, bo, clock):
    ana.texts("he is not breathing").hears("911")
    bo.hears("possible emergency").rings()
    ana.texts("SAFE").hears()
    assert "safe" not in ana.last.lower() or "911" in ana.last
    bo.texts("SAFE")
    bo.hears("1 take it")


@pytest.mark.both
def test_an_emergency_text_that_fails_is_said_again_in_plain_words(ana, bo, line):
    ana.is_(state="filtered")
    ana.texts("he is not breathing")
    said = [m for m in line.simulator.switchboard.carrier.messages.values() if m.to == ana.number]
    assert "Narcan" in said[0].body
    assert said[0].error == 30007
    assert said[1].body.startswith("CALL 911 NOW")
    assert "Narcan" not in said[1].body
    ana.rings("Hang up and call 9 1 1 now", "if anyone there").answers()  # no text reaches them: they are phoned
    bo.sleeps()


def test_a_member_on_the_case_hears_new_danger_after_they_took_it(ana, bo, clock):
    asks(ana)
    takes(bo, ana)
    ana.texts("i just took a whole bottle of pills").hears("CALL 911 NOW", without="Narcan")
    bo.hears("whole bottle").hears("danger").hears("RING")


def test_a_repeat_of_our_own_words_is_no_danger(ana, bo):
    ana.texts("hi").hears("danger")
    ana.texts("“" + ana.last + "” what is this").hears("want to be sure", without="CALL 911 NOW")
    bo.hears("someone asks")


def test_after_a_yes_to_the_question_about_suicide_the_911_text_is_repeated(ana, bo, clock):
    """The yes came before that text: it answered the question, and is no sign that the text was read."""
    ana.texts("i want to die").hears("988")
    bo.sleeps()
    clock.forward(seconds=15)
    ana.hears("Have you hurt yourself").replies("yes").hears("CALL 911 NOW", "what you took")
    clock.forward(minutes=1)
    ana.hears("Are you talking to 911 now?")
    clock.forward(seconds=70)
    ana.hears("CALL 911 NOW", "what is wrong")
    clock.forward(minutes=3)
    ana.hears("CALL 911 NOW", "what is wrong")
