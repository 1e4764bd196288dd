"""After DONE: where somebody is can still be said by code, for 120 days. HOME starts check-ins, INSIDE stops them."""

from collections.abc import Iterable

from flows.effects import OPENED, PERSON, Effect, HoldCode, Learn, Note, Open, Say, Tell
from flows.machine import STAY, Do, Flow, Moment, State, Target, emits, hours

DAYS = 120


@emits(tells=("home",), cards=("after.home",))
def went_home(m: Moment) -> Iterable[Effect]:
    """They left care. Kept with the case too: a guide may be found later."""
    yield Learn({"home": m.now.isoformat()})
    yield Note("home", role="coordinator")
    yield Tell(PERSON, "home", {"at": m.now.isoformat()})
    yield Say("after.home", "coordinator")


@emits(tells=("inside",), cards=("after.inside",))
def went_inside(m: Moment) -> Iterable[Effect]:
    """In care, phones are often held: no check-in goes out."""
    yield Learn({"home": None})
    yield Note("inside", role="coordinator")
    yield Tell(PERSON, "inside")
    yield Say("after.inside", "coordinator")


def _asks(verb: str, card: str) -> Target:
    @emits(opens=("confirm",), tells=("anew",))
    def ask(m: Moment) -> Iterable[Effect]:
        yield Tell(OPENED, "anew")
        yield Open("confirm", {"verb": verb, "card": card, "words": m.words})

    return Do(ask, STAY)


@emits(cards={"which.closed": ("code",)})
def _closed(m: Moment) -> Iterable[Effect]:
    yield Say("which.closed", "coordinator")


def _hold(m: Moment) -> Iterable[Effect]:
    yield HoldCode(m.now + hours(24 * DAYS))


AFTER = Flow(
    "after",
    party="coordinator",
    told={
        "closed": Do(_hold, STAY),
        "left_care": Do(went_home, STAY),
        "in_care": Do(went_inside, STAY),
        "send": Do(_closed, STAY),  # 0: they meant it as words, and nobody gets words of a closed case
    },
    states=(
        State(
            "listens",
            echo=True,  # the case's own runs first; bare words are never for a closed one
            hears=("home", "inside"),
            keys={},
            goes={
                "home": _asks("left_care", "after.home_confirm"),
                "inside": _asks("in_care", "after.inside_confirm"),
            },
            words={"coordinator": Do(_closed, STAY)},
            quiet=(hours(24 * DAYS), "over"),
        ),
        State("over"),
    ),
)
