"""What is understood in every flow, whatever is being asked: asking for no more texts, and refusals of the carrier."""

from collections.abc import Iterable

from flows.effects import Effect, Note, Quieten
from flows.machine import Do, Flow, Moment, State, hours


def _leave(m: Moment) -> Iterable[Effect]:
    """No more texts but answers to what they write, and danger: the carrier's own words are needed for more than that."""
    yield Quieten("participant", wants_none=True)
    yield Note("wants_none", role="participant")


LEAVE = Flow(
    "leave",  # "leave me alone" in a live case may be a cry: it was forwarded, and they are asked
    rank=3,
    told={"emergency": "over"},
    states=(
        State(
            "asks",
            says="leave.ask",
            hears=("leave", "stay"),
            goes={"leave": "leaves", "stay": "stays"},
            unclear=Do((), "over"),
            quiet=(hours(2), "over"),
        ),
        State("leaves", says="leave.done", does=_leave, then="over"),
        State("stays", says="leave.stay", then="over"),
        State("over"),
    ),
)

