"""What is written to a driver and by one: passed on, held back while the car moves, and read for danger.

While the car moves a driver is texted nothing, so what the coordinator writes waits until it stands.
"""

from collections.abc import Callable, Iterable

from flows.effects import OPENER, Effect, Know, Relay, Say, Tell
from flows.first_aid import FIRST, STEPS, first_card, steps_card
from flows.machine import Moment, emits

THOUGHTS = ("emergency.thoughts", "emergency.thoughts_other")


@emits(tells=("words",))
def words_heard(m: Moment) -> Iterable[Effect]:
    """To the coordinator, as written: their own, or what was said in answer to a question and was none."""
    yield Tell(OPENER, "words", {"words": m.words or m.data["words"]})


def hold(m: Moment) -> Iterable[Effect]:
    """The car moves: the coordinator's words wait until it stands."""
    yield Know({"held": [*m.known.get("held", ()), m.data["words"]]})


def relay(m: Moment) -> Iterable[Effect]:
    """The car stands: they get them at once."""
    yield Relay(m.data["words"], "driver")


def release(m: Moment) -> Iterable[Effect]:
    """The car has stopped: they get what was kept from them."""
    for words in m.known.get("held", ()):
        yield Relay(words, "driver")
    yield Know({"held": None})


def danger_heard(role: str) -> Callable[[Moment], Iterable[Effect]]:
    """911 first, to the one who speaks; then the alarm, to the case they drive for."""

    @emits(cards=dict.fromkeys((*FIRST, *STEPS, *THOUGHTS), ()), tells=("danger",))
    def answer(m: Moment) -> Iterable[Effect]:
        kinds, who = frozenset(m.data.get("kinds", ())), m.data.get("who", "unknown")
        if m.data.get("level") == "suicidal":
            yield Say("emergency.thoughts" if who == "self" else "emergency.thoughts_other", role)
        else:
            yield Say(first_card(kinds, who), role)
            steps = steps_card(kinds, who)
            if steps is not None:
                yield Say(steps, role)
        yield Tell(OPENER, "danger", {"words": m.words})

    return answer
