"""An offer: a page put to one member. Its answer, its silence, its ring and its "covered" are its own.

It says nothing about the person. Voicemail cannot accept: only a digit can. After its time the page asks the next one, and
this member may still accept, until it is covered.
"""

from collections.abc import Iterable
from datetime import timedelta

from flows.effects import OPENER, Accepted, Effect, Know, Note, Ring, Say, Tell
from flows.machine import STAY, Do, Flow, Moment, State, When, emits, hours, seconds


def _card(m: Moment) -> str:
    if m.known.get("urgent"):
        return "offer.urgent"
    if m.known.get("desk"):
        return "offer.desk"
    return f"offer.{m.known['role']}"


def _time(m: Moment) -> float:
    return float(m.policy["urgent_offer" if m.known.get("urgent") else "offer"])


CARDS = ("offer.coordinator", "offer.desk", "offer.urgent")


@emits(cards=CARDS)
def _ask(m: Moment) -> Iterable[Effect]:
    if m.data.get("urgent"):
        yield Know({"urgent": True})
    yield Note("offer", role="member")
    yield Say(_card(m), "member", expires=_time(m))


def _rings_at_once(m: Moment) -> bool:
    return bool(m.known.get("urgent")) or m.policy["call_after"] == 0


def _never_rings(m: Moment) -> bool:
    after = m.policy["call_after"]
    return after is None or after >= _time(m)


@emits(cards=("offer.ring", "offer.ring_urgent"))
def _ring(m: Moment) -> Iterable[Effect]:
    yield Ring("offer.ring_urgent" if m.known.get("urgent") else "offer.ring", "member", expires=_time(m))


def _rest(m: Moment) -> timedelta:
    """What is left of the offer's time when the phone has rung."""
    return seconds(_time(m) - (0 if _rings_at_once(m) else m.policy["call_after"]))


def _this(m: Moment) -> bool:
    return m.data.get("member") == m.known["member"]


@emits(tells=("accepted",))
def _accept(m: Moment) -> Iterable[Effect]:
    yield Accepted("member", m.known["role"])
    yield Note("accepted", role="member")
    yield Tell(OPENER, "accepted", {"member": m.known["member"], "who": m.known["who"]})


@emits(tells=("passed",))
def _pass(m: Moment) -> Iterable[Effect]:
    yield Note("passed", role="member")
    yield Tell(OPENER, "passed", {"member": m.known["member"]})


@emits(tells=("failed",))
def _fail(m: Moment) -> Iterable[Effect]:
    yield Note("offer_failed", role="member")
    yield Tell(OPENER, "failed", {"member": m.known["member"]})


@emits(tells=("lapsed",))
def _lapse(m: Moment) -> Iterable[Effect]:
    yield Note("offer_lapsed", role="member")
    yield Tell(OPENER, "lapsed", {"member": m.known["member"]})


ANSWERS = {"yes": "accepts", "no": "passes", "pass": "passes"}
HEARS = ("yes", "no", "pass")
KEYS = {"1": "yes", "2": "no"}
NOT_UNDERSTOOD = Do((Say("offer.again", "member"),), STAY)


OFFER = Flow(
    "offer",
    party="member",
    urgent=True,
    stamps=("paging",),
    told={
        "taken": When(_this, "mine", "covered"),
        "withdrawn": "withdrawn",
        "again": When(_this, "asks", STAY),
    },
    failed={"member": "fails"},
    states=(
        State("asks", does=_ask, then=When(_rings_at_once, "rings", When(_never_rings, "asked", "waits"))),
        State(
            "waits",
            asks="offer",
            hears=HEARS,
            keys=KEYS,
            goes=ANSWERS,
            unclear=NOT_UNDERSTOOD,
            quiet=(lambda m: seconds(m.policy["call_after"]), "rings"),
        ),
        State("rings", does=_ring, then="asked"),
        State(
            "asked",
            asks="offer",
            hears=HEARS,
            keys=KEYS,
            goes=ANSWERS,
            unclear=NOT_UNDERSTOOD,
            quiet=(_rest, "lapses"),
        ),
        State("lapses", does=_lapse, then="late"),
        State(
            "late",
            asks="offer",
            hears=HEARS,
            keys=KEYS,
            goes=ANSWERS,
            unclear=NOT_UNDERSTOOD,
            quiet=(hours(24), "over"),
        ),
        State("accepts", does=_accept, then="accepted"),
        State("accepted", quiet=(hours(1), "over")),
        State("passes", does=_pass, says="offer.passed", then="over"),
        State("fails", does=_fail, then="over"),
        State("covered", says="offer.covered", fill=lambda m: {"who": m.data["who"]}, does=(), then="remembers"),
        State("remembers", does=lambda m: [Know({"by": m.data["who"]})], then="echoes"),
        State(
            "echoes",
            echo=True,
            asks="offer",
            hears=HEARS,
            keys=KEYS,
            goes={"yes": "too_late", "no": "over", "pass": "over"},
            unclear=Do((), STAY),
            quiet=(hours(2), "over"),
            told={"again": "asks", "taken": STAY, "withdrawn": "over"},
            failed={"member": STAY},
        ),
        State("too_late", says="offer.covered", fill=lambda m: {"who": m.known["by"]}, then="echoes"),
        State("withdrawn", says="offer.withdrawn", then="over"),
        State("mine", then="over"),
        State("over"),
    ),
)
