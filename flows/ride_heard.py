"""Who hears of a ride: whoever has the case now, and with nobody the managers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flows.alarm import raise_alarm
from flows.effects import Effect, Join, Ring, Say
from flows.machine import Moment, emits

NEEDS = ("case", "open")  # what speaking to the coordinator reads


def to_coordinator(m: Moment, card: str, blanks: Mapping[str, Any], *, ring: bool = False) -> Iterator[Effect]:
    """Whoever has the case now, if anybody has."""
    coordinator = m.facts["case"]["coordinator"]
    if coordinator is not None:
        yield Join("coordinator", coordinator)
        yield Ring(card, "coordinator", blanks) if ring else Say(card, "coordinator", blanks)


def blanks_of(m: Moment, *names: str) -> dict[str, Any]:
    values = {
        "who": m.known.get("who"),
        "other": m.known.get("other"),
        "place": m.known.get("place"),
        "dest": m.known.get("dest"),
        "time": {"instant": m.known.get("at")},
        "car": m.known.get("car"),
    }
    return {name: values[name] for name in names}


Deed = Callable[[Moment], Iterable[Effect]]


def reports(card: str, *blanks: str, ring: bool = False, alarm: bool = False, then: Deed | None = None) -> Deed:
    """After whatever else is done, the coordinator hears a card (`ring`: their phone; `alarm`: the managers' too).

    With no coordinator, what would have rung them rings the managers; a mere step stands in the ride's row.
    """
    more: Mapping[str, Any] = then.__dict__.get("emits", {}) if then else {}

    @emits(
        cards={card: blanks, **more.get("cards", {})},
        opens=("alarm", *more.get("opens", ())),
        tells=("alarm", *more.get("tells", ())),
    )
    def deed(m: Moment) -> Iterable[Effect]:
        if then is not None:
            yield from then(m)
        yield from to_coordinator(m, card, blanks_of(m, *blanks), ring=ring)
        if alarm or (ring and m.facts["case"]["coordinator"] is None):
            yield raise_alarm(m, "ride_danger" if alarm else "ride")

    return deed


def follow(m: Moment) -> Iterable[Effect]:
    """The case has changed hands: whoever has it now hears of the ride, and is heard by it."""
    yield Join("coordinator", who_has_it(m))


def who_has_it(m: Moment) -> int | None:
    """Just now, or as the case's row says."""
    return m.data["member"] if m.data.get("role") == "coordinator" else m.facts["case"]["coordinator"]
