"""What a driver is asked beside the drive, each a run with a clock of its own; and the second person in the car."""

from collections.abc import Iterable, Mapping
from typing import Any

from flows.driver_words import danger_heard, words_heard
from flows.effects import OPENER, Effect, Keep, Ring, Say, Tell
from flows.machine import STAY, Do, Flow, Moment, State, Target, Until, When, emits, fills, hours, minutes


def _tells(word: str) -> tuple[Effect, ...]:
    return (Tell(OPENER, word),)


def _question(name: str, card: str, keys: Mapping[str, str], goes: Mapping[str, Target], silent: Target) -> State:
    """A question in digits; anything else has it asked again."""
    return State(
        name,
        says=card,
        asks="question",
        hears=tuple(keys.values()),
        keys=keys,
        goes=goes,
        unclear=Do((Say(card, "driver"),), STAY),
        quiet=(minutes(10), silent),
    )


OVER: dict[str, Target] = {"moved": "over", "ride_over": "over", "closed": STAY}
WHAT = ("never_came", "got_out", "turned_away", "unsafe")

GONE = Flow(
    "gone",  # GONE: what happened?
    party="driver",
    urgent=True,
    told=OVER,
    states=(
        _question(
            "asks",
            "drive.gone",
            {str(n): word for n, word in enumerate(WHAT, start=1)},
            {word: Do(_tells(word), "over") for word in WHAT},
            "silent",
        ),
        State("silent", does=_tells("gone_silent"), then="over"),
        State("over"),
    ),
)

DROP = Flow(
    "drop",  # DROP may mean that they drop out, or that they dropped somebody off: it is never guessed
    party="driver",
    urgent=True,
    told=OVER,
    states=(
        _question(
            "asks",
            "drive.drop",
            {"1": "cannot", "2": "with_staff", "0": "neither"},
            {"cannot": Do(_tells("cannot"), "over"), "with_staff": Do(_tells("with_staff"), "over"), "neither": "over"},
            "silent",
        ),
        State("silent", does=_tells("gone_silent"), then="over"),
        State("over"),
    ),
)


def _is_car(m: Moment) -> bool:
    return len(m.words.split()) <= 5 and len(m.words) <= 40


@emits(tells=("car",))
def _keep_car(m: Moment) -> Iterable[Effect]:
    yield Keep("driver", {"car": m.words.strip().strip(".!").removeprefix("a ").removeprefix("A ")})
    yield Tell(OPENER, "car")


@emits(tells=("passes_on",))
def _no_car(m: Moment) -> Iterable[Effect]:
    """That was no car: it is for the coordinator."""
    yield Tell(OPENER, "passes_on", {"words": m.words})


CAR = Flow(
    "car",  # asked once, at the first ride they take, so that people know which car is theirs
    party="driver",
    urgent=True,
    told={"ride_over": "over", "closed": STAY},
    states=(
        State(
            "asks",
            says="drive.car",
            asks="question",
            hears=("skip",),
            keys={},
            goes={"skip": Do(_tells("car"), "over")},
            words={"driver": When(_is_car, Do(_keep_car, "thanks"), Do(_no_car, STAY))},
            quiet=(minutes(3), Do(_tells("car"), "over")),
        ),
        State("thanks", says="drive.car_kept", then="over"),
        State("over"),
    ),
)


@fills("time")
def _time(m: Moment) -> Mapping[str, Any]:
    return {"time": {"instant": m.known["at"]}}


@emits(cards={"drive.keeps_ring": ("time",)})
def _ring_keeps(m: Moment) -> Iterable[Effect]:
    yield Ring("drive.keeps_ring", "driver", _time(m))


KEPT: dict[str, Target] = {"yes": Do(_tells("kept"), "over"), "no": Do(_tells("not_kept"), "over")}


def _keeping(name: str, **more: Any) -> State:
    return State(
        name, asks="confirmation", hears=("yes", "no"), keys={"1": "yes", "2": "no"}, goes=KEPT, unclear=UNCLEAR, **more
    )


UNCLEAR = Do((Say("which.unclear", "driver"),), STAY)

KEEPS = Flow(
    "keeps",  # a later ride, an hour before: do they still come?
    party="driver",
    urgent=True,
    told=OVER,
    states=(
        _keeping("asks", says="drive.keeps", fill=_time, quiet=(minutes(10), "rings")),
        State("rings", does=_ring_keeps, then="rung"),
        _keeping("rung", quiet=(minutes(10), "silent")),
        State("silent", does=_tells("kept_silent"), then="over"),
        State("over"),
    ),
)

RINGS = ("drive.well_overdue", "drive.well_ahead", "drive.well_aboard")


@emits(cards=RINGS)
def _ring(m: Moment) -> Iterable[Effect]:
    yield Ring(m.known["card"], "driver")


WELL = Flow(
    "well",  # urgent enough to ring a driver who drives: all well, or not?
    party="driver",
    urgent=True,
    told=OVER,
    states=(
        State("rings", does=_ring, then="rung"),
        State(
            "rung",
            asks="question",
            hears=("well", "need_help"),
            keys={"1": "well", "2": "need_help"},
            goes={"well": "well", "need_help": "needs_help"},
            unclear=UNCLEAR,
            quiet=(minutes(5), "silent"),
        ),
        State("well", says="drive.well_thanks", does=_tells("well"), then="over"),
        State("needs_help", says="drive.help", does=_tells("need_help"), then="over"),
        State("silent", does=_tells("no_answer"), then="silent_still"),
        State(
            "silent_still",  # a late answer is still one
            asks="question",
            hears=("well", "need_help"),
            keys={"1": "well", "2": "need_help"},
            goes={"well": "well", "need_help": "needs_help"},
            unclear=UNCLEAR,
            quiet=(hours(2), "over"),
        ),
        State("over"),
    ),
)


@fills("who", "place", "time", "dest")
def _details(m: Moment) -> Mapping[str, Any]:
    known = m.known
    return {"who": known["who"], "place": known["place"], "time": {"instant": known["at"]}, "dest": known["dest"]}


@fills("who")
def _who(m: Moment) -> Mapping[str, Any]:
    return {"who": m.data["who"]}


@emits(cards={"drive.other_driver": ("who",)})
def _other_driver(m: Moment) -> Iterable[Effect]:
    yield Say("drive.other_driver", "companion", _who(m))


@emits(cards={"drive.go": ("time",)})
def _go(m: Moment) -> Iterable[Effect]:
    yield Say("drive.go", "companion", _time(m))


COMPANION = Flow(
    "companion",  # the second person in the car; the legs are the driver's to text
    party="companion",
    urgent=True,
    told={
        "ride_over": "over",
        "called_off": "called_off",
        "closed": STAY,
        "replaced": Do(_other_driver, STAY),
        "emergency": Do((Say("drive.frozen", "companion"),), STAY),
        "safe": Do(_go, STAY),
    },
    states=(
        State(
            "rides",
            says="drive.companion",
            fill=_details,
            asks="talk",
            hears=("cant", "pass", "call", "danger"),
            keys={},
            goes={
                "cant": "out",
                "pass": "out",
                "call": Do((Say("drive.call_companion", "companion"),), STAY),
                "danger": Do(danger_heard("companion"), STAY),
            },
            words={"companion": Do(words_heard, STAY)},
            failed={"companion": "lost"},
            quiet=(Until("at", hours(12)), "over"),
        ),
        State("out", says="drive.released", does=_tells("second_cant"), then="over"),
        State("lost", does=_tells("second_cant"), then="over"),
        State("called_off", says="drive.called_off", then="over"),
        State("over"),
    ),
)
