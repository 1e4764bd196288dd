"""The placement: PLACED notes the facility and the time offered. Whether they came is another thing, and asked apart.

Arrival is what ARRIVED of a drive tells. Where nobody told it, the coordinator is asked three hours after they should
have been there, then daily; on the third day it is "unknown", which is also an answer. DONE does not end the asking.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flows.effects import PERSON, Effect, Join, Know, Learn, Note, Record, Relay, Say, Tell, WakeAt
from flows.machine import STAY, Do, Flow, Moment, State, Target, Until, When, emits, fills, hours
from flows.questions import PATIENCE
from flows.times import clock_time

LISTED = 6  # facilities named in the question
AFTERWARDS = hours(3)  # after they should have arrived
DAYS = 3  # the question is asked on so many days
LONGEST = 60


def _has_list(m: Moment) -> bool:
    return bool(m.facts["facilities"])


@fills("options")
def _options(m: Moment) -> Mapping[str, Any]:
    listed = m.facts["facilities"][:LISTED]
    return {"options": " ".join(f"{n}) {one['name']}" for n, one in enumerate(listed, start=1))}


def _chosen(m: Moment) -> Mapping[str, Any]:
    """The facility they mean: a number of the list, a name in the file, or one that is not in it."""
    said, listed = m.words.strip(), m.facts["facilities"]
    bare = said.strip(".!)")
    if bare.isdigit() and 1 <= int(bare) <= min(len(listed), LISTED):
        return listed[int(bare) - 1]
    same = [one for one in listed if one["name"].casefold() == said.casefold()]
    like = [one for one in listed if one["name"].casefold().startswith(said.casefold())]
    return next(iter([*same, *(like if len(like) == 1 else [])]), {"name": said[:LONGEST], "care": None})


def _facility(m: Moment) -> Iterable[Effect]:
    chosen = _chosen(m)
    yield Know({"facility": chosen["name"], "care": chosen["care"]})


def _is_word(m: Moment) -> bool:
    """0: PLACED was a word for them."""
    return m.words.strip() == "0"


def _is_time(m: Moment) -> bool:
    return clock_time(m.words, m.now, m.policy["timezone"]) is not None


def _expected(m: Moment) -> Iterable[Effect]:
    yield Know({"expected": clock_time(m.words, m.now, m.policy["timezone"])})


def _has_time(m: Moment) -> bool:
    return m.instant("expected") is not None


@fills("dest", "time")
def _both(m: Moment) -> Mapping[str, Any]:
    return {"dest": m.known["facility"], "time": {"instant": m.known["expected"]}}


@fills("dest")
def _where(m: Moment) -> Mapping[str, Any]:
    return {"dest": m.known["facility"]}


def _send_word(m: Moment) -> Iterable[Effect]:
    yield Relay(m.known["words"], "participant")


def _note(m: Moment) -> Iterable[Effect]:
    """A bed was offered, now; whether they come is not known yet."""
    known = m.known
    ends = m.facts["case"]["known"].get("ride_ends")
    expected = m.instant("expected") or m.now
    asks_at = max(expected, m.now, m.instant("ride_ends") or m.now) + AFTERWARDS
    yield Note("placed", role="coordinator")
    yield Learn({"facility": known["facility"]})
    yield Record(
        "placements",
        {"facility": known["facility"], "care": known.get("care"), "offered_at": m.now, "expected_at": expected},
    )
    yield Know({"asks_at": asks_at, "asked": 0})
    if ends is not None:
        yield from _later({"at": ends}, asks_at)


def _later(data: Mapping[str, Any], asks_at: Any) -> Iterable[Effect]:
    yield Know({"asks_at": max(asks_at, datetime.fromisoformat(data["at"]) + AFTERWARDS)})


def _ride(m: Moment) -> Iterable[Effect]:
    """A ride is under way: they are asked about three hours after it should have ended."""
    yield from _later(m.data, m.now)


def _reschedule(m: Moment) -> Iterable[Effect]:
    at = m.instant("asks_at")
    assert at is not None
    yield WakeAt(max(at, m.now))


def _count(m: Moment) -> Iterable[Effect]:
    yield Join("coordinator", m.facts["case"]["coordinator"] or m.run.parties["coordinator"])
    yield Know({"asked": m.known["asked"] + 1})


def _last_day(m: Moment) -> bool:
    return m.known["asked"] >= DAYS


def _outpatient(m: Moment) -> bool:
    """Somebody in care at home: the check-ins' clock starts with the placement."""
    care = set((m.known.get("care") or "").split(";")) - {"", "mat"}
    return care == {"outpatient"}


