"""At the desk: an officer texts for somebody who stands before them, and sees times and names, never a word."""

import pytest

from tests.stories.openings import asks, talk

BEN = "309-555-0151"


def walks_in(oz, name="Ben", phone=BEN, town="Milford"):
    """WALKIN and its four answers."""
    oz.texts("WALKIN").hears("medic", "1 yes 2 no").replies("2").hears("call them", "SKIP").replies(name)
    oz.hears("phone number", "NONE").replies(phone).hears("town", "SKIP").replies(town)
    oz.hears("asking a coordinator")


def refers(oz, name="Ben", phone=BEN, town="Milford"):
    oz.texts("REFER").hears("call them").replies(name).hears("phone number", "we may text").replies(phone)
    oz.hears("town").replies(town).hears("asking a coordinator")


def takes_desk(member, *known):
    """A coordinator takes somebody at the desk: what they hear of them, and the code."""
    member.hears("someone at the desk", "1 take it").replies("1").hears("you are on with")
    code = member.code
    for keyword in known:
        member.hears(code, keyword)
    member.hears(code, "by what time")
    return code


def sees_nothing_of(oz, *secrets):
    said = " ".join(oz.inbox).casefold()
    for secret in secrets:
        assert secret.casefold() not in said, f"the officer sees {secret!r}: {said}"


@pytest.mark.both
def test_somebody_with_a_phone(oz, ben, bo, clock, line):
    walks_in(oz)
    ben.hears("asking for a person", "text me here", without=("desk", "police", "officer"))
    code = takes_desk(bo, "call them Ben", "at the police desk")
    ben.hears("Bo", "real person")
    oz.hears_nothing()
    bo.replies("18:00").hears("told the desk")
    oz.hears(code, "Bo", "18:00")
    bo.texts("Hi Ben, I am on my way")
    ben.hears("on my way").replies("my brother sells pills")
    bo.hears("brother sells pills")
    bo.texts("NOTE he is scared").hears("not sent")
    bo.texts("DONE").hears("1 yes").replies("1").hears("How did it go").replies("2").hears("Noted")
    sees_nothing_of(oz, "pills", "scared", "on my way", "555-0151", "5550151")


@pytest.mark.both
def test_nobody_on_shift_at_three_in_the_morning_and_no_phone(oz, max, line, clock):
    clock.starts("2027-03-10 03:00")
    bo = line.hires("Bo", "coordinator", hours="Mon-Fri 08:00-17:00")
    pat = line.hires("Pat", "coordinator", hours="Mon-Fri 08:00-17:00")
    walks_in(oz, "skip", "none", "skip")
    max.hears("ALARM").sleeps()
    bo.hears("someone at the desk").ignores()
    clock.forward(seconds=91)
    bo.rings()
    clock.forward(minutes=4)
    code = takes_desk(pat, "have no phone. CALL rings the desk")
    bo.hears("covered by Pat")
    pat.replies("hello, can you hear me?").hears(code, "no phone", "not sent", "CALL rings the desk")
    pat.texts("CALL").hears("309-555-0111")
    clock.forward(minutes=3)
    oz.hears(code, "Pat", "no time yet")
    clock.forward(minutes=30)  # they were told how to ring the desk: nobody else is asked
    pat.texts("DONE").hears("1 yes").replies("1").hears("How did it go").replies("1").hears("Noted")


def test_a_time_named_is_the_answer_of_whoever_comes_to_somebody_without_a_phone(oz, bo, pat, clock):
    walks_in(oz, phone="NONE")
    code = takes_desk(bo, "call them Ben", "no phone")
    bo.replies("20 min").hears("told the desk")
    oz.hears(code, "Bo", "12:20")
    clock.forward(minutes=40)
    bo.hears_nothing()
    pat.hears_nothing()


def test_a_time_may_come_late_and_is_told_all_the_same(oz, ben, bo, clock):
    walks_in(oz)
    ben.sleeps()
    code = takes_desk(bo, "call them Ben", "at the police desk")
    clock.forward(minutes=3, seconds=1)
    oz.hears(code, "Bo has it", "no time yet")
    clock.forward(minutes=1)
    bo.replies("now").hears("told the desk")
    oz.hears(code, "12:04")


