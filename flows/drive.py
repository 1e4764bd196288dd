"""The drive: one driver's legs, from taking a ride to ARRIVED. Each leg has its own deadline.

While the car moves, from OTW to HERE and from IN to ARRIVED, a driver is texted nothing: what is urgent rings, and what
the coordinator writes waits until the car stands. Questions to a driver are runs of their own (`driver_asks.py`).
Until somebody is in the car a driver may drop out, and the ride asks the next; after that a person is rung.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from flows.driver_words import danger_heard, hold, relay, release, words_heard
from flows.effects import OPENED, OPENER, Effect, Know, Note, Open, Ring, Say, Tell
from flows.events import Failed
from flows.machine import STAY, Do, Flow, Moment, State, Target, Until, Wait, When, emits, fills, hours, minutes
from flows.resend import again
from flows.ride_form import lasts, say_needs

SET_OUT = minutes(15)  # before the pick-up a driver should be under way
GET_READY = minutes(10)  # and nobody is hurried sooner than this after taking it
LATE = minutes(20)  # domain.md 5: late by so much, somebody rings
ON_THE_WAY = minutes(45)  # over the length of the drive
BOOKED = hours(2)  # a ride further away than this is confirmed an hour before

# --- taking it ------------------------------------------------------------------------------------------------------


@emits(
    cards={
        "drive.details": ("first", "place", "time", "dest"),
        "drive.details_plain": ("place", "time", "dest"),
        **say_needs.__dict__["emits"]["cards"],
    }
)
def _details(m: Moment) -> Iterable[Effect]:
    """The address, now that they have it."""
    known, at = m.known, m.instant("at")
    assert at is not None
    blanks = {"place": known["place"], "time": {"instant": known["at"]}, "dest": known["dest"]}
    if known.get("first"):
        yield Say("drive.details", "driver", {**blanks, "first": known["first"]})
    else:
        yield Say("drive.details_plain", "driver", blanks)
    yield from say_needs(m, "driver")
    yield Know({"leave_at": max(at - SET_OUT, m.now + GET_READY)})
    if at - m.now > BOOKED:
        yield Know({"confirm_at": at - hours(1)})


def _knows_car(m: Moment) -> bool:
    return bool(m.facts["car"])


@emits(tells=("confirmed",))
def _with_car(m: Moment) -> Iterable[Effect]:
    yield Tell(OPENER, "confirmed", {"car": m.facts["car"]} if m.facts["car"] else {})


@emits(opens=("car",))
def _ask_car(m: Moment) -> Iterable[Effect]:
    yield Open("car", {}, {"driver": m.run.parties["driver"]})


def _alone(m: Moment) -> bool:
    return bool(m.known.get("alone"))


def _is_booked(m: Moment) -> bool:
    at = m.instant("confirm_at")
    return at is not None and at > m.now


@emits(cards={"drive.with": ("who",), "drive.with_somebody": ()})
def _together(m: Moment) -> Iterable[Effect]:
    yield Know({"alone": None, "leave_at": max(m.instant("leave_at") or m.now, m.now + GET_READY)})
    if m.data.get("who"):
        yield Say("drive.with", "driver", {"who": m.data["who"]})
    else:
        yield Say("drive.with_somebody", "driver")


@emits(opens=("keeps",))
def _confirm(m: Moment) -> Iterable[Effect]:
    yield Open("keeps", {"at": m.known["at"]})


def _go_on(m: Moment) -> Iterable[Effect]:
    yield Know({"leave_at": max(m.instant("leave_at") or m.now, m.now + GET_READY)})


# --- deadlines ------------------------------------------------------------------------------------------------------


def _to_pick_up(m: Moment) -> timedelta:
    at = m.instant("at") or m.now
    return max(at + LATE - m.now, minutes(30))


def _to_arrive(m: Moment) -> timedelta:
    return lasts(m) + ON_THE_WAY


def _overdue(leg: str) -> tuple[Effect, ...]:
    return (Tell(OPENER, "overdue", {"leg": leg}),)


@emits(opens=("well",))
def _ring_well(m: Moment, card: str) -> Iterable[Effect]:
    if "well" not in m.facts["open"]:
        yield Open("well", {"card": card}, {"driver": m.run.parties["driver"]})


@emits(opens=("well",))
def _late(m: Moment) -> Iterable[Effect]:
    yield from _ring_well(m, "drive.well_overdue")


@emits(opens=("well",))
def _danger_ahead(m: Moment) -> Iterable[Effect]:
    yield from _ring_well(m, "drive.well_ahead")


@emits(opens=("well",))
def _danger_aboard(m: Moment) -> Iterable[Effect]:
    yield from _ring_well(m, "drive.well_aboard")


# --- what fails -----------------------------------------------------------------------------------------------------


def _for_good(m: Moment) -> bool:
    return isinstance(m.event, Failed) and m.event.why in ("opted_out", "impossible")


def _known_lost(m: Moment) -> bool:
    return bool(m.known.get("lost"))


def _try_again(m: Moment) -> Iterable[Effect]:
    assert isinstance(m.event, Failed)
    yield Note("driver_unreached", role="driver")
    yield from again(m.event)


@emits(tells=("unreachable",), cards=("drive.phone",))
def _phone(m: Moment) -> Iterable[Effect]:
    """No text reaches a driver with somebody in the car: they are phoned, by the line and by a person."""
    yield Know({"lost": True})
    yield Note("driver_unreachable", role="driver")
    yield Tell(OPENER, "unreachable")
    yield Ring("drive.phone", "driver")


GIVE_UP: Target = When(_for_good, "unreached", Do(_try_again, STAY))
PHONE: Target = When(_known_lost, STAY, When(_for_good, Do(_phone, STAY), Do(_try_again, STAY)))

# --- the table ------------------------------------------------------------------------------------------------------

TO_THEM = frozenset({"under_way", "under_way_late"})
#: Where the car moves: what is texted to the driver then waits, and nobody chides them for a call they do not take.
MOVES = TO_THEM | {"aboard", "aboard_late"}
#: Where the participant may ring the driver (caller.py).
REACHABLE = TO_THEM | {"waits", "nudged", "late_still", "there", "with_them"}

VERBS = ("otw", "here", "in", "arrived", "cant", "pass", "gone", "drop", "call", "danger")


def _asks(flow: str) -> Target:
    return Do((Tell(OPENED, "moved"), Open(flow)), STAY)


@emits(tells=("driver_calls",))
def _call(m: Moment) -> Iterable[Effect]:
    yield Tell(OPENER, "driver_calls", {"driver": m.run.parties["driver"], "moving": m.run.state in MOVES})


NO_CALL: Target = Do((Say("drive.call_later", "driver"),), STAY)  # the ride has not begun
CALL: Target = Do(_call, STAY)

BEFORE: dict[str, Target] = {
    "otw": "leaves",
    "here": "comes",
    "in": "picks_up",
    "arrived": "brings",
    "cant": "gives_up",
    "pass": "gives_up",
    "gone": _asks("gone"),
    "drop": _asks("drop"),
    "call": NO_CALL,
    "danger": Do(danger_heard("driver"), STAY),
}
AFTER: dict[str, Target] = {
    **BEFORE,
    **dict.fromkeys(("otw", "here", "in"), "on_again"),
    **dict.fromkeys(("cant", "pass"), "cannot_go_on"),
    "call": CALL,
}
BEGUN: dict[str, Target] = {**BEFORE, "call": CALL}

ANSWERS: dict[str, Target] = {
    "never_came": "no_show",
    "got_out": "got_out",
    "turned_away": "turned_away",
    "unsafe": "unsafe",
    "gone_silent": Do(_overdue("gone"), STAY),
    "well": Do((Tell(OPENER, "well"),), STAY),
    "need_help": Do((Tell(OPENER, "need_help"),), STAY),
    "no_answer": Do((Tell(OPENER, "no_answer"),), STAY),
    "call_busy": Do((Say("call.busy", "driver"),), STAY),
    "call_not_now": Do((Say("drive.call_not_now", "driver"),), STAY),
    "car": Do(_with_car, STAY, needs=("car",)),
    "passes_on": Do(words_heard, STAY),
}
STANDING: dict[str, Target] = {**ANSWERS, "words": Do(relay, STAY)}
MOVING: dict[str, Target] = {**ANSWERS, "words": Do(hold, STAY)}
OUT: dict[str, Target] = {"cannot": "gives_up", "with_staff": "brings"}
ABOARD: dict[str, Target] = {
    "cannot": "cannot_go_on",
    "with_staff": "brings",
    "emergency": Do(_danger_aboard, STAY, needs=("open",)),
}
CALLED_OFF: dict[str, Target] = {"called_off": "called_off", "closed": "called_off", "replaced": "replaced"}


def _leg(
    name: str, quiet: tuple[Wait, Target], goes: Mapping[str, Target], told: Mapping[str, Target], failed: Target
) -> State:
    """A state in which a driver's words are heard."""
    return State(
        name,
        asks="talk",
        hears=VERBS,
        keys={},
        goes=goes,
        words={"driver": Do(words_heard, STAY)},
        told=told,
        failed={"driver": failed},
        quiet=quiet,
    )


