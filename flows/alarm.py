"""The alarm: managers are rung and texted, because somebody who asked for help has had no answer.

One alarm a case; `why` says what for. One alert a manager: it waits for "1 I am on it", by text or by key, and for the
time they name, which is typed. Where nobody took a page, or there is no manager, the desk is rung too (`desk_call.py`).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from flows.effects import CASE, OPENED, Effect, Know, Learn, Note, Open, Ring, Say, Tell, WakeAt
from flows.machine import STAY, Do, Flow, Moment, State, When, emits, fills, hours, minutes, seconds
from flows.times import clock_time

CARDS = {
    "page": "alarm.alarm",
    "unanswered": "alarm.unanswered",
    "empty": "alarm.empty",
    "all_off": "alarm.all_off",
    "danger": "alarm.danger_2h",
    "handoff": "alarm.handoff",
    "guide": "alarm.guide",
    "support": "alarm.support",
    "lost": "alarm.lost",
    "ride": "alarm.ride",
    "ride_danger": "alarm.ride_danger",
}


def raise_alarm(m: Moment, why: str) -> Effect:
    """Ring the managers now: through the case's alarm if it has one, else a new one. Needs the fact "open"."""
    if "alarm" in m.facts["open"]:
        return Tell("alarm", "alarm", {"why": why})
    return Open("alarm", {"why": why, "now": True})


URGENT_AFTER = minutes(5)  # contract 5: alarm_after of an urgent page


def _patience_left(m: Moment) -> timedelta:
    after = seconds(m.policy["alarm_after"])
    since = m.instant("since") or m.now
    return max(seconds(1), since + (min(after, URGENT_AFTER) if m.known.get("urgent") else after) - m.now)


def _patience(m: Moment) -> Iterable[Effect]:
    """The alarm's clock runs from the page's opening, whichever round it is."""
    yield Know({"since": m.known.get("since") or m.now})


def _hurry(m: Moment) -> Iterable[Effect]:
    yield Know({"urgent": True, "silent": None, "answered": None, "since": m.now})


@emits(opens=("alert", "desk_call"), tells=("again", "alarmed"))
def _ring_managers(m: Moment) -> Iterable[Effect]:
    known = m.known
    why = m.data.get("why") or (known["why"] if known.get("now") else "page")
    silent = {"silent": True} if known.get("silent") else {}
    yield Know({"why": why, "rang_at": m.now})
    yield Note("alarm")
    yield Tell("paging", "alarmed")
    yield Tell(OPENED, "again", {"why": why})
    alerted = list(known.get("alerted", ()))
    for member in _managers(m):
        if member.id not in alerted:
            alerted.append(member.id)
            data = {"why": why, "since": known["since"], "who": member.name, **silent}
            yield Open("alert", data, {"manager": member.id})
    yield Know({"alerted": alerted})
    yield from _ring_desk(m, why)


def _ring_desk(m: Moment, why: str) -> Iterator[Effect]:
    """Only for somebody nobody took, or with no manager to ring; never for the one who did not answer us."""
    managers = [] if m.known.get("silent") else [[x.id, x.name] for x in _managers(m)]
    wanted = why == "unanswered" or not managers
    if not wanted or m.known.get("silent") or "desk_call" in m.facts["open"] or m.facts["desk"] is None:
        return
    yield Open("desk_call", {"managers": managers, "since": m.known["since"]}, {"desk": m.facts["desk"]})


def _managers(m: Moment) -> list[Any]:
    """Every manager who can be reached, but for one who is the person in need."""
    needy = m.run.parties.get("participant")
    return [x for x in m.facts["rota"] if "manager" in x.roles and x.active and not x.opted_out and x.id != needy]


def _just_rang(m: Moment) -> bool:
    """The page's alarm and its end may come together: one ring says both."""
    at = m.instant("rang_at")
    return at is not None and m.now - at < minutes(1) and m.data.get("why") == "unanswered"


def _now(m: Moment) -> bool:
    return bool(m.known.get("now"))


def _rests(m: Moment) -> bool:
    """A manager is on it; or the one who waits never answered us, and managers are told once."""
    return bool(m.known.get("answered") or m.known.get("silent"))


RINGS = ("rota", "open", "desk")
RING_NOW = Do(_ring_managers, STAY, needs=RINGS)

ALARM = Flow(
    "alarm",
    party="manager",
    urgent=True,
    stamps=("paging", "timezone"),
    told={
        "covered": "over",
        "closed": "over",
        "safe": When(lambda m: m.known.get("why") == "danger", "over", STAY),
        "ride_calm": When(lambda m: m.known.get("why") in ("ride", "ride_danger"), "over", STAY),
        "alarm": When(_just_rang, STAY, "rings"),
        "urgent": "hurries",
        "answered": Do((Know({"silent": None}),), STAY),
        "on_it": Do((Know({"answered": True}),), STAY),
    },
    states=(
        State("opens", does=_patience, then=When(_now, "rings", "waits")),
        State("waits", quiet=(_patience_left, "rings"), told={"alarm": RING_NOW}),
        State("hurries", does=_hurry, then="waits"),
        State("rings", does=_ring_managers, needs=RINGS, then="rung"),
        State("rung", quiet=(hours(1), When(_rests, "watched", "rings"))),
        State("watched", quiet=(hours(23), "rings")),  # managers have their own timers; this is for when they fail
        State("over", does=(Tell(OPENED, "covered"),)),
    ),
)


