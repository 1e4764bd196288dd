"""Check-ins by phone: on the days a program marks, for whoever prefers it, and where no text reaches."""

import pytest
from sqlalchemy import select, update

from hotline.models import checkins, consents, people
from tests.stories.checkins import home, taken_on

BY_CALL = "[checkins]\ndays = [1, 3, 7]\ncalls = [1, 3]"


@pytest.fixture
def rung(line, ana, bo, gus, clock):
    """Ana is home, and her first check-in is a call."""
    line.keeps(BY_CALL)
    code = home(ana, bo, gus, clock)
    clock.until("09:01")
    gus.hears("Today: 1 Ana")
    clock.until("10:59")
    ana.hears_nothing()
    clock.until("11:00")
    return code


def grade(line):
    with line.house.engine.connect() as connection:
        row = connection.execute(select(checkins.c.grade, checkins.c.state).order_by(checkins.c.id.desc())).first()
    return tuple(row)


@pytest.mark.both
def test_a_good_day_by_one_key(rung, ana, gus, line):
    ana.rings("Hi Ana", "a call from Gus", "Press 1 for good").answers()
    ana.presses("1").is_told("Glad", "Gus").is_off_the_phone()
    gus.hears(rung, "Ana", "good day")
    assert grade(line) == ("good", "answered")


def test_so_so(rung, ana, gus):
    ana.rings("How are you").answers().presses("2").is_told("Thank you").is_off_the_phone()
    gus.hears(rung, "so-so")


def test_needs_to_talk_and_hears_that_the_guide_is_asked(rung, ana, bo, gus):
    ana.rings("How are you").answers().presses("3").is_told("asking Gus to call you", "9 8 8").is_off_the_phone()
    gus.hears("1 take it")
    bo.hears("Ana", "needs to talk")
    gus.replies("1").hears("you are on with")
    gus.hears_all("keep in touch").hears_all("phone call").hears_all("Ana")
    ana.hears("Gus")


@pytest.mark.parametrize("key", ["0"])
def test_a_person_please(rung, ana, bo, gus, key):
    ana.rings("How are you").answers().presses(key).is_told("asking Gus to call you")
    gus.hears("1 take it")
    bo.hears("needs to talk")


def test_somebody_else_has_the_phone_now(rung, ana, bo, gus, clock):
    ana.rings("How are you").answers().presses("4").is_told("wrong number").is_off_the_phone()
    for member in (bo, gus):
        member.hears("someone else may have this phone")
    clock.forward(days=3)


def test_nobody_is_there_twice_and_the_guide_is_asked(rung, ana, gus, clock):
    ana.rings("How are you")  # and rings out
    clock.forward(hours=23)
    ana.hears_nothing()
    clock.forward(hours=2)
    ana.rings("How are you")
    clock.forward(minutes=2)
    gus.hears(rung, "did not answer", "CALL")
    ana.hears_nothing()


def test_the_second_call_is_answered(rung, ana, gus, clock):
    ana.rings("How are you").declines()
    clock.forward(hours=24)
    ana.rings("How are you").answers().presses("1").is_told("Glad")
    gus.hears("good day")


def test_a_machine_hears_nothing(rung, ana, clock):
    ana.rings().voicemail_picks_up()
    clock.forward(minutes=5)
    assert not [words for words in ana.spoken if "Gus" in words]


def test_a_machine_hears_what_they_allowed(rung, ana, gus, clock, line):
    with line.house.engine.begin() as connection:
        connection.execute(update(people).where(people.c.roles.is_(None)).values(leave_words=True))
    ana.rings().declines()
    clock.forward(hours=24)
    ana.rings().voicemail_picks_up()
    ana.is_told("this is Gus", "returning your call")
    clock.forward(minutes=5)
    assert len([words for words in ana.spoken if "Gus" in words]) == 1
    gus.hears("did not answer")


def test_picked_up_and_no_key_is_nobody(rung, ana, gus, clock):
    ana.rings("How are you").answers()
    clock.forward(seconds=30)
    ana.is_off_the_phone()
    clock.forward(hours=23, minutes=59, seconds=40)
    ana.rings("How are you").answers().presses("1").is_told("Glad")
    gus.hears("good day")