WAITS: dict[str, Target] = {
    **STANDING,
    **OUT,
    **CALLED_OFF,
    "alone": "alone",
    "emergency": "frozen",
    "kept": Do((Say("drive.kept", "driver"),), STAY),
    "not_kept": "gives_up",
    "kept_silent": Do((Tell(OPENER, "no_show"),), STAY),
}
GOING: dict[str, Target] = {
    **MOVING,
    **OUT,
    "called_off": "called_off_ring",
    "closed": "called_off_ring",
    "emergency": Do(_danger_ahead, STAY, needs=("open",)),
}
THERE: dict[str, Target] = {**STANDING, **OUT, **CALLED_OFF, "emergency": Do(_danger_ahead, STAY, needs=("open",))}
SAYS_THERE: Target = Do((Say("drive.there", "driver"),), STAY)
OUT_OF_IT: Target = When(lambda m: bool(m.known.get("aboard")), "cannot_go_on", "gives_up")
DOUBT: dict[str, Target] = {**BEGUN, "in": "picks_up", "cant": OUT_OF_IT, "pass": OUT_OF_IT}
DOUBTFUL: dict[str, Target] = {**STANDING, **ABOARD, **CALLED_OFF, "closed": STAY, "cannot": OUT_OF_IT}
WAIT_FIRST: dict[str, Target] = {
    **BEFORE,
    **dict.fromkeys(("otw", "here", "in"), Do((Say("drive.wait_second", "driver"),), STAY)),
}
WAIT_SAFE: dict[str, Target] = {
    **BEFORE,
    **dict.fromkeys(("otw", "here", "in"), Do((Say("drive.frozen", "driver"),), STAY)),
}


