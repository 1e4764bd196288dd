"""A call between two people through the line: both press 1, and neither sees the other's number.

One engine for every way into it: CALL by text, somebody who waits on the line while their coordinator or driver is
rung, a member who calls in. Whoever is on the line already waits in a queue; whoever presses 1 is put through to them.
A machine cannot press 1, and hears no more than "the call you asked for".

A member is on the line only where the line rang them (fact "live"): a caller id is easily forged.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flows.danger import betrays, calls_911
from flows.effects import Answer, Connect, Effect, Join, Know, Note, Open, Play, Ring, Say, Tell, Unring
from flows.events import Heard, Missed
from flows.machine import STAY, Do, Flow, Moment, State, Target, When, emits, hours, minutes, seconds
from flows.waiting import they_wait

TRIED = 30  # a second or two each: no sentence of the line is longer
PATIENCE = 3  # how often in a row the one who waits hears that it still rings: a phone is not rung as long as that


def _both(m: Moment) -> bool:
    return {"member", "participant"} <= m.facts["live"]


def _member_waits(m: Moment) -> bool:
    return "member" in m.facts["live"]


def _joined(m: Moment) -> bool:
    return bool(m.data.get("joined"))


def _by(role: str) -> Callable[[Moment], bool]:
    return lambda m: m.data.get("role") == role


def _betrays(m: Moment) -> bool:
    """A phone that rings may give them away, or keep them from 911 (design.md 10)."""
    return betrays(m) or calls_911(m)


def _has_message(m: Moment) -> bool:
    return "voicemail" in m.facts["case"]["known"].get("marks", ())


def _has_next(m: Moment) -> bool:
    return bool(m.known.get("then"))


def _patient(m: Moment) -> bool:
    return int(m.known.get("waits", 0)) < PATIENCE


def _left_words(m: Moment) -> bool:
    return isinstance(m.event, Missed) and m.event.why == "message"


def _in_danger(m: Moment) -> bool:
    """While they wait the emergency speaks to them, and holds them if nobody comes."""
    return m.known.get("why") == "danger"


@emits(cards=("call.member", "call.member_message", "call.hold"))
def _ring_member(m: Moment) -> Iterable[Effect]:
    yield Know({"waits": None})
    if they_wait(m) and not _in_danger(m):
        yield Say("call.hold", "participant")
    yield Ring("call.member_message" if _has_message(m) else "call.member", "member")


def _wait_on(to: str, card: str) -> Any:
    """Nobody who waits is left in silence."""

    @emits(cards=(card,))
    def say(m: Moment) -> Iterable[Effect]:
        yield Know({"waits": int(m.known.get("waits", 0)) + 1})
        if to in m.facts["live"] and not (to == "participant" and _in_danger(m)):
            yield Say(card, to)

    return say


@emits(cards=("call.ringing", "call.other"))
def _ring_other(m: Moment) -> Iterable[Effect]:
    yield Know({"waits": None})
    yield Answer("member")
    yield Say("call.ringing", "member")
    yield Ring("call.other", "participant")


@emits(tells=("spoke",))
def _spoke(m: Moment) -> Iterable[Effect]:
    yield Tell("assist", "spoke", {"member": m.run.parties["member"]})
    yield Tell("emergency", "spoke")


@emits(cards=("call.connecting",), tells=("spoke",))
def _connect(m: Moment) -> Iterable[Effect]:
    """Whoever is speaking now is put through to the one who waits; it was the member who took it, if nobody is."""
    yield Note("call", role="member")
    yield from _spoke(m)
    if isinstance(m.event, Heard) and m.event.role == "participant":
        yield Connect("participant", "member")
        return
    yield Answer("member")
    yield Say("call.connecting", "member")
    yield Connect("member", "participant")


def _soon(m: Moment) -> bool:
    """They are on the line, and still hearing something before they come into the queue."""
    return they_wait(m) and int(m.known.get("tries", 0)) < TRIED


@emits(cards=("call.moment",))
def _again(m: Moment) -> Iterable[Effect]:
    yield Know({"tries": int(m.known.get("tries", 0)) + 1})
    yield Say("call.moment", "member")
    yield Connect("member", "participant")


@emits(tells=("talked",))
def _end(m: Moment) -> Iterable[Effect]:
    yield Note("call_ended")
    yield Tell("assist", "talked", {"member": m.run.parties["member"]})


@emits(tells=("spoke",))
def _meet(m: Moment) -> Iterable[Effect]:
    """They call while their own phone is being rung."""
    yield Unring("participant")
    yield Note("call", role="member")
    yield from _spoke(m)
    yield Connect("participant", "member")


@emits(cards=("call.not_now",))
def _declined(m: Moment) -> Iterable[Effect]:
    yield Know({"declined": True})
    yield Join("rung", m.run.parties["member"])
    yield Say("call.not_now", "rung")


@emits(tells=("waited",))
def _rang_off(m: Moment) -> Iterable[Effect]:
    """They called and were not answered: they are told that words reach the same person."""
    if m.known.get("why") == "called":
        yield Tell("assist", "waited", {"member": m.run.parties["member"]})


@emits(cards=("call.missed",), tells=("unreached",))
def _missed(m: Moment) -> Iterable[Effect]:
    """Whoever was rung hears so, unless they said no or drive; who called counts as waiting for an answer."""
    if not m.known.get("declined") and not m.known.get("moving"):
        yield Join("rung", m.run.parties["member"])  # the next may be the member by now
        yield Say("call.missed", "rung")
    if m.known.get("why") == "called":
        yield Tell("assist", "unreached")


@emits(cards=("call.missed",), tells=("unreached", "not_reached", "waited"), opens=("voicemail",))
def _nobody(m: Moment) -> Iterable[Effect]:
    """In danger nobody is asked for a message: they stay on the line, and others are asked."""
    yield from _missed(m)
    if _in_danger(m):
        yield Tell("emergency", "unreached")
        yield Tell("assist", "not_reached", {"member": m.run.parties["member"]})
        return
    yield from _rang_off(m)
    yield Open("voicemail", {"why": "unreached"}, {"participant": m.run.parties["participant"]})


@emits(cards=("call.missed",), tells=("unreached",))
def _next(m: Moment) -> Iterable[Effect]:
    """Somebody waits on the line, and another member has their case too."""
    yield from _missed(m)
    first, *rest = m.known["then"]
    yield Know({"then": rest, "declined": None, "moving": None, "code": None})
    yield Join("member", first)


def _pass_on(m: Moment) -> Iterable[Effect]:
    """Whoever was rung is on the roster no more: whoever has their cases now is rung instead, and once."""
    heir = m.data["member"]
    others = [x for x in m.known.get("then", ()) if x != heir]
    yield Know({"then": others, "declined": None, "moving": None, "code": None})
    yield Join("member", heir)


ON_LINE = ("live",)
NOBODY: Target = When(they_wait, When(_has_next, "next", "nobody"), "missed")
TRIES: Target = When(they_wait, "connects", "rings_other")
UNJOINED: Target = Do((Know({"declined": True}),), When(they_wait, "nobody", "ended"))


def _now(target: Target) -> Do:
    return Do((), target, needs=ON_LINE)


CALL = Flow(
    "call",
    party="member",
    rank=0,
    urgent=True,
    by_phone=True,
    told={"closed": "over", "called_in": "rings"},
    states=(
        State(
            "opens",
            needs=ON_LINE,
            then=When(_both, "connects", When(they_wait, "rings", When(_member_waits, "rings_other", "rings"))),
        ),
        State("rings", does=_ring_member, needs=("case", "live"), then="rung"),
        State(
            "rung",
            hears={"member": ("yes", "no", "plays")},
            press={"1": "yes", "2": "no", "3": "plays"},
            keys={},
            goes={
                "yes": _now(TRIES),
                "no": Do(_declined, NOBODY, needs=ON_LINE),
                "plays": Do((Play("member"),), STAY),
            },
            unclear=STAY,
            missed={"member": _now(NOBODY)},
            told={
                # who waited is rung back by whoever takes it
                "hung_up": When(_by("member"), _now(NOBODY), When(_by("participant"), Do(_rang_off, STAY), STAY)),
                "called_in": Do((Say("call.hold", "participant"),), STAY),
                "passed_on": _now(When(they_wait, "passes_on", "over")),
            },
            holds=("participant",),
            quiet=(seconds(25), _now(When(_patient, "rung_on", NOBODY))),
        ),
        State("rung_on", does=_wait_on("participant", "call.hold_more"), needs=ON_LINE, then="rung"),
        State("passes_on", does=_pass_on, then="rings"),
        State("missed", does=_missed, then="over"),
        State("next", does=_next, then="rings"),
        State("nobody", does=_nobody, then="over"),
        State("rings_other", needs=("case",), then=When(_betrays, "not_rung", "rings_them")),
        State("rings_them", does=_ring_other, then="other_rung"),
        State("not_rung", does=(Answer("member"),), says="call.not_rung", then="over"),
        State(
            "other_rung",
            hears={"participant": ("yes", "no")},
            press={"1": "yes", "2": "no"},
            keys={},
            goes={"yes": _now(When(_member_waits, "connects", "too_late")), "no": "no_answer"},
            unclear=STAY,
            missed={"participant": When(_left_words, "left_words", "no_answer")},
            holds=("member",),
            told={
                "hung_up": When(_by("member"), "alone", STAY),
                "called_in": _now(When(_member_waits, "meets", "rings")),
            },
            quiet=(seconds(25), _now(When(_patient, "other_on", "no_answer"))),
        ),
        State("other_on", does=_wait_on("member", "call.ringing_more"), needs=ON_LINE, then="other_rung"),
        State(
            "alone",  # the member hung up while the other's phone rang: it stops, or they have just picked it up
            does=(Unring("participant"),),
            hears={"participant": ("yes", "no")},
            press={"1": "yes", "2": "no"},
            keys={},
            goes={"yes": "too_late", "no": "over"},
            unclear=STAY,
            missed={"participant": "over"},
            quiet=(minutes(1), "over"),
        ),
        State("too_late", says="call.too_late", to="participant", then="over"),
        State("no_answer", does=(Unring("participant"),), says="call.no_answer", then="over"),
        State("left_words", says="call.left_words", then="over"),
        State("meets", does=_meet, then="connected"),
        State("connects", does=_connect, then="connected"),
        State(
            "connected",
            holds=("member", "participant"),
            told={
                "parted": When(_joined, "ended", _now(When(_soon, "again", "gone"))),
                "hung_up": When(_by("participant"), STAY, "parting"),
            },
            quiet=(hours(4), "over"),
        ),
        State("again", does=_again, then="connected"),
        State(
            "parting",  # the member hung up; whether they had spoken is known when the other comes out of the queue
            holds=("participant",),
            told={"parted": When(_joined, "ended", _now(UNJOINED)), "called_in": STAY},
            quiet=(seconds(6), _now(UNJOINED)),
        ),
        State(
            "gone",  # they hung up just before, or are being connected with somebody else
            says="call.gone",
            hears={"member": ("yes",)},
            press={"1": "yes"},
            keys={},
            goes={"yes": _now(TRIES)},
            unclear=_now(UNJOINED),
            told={
                "hung_up": When(_by("member"), _now(UNJOINED), STAY),
                "called_in": _now(When(_member_waits, "meets", "rings")),
            },
            holds=("participant",),
            quiet=(minutes(1), _now(UNJOINED)),
        ),
        State("ended", does=_end, then="over"),
        State("over"),
    ),
)
