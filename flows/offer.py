"""An offer: a page put to one member. Its answer, its silence, its ring and its "covered" are its own.

It says nothing about the person. Voicemail cannot accept: only a digit can. After its time the page asks the next one,
and this member may still accept, until it is covered.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flows.effects import OPENER, Accepted, Effect, Know, Note, Ring, Say, Tell
from flows.events import Told
from flows.machine import STAY, Again, Do, Flow, Moment, State, Target, Wait, When, emits, fills, hours, seconds


def _card(m: Moment) -> str:
    if m.known.get("urgent"):
        return "offer.urgent"
    if m.known.get("desk"):
        return "offer.desk"
    if m.known.get("refer"):
        return "offer.refer"
    if m.known["role"] != "driver":
        return f"offer.{m.known['role']}"
    if m.known["ride"]["companion"]:
        return "offer.companion"
    return "offer.driver_needs" if m.known["ride"]["needs"] else "offer.driver"


def _blanks(m: Moment) -> Mapping[str, Any]:
    """What a driver hears before taking it: an area, a time, a length, what the car must have. Never an address."""
    if m.known["role"] != "driver":
        return {}
    ride = m.known["ride"]
    told = {name: ride[name] for name in RIDE}
    return {**told, "needs": {"cards": ride["needs"]}} if _card(m) == "offer.driver_needs" else told


LIVE = 25.0  # seconds: somebody is on the line, and hears that a phone is ringing


def offer_time(policy: Mapping[str, Any], urgent: bool, live: bool) -> float:
    """How long one rung is asked before the next is, in seconds."""
    hurry = policy.get("urgent_offer") if urgent else None
    time = float(hurry or policy["offer"])
    return min(time, LIVE) if live else time


def _time(m: Moment) -> float:
    return offer_time(m.policy, bool(m.known.get("urgent")), bool(m.known.get("live")))


CARDS = ("offer.coordinator", "offer.desk", "offer.refer", "offer.urgent", "offer.guide", "offer.support")
RIDE = ("town", "time", "n")


@emits(
    cards={
        **dict.fromkeys(CARDS, ()),
        "offer.driver": RIDE,
        "offer.companion": RIDE,
        "offer.driver_needs": (*RIDE, "needs"),
    }
)
def _ask(m: Moment) -> Iterable[Effect]:
    """Asked, or asked again: in more of a hurry than before, if the page is."""
    hurries = bool(m.data.get("urgent")) and not m.known.get("urgent")
    if m.data.get("urgent"):
        yield Know({"urgent": True})
    if "live" in m.data:
        yield Know({"live": m.data["live"] or None})
    yield Note("offer", role="member")
    if isinstance(m.event, Told) and m.data.get("live") and not hurries:
        return  # their phone rings again; the text they have
    yield Say(_card(m), "member", _blanks(m), expires=offer_time(m.policy, bool(m.known.get("urgent")), False))


def _rings_at_once(m: Moment) -> bool:
    return bool(m.known.get("urgent") or m.known.get("live")) or m.policy["call_after"] == 0


def _never_rings(m: Moment) -> bool:
    after = m.policy["call_after"]
    return not m.known.get("live") and (after is None or after >= _time(m))


#: What is said on the phone for what was texted.
RINGS = {
    "offer.coordinator": "offer.ring", "offer.urgent": "offer.ring_urgent", "offer.desk": "offer.ring_desk",
    "offer.refer": "offer.ring_refer", "offer.guide": "offer.ring_guide", "offer.support": "offer.ring_support",
    "offer.driver": "offer.ring_driver", "offer.driver_needs": "offer.ring_needs",
    "offer.companion": "offer.ring_companion",
}  # fmt: skip


@emits(cards={RINGS[card]: blanks for card, blanks in _ask.__dict__["emits"]["cards"].items()})
def _ring(m: Moment) -> Iterable[Effect]:
    yield Ring(RINGS[_card(m)], "member", _blanks(m), expires=_time(m))


def _until_ring(m: Moment) -> timedelta:
    return seconds(m.policy["call_after"])


def _rest(m: Moment) -> timedelta:
    """What is left of the offer's time when the phone has rung, or all of it if it does not ring or rang at once."""
    rang_before = not _rings_at_once(m) and not _never_rings(m)
    return seconds(_time(m) - (m.policy["call_after"] if rang_before else 0))