@fills("who")
def _who(m: Moment) -> Mapping[str, Any]:
    return {"who": m.data["who"]}


@fills("time")
def _time(m: Moment) -> Mapping[str, Any]:
    return {"time": {"instant": m.known["at"]}}


def _tells(word: str) -> Callable[[Moment], Iterable[Effect]]:
    @emits(tells=(word, "moved"))
    def tell(m: Moment) -> Iterable[Effect]:
        yield Tell(OPENED, "moved")
        yield Tell(OPENER, word)

    return tell


@emits(tells=("in", "moved"))
def _picked_up(m: Moment) -> Iterable[Effect]:
    yield Know({"aboard": True})
    yield Tell(OPENED, "moved")
    yield Tell(OPENER, "in")


READY: Target = When(_alone, "alone", When(_is_booked, "booked", "waits"))

DRIVE = Flow(
    "drive",
    party="driver",
    urgent=True,
    told={"ride_over": "over"},
    states=(
        State("takes", does=_details, needs=("car",), then=When(_knows_car, "has_car", "asks_car")),
        State("has_car", does=_with_car, needs=("car",), then=READY),
        State("asks_car", does=_ask_car, then=READY),
        State("alone", says="drive.wait_second", then="waits_second"),
        _leg(
            "waits_second",
            (Until("at", hours(12)), "over"),
            WAIT_FIRST,
            {**WAITS, "alone": STAY, "together": Do(_together, When(_is_booked, "booked", "waits"))},
            GIVE_UP,
        ),
        _leg("booked", (Until("confirm_at"), "confirms"), BEFORE, WAITS, GIVE_UP),
        State("confirms", does=_confirm, then="waits"),
        _leg("waits", (Until("leave_at"), "nudges"), BEFORE, WAITS, GIVE_UP),
        State("nudges", does=(Ring("drive.leave", "driver"),), then="nudged"),
        _leg("nudged", (minutes(10), "late"), BEFORE, WAITS, GIVE_UP),
        State("late", does=(Tell(OPENER, "no_show"), *_overdue("otw")), then="late_still"),
        _leg("late_still", (hours(1), "late_again"), BEFORE, WAITS, GIVE_UP),
        State("late_again", does=_overdue("otw"), then="late_still"),
        State("frozen", says="drive.frozen", then="frozen_still"),
        _leg("frozen_still", (hours(24), "over"), WAIT_SAFE, {**WAITS, "emergency": STAY, "safe": "thaws"}, GIVE_UP),
        State("thaws", says="drive.go", fill=_time, does=_go_on, then=READY),
        State("leaves", says="drive.left", does=_tells("otw"), then="under_way"),
        _leg("under_way", (_to_pick_up, "late_here"), {**BEGUN, "otw": "on_again_out"}, GOING, GIVE_UP),
        State("late_here", does=_overdue("here"), then="rings_here"),
        State("rings_here", does=_late, needs=("open",), then="under_way_late"),
        _leg("under_way_late", (minutes(30), "late_here"), {**BEGUN, "otw": "on_again_out"}, GOING, GIVE_UP),
        State("on_again_out", says="drive.left", then="under_way_late"),
        State("comes", says="drive.there", does=_tells("here"), then="hears_here"),
        State("hears_here", does=release, then="there"),
        _leg("there", (LATE, "late_in"), {**BEGUN, "otw": "on_again_out", "here": SAYS_THERE}, THERE, GIVE_UP),
        State("late_in", does=_overdue("in"), then="there"),
        State("picks_up", says="drive.aboard", does=_picked_up, then="aboard"),
        _leg("aboard", (_to_arrive, "late_arrived"), AFTER, {**MOVING, **ABOARD, "closed": STAY}, PHONE),
        State("late_arrived", does=_overdue("arrived"), then="rings_aboard"),
        State("rings_aboard", does=_late, needs=("open",), then="aboard_late"),
        _leg("aboard_late", (minutes(30), "late_arrived"), AFTER, {**MOVING, **ABOARD, "closed": STAY}, PHONE),
        State("on_again", says="drive.aboard", then="aboard_late"),
        State("cannot_go_on", says="drive.rings", does=_tells("stranded"), then="hears_with"),
        State("turned_away", says="drive.rings", does=_tells("turned_away"), then="hears_with"),
        State("hears_with", does=release, then="with_them"),
        _leg(
            "with_them",  # the car stands, and somebody is in it or at the door: never left there
            (minutes(15), "still_with_them"),
            {**AFTER, "in": "picks_up", "otw": "picks_up", "here": "picks_up"},
            {**STANDING, **ABOARD, "closed": STAY},
            PHONE,
        ),
        State("still_with_them", does=_overdue("with_them"), then="with_them"),
        State("unsafe", says="drive.unsafe", does=_tells("unsafe"), then="in_doubt"),
        _leg("in_doubt", (minutes(10), "asks_well"), DOUBT, DOUBTFUL, PHONE),
        State("asks_well", does=_late, needs=("open",), then="in_doubt_still"),
        _leg("in_doubt_still", (minutes(30), "asks_well"), DOUBT, DOUBTFUL, PHONE),
        State("brings", says="drive.thanks", does=_tells("arrived"), then="hears_last"),
        State("hears_last", does=release, then="over"),
        State("gives_up", says="drive.released", does=_tells("cant"), then="over"),
        State("unreached", does=_tells("cant"), then="over"),
        State("no_show", says="drive.can_go", does=_tells("never_came"), then="over"),
        State("got_out", says="drive.can_go", does=_tells("got_out"), then="over"),
        State("called_off", says="drive.called_off", does=(Tell(OPENED, "moved"),), then="over"),
        State("called_off_ring", does=(Tell(OPENED, "moved"), Ring("drive.called_off_ring", "driver")), then="over"),
        State("replaced", says="offer.covered", fill=_who, does=(Tell(OPENED, "moved"),), then="over"),
        State("over", does=(Tell(OPENED, "ride_over"),)),
    ),
)
