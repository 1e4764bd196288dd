"""What is understood in every flow, whatever is being asked: asking for no more texts, and refusals of the carrier."""

from collections.abc import Iterable

from flows.effects import Effect, Learn, Note, Quieten, Tell
from flows.machine import STAY, Again, Flow, Moment, State, emits, hours


@emits(tells=("wants_none",))
def _leave(m: Moment) -> Iterable[Effect]:
    """No more texts but answers to what they write, and danger: only the carrier's own words do more than that."""
    yield Quieten("participant", wants_none=True)
    yield Note("wants_none", role="participant")
    yield Learn(mark="wants_none")
    yield Tell("assist", "wants_none")


LEAVE = Flow(
    "leave",  # "leave me alone" in a live case may be a cry: it was forwarded, and they are asked
    rank=3,
    told={"emergency": "over"},
    states=(
        State(
            "asks",
            says="leave.ask",
            hears=("leave", "stay"),
            press={},
            goes={"leave": "leaves", "stay": "stays"},
            unclear=Again("leave.ask", STAY),
            quiet=(hours(2), "over"),
        ),
        State("leaves", says="leave.done", does=_leave, then="over"),
        State("stays", says="leave.stay", then="over"),
        State("over"),
    ),
)
