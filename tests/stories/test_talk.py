"""A participant and a coordinator text each other through the line."""

import pytest

from tests.stories.openings import asks, takes, talk


@pytest.mark.both
def test_words_go_both_ways_and_get_no_receipt(ana, bo):
    code = talk(ana, bo)
    ana.texts("i need a bed tonight")
    bo.hears(code, "i need a bed tonight").replies("I am looking. How old are you?")
    ana.hears("How old are you?", without=(code, bo.number)).replies("34")
    bo.hears("34")


@pytest.mark.both
def test_a_note_is_only_for_the_case(ana, bo):
    talk(ana, bo)
    bo.texts("NOTE sounds calm, has a dog").hears("Noted", "not sent")
    ana.hears_nothing()


def test_one_letter_off_note_is_asked(ana, bo):
    talk(ana, bo)
    bo.texts("Noet sounds drunk").hears("Did you mean NOTE?").replies("1").hears("Noted")
    bo.texts("Not your fault, really").hears("Did you mean NOTE?").replies("2")
    ana.hears("Not your fault, really")


@pytest.mark.both
def test_done_asks_back_then_how_it_went(ana, bo, clock):
    code = talk(ana, bo)
    bo.texts("DONE").hears(code, "1 yes", "0 no").replies("1").hears("closed", "How did it go?").replies("2").hears(
        "Noted"
    )
    ana.hears_nothing()
    bo.texts(f"{code} one more thing").hears(f"{code} is closed")
    clock.forward(hours=30)


def test_done_was_a_word_for_them(ana, bo):
    talk(ana, bo)
    bo.texts("done").hears("1 yes", "0 no").replies("0")
    ana.hears("done")


def test_a_confirmation_nobody_answers_does_nothing(ana, bo, clock):
    talk(ana, bo)
    bo.texts("DONE").hears("1 yes")
    clock.forward(minutes=11)
    bo.texts("are you ok?")
    ana.hears("are you ok?")


def test_an_outcome_nobody_gives_is_no_loose_end(ana, bo, clock):
    talk(ana, bo)
    bo.texts("DONE").hears("1 yes").replies("1").hears("How did it go?")
    clock.forward(hours=2)
    bo.texts("LIST").hears("Nothing is open")


@pytest.mark.both
def test_a_hand_off_that_somebody_takes(ana, bo, pat):
    code = talk(ana, bo)
    bo.texts("HANDOFF").hears("1 yes").replies("1").hears("asking the team")
    pat.hears("someone asks").accepts()
    bo.hears("Pat has")
    ana.hears("Pat", "real person").texts("hello pat")
    pat.hears("hello pat")
    bo.texts(f"{code} bye").hears("closed")


@pytest.mark.both
def test_a_hand_off_nobody_takes_is_asked_again_or_kept(ana, bo, pat, clock):
    talk(ana, bo)
    bo.texts("HANDOFF").hears("1 yes").replies("1").hears("asking the team")
    for _ in range(2):  # two rounds
        pat.hears("someone asks").replies("2").hears("that is fine")
    bo.hears("No one took", "1 ask again 2 I will").replies("1").hears("asking the team")
    clock.forward(minutes=3)
    pat.hears("someone asks").rings().replies("2").hears("that is fine")
    pat.hears("someone asks").replies("2").hears("that is fine")
    bo.hears("No one took").replies("2").hears("stays with you")
    clock.forward(minutes=10)
    bo.texts("hi again")
    ana.hears("hi again")


def test_silence_after_a_hand_off_nobody_took_is_an_alarm(ana, bo, pat, max, clock):
    talk(ana, bo)
    bo.texts("HANDOFF").hears("1 yes").replies("1").hears("asking the team")
    for _ in range(2):  # two rounds
        pat.hears("someone asks").replies("2").hears("that is fine")
    bo.hears("No one took")
    clock.forward(minutes=14)
    max.hears_nothing()
    clock.forward(minutes=2)
    max.hears("ALARM")


@pytest.mark.both
def test_pass_later_gives_it_back(ana, bo, pat):
    talk(ana, bo)
    bo.texts("PASS").hears("thank you", "asking the next")
    pat.hears("someone asks").accepts()
    ana.hears("Pat", "real person").texts("hello")
    pat.hears("hello")


def test_list_and_menu(ana, bo):
    code = talk(ana, bo)
    bo.texts("LIST").hears("Open", code)
    bo.texts("MENU").hears("NOTE", "DONE", "HANDOFF")
    bo.texts("?").hears("NOTE", "DONE")


