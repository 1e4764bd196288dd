"""A call between two people through the line: both press 1, and neither sees the other's number.

One engine for every way into it: CALL by text, somebody who waits on the line while their coordinator is rung, a member
who calls in. Whoever is on the line already waits in a queue; whoever presses 1 is put through to them. A machine
cannot press 1, and hears no more than "the call you asked for".
"""

from collections.abc import Iterable
from typing import Any

from flows.effects import OPENER, Answer, Connect, Effect, Note, Open, Play, Ring, Say, Tell
from flows.events import Heard
from flows.machine import STAY, Do, Flow, Moment, State, Target, When, emits, hours, minutes, seconds


def _both(m: Moment) -> bool:
    return {"member", "participant"} <= m.facts["live"]


def _participant_waits(m: Moment) -> bool:
    return "participant" in m.facts["live"]


def _member_waits(m: Moment) -> bool:
    return "member" in m.facts["live"]


def _joined(m: Moment) -> bool:
    return bool(m.data.get("joined"))


def _by(role: str) -> Any:
    return lambda m: m.data.get("role") == role


def _has_message(m: Moment) -> bool:
    return "voicemail" in m.facts["case"]["known"].get("marks", ())


@emits(cards=("call.member", "call.member_message"))
def _ring_member(m: Moment) -> Iterable[Effect]:
    yield Ring("call.member_message" if _has_message(m) else "call.member", "member")


@emits(cards=("call.ringing", "call.other"))
def _ring_other(m: Moment) -> Iterable[Effect]:
    yield Answer("member")
    yield Say("call.ringing", "member")
    yield Ring("call.other", "participant")


@emits(cards=("call.connecting",), tells=("spoke",))
def _connect(m: Moment) -> Iterable[Effect]:
    yield Note("call", role="member")
    yield Tell("assist", "spoke", {"member": m.run.parties["member"]})
    if isinstance(m.event, Heard) and m.event.role == "participant":
        yield Connect("member")
        return
    yield Answer("member")
    yield Say("call.connecting", "member")
    yield Connect("participant")


NOBODY: Target = When(_participant_waits, "nobody", "missed")

CALL = Flow(
    "call",
    party="member",
    rank=0,
    urgent=True,
    told={"closed": "over", "calls": STAY},
    states=(
        State(
            "opens",
            needs=("live",),
            then=When(
                _both, "connects", When(_participant_waits, "rings", When(_member_waits, "rings_other", "rings"))
            ),
        ),
        State(
            "rings",
            does=_ring_member,
            needs=("case", "live"),
            hears={"member": ("yes", "no", "plays")},
            press={"1": "yes", "2": "no", "3": "plays"},
            keys={},
            goes={
                "yes": Do((), When(_participant_waits, "connects", "rings_other"), needs=("live",)),
                "no": Do((), NOBODY, needs=("live",)),
                "plays": Do((Play("member"),), STAY),
            },
            unclear=STAY,
            missed={"member": Do((), NOBODY, needs=("live",))},
            holds=("participant",),
            quiet=(seconds(75), Do((), NOBODY, needs=("live",))),
        ),
        State("missed", says="call.missed", then="over"),
        State("nobody", says="call.missed", does=(Open("voicemail", {"why": "unreached"}),), then="over"),
        State(
            "rings_other",
            does=_ring_other,
            hears={"participant": ("yes", "no")},
            press={"1": "yes", "2": "no"},
            keys={},
            goes={"yes": Do((), When(_member_waits, "connects", "too_late"), needs=("live",)), "no": "no_answer"},
            unclear=STAY,
            missed={"participant": "no_answer"},
            holds=("member",),
            told={"hung_up": When(_by("member"), "over", STAY)},
            failed={"participant": "no_answer"},
            quiet=(seconds(90), "no_answer"),
        ),
        State("too_late", says="call.too_late", to="participant", then="over"),
        State("no_answer", says="call.no_answer", then="over"),
        State("connects", does=_connect, then="connected"),
        State(
            "connected",
            holds=("member", "participant"),
            told={
                "parted": When(_joined, "ended", "gone"),
                "hung_up": When(_by("participant"), STAY, "ended"),
            },
            quiet=(hours(4), "over"),
        ),
        State(
            "gone",  # they hung up just before
            says="call.gone",
            hears={"member": ("yes",)},
            press={"1": "yes"},
            keys={},
            goes={"yes": "rings_other"},
            unclear="over",
            told={"hung_up": "over"},
            quiet=(minutes(1), "over"),
        ),
        State("ended", does=(Note("call_ended"), Tell(OPENER, "call_ended")), then="over"),
        State("over"),
    ),
)