def _alarm_card(m: Moment) -> str:
    return CARDS[m.known["why"]]


def _since(m: Moment) -> Mapping[str, Any]:
    return {"time": {"instant": m.known["since"]}} if m.known["why"] in ("page", "unanswered") else {}


@emits(cards={card: ("time",) if why in ("page", "unanswered") else () for why, card in CARDS.items()})
def _alert(m: Moment) -> Iterable[Effect]:
    """Their phone rings; for one who never answered us it is only a text."""
    if m.data.get("why"):
        yield Know({"why": m.data["why"]})
    if m.known.get("silent"):
        yield Know({"silent": None})
        yield Say(_alarm_card(m), "manager", _since(m))
    else:
        yield Ring(_alarm_card(m), "manager", _since(m))


def _named(m: Moment) -> bool:
    return clock_time(m.words, m.now, m.policy["timezone"]) is not None


SOON = minutes(5)  # "now": asked about after so long


@emits(tells=("named",))
def _promise(m: Moment) -> Iterable[Effect]:
    """The time they named is told to the one who waits, and becomes a timer on them."""
    at = clock_time(m.words, m.now, m.policy["timezone"])
    assert at is not None
    at = max(at, m.now + SOON)
    yield Know({"promised": at})
    yield Learn({"named": True})
    yield Tell(CASE, "named", {"time": at.isoformat(), "who": m.known["who"]})
    yield WakeAt(at)


@emits(tells=("on_it",), cards=("alarm.on_phone",))
def _on_it(m: Moment) -> Iterable[Effect]:
    """What comes next is typed: to one who pressed a key it is said that it comes as a text."""
    yield Note("alarm_answered", role="manager")
    yield Tell(CASE, "on_it", {"who": m.known["who"], "member": m.run.parties["manager"]})
    if "manager" in m.facts["live"]:
        yield Say("alarm.on_phone", "manager")


@fills("time")
def _promised(m: Moment) -> Mapping[str, Any]:
    return {"time": {"instant": m.known["promised"]}}


@fills("time")
def _now_is(m: Moment) -> Mapping[str, Any]:
    return {"time": {"instant": m.now.isoformat()}}


@fills("who")
def _by(m: Moment) -> Mapping[str, Any]:
    return {"who": m.data["who"]}


UNCLEAR = Do((Say("which.unclear", "manager"),), STAY)

ALERT = Flow(
    "alert",
    party="manager",
    urgent=True,
    stamps=("timezone",),
    told={
        "covered": When(lambda m: bool(m.data.get("who")), "over_by", "over"),
        "closed": "ended",
        "again": "rings",
        "on_it": "taken",
    },
    states=(
        State("rings", does=_alert, then="rung"),
        State(
            "rung",
            asks="offer",
            hears=("yes", "ring"),
            keys={"1": "yes"},
            goes={"yes": "answers", "ring": Do(_alert, STAY)},
            unclear=UNCLEAR,
            quiet=(hours(24), "rings"),  # as long as nobody has the case, its alarm stands
        ),
        State("answers", does=_on_it, needs=("live",), then="when"),
        State(
            "when",
            says="alarm.time",
            asks="question",
            wants="time",
            words={"manager": When(_named, "promised", "asks_again")},
            quiet=(minutes(10), "on_it"),
            told={"again": STAY, "on_it": STAY},  # they are answering just now
        ),
        State(
            "asks_again",
            says="alarm.time_again",
            asks="question",
            wants="time",
            words={"manager": When(_named, "promised", "on_it")},
            quiet=(minutes(10), "on_it"),
            told={"again": STAY, "on_it": STAY},
        ),
        State(
            "promised",
            says="alarm.named",
            fill=_promised,
            does=_promise,
            quiet=(hours(1), "reminds"),
            told={"again": STAY, "on_it": STAY},  # the time they named is their timer
        ),
        State(
            "reminds",
            says="alarm.again",
            fill=_now_is,
            asks="offer",
            hears=("yes", "ring"),
            keys={"1": "yes"},
            goes={"yes": "answers", "ring": Do(_alert, STAY)},
            unclear=UNCLEAR,
            quiet=(hours(1), "reminds"),
        ),
        State("on_it", quiet=(hours(1), "reminds")),  # without a time of theirs, an hour
        State("taken", says="alarm.on_it", fill=_by, quiet=(hours(24), "rings")),
        State("over_by", says="alarm.over", fill=_by),
        State("ended", says="assist.ended"),
        State("over"),
    ),
)