def test_ten_minutes_without_anybody(oz, ben, bo, max, clock):
    walks_in(oz)
    ben.hears("asking for a person")
    bo.sleeps()
    max.sleeps()
    clock.forward(minutes=9, seconds=50)
    oz.hears_nothing()
    clock.forward(seconds=15)
    oz.hears("no one has taken it yet", "ambulance")
    clock.forward(minutes=31)
    oz.hears("no one has taken it yet")


def test_what_is_given_back_is_told_and_so_is_who_comes_then(oz, ben, bo, pat, clock):
    walks_in(oz)
    ben.sleeps()
    takes_desk(bo, "call them Ben", "at the police desk")
    bo.replies("now").hears("told the desk")
    oz.hears("Bo")
    clock.forward(minutes=3)
    bo.texts("PASS").hears("asking")
    oz.hears("had to give it back", "someone else")
    pat.hears("someone asks to talk").replies("1").hears("you are on with").sleeps()
    pat.texts("13:00")
    oz.hears("Pat", "13:00")


@pytest.mark.parametrize("words", ["1", "yes", "he is not breathing right", "dunno"])
def test_an_ambulance_first(oz, ben, bo, clock, words):
    oz.texts("WALKIN").hears("medic").replies(words)
    if words == "dunno":
        oz.hears("medic").replies("dunno")
    oz.hears("ambulance first", "1 they still want")
    bo.hears_nothing()
    clock.forward(minutes=20)
    oz.replies("1").hears("call them").replies("skip").hears("phone").replies("none").hears("town").replies("skip")
    oz.hears("asking a coordinator")
    bo.hears("someone at the desk")


def test_gone_with_the_ambulance_and_back_another_day(oz, bo, clock):
    oz.texts("WALKIN").hears("medic").replies("1").hears("ambulance first").replies("2").hears("WALKIN again")
    clock.forward(hours=5)
    bo.hears_nothing()


def test_danger_is_never_a_name(oz, bo, clock):
    oz.texts("WALKIN").hears("medic").replies("2").hears("call them").replies("he is having a seizure")
    oz.hears("ambulance first").replies("1").hears("call them").replies("Ben").hears("phone number").replies("none")
    oz.hears("town").replies("she has chest pain")  # at the last question too; what is known is not asked again
    oz.hears("ambulance first").replies("1").hears("phone number").replies("none").hears("town").replies("skip")
    oz.hears("asking a coordinator")
    bo.hears("someone at the desk")


@pytest.mark.parametrize("words", ["12345", "(309) 555-0100", "309 555 0111", "he has none he says"])
def test_what_is_no_number_of_theirs_is_asked_once_more_and_goes_on_without(oz, bo, words):
    oz.texts("WALKIN").hears("medic").replies("2").hears("call them").replies("Ben").hears("phone").replies(words)
    oz.hears("not a phone number I can use", "NONE").replies(words).hears("town").replies("skip")
    oz.hears("asking a coordinator")
    takes_desk(bo, "call them Ben", "no phone")
    oz.sleeps()


def test_the_officers_own_phone_is_nobodys(oz, bo):
    walks_in(oz, phone="309-555-0127")
    oz.hears_nothing()
    takes_desk(bo, "Ben", "no phone")
    bo.texts("tell me when you can talk").hears("no phone")
    oz.hears_nothing()


@pytest.mark.parametrize(
    ("said", "minutes"),
    [((), 5 + 20), (("2",), 20), (("2", "Ben"), 20), (("2", "Ben", "none"), 20), (("2", "Ben", BEN), 20)],
)
def test_an_officer_who_falls_silent_has_said_enough(oz, ben, bo, clock, said, minutes):
    oz.texts("WALKIN")
    for answer in said:
        oz.replies(answer)
    clock.forward(minutes=minutes - 1)
    bo.hears_nothing()
    clock.forward(minutes=2)
    assert "asking a coordinator" in oz.inbox[-1]
    bo.hears("someone at the desk")
    for phone in (oz, ben, bo):
        phone.sleeps()


def test_silence_about_an_ambulance_is_asked_about_and_then_somebody_waits(oz, bo, clock):
    oz.texts("WALKIN").hears("medic").replies("1").hears("ambulance first")
    clock.forward(hours=1, minutes=1)
    oz.hears("ambulance first")
    clock.forward(hours=1, minutes=1)
    oz.hears("call them")
    clock.forward(minutes=21)
    oz.hears("asking a coordinator")
    bo.hears("someone at the desk").rings()


