"""Company for the one who waits: the truth at 2, 5, 10, 20 and 30 minutes, until somebody takes the case.

Once given back, a case has no intake any more: what they write meanwhile is kept, and they hear so.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flows.effects import Effect, Know, Say
from flows.machine import STAY, Do, Flow, Moment, State, Target, Until, Wait, When, fills, hours, minutes


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


THIRTY: Target = When(_named, "thirty", "no_time")
KEPT: Target = Do((Say("intake.kept", "participant"),), STAY)


def _waiting(name: str, card: str | None, quiet: tuple[Wait, Target]) -> State:
    return State(name, says=card, words={"participant": KEPT}, echo=True, quiet=quiet)


COMPANY = Flow(
    "company",
    told={"covered": "over", "emergency": "over", "named": Do(_name, STAY)},
    states=(
        State("opens", does=_since, then="waits"),
        _waiting("waits", None, (Until("since", minutes(2)), "two")),
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
