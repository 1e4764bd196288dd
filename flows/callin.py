"""A member calls the line: their open items by key, or 0 for themselves. Who calls is only what a phone shows.

A caller id is easily forged, so nothing is done here, and nobody is named: whatever they choose, the line hangs up and
rings the number on the roster. Somebody else could else take an offer, and so keep help from whoever waits for it, or
hear what is meant for a member. Only 0 acts: who may be in need is not sent away, and what it does is texted to the
number on the roster.
"""

from collections.abc import Callable, Iterable

from flows.effects import Answer, Effect, Hand, Know, Say
from flows.machine import Do, Flow, Moment, State, Target, When, emits, minutes
from flows.roster import in_need

AT_ONCE = 6  # items by key; the next key is for more of them
SLOTS = tuple(f"item_{n}" for n in range(1, AT_ONCE + 1))

#: What each item is called; never who is meant.
CARDS = {
    "alert": "callin.alarm",
    "offer": "callin.offer",
    "ride_offer": "callin.ride_offer",
    "assist": "callin.talk",
    "drive": "callin.ride",
    "companion": "callin.ride",
    "care": "callin.person",
}


@emits(
    cards={**dict.fromkeys(CARDS.values(), ("code", "key")), "callin.nothing": (), "callin.more": (), "callin.own": ()}
)
def _list(m: Moment) -> Iterable[Effect]:
    yield Answer("member")
    items = [item for item in m.facts["rings"] if item["what"] in CARDS]
    first = m.known.get("first", 0)
    first = first if first < len(items) else 0
    shown = items[first : first + AT_ONCE]
    yield Know({"shown": shown, "first": first, "more": len(items) > AT_ONCE})
    for n, item in enumerate(shown, start=1):
        yield Say(CARDS[item["what"]], "member", {"code": item["code"], "key": n})
    if len(items) > AT_ONCE:
        yield Say("callin.more", "member")
    yield Say("callin.own" if items else "callin.nothing", "member")


def _is_there(n: int) -> Callable[[Moment], bool]:
    return lambda m: n <= len(m.known["shown"])


def _choose(n: int) -> Callable[[Moment], Iterable[Effect]]:
    """Its run rings them, as soon as they have hung up."""

    def choose(m: Moment) -> Iterable[Effect]:
        item = m.known["shown"][n - 1]
        yield Hand(item["run"], item["meaning"], "")

    return choose


def _turn_over(m: Moment) -> Iterable[Effect]:
    yield Know({"first": m.known["first"] + AT_ONCE})


CHOSEN: dict[str, Target] = {
    slot: When(_is_there(n), Do(_choose(n), "rings_back"), "asks") for n, slot in enumerate(SLOTS, start=1)
}

CALLIN = Flow(
    "callin",
    party="member",
    by_phone=True,
    told={"hung_up": "over"},
    states=(
        State(
            "asks",
            does=_list,
            needs=("rings",),
            hears=(*SLOTS, "more", "person"),
            press={**{str(n): slot for n, slot in enumerate(SLOTS, start=1)}, str(AT_ONCE + 1): "more", "0": "person"},
            keys={},
            goes={
                **CHOSEN,
                "more": When(lambda m: bool(m.known.get("more")), Do(_turn_over, "asks"), "asks"),
                "person": "in_need",
            },
            unclear="over",
            quiet=(minutes(2), "over"),
        ),
        State("rings_back", says="callin.rings_back", then="over"),
        State("in_need", says="roster.own_case", does=in_need, then="over"),
        State("over"),
    ),
)