@emits(tells=("home", "inside"))
def _arrived(m: Moment) -> Iterable[Effect]:
    yield Note("arrived")
    yield Record("placements", {"arrived_at": m.now, "outcome": "arrived"})
    if _outpatient(m):
        yield Learn({"home": m.now.isoformat()})
        yield Tell(PERSON, "home", {"at": m.now.isoformat()})
    else:
        yield Tell(PERSON, "inside")


def _ended(outcome: str) -> Any:
    def end(m: Moment) -> Iterable[Effect]:
        yield Note(f"placement_{outcome}")
        yield Record("placements", {"outcome": outcome})

    return end


def _follow(m: Moment) -> Iterable[Effect]:
    """Whoever has the case now is asked."""
    now = m.data.get("member") if m.data.get("role") == "coordinator" else m.facts["case"]["coordinator"]
    if now is not None:
        yield Join("coordinator", now)


GOES_ON: Target = Do(_follow, STAY, needs=("case",))
ASKING: dict[str, Target] = {"emergency": "lapsed", "closed": "over", "withdrawn": "over", "placed_anew": "over"}
WAITING: dict[str, Target] = {
    "arrived": "arrived",
    "turned_away": "turned_away",
    "ride_ends": Do(_ride, "expects"),
    "covered": GOES_ON,
    "withdrawn": GOES_ON,
    "closed": STAY,
}


def _asks(name: str, card: str, words: Target, **more: Any) -> State:
    return State(
        name,
        says=card,
        asks="question",
        keys={},
        words={"coordinator": words},
        told=ASKING,
        quiet=(PATIENCE, "lapsed"),
        **more,
    )


def _confirms(name: str, card: str, fill: Any) -> State:
    return State(
        name,
        says=card,
        fill=fill,
        asks="confirmation",
        hears=("yes", "no", "send"),
        keys={"1": "yes", "0": "send"},
        goes={"yes": "notes", "no": "lapsed", "send": "sends"},
        unclear=Do((Say("which.unclear", "coordinator"),), STAY),
        told=ASKING,
        quiet=(PATIENCE, "lapsed"),
    )


FACILITY: Target = When(_is_word, "sends", Do(_facility, "when", needs=("facilities",)))

PLACEMENT = Flow(
    "placement",
    party="coordinator",
    stamps=("timezone",),
    states=(
        State("begins", needs=("facilities",), then=When(_has_list, "which", "where")),
        _asks("which", "placement.which", FACILITY, fill=_options, needs=("facilities",)),
        _asks("where", "placement.where", FACILITY),
        _asks(
            "when",
            "placement.when",
            When(_is_time, Do(_expected, "confirm"), "when"),
            hears=("skip",),
            goes={"skip": "confirm"},
        ),
        State("confirm", then=When(_has_time, "confirms", "confirms_plain")),
        _confirms("confirms", "placement.confirm", _both),
        _confirms("confirms_plain", "placement.confirm_plain", _where),
        State("sends", does=_send_word, then="over"),
        State("lapsed", says="placement.lapsed", then="over"),
        State("notes", says="placement.noted", does=_note, needs=("case",), then="expects"),
        State("expects", does=_reschedule, told=WAITING, quiet=(Until("asks_at"), "asks")),
        State(
            "asks",
            says="placement.arrived",
            does=_count,
            needs=("case",),
            asks="question",
            hears=("yes", "no", "not_yet"),
            keys={"1": "yes", "2": "no", "3": "not_yet"},
            goes={"yes": "thanks", "no": "not_arrived", "not_yet": "waits"},
            unclear=Do((Say("which.unclear", "coordinator"),), STAY),
            told=WAITING,
            quiet=(hours(24), When(_last_day, "unknown", "asks")),
        ),
        State("waits", says="placement.asked_again", then="waits_on"),
        State("waits_on", told=WAITING, quiet=(hours(24), When(_last_day, "unknown", "asks"))),
        State("thanks", says="placement.thanks", then="arrived"),
        State("arrived", does=_arrived, then="over"),
        State("not_arrived", says="placement.thanks", does=_ended("not_arrived"), then="over"),
        State("turned_away", does=_ended("turned_away"), then="over"),
        State("unknown", says="placement.unknown", does=_ended("unknown"), then="over"),
        State("over"),
    ),
)
