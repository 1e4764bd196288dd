"""One check-in: how are you? One question, answered by a digit, a word or a thumb, in the name of somebody they know.

Their words are read for danger before they come here. What needs a person opens a support page; so-so is told to the
guide; whatever they write reaches the guide as written. Nobody answers: one nudge, then the guide is asked to reach
them. The run goes on listening until the next one begins, so that a late answer is never lost.

By call it is the same question, answered by a key; the nudge is a second call. Nobody's machine hears it.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from flows import resend
from flows.by_call import asks_for_person, is_impossible
from flows.effects import Effect, Know, Note, Record, Relay, Ring, Say, Tell
from flows.events import Failed
from flows.keeping import may_text, until_allowed
from flows.machine import (
    STAY,
    Again,
    Do,
    Flow,
    Moment,
    State,
    Target,
    Wait,
    When,
    emits,
    fills,
    hours,
    minutes,
)  # fmt: skip
from flows.schedule import EARLY, MILESTONES


def _begin(m: Moment) -> Iterable[Effect]:
    values = {"day": m.known.get("day"), "state": "sent", "due": m.now, "sent_at": m.now}
    yield Record("checkins", {**values, "person_id": m.run.parties["participant"], "guide_id": m.run.parties["guide"]})


@emits(
    cards={
        "checkin.ask": ("first", "guide"),
        "checkin.ask_plain": ("guide",),
        "checkin.milestone": ("first", "guide", "n"),
        "checkin.door": ("guide",),
        "care.own": ("words", "guide"),
    }
)
def _ask(m: Moment) -> Iterable[Effect]:
    known = m.known
    guide = {"guide": known["guide"]}
    if known.get("own"):
        yield Say("care.own", "participant", {"words": known["own"], **guide})
    elif known.get("kind") == "door":
        yield Say("checkin.door", "participant", guide)
    elif not known.get("first"):
        yield Say("checkin.ask_plain", "participant", guide)
    elif known.get("day") in MILESTONES and known["n"] > 0:
        yield Say("checkin.milestone", "participant", {"first": known["first"], "n": known["n"], **guide})
    else:
        yield Say("checkin.ask", "participant", {"first": known["first"], **guide})


CALL_CARDS = {
    "checkin.call": ("first", "guide"),
    "checkin.call_plain": ("guide",),
    "checkin.call_milestone": ("first", "guide", "n"),
    "checkin.call_own": ("words", "guide"),
}


def _by_call(m: Moment) -> bool:
    return m.known.get("by") == "call"


def _sentence(words: str) -> str:
    """Spoken, what follows must not run on."""
    return words if words.rstrip()[-1:] in ".!?" else f"{words.rstrip()}."


def _card(m: Moment) -> tuple[str, dict[str, Any]]:
    """What their phone is rung to ask; a name only where there is one, and the phone is not another's by now."""
    known = m.known
    guide = {"guide": known["guide"]}
    if known.get("own"):
        return "checkin.call_own", {"words": _sentence(known["own"]), **guide}
    if not known.get("first") or known.get("kind") == "door":
        return "checkin.call_plain", guide
    if known.get("day") in MILESTONES and known["n"] > 0:
        return "checkin.call_milestone", {"first": known["first"], "n": known["n"], **guide}
    return "checkin.call", {"first": known["first"], **guide}


@emits(cards=CALL_CARDS)
def _ring(m: Moment) -> Iterable[Effect]:
    card, blanks = _card(m)
    yield Know({"by": "call"})
    yield Ring(card, "participant", blanks)


@emits(cards=CALL_CARDS)
def _ring_again(m: Moment) -> Iterable[Effect]:
    """Once more, as a text is sent once more; the guide hears of it when it is clear that nobody is there."""
    yield Record("checkins", {"state": "nudged"})
    yield from _ring(m)


def _until_nudge(m: Moment) -> timedelta:
    """A door that was left open is not knocked at again; it is looked at after a day like the others."""
    return timedelta(seconds=m.policy["checkins"]["nudge_after"] or hours(24).total_seconds())


def _never_nudges(m: Moment) -> bool:
    return m.policy["checkins"]["nudge_after"] is None or m.known.get("kind") == "door"


