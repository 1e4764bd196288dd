"""Company for the one who waits: the truth at 2, 5, 10, 20 and 30 minutes, until somebody takes the case.

Spoken, it is the queue they wait in: calm words, honest progress, the keys; after four minutes a message is offered,
and they may go on waiting.

Once given back, a case has no intake any more: what they write meanwhile is kept, and they hear so.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from flows.effects import Effect, Know, Open, Say
from flows.machine import (
    STAY,
    Do,
    Flow,
    Moment,
    State,
    Target,
    Until,
    Wait,
    When,
    emits,
    fills,
    hours,
    minutes,
    seconds,
)
from flows.waiting import they_wait


def _since(m: Moment) -> Iterable[Effect]:
    yield Know({"since": m.known.get("since") or m.now})


def _name(m: Moment) -> Iterable[Effect]:
    """The time that the manager who answered the alarm named."""
    yield Know({"time": m.data["time"], "who": m.data["who"]})


def _named(m: Moment) -> bool:
    at = m.instant("time")
    return at is not None and at > m.now


@fills("who", "time")
def _promise(m: Moment) -> Mapping[str, Any]:
    return {"who": m.known["who"], "time": {"instant": m.known["time"]}}


def _hold(m: Moment) -> Iterable[Effect]:
    yield Know({"held": m.known.get("held") or m.now})


NOW = seconds(5)  # clocks are drawn in to whole seconds
SPOKEN_TO = seconds(45)  # how often at least
OFFERED = minutes(4)


def _pace(m: Moment) -> Iterable[Effect]:
    """Until they are spoken to again, counted by the clock and not from what they heard: the offer is not put off."""
    left = (m.instant("held") or m.now) + OFFERED - m.now
    ends = seconds(0) < left < SPOKEN_TO and not m.known.get("offered")
    yield Know({"next": m.now + (left if ends else SPOKEN_TO)})


def _long(m: Moment) -> bool:
    held = m.instant("held")
    return held is not None and m.now - held >= OFFERED - NOW and not m.known.get("offered")


@emits(opens=("voicemail",))
def _offer(m: Moment) -> Iterable[Effect]:
    yield Know({"offered": True})
    yield Open("voicemail")


TRUTHS = (2, 5, 10, 20, 30)  # minutes


def _waited(m: Moment) -> timedelta:
    return m.now - (m.instant("since") or m.now)


def _until_truth(m: Moment) -> timedelta:
    """Until the next of the truths; those whose time went by on the line are not told one after another."""
    waited = _waited(m)
    return next((minutes(n) - waited for n in TRUTHS if minutes(n) - waited > NOW), minutes(30))


def _after(n: int) -> Callable[[Moment], bool]:
    return lambda m: minutes(n) - _waited(m) <= NOW


def _texted(m: Moment) -> bool:
    return bool(m.known.get("texted"))


THIRTY: Target = When(_named, "thirty", "no_time")
TRUTH: Target = When(
    _after(30), THIRTY, When(_after(20), "twenty", When(_after(10), "ten", When(_after(5), "five", "two")))
)
KEPT: Target = Do((Say("intake.kept", "participant"),), STAY)
CALLED_AGAIN: Target = Do((Say("company.hold", "participant"),), STAY)  # and the end of the call before was not seen
KEPT_SPOKEN: Target = When(lambda m: bool(m.words.strip()), Do((Say("company.kept", "participant"),), STAY), STAY)


def _waiting(name: str, card: str | None, quiet: tuple[Wait, Target]) -> State:
    return State(name, says=card, words={"participant": KEPT}, echo=True, quiet=quiet)


def _holding(name: str, card: str | None, wait: Wait | None = None) -> State:
    """They are on the line. Every 45 seconds at least they hear that somebody is still being rung."""
    return State(
        name,
        does=_pace,
        says=card,
        hears=("number", "person"),
        press={"3": "number"},
        keys={},
        goes={"number": Do((Open("number"),), STAY), "person": STAY},
        words={"participant": KEPT_SPOKEN},
        unclear=STAY,
        holds=("participant",),
        told={"more": "holds_more", "hung_up": "hung_up", "called": CALLED_AGAIN},
        quiet=(wait or Until("next"), When(_long, "offers", "holds_more")),
    )


COMPANY = Flow(
    "company",
    told={"covered": "over", "emergency": "over", "named": Do(_name, STAY), "called": "begins_hold"},
    states=(
        State("opens", does=_since, needs=("live",), then=When(they_wait, "begins_hold", "waits")),
        State("begins_hold", does=_hold, then="holds"),
        _holding("holds", "company.hold"),
        _holding("holds_more", "company.hold_more"),
        State("offers", does=_offer, then="holds_on"),
        _holding("holds_on", None, seconds(75)),
        State("hung_up", does=(Know({"held": None, "offered": None}),), then=When(_texted, "waits", "texts")),
        State("texts", says="company.hung_up", does=(Know({"texted": True}),), then="waits"),
        _waiting("waits", None, (_until_truth, TRUTH)),
        _waiting("two", "company.wait_2", (Until("since", minutes(5)), "five")),
        _waiting("five", "company.wait_5", (Until("since", minutes(10)), "ten")),
        _waiting("ten", "company.wait_10", (Until("since", minutes(20)), "twenty")),
        _waiting("twenty", "company.wait_20", (Until("since", minutes(30)), THIRTY)),
        State(
            "thirty",
            says="company.wait_30",
            fill=_promise,
            words={"participant": KEPT},
            echo=True,
            told={"named": Do(_name, THIRTY)},
            quiet=(hours(2), THIRTY),
        ),
        State(
            "no_time",
            says="company.wait_30_no_time",
            words={"participant": KEPT},
            echo=True,
            told={"named": Do(_name, THIRTY)},
            quiet=(hours(2), THIRTY),
        ),
        State("over"),
    ),
)
