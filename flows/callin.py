"""A member calls the line: their open items by key, or 0 for themselves. Who calls is only what a phone shows.

So nothing anybody said is heard here: what must be known to be theirs is done on a call that the line makes.
"""

from collections.abc import Iterable

from flows.effects import Answer, Effect
from flows.machine import Flow, Moment, State, minutes


def _answers(m: Moment) -> Iterable[Effect]:
    yield Answer("member")


CALLIN = Flow(
    "callin",
    party="member",
    told={"hung_up": "over"},
    states=(
        State(
            "asks",
            does=_answers,
            says="callin.nothing",
            hears=("person",),
            keys={},
            press={"0": "person"},
            goes={"person": "over"},
            unclear="over",
            quiet=(minutes(2), "over"),
        ),
        State("over"),
    ),
)