@pytest.mark.both
def test_a_code_first_always_goes_to_that_item(ana, ben, bo, clock):
    asks(ana)
    first = takes(bo, ana)
    clock.forward(minutes=3)
    asks(ben)
    second = takes(bo, ben)
    bo.texts(f"{first} hello first").texts(f"{second.lower()}: hello second")
    ana.hears("hello first")
    ben.hears("hello second")
    bo.texts(f"{first} DONE").hears(first, "1 yes").replies(f"{first} 1").hears(first, "closed").replies("skip")
    clock.forward(minutes=3)
    bo.texts("only you are left")
    ben.hears("only you are left")


def test_a_closed_code_relays_nothing(ana, bo, clock):
    code = talk(ana, bo)
    bo.texts("DONE").hears("1 yes").replies("1").hears("How did it go?").replies("1").hears("Noted")
    bo.texts(f"{code} are you well?").hears(f"{code} is closed")
    bo.texts("Q9 hello").hears("Q9 is closed")
    ana.hears_nothing()


@pytest.mark.both
def test_a_delivery_that_fails_is_told_and_tried_after_15_minutes_and_an_hour(ana, bo, clock, line):
    talk(ana, bo)
    ana.is_(state="off")
    bo.texts("are you safe?").hears("did not reach them", "15 min")
    clock.forward(minutes=14)
    tries = [
        m
        for m in line.simulator.switchboard.carrier.messages.values()
        if m.body == "are you safe?" and m.to == ana.number
    ]
    assert len(tries) == 1
    clock.forward(minutes=2)
    ana.is_(state="ok")
    clock.forward(minutes=61)
    ana.hears("are you safe?")


def test_a_delivery_that_fails_three_times(ana, bo, clock):
    talk(ana, bo)
    ana.is_(state="off")
    bo.texts("are you safe?").hears("did not reach them")
    clock.forward(hours=2)
    bo.hears("did not reach them", "third time")


@pytest.mark.both
def test_the_coordinator_hears_that_the_participant_opted_out(ana, bo):
    talk(ana, bo)
    ana.texts("STOP").hears("No more texts")
    bo.hears("no text can reach them", "Somebody else")
    ana.texts("START")
    bo.hears("START")
    bo.texts("good to see you")
    ana.hears("good to see you")


def test_a_participant_who_asks_for_a_call_in_a_talk(ana, bo):
    talk(ana, bo)
    ana.texts("call me please").hears("phone call", "safe to ring")
    bo.hears("asks for a phone call")


def test_a_second_word_of_the_participant_reaches_them_while_they_write(ana, bo):
    talk(ana, bo)
    for words in ("one", "two", "three"):
        ana.texts(words)
        bo.hears(words)


@pytest.mark.both
def test_a_failure_told_before_the_carrier_has_answered_us_is_tried_again_all_the_same(ana, bo, clock):
    talk(ana, bo)
    ana.is_(state="off", callbacks="early")
    bo.texts("are you safe?").hears("did not reach them", "15 min")
    ana.is_(state="ok", callbacks="in_order")
    clock.forward(minutes=16)
    ana.hears("are you safe?")


def test_a_text_longer_than_one_segment_goes_whole(ana, bo):
    talk(ana, bo)
    story = "it started when i hurt my back at work " * 12
    ana.texts(story.strip())
    bo.hears(story.strip()[-60:])
    bo.texts(story.strip())
    ana.hears(story.strip())


@pytest.mark.both
def test_a_repeat_user_is_offered_to_the_last_coordinator_first(ana, bo, pat, clock):
    talk(ana, bo)
    bo.texts("DONE").hears("1 yes").replies("1").hears("How did it go?").replies("1").hears("Noted")
    clock.forward(days=3)
    asks(ana, "hi its me again i need help")
    bo.hears("someone asks")  # though Pat never took one


def test_after_ninety_silent_days_a_number_is_a_strangers(ana, bo, pat, clock):
    talk(ana, bo)
    bo.texts("DONE").hears("1 yes").replies("1").hears("How did it go?").replies("1").hears("Noted")
    clock.forward(days=91)
    asks(ana, "hi its me again i need help")
    pat.hears("someone asks").accepts()
    ana.hears("Pat")


@pytest.mark.parametrize(
    ("written", "passed_on"), [("👍", "👍"), ("Liked “hi”", "👍"), ("sí 🙏", "sí 🙏"), ("sí…", "si...")]
)
def test_words_arrive_as_they_were_written(ana, bo, written, passed_on):
    """An emoji may be all they said; only what has a look-alike is folded."""
    code = talk(ana, bo)
    ana.texts(written)
    bo.hears(f"{code}: {passed_on}")


def test_the_longest_text_arrives_whole(ana, bo):
    code = talk(ana, bo)
    ana.texts("a" * 1599 + "b")
    bo.hears(f"{code}: aaa").hears(f"{code}: aaab")