def test_two_one_after_the_other(oz, ben, ana, bo, pat, clock):
    walks_in(oz)
    ben.sleeps()
    walks_in(oz, "Ana", "309-555-0150", "Dixon")
    ana.sleeps()
    bo.hears("someone at the desk")
    first = bo.code
    pat.sleeps()
    bo.hears("someone at the desk")
    second = bo.code
    assert first != second
    bo.replies(f"{second} 1").hears("you are on with", second).hears(second, "Ana", "Dixon").hears("at the police desk")
    bo.hears(second, "by what time").replies(f"{second} 18:00").hears(second, "told the desk")
    oz.hears(second, "18:00")


def test_somebody_else_comes_in_while_the_officer_is_still_answering(oz, bo, pat, clock):
    oz.texts("WALKIN").hears("medic").replies("2").hears("call them").replies("Ben").hears("phone number")
    oz.texts("WALKIN").hears("asking a coordinator").hears("medic")
    bo.hears("someone at the desk")
    oz.replies("2").hears("call them").replies("Ana").hears("phone").replies("none").hears("town").replies("skip")
    oz.hears("asking a coordinator")
    bo.hears("someone at the desk")
    bo.replies(f"{bo.code} 1").hears("you are on with").hears("Ana").sleeps()


def test_the_same_word_twice_is_one_person(oz, bo, clock):
    oz.texts("WALKIN").hears("medic").texts("walk in").hears("medic").replies("2").hears("call them").replies("skip")
    oz.hears("phone").replies("none").hears("town").replies("skip").hears("asking a coordinator")
    bo.hears("someone at the desk")
    clock.forward(seconds=80)


def test_two_and_the_first_with_the_medics(oz, bo, clock):
    oz.texts("WALKIN").hears("medic").replies("1").hears("ambulance first")
    walks_in(oz, "Ana", "none", "skip")
    takes_desk(bo, "Ana", "no phone")
    bo.replies("now").hears("told")
    oz.hears("Bo")
    clock.forward(hours=1)
    oz.hears("ambulance first").replies("2").hears("WALKIN again")


def test_danger_from_the_person_at_the_desk(oz, ben, bo, pat, clock):
    walks_in(oz)
    ben.hears("asking for a person").replies("i took the whole bottle").hears("911")
    ben.sleeps()
    bo.hears("desk")
    for member in (bo, pat):
        member.hears("possible emergency").sleeps()
    bo.texts("1")
    sees_nothing_of(oz, "bottle", "911", "danger")
    oz.sleeps()
    clock.forward(minutes=5)
    sees_nothing_of(oz, "bottle", "911", "danger")


def test_what_they_write_waits_for_whoever_comes(oz, ben, bo):
    walks_in(oz)
    ben.hears("asking for a person").replies("im scared of him").hears("keep your words").replies("call me please")
    ben.hears("call")
    bo.hears("someone at the desk").replies("1").hears("you are on with").sleeps()
    assert any("im scared of him" in said for said in bo.inbox)
    ben.sleeps()
    sees_nothing_of(oz, "scared", "call me")
    oz.sleeps()


def test_a_number_misheard_is_a_strangers(oz, ben, bo):
    walks_in(oz)
    ben.hears("asking for a person").replies("wrong number").hears("No problem")
    bo.hears("someone at the desk").replies("1").hears("you are on with").hears("Ben").hears("police desk")
    bo.hears("wrong one. Write nothing private").hears("by what time").hears("wrong number")
    ben.hears_nothing()


def test_somebody_who_asked_by_text_and_then_walked_in(oz, ben, bo, clock):
    asks(ben)
    bo.hears("someone asks to talk")
    walks_in(oz)
    ben.hears("asking for a person")
    bo.replies("1").hears("you are on with").hears("call them Ben").hears("police desk").hears("by what time")
    bo.sleeps()
    ben.hears("Bo", "real person")
    bo.texts("18:00")
    oz.hears("Bo", "18:00")


