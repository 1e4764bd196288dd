"""What RIDE asks the coordinator, one question at a time, before anybody is asked to drive.

The last is one digit that repeats what will happen; 0 says that RIDE was no order but a word for them.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flows.effects import Effect, Know, Note, Relay, Say
from flows.machine import Do, Moment, State, Target, When, emits, fills, minutes
from flows.questions import PATIENCE
from flows.times import clock_time

NEEDS = ("wheelchair", "child_seat", "woman", "man")  # in the order of their digits
LONGEST = 60  # letters of a place: a driver reads it on a phone
USUAL = 45  # minutes a drive is taken to last when nobody says
PACE = 2.0  # minutes a mile, on country roads and through a town


def _place(m: Moment) -> Iterable[Effect]:
    yield Know({"place": m.words.strip()[:LONGEST]})


def _destination(m: Moment) -> Iterable[Effect]:
    name = m.words.strip()[:LONGEST]
    yield from _to(m, next((f["name"] for f in m.facts["facilities"] if _same(f["name"], name)), name))


def _placed_there(m: Moment) -> Iterable[Effect]:
    """SKIP: to where PLACED has found a bed."""
    yield from _to(m, m.facts["case"]["known"]["facility"])


def _to(m: Moment, name: str) -> Iterable[Effect]:
    miles = next((f["miles"] for f in m.facts["facilities"] if _same(f["name"], name) and f["miles"]), None)
    yield Know({"dest": name, "minutes": round(miles * PACE / 5) * 5 + 5 if miles else None})


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _has_bed(m: Moment) -> bool:
    return bool(m.facts["case"]["known"].get("facility"))


@fills("dest")
def _bed(m: Moment) -> Mapping[str, Any]:
    return {"dest": m.facts["case"]["known"]["facility"]}


def _time(m: Moment) -> Any:
    return clock_time(m.words, m.now, m.policy["timezone"])


def _is_time(m: Moment) -> bool:
    return _time(m) is not None


def _when(m: Moment) -> Iterable[Effect]:
    yield Know({"at": _time(m)})


def _length_known(m: Moment) -> bool:
    return m.known.get("minutes") is not None


def _minutes(m: Moment) -> int | None:
    found = re.search(r"\d{1,3}", m.words)
    if found is None:
        return None
    spelled_hours = re.search(r"\d\s*(h|hr|hour|hora)", m.words, re.IGNORECASE)
    return int(found[0]) * (60 if spelled_hours else 1) or None


def _is_length(m: Moment) -> bool:
    return _minutes(m) is not None


def _length(m: Moment) -> Iterable[Effect]:
    yield Know({"minutes": _minutes(m)})


def _need(m: Moment) -> Iterable[Effect]:
    yield Know({"needs": [m.event.meaning]})  # type: ignore[union-attr]


def _several(m: Moment) -> list[str]:
    digits = re.sub(r"[\s,.;&+]|and|y\b", "", m.words.casefold())
    return [NEEDS[int(d) - 1] for d in dict.fromkeys(digits)] if re.fullmatch("[1-4]+", digits) else []


def _are_needs(m: Moment) -> bool:
    return bool(_several(m))


def _needs(m: Moment) -> Iterable[Effect]:
    yield Know({"needs": _several(m)})


def _send_word(m: Moment) -> Iterable[Effect]:
    """0: it was no order, it was a word for them."""
    yield Relay(m.known["words"], "participant")


@fills("place", "dest", "time")
def _whole(m: Moment) -> Mapping[str, Any]:
    return {"place": m.known["place"], "dest": m.known["dest"], "time": {"instant": m.known["at"]}}


def lasts(m: Moment) -> timedelta:
    """How long the drive takes, as far as anybody knows."""
    return minutes(m.known.get("minutes") or USUAL)


FORM = {"emergency": "stopped", "again": "adult", "closed": "over", "withdrawn": "over", "given_back": "over"}


def _asks(name: str, card: str, said: Target, hears: Mapping[str, Target] | None = None, **more: Any) -> State:
    """One question; any words answer it, but for those with a meaning of their own."""
    heard = dict(hears or {})
    return State(
        name,
        says=card,
        asks="question",
        hears=tuple(heard),
        keys=more.pop("keys", {}),
        goes=heard,
        words={"coordinator": said},
        told=FORM,
        quiet=(PATIENCE, "lapsed"),
        **more,
    )


def _digits(name: str, card: str, keys: Mapping[str, str], goes: Mapping[str, Target], asks: str = "question") -> State:
    """One question that a digit answers."""
    return State(
        name,
        says=card,
        asks=asks,
        hears=tuple(dict.fromkeys(keys.values())),
        keys=keys,
        goes=goes,
        unclear=Do((Say(card, "coordinator"),)),
        told=FORM,
        quiet=(PATIENCE, "lapsed"),
    )


QUESTIONS: tuple[State, ...] = (
    State("begins", does=(Note("ride_asked", role="coordinator"),), then="adult"),
    _digits(
        "adult",
        "ride.adult",
        {"1": "yes", "2": "no", "0": "send"},
        {"yes": "place", "no": "guardian", "send": "sends"},
    ),
    _digits(
        "guardian",
        "ride.guardian",
        {"1": "yes", "2": "no"},
        {"yes": Do((Know({"minor": True}),), "place"), "no": "guardian_first"},
    ),
    State("guardian_first", says="ride.guardian_first", then="over"),
    _asks("place", "ride.place", Do(_place, "to")),
    State("to", needs=("case",), then=When(_has_bed, "dest_known", "dest")),
    _asks("dest", "ride.dest", Do(_destination, "when", needs=("facilities",))),
    _asks(
        "dest_known",
        "ride.dest_known",
        Do(_destination, "when", needs=("facilities",)),
        {"skip": Do(_placed_there, "when", needs=("case", "facilities"))},
        fill=_bed,
        needs=("case",),
    ),
    _asks("when", "ride.when", When(_is_time, Do(_when, "how_long"), "when_again")),
    _asks("when_again", "ride.when_again", When(_is_time, Do(_when, "how_long"), "when_again")),
    State("how_long", then=When(_length_known, "needs", "length")),
    _asks("length", "ride.length", When(_is_length, Do(_length, "needs"), "length"), {"skip": "needs"}),
    _asks(
        "needs",
        "ride.needs",
        When(_are_needs, Do(_needs, "confirms"), "needs"),
        {**dict.fromkeys(NEEDS, Do(_need, "confirms")), "skip": "confirms", "no": "confirms"},
        keys={str(n): need for n, need in enumerate(NEEDS, start=1)},
    ),
    State(
        "confirms",
        says="ride.confirm",
        fill=_whole,
        asks="confirmation",
        hears=("yes", "no", "send"),
        keys={"1": "yes", "0": "send"},
        goes={"yes": "ordered", "no": "lapsed", "send": "sends"},
        unclear=Do((Say("which.unclear", "coordinator"),)),
        told=FORM,
        quiet=(PATIENCE, "lapsed"),
    ),
    State("sends", does=_send_word, then="over"),
    State("lapsed", says="ride.lapsed", then="over"),
    State("stopped", says="ride.stopped", then="over"),
)


def needs_cards(m: Moment) -> list[str]:
    """What the car must have, as cards: each says it in the reader's own language."""
    return [f"needs.{need}" for need in m.known.get("needs") or []]


@emits(cards={"ride.needed": ("needs",), **dict.fromkeys((f"needs.{need}" for need in NEEDS), ())})
def say_needs(m: Moment, to: str) -> Iterable[Effect]:
    if needs_cards(m):
        yield Say("ride.needed", to, {"needs": {"cards": needs_cards(m)}})