@emits(
    cards={
        "checkin.retry": ("first", "guide"),
        "checkin.retry_plain": ("guide",),
        "checkin.no_answer": ("first",),
    }
)
def _nudge(m: Moment) -> Iterable[Effect]:
    """Once, softly. In the first four weeks the guide hears at the same time: that is when people die."""
    known = m.known
    if known.get("first"):
        yield Say("checkin.retry", "participant", {"first": known["first"], "guide": known["guide"]})
    else:
        yield Say("checkin.retry_plain", "participant", {"guide": known["guide"]})
    yield Record("checkins", {"state": "nudged"})
    if (known.get("day") or 0) <= EARLY:
        yield Say("checkin.no_answer", "guide", {"first": _first(m)})


def _first(m: Moment) -> str:
    return m.known.get("first") or "-"


@fills("guide")
def _guide(m: Moment) -> Mapping[str, Any]:
    return {"guide": m.known["guide"]}


def _grade(grade: str, card: str) -> Any:
    """What they answered, noted for people to read, told to the year's run and to the guide."""

    @emits(tells=("answered",), cards={card: ("first",)})
    def graded(m: Moment) -> Iterable[Effect]:
        yield Record("checkins", {"state": "answered", "answered_at": m.now, "grade": grade})
        yield Tell("care", "answered")
        yield Say(card, "guide", {"first": _first(m)})

    return graded


@emits(tells=("answered",), cards={"checkin.told_talk": ("first",)})
def _talk(m: Moment) -> Iterable[Effect]:
    """They are asked for, and whoever has known them longest hears so."""
    parties = m.run.parties
    yield Record("checkins", {"state": "answered", "answered_at": m.now, "grade": "talk"})
    yield Tell("care", "answered")
    yield from asks_for_person(m)
    if parties["coordinator"] != parties["guide"]:
        yield Say("checkin.told_talk", "coordinator", {"first": _first(m)})


@emits(tells=("answered",), cards={"checkin.told_help": ("first",)})
def _helped(m: Moment) -> Iterable[Effect]:
    """They asked for help, or are in danger: that has begun elsewhere; here it is only told."""
    yield Record("checkins", {"state": "answered", "answered_at": m.now, "grade": "help"})
    yield Tell("care", "answered")
    yield Say("checkin.told_help", "guide", {"first": _first(m)})


@emits(tells=("answered",))
def _words(m: Moment) -> Iterable[Effect]:
    yield Record("checkins", {"state": "answered", "answered_at": m.now, "grade": "words"})
    yield Tell("care", "answered")
    yield Relay(m.words, "guide")


@emits(tells=("answered",))
def _more_words(m: Moment) -> Iterable[Effect]:
    yield Tell("care", "answered")
    yield Relay(m.words, "guide")


@emits(tells=("silent",), cards={"checkin.phone": ("first",)})
def _silent(m: Moment) -> Iterable[Effect]:
    yield Record("checkins", {"state": "silent"})
    yield Tell("care", "silent")
    yield Say("checkin.phone", "guide", {"first": _first(m)})


@emits(tells=("wrong",))
def _wrong(m: Moment) -> Iterable[Effect]:
    yield Record("checkins", {"state": "wrong", "answered_at": m.now})
    yield Tell("care", "wrong")


@emits(tells=("left",))
def _left(m: Moment) -> Iterable[Effect]:
    yield Record("checkins", {"state": "left", "answered_at": m.now})
    yield Tell("care", "left")


def _began_elsewhere(m: Moment) -> bool:
    return bool(m.data.get("elsewhere"))


def _is_low(m: Moment) -> bool:
    """Neither danger nor good news: "not so good", "I used", "idk" are heard as wanting somebody."""
    return m.data.get("level") == "unclear"


def _says_nothing(m: Moment) -> bool:
    return not m.words.strip()


def _is_opted_out(m: Moment) -> bool:
    return isinstance(m.event, Failed) and m.event.why == "opted_out"


@emits(tells=("left",))
def _unreachable(m: Moment) -> Iterable[Effect]:
    yield Record("checkins", {"state": "unreachable"})
    yield Tell("care", "left")


@emits(cards={"care.not_reached": ("first",)})
def _failed(m: Moment) -> Iterable[Effect]:
    assert isinstance(m.event, Failed)
    if resend.given_up(m.event):
        yield Record("checkins", {"state": "failed"})
        yield Say("care.not_reached", "guide", {"first": _first(m)})
    yield from resend.again(m.event)


