"""Company for the one who waits: the truth at 2, 5, 10, 20 and 30 minutes, until somebody takes the case."""

from collections.abc import Iterable, Mapping
from typing import Any

from flows.effects import Effect, Know
from flows.machine import STAY, Do, Flow, Moment, State, Until, When, hours, minutes


def _since(m: Moment) -> Iterable[Effect]:
    yield Know({"since": m.known.get("since") or m.now})


def _name(m: Moment) -> Iterable[Effect]:
    """The time that the manager who answered the alarm named."""
    yield Know({"time": m.data["time"], "who": m.data["who"]})


def _named(m: Moment) -> bool:
    at = m.instant("time")
    return at is not None and at > m.now


def _promise(m: Moment) -> Mapping[str, Any]:
    return {"who": m.known["who"], "time": {"instant": m.known["time"]}}


COMPANY = Flow(
    "company",
    told={"covered": "over", "emergency": "over", "named": Do(_name, STAY)},
    states=(
        State("opens", does=_since, then="waits"),
        State("waits", quiet=(Until("since", minutes(2)), "two")),
        State("two", says="company.wait_2", quiet=(Until("since", minutes(5)), "five")),
        State("five", says="company.wait_5", quiet=(Until("since", minutes(10)), "ten")),
        State("ten", says="company.wait_10", quiet=(Until("since", minutes(20)), "twenty")),
        State("twenty", says="company.wait_20", quiet=(Until("since", minutes(30)), When(_named, "thirty", "no_time"))),
        State("thirty", says="company.wait_30", fill=_promise, quiet=(hours(2), When(_named, "thirty", "no_time"))),
        State("no_time", says="company.wait_30_no_time", quiet=(hours(2), When(_named, "thirty", "no_time"))),
        State("over"),
    ),
)
