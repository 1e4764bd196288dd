"""What is heard on a call, in keys and in words: pure."""

from datetime import UTC, datetime, timedelta

import pytest

from flows import FLOWS, spoken
from flows.company import COMPANY
from flows.effects import Say
from flows.events import Heard, Quiet, Told
from flows.hearing import Begin, Give, Listener, OptOut
from flows.machine import Run, step
from tests.flows.reader import read

NOON = datetime(2027, 3, 10, 18, 0, tzinfo=UTC)


def listener(flow, state, id=1, **known):
    return Listener(Run(id, flow, state, case=2, parties={"participant": 3}, known=known), FLOWS[flow], "participant")


def test_a_carriers_word_and_a_question_by_text_are_nothing_on_a_call():
    asked = listener("intake", "danger")
    assert spoken.spoken_to([OptOut(True)], asked) == spoken.misunderstood(asked)
    assert spoken.spoken_to([Begin("leave", {}, case=2)], asked) == spoken.misunderstood(asked)
    begun = [Begin("emergency", {}, case=2)]
    assert spoken.spoken_to(begun, asked) == begun


@pytest.mark.parametrize(
    ("words", "is_danger"), [("yes", False), ("no", False), ("hm", False), ("he is not breathing", True)]
)
def test_of_words_that_may_be_misheard_only_danger_counts(words, is_danger):
    assert spoken.is_danger(read(words), listener("intake", "danger")) is is_danger


def test_a_check_in_rings_and_something_more_urgent_is_asked():
    checkin, intake = listener("checkin", "rings", 1), listener("intake", "danger", 2)
    assert not spoken.is_overtaken([checkin], 1)
    assert spoken.is_overtaken([checkin, intake], 1)
    assert not spoken.is_overtaken([listener("call", "other_rung", 1), listener("company", "holds", 2)], 1)


def test_somebody_in_check_ins_calls_and_the_guide_hears_that_they_ask_for_help():
    turns = spoken.arrives([listener("checkin", "not_there", 1), listener("checkin", "late", 5)], None, 7, two=False)
    begun = next(turn for turn in turns if isinstance(turn, Begin))
    assert (begun.flow, begun.data["prefer"], begun.new_case) == ("intake", 7, True)
    told = [turn for turn in turns if isinstance(turn, Give)]
    assert told == [Give(5, Heard("participant", None, "-", {"elsewhere": True}))]


def test_no_check_in_is_asked_on_somebody_elses_call():
    for state in ("asks", "not_there", "talking", "late"):
        assert spoken.asking([listener("checkin", state)], None) is None
    for state in ("asks", "asks_again", "rung"):
        assert spoken.asking([listener("care", state)], None) is None


# --- how a card gets to them, and what a call is about ---------------------------------------------------------------

NOWHERE = {"is_text": True, "reaches": True} | dict.fromkeys(
    ("speaking", "on_call", "inbound", "is_about", "asks_help"), False
)


@pytest.mark.parametrize(
    ("so", "way"),
    [
        ({}, "text"),
        ({"is_text": False}, "dropped"),
        ({"speaking": True, "on_call": True}, "said"),
        ({"on_call": True}, "text"),  # a member's call is about something else
        ({"on_call": True, "is_text": False}, "waits"),
        ({"on_call": True, "is_about": True}, "waits_or_text"),
        ({"on_call": True, "is_about": True, "reaches": False}, "waits"),
        ({"on_call": True, "inbound": True, "asks_help": True}, "waits_or_text"),
        ({"speaking": True, "on_call": True, "inbound": True}, "text"),  # a caller id is easily forged
        ({"speaking": True, "on_call": True, "inbound": True, "is_text": False}, "dropped"),
        ({"speaking": True, "on_call": True, "inbound": True, "is_about": True}, "said"),
    ],
)
def test_how_a_card_gets_to_somebody(so, way):
    assert spoken.way(**NOWHERE | so) == way


def test_what_a_call_is_about():
    talk = Listener(Run(7, "assist", "fresh", case=2, parties={"coordinator": 4}), FLOWS["assist"], "coordinator")
    own = listener("intake", "danger", 9)
    assert spoken.about([talk], 7, inbound=False, is_member=True) == 7
    assert spoken.about([talk], None, inbound=False, is_member=True) is None
    assert spoken.about([own], 9, inbound=False, is_member=False) is None  # whatever is asked of them
    assert spoken.about([own], 7, inbound=True, is_member=True) is None  # they called for themselves
    assert spoken.about([], 7, inbound=False, is_member=True) == 7  # it is over, and they are told so


def test_whoever_picks_up_too_late_hears_that_it_is_settled():
    assert spoken.picked_up("offer.ring", 7, None, is_member=True) == "voice.settled"
    assert spoken.picked_up("call.other", 7, None, is_member=False) == "voice.late"
    assert spoken.picked_up("voice.look", 7, None, is_member=True) == "voice.look"
    assert spoken.picked_up("offer.ring", 7, listener("offer", "asked"), is_member=True) == "offer.ring"


# --- company --------------------------------------------------------------------------------------------------------


def hung_up(waited):
    known = {"since": (NOON - timedelta(minutes=waited)).isoformat(), "held": NOON.isoformat()}
    run = Run(1, "company", "holds", case=2, parties={"participant": 3}, known=known)
    return step(COMPANY, run, Told("hung_up", {"role": "participant"}), NOON, {"live": frozenset()})


def said(effects):
    return [effect.card for effect in effects if isinstance(effect, Say)]


@pytest.mark.parametrize(
    ("waited", "wait", "then"),
    [(0, 2, "company.wait_2"), (1, 1, "company.wait_2"), (2, 3, "company.wait_5"), (7, 3, "company.wait_10"),
     (12, 8, "company.wait_20"), (25, 5, "company.wait_30_no_time"), (40, 30, "company.wait_30_no_time")],
)  # fmt: skip
def test_after_the_call_the_next_truth_comes_at_its_time_and_no_other(waited, wait, then):
    run, effects = hung_up(waited)
    assert said(effects) == ["company.hung_up"]
    assert run.due == NOON + timedelta(minutes=wait)
    _, effects = step(COMPANY, run, Quiet(), run.due, {})
    assert said(effects) == [then]


def test_hung_up_is_said_once():
    run, _ = hung_up(1)
    run, _ = step(COMPANY, run, Told("called"), NOON, {})
    run, effects = step(COMPANY, run, Told("hung_up", {"role": "participant"}), NOON, {})
    assert said(effects) == []
    assert run.state == "waits"


def test_words_on_the_line_are_answered_aloud_and_silence_is_not():
    run, _ = step(COMPANY, hung_up(1)[0], Told("called"), NOON, {})
    _, effects = step(COMPANY, run, Heard("participant", None, "i am scared"), NOON, {})
    assert said(effects) == ["company.kept"]
    _, effects = step(COMPANY, run, Heard("participant", None, ""), NOON, {})
    assert said(effects) == []