ANSWERS = ("good", "so_so", "talk", "thumb", "asks_call", "wrong_number", "who_is_this", "leave", "person")
PRESSES = {"1": "good", "2": "so_so", "3": "talk", "4": "wrong_number"}
GOES: dict[str, Target] = {
    "good": "good",
    "so_so": "so_so",
    "talk": "talks",
    "asks_call": "talks",
    "thumb": "thumb",
    "wrong_number": "wrong",
    "who_is_this": "wrong",
    "leave": "left",
    "person": "talks",
}


def _hearing(
    name: str,
    quiet: tuple[Wait, Target],
    words: Target,
    *,
    nothing: Target = STAY,
    press: Mapping[str, str] = MappingProxyType({}),
    **more: Any,
) -> State:
    """A state in which they may answer, or write whatever they like; `press`: by key, where their phone was rung."""
    fork = When(_began_elsewhere, "helped", When(_says_nothing, nothing, When(_is_low, "talks", words)))
    return State(
        name,
        hears=ANSWERS,
        keys={"1": "good", "2": "so_so", "3": "talk"},
        press=press,
        goes=GOES,
        words={"participant": fork},
        context="checkin",
        quiet=quiet,
        **more,
    )


def _ringing(name: str, does: Any, quiet: tuple[Wait, Target], nobody: Target) -> State:
    """Their phone rings, or they are asked on it."""
    return _hearing(
        name,
        quiet,
        "words",
        does=does,
        nothing=Again("checkin.call_again", "puzzled"),
        press=PRESSES,
        missed={"participant": nobody},
        told={"next": "overtaken", "hung_up": nobody},
    )


FAILED: Target = When(_is_opted_out, "unreachable", Do(_failed, STAY))
TO_CALL: dict[str, Target] = {"participant": When(is_impossible, "call_due", FAILED)}
NUDGE: Target = When(_never_nudges, "unanswered", "nudge_due")
OVERTAKEN = {"next": "overtaken"}

CHECKIN = Flow(
    "checkin",
    rank=3,
    stamps=("timezone", "checkins"),
    told={"closed": STAY, "next": "over", "withdrawn": "over"},
    failed={"participant": FAILED},
    states=(
        State("opens", does=_begin, then=When(_by_call, "rings", "asks")),
        _hearing("asks", (_until_nudge, NUDGE), "words", does=_ask, told=OVERTAKEN, failed=TO_CALL),
        State("call_due", needs=("touch",), then=When(may_text, "rings", "call_waits")),
        _hearing("call_waits", (until_allowed, "call_due"), "words", does=(Note("checkin_waits"),), told=OVERTAKEN),
        _ringing("rings", _ring, (_until_nudge, NUDGE), "not_there"),
        _hearing("not_there", (_until_nudge, NUDGE), "words", told=OVERTAKEN),
        State(
            "nudge_due", needs=("touch",), then=When(may_text, When(_by_call, "rings_again", "nudges"), "nudge_waits")
        ),
        _hearing("nudge_waits", (until_allowed, "nudge_due"), "words", does=(Note("checkin_waits"),), told=OVERTAKEN),
        _hearing("nudges", (hours(24), "unanswered"), "words", does=_nudge, told=OVERTAKEN, failed=TO_CALL),
        _ringing("rings_again", _ring_again, (minutes(30), "unanswered"), "unanswered"),
        State("puzzled", says="checkin.puzzled", fill=_guide, then="unanswered"),
        State("unanswered", does=_silent, then="late"),
        State("overtaken", does=_silent, then="over"),
        State("good", says="checkin.good", fill=_guide, does=_grade("good", "checkin.told_good"), then="talking"),
        State("so_so", says="checkin.so_so", fill=_guide, does=_grade("so-so", "checkin.told_so_so"), then="talking"),
        State("thumb", does=_grade("thumb", "checkin.told_thumb"), then="talking"),
        State("talks", says="checkin.talk", fill=_guide, does=_talk, then="talking"),
        State("helped", does=_helped, then="talking"),
        State("words", says="checkin.words", fill=_guide, does=_words, then="talking"),
        _hearing("talking", (hours(24), "late"), Do(_more_words, STAY)),
        _hearing("late", (hours(24 * 400), "over"), "words"),
        State("wrong", says="checkin.wrong", does=_wrong, then="over"),
        State("left", says="checkin.left", does=_left, then="over"),
        State("unreachable", does=_unreachable, then="over"),
        State("over"),
    ),
)