def _this(m: Moment) -> bool:
    return m.data.get("member") == m.known["member"]


def _barred(m: Moment) -> bool:
    return m.known["member"] in m.data["members"]


def _outlives(m: Moment) -> bool:
    """A guide is looked for whether the case is closed meanwhile or not."""
    return bool(m.known["role"] == "guide")


@emits(tells=("accepted",), cards=("offer.taken",))
def _accept(m: Moment) -> Iterable[Effect]:
    """By phone they hear so; whoever takes a case hears it from there, or that they are put through."""
    yield Accepted("member", m.known["role"])
    yield Note("accepted", role="member")
    if "member" in m.facts["live"] and m.known["role"] != "coordinator":
        yield Say("offer.taken", "member")
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


@emits(tells=("ended",))
def _end(m: Moment) -> Iterable[Effect]:
    """Too old to be answered; the page may ask this member anew."""
    yield Tell(OPENER, "ended", {"member": m.known["member"]})


def _by(m: Moment) -> Iterable[Effect]:
    yield Know({"by": m.data["who"]})


@fills("who")
def _who(m: Moment) -> Mapping[str, Any]:
    return {"who": m.known["by"]}


ANSWERS: dict[str, Target] = {"yes": "accepts", "no": "passes", "pass": "passes", "ring": Do(_ring, STAY)}
HEARS = ("yes", "no", "pass", "ring")
KEYS = {"1": "yes", "2": "no"}


def _asking(name: str, quiet: tuple[Wait, Target]) -> State:
    """A state in which this member's 1 or 2 is awaited."""
    return State(
        name,
        asks="offer",
        hears=HEARS,
        keys=KEYS,
        goes=ANSWERS,
        unclear=Again("offer.again", Do((Say("which.unclear", "member"),), STAY)),
        quiet=quiet,
    )


OFFER = Flow(
    "offer",
    party="member",
    urgent=True,
    stamps=("paging",),
    told={
        "taken": When(_this, "over", "covered"),
        "withdrawn": "withdrawn",
        "closed": When(_outlives, STAY, "withdrawn"),
        "barred": When(_barred, "withdrawn", STAY),
        "again": When(_this, "asks", STAY),
    },
    failed={"member": "fails"},
    states=(
        State("asks", does=_ask, then=When(_rings_at_once, "rings", When(_never_rings, "asked", "waits"))),
        _asking("waits", (_until_ring, "rings")),
        State("rings", does=_ring, then="asked"),
        _asking("asked", (_rest, "lapses")),
        State("lapses", does=_lapse, then="late"),
        _asking("late", (hours(24), "ends")),
        State("ends", does=_end, then="over"),
        State("accepts", does=_accept, needs=("live",), then="accepted"),
        State("accepted", quiet=(hours(1), "over"), failed={"member": STAY}),
        State("passes", does=_pass, says="offer.passed", then="over"),
        State("fails", does=_fail, then="over"),
        State("covered", does=_by, says="offer.covered", fill=_who, then="echoes"),
        State(
            "echoes",  # a late yes is still answered
            echo=True,
            asks="offer",
            hears=("yes", "no", "pass"),
            keys=KEYS,
            goes={"yes": "too_late", "no": "over", "pass": "over"},
            unclear=Do((Say("which.unclear", "member"),), STAY),
            quiet=(hours(2), "over"),
            told={"taken": STAY, "withdrawn": "over", "closed": "over"},
            failed={"member": STAY},
        ),
        State("too_late", says="offer.covered", fill=_who, then="echoes"),
        State("withdrawn", says="offer.withdrawn", then="over"),
        State("over"),
    ),
)