def test_a_key_that_means_nothing_is_asked_about_once(rung, ana, gus):
    ana.rings("How are you").answers().presses("6").is_told("did not get that", "Press 1").presses("6")
    ana.is_told("asking Gus to reach you").is_off_the_phone()
    gus.hears("did not answer")


def test_the_other_language(rung, ana, gus):
    ana.rings("How are you").answers().presses("9").is_told("de parte de Gus", "Oprima 1").presses("1")
    ana.is_told("Me alegra")
    gus.hears("good day")


def test_they_text_instead(rung, ana, gus):
    ana.rings().declines()
    ana.texts("good").hears("Glad")
    gus.hears("good day")


def test_they_call_instead_and_it_is_asked_first_if_there_is_danger(rung, ana, bo, gus, clock):
    ana.rings().declines()
    ana.calls().is_told("Press 1 for yes, 2 for no").hangs_up()
    ana.hears("Is anyone in danger")
    gus.hears("Ana", "asked for help")
    clock.forward(hours=25)
    bo.sleeps(), ana.sleeps(), gus.sleeps()
    assert not [words for words in ana.spoken if "How are you" in words]


def test_danger_in_the_meantime_is_not_asked_how_they_are(rung, ana, bo, gus, max, clock):
    ana.rings()
    ana.texts("i want to die").hears("988")
    ana.sleeps(), bo.sleeps(), gus.sleeps(), max.sleeps()
    ana.is_off_the_phone()
    clock.forward(hours=30)
    assert not [words for words in ana.spoken if "How are you" in words]


# --- who is called -------------------------------------------------------------------------------------------------


def test_calls_only(ana, bo, gus, clock, line):
    taken_on(ana, bo, gus, clock)
    ana.replies("3").hears("Gus will call you")
    bo.hears("said yes")
    gus.hears("said yes, by phone")
    code = bo.code
    clock.forward(minutes=3)
    bo.texts(f"{code} DONE").hears("ends it").replies("1").hears("How did it go").replies("1").hears("Noted")
    clock.forward(minutes=3)
    bo.texts(f"{code} HOME").hears("left care", "1 yes").replies("1").hears("home")
    clock.until("09:01")
    gus.hears("Today: 1").replies("1 See you on Friday").hears("See you on Friday", "1 sends").replies("1").hears(
        "went out"
    )
    ana.rings("a call from Gus. See you on Friday. How are you", "Press 1").answers().presses("2").is_told("Thank you")
    gus.hears("so-so")


@pytest.mark.parametrize("words", ["call me", "call me instead"])
def test_call_me_instead(ana, bo, gus, clock, line, words):
    taken_on(ana, bo, gus, clock)
    ana.replies(words).hears("Gus will call you")
    bo.hears("said yes")
    gus.hears("by phone")
    with line.house.engine.connect() as connection:
        kept = connection.execute(select(consents)).one()
    assert kept.channel == "sms"


def test_a_landline_is_asked_by_phone_and_then_called(ana, bo, gus, clock, line):
    ana.is_(state="landline")
    ana.calls().is_told("Press 1 for yes, 2 for no").presses("2").is_told("ringing")
    bo.rings().reads("1 take it").answers().hears("Press 1").presses("1").hears("connected").reads("you are on with")
    code = bo.code
    bo.is_connected_with(ana)
    ana.hangs_up()
    clock.forward(minutes=3)
    bo.skips().texts(f"{code} hello").hears("no text reaches", "CALL")
    bo.texts(f"{code} GUIDE").hears("keep in touch").replies("1").hears("asking the guides")
    gus.hears("1 take it").replies("1").hears("you keep in touch")
    bo.hears("will keep in touch")
    ana.rings("Gus would like to call you", "Press 1 for yes").answers().presses("1").is_told("Gus will call you")
    bo.hears("said yes")
    gus.hears("by phone")
    with line.house.engine.connect() as connection:
        kept = connection.execute(select(consents)).one()
    assert kept.channel == "call"
    assert "Press 1 for yes" in kept.wording
    clock.forward(minutes=3)
    bo.texts(f"{code} HOME").hears("left care", "1 yes").replies("1").hears("home")
    clock.until("09:01")
    gus.hears("Today: 1")
    clock.until("11:00")
    ana.rings("a call from Gus", "How are you").answers().presses("1").is_told("Glad")
    gus.hears("good day")