def test_somebody_who_has_a_coordinator_already(oz, ben, bo, pat, clock):
    code = talk(ben, bo)
    clock.forward(minutes=3)
    walks_in(oz, "Benny")
    bo.hears(code, "at the police desk").hears(code, "by what time").replies("now").hears("told the desk")
    oz.hears(code, "Bo")
    ben.hears_nothing()
    pat.hears_nothing()


def test_an_officers_words_go_to_nobody(oz, ben, bo, clock):
    walks_in(oz)
    ben.sleeps()
    code = takes_desk(bo, "Ben", "police desk")
    bo.replies("now").hears("told")
    oz.hears(code, "Bo").texts(f"{code} he had a knife").hears(code, "don't pass words on")
    oz.texts(f"{code} 1").hears("did not")
    oz.texts("he left").hears("your own number")
    bo.hears_nothing()


def test_a_refusing_carrier_is_known_to_whoever_comes(oz, ben, bo, line):
    ben.texts("STOP")
    walks_in(oz)
    takes_desk(bo, "Ben", "police desk", "opted out")
    bo.hears("opted out")
    ben.sleeps()


# --- REFER ----------------------------------------------------------------------------------------------------------


@pytest.mark.both
def test_referred_somebody_hears_nothing_until_the_coordinator_writes(oz, ben, bo, clock):
    refers(oz)
    clock.forward(minutes=4)
    bo.hears("someone to reach out to").rings().replies("1").hears("you are on with")
    code = bo.code
    bo.hears("call them Ben").hears("officer gave us their number", "have not texted us").hears("by what time")
    bo.replies("skip")
    oz.hears(code, "Bo", "no time yet")
    ben.hears_nothing()
    bo.texts("Hi, I am Bo, a friend asked me to say hello")
    ben.hears("I am Bo").replies("who gave you this?")
    bo.hears("who gave you")
    sees_nothing_of(oz, "who gave", "hello")


@pytest.mark.parametrize("words", ["none", "skip", "no phone i think"])
def test_without_a_number_nobody_can_reach_out(oz, bo, words, clock):
    oz.texts("REFER").hears("call them").replies("Ben").hears("phone number").replies(words)
    if words == "no phone i think":
        oz.hears("not a phone number").replies(words)
    oz.hears("Without a number", "Nothing was kept")
    clock.forward(hours=1)
    bo.hears_nothing()


def test_a_silent_officer_refers_nobody(oz, bo, clock):
    oz.texts("REFER").hears("call them")
    clock.forward(minutes=21)
    clock.forward(minutes=21)
    bo.hears_nothing()
    oz.sleeps()


def test_referred_while_they_talk_with_us(oz, ben, bo, clock):
    code = talk(ben, bo)
    clock.forward(minutes=3)
    refers(oz)
    bo.hears(code, "desk gave us their number", "not told").hears("by what time").replies("skip")
    oz.hears(code, "Bo")
    ben.hears_nothing()


def test_referred_somebody_who_writes_first_is_answered(oz, ben, bo):
    refers(oz)
    ben.texts("hey my cop friend said to text").hears("keep your words")
    bo.hears("someone to reach out to").replies("1").sleeps()
    ben.hears("Bo", "real person")
    oz.sleeps()


# --- who may --------------------------------------------------------------------------------------------------------


def test_walkin_is_an_officers_word(bo, ana, max):
    bo.texts("WALKIN").hears("your own number")
    max.texts("REFER").hears("your own number")
    ana.texts("WALKIN").hears("danger", "YES or NO")


def test_a_spanish_officer(line, ben, bo):
    oz = line.hires("Oz", "officer", languages="es")
    oz.texts("WALKIN").hears("médico", "1 si 2 no").replies("2").hears("nombre", "SALTAR").replies("saltar")
    oz.hears("numero de teléfono", "NINGUNO").replies("ninguno").hears("ciudad").replies("saltar")
    oz.hears("coordinador")
    takes_desk(bo, "no phone")
    bo.replies("18:00").hears("told the desk")
    oz.hears("Bo", "18:00", "piensa")


@pytest.mark.both
def test_a_coordinator_who_is_off_is_not_asked_and_all_off_rings_the_managers(oz, bo, max, clock):
    bo.texts("OFF 8H").hears("off until")
    walks_in(oz, phone="none")
    max.hears("ALARM").sleeps()
    clock.forward(minutes=11)
    bo.hears_nothing()
    oz.hears("no one has taken it")
