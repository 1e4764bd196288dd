"""What a ride says and does as its drive goes on: to the participant, to the coordinator, and into the ride's row."""

from collections.abc import Iterable, Iterator
from typing import Any

from flows.alarm import raise_alarm
from flows.effects import (
    CASE,
    OPENED,
    Effect,
    Join,
    Know,
    Learn,
    Note,
    Open,
    Record,
    Relay,
    Ring,
    Say,
    TakeCode,
    Tell,
)  # fmt: skip
from flows.machine import Moment, emits, hours, minutes
from flows.ride_form import lasts, needs_cards
from flows.ride_heard import Deed, blanks_of, to_coordinator, who_has_it
from flows.times import awake_from

SOON = minutes(10)  # a ride nearer than this begins now
LATER = hours(6)  # a ride further away than this is offered in waking hours only


# --- asking ---------------------------------------------------------------------------------------------------------


def is_later(m: Moment) -> bool:
    return m.instant("offer_at") is not None


def is_frozen(m: Moment) -> bool:
    return bool(m.facts["case"]["frozen"])


@emits(cards={"ride.ordered": ("case",), "ride.held": ("case", "time")}, tells=("ride_ends",))
def order(m: Moment) -> Iterable[Effect]:
    """The ride has a code of its own from here on, and a row."""
    known, at = m.known, m.instant("at")
    assert at is not None
    case = m.facts["case"]
    offer_at = None
    if at - m.now > LATER:
        awake = awake_from(m.now, m.policy["checkins"]["quiet"], m.policy["timezone"])
        offer_at = None if awake <= m.now else min(awake, at - LATER)
    yield TakeCode()
    yield Know({"first": case["known"].get("name"), "town": case["known"].get("town"), "offer_at": offer_at})
    yield Note("ride_ordered", role="coordinator")
    details = {key: known.get(key) for key in ("place", "dest", "minutes", "needs", "minor")}
    yield Record("rides", {"state": "asking", "details": details, "at": at, "asked_at": m.now})
    yield from ends_at(m, at)
    if offer_at is not None:
        yield Say("ride.held", "coordinator", {"case": case["code"], "time": {"instant": offer_at.isoformat()}})
    else:
        yield Say("ride.ordered", "coordinator", {"case": case["code"]})


def ends_at(m: Moment, at: Any) -> Iterator[Effect]:
    """When they should be there: the placement asks about it later."""
    ends = (max(at, m.now) + lasts(m)).isoformat()
    yield Learn({"ride_ends": ends})
    yield Tell("placement", "ride_ends", {"at": ends})


def _offered(m: Moment, companion: bool) -> dict[str, Any]:
    """What an offer may say: an area, a time, a length, what the car must have. No name, and no address."""
    known = m.known
    at = max(m.instant("at") or m.now, m.now)
    return {
        "town": known.get("town") or m.policy["program"]["town"],
        "time": {"instant": at.isoformat()},
        "n": round(lasts(m) / minutes(1)),
        "needs": needs_cards(m),
        "companion": companion,
    }


def _page(m: Moment, companion: bool) -> Open:
    known = m.known
    barred = {*known.get("exclude", ()), m.run.parties["participant"]}
    barred |= {known[role] for role in ("driver", "companion") if known.get(role)}
    data = {"role": "driver", "ride": _offered(m, companion), "exclude": sorted(barred)}
    language = m.facts["case"]["known"].get("language")
    return Open(
        "paging",
        {**data, **({"language": language} if language else {})},
        {"participant": m.run.parties["participant"]},
    )


@emits(opens=("paging",))
def page_driver(m: Moment) -> Iterable[Effect]:
    yield Note("driver_asked")
    yield Record("rides", {"state": "asking"})
    yield _page(m, companion=False)


@emits(opens=("paging",))
def page_companion(m: Moment) -> Iterable[Effect]:
    yield _page(m, companion=True)


def asks_what_next(card: str) -> Deed:
    """Nobody took it: the coordinator says what next, and with no coordinator the managers are rung."""

    @emits(opens=("ask_again", "alarm"), tells=("alarm", "withdrawn"))
    def ask(m: Moment) -> Iterable[Effect]:
        yield Tell(OPENED, "withdrawn")  # the same question to whoever had the case before
        coordinator = who_has_it(m)
        if coordinator is None:
            yield raise_alarm(m, "ride")
            return
        yield Join("coordinator", coordinator)
        data = {"card": card, "why": "ride"}
        yield Open("ask_again", data, {"coordinator": coordinator, "participant": m.run.parties["participant"]})

    return ask


# --- somebody takes it ----------------------------------------------------------------------------------------------


def by_driver(m: Moment) -> bool:
    return m.data.get("role") == "driver"


def wants_companion(m: Moment) -> bool:
    """Two in the car: where the town wants it so, and always with somebody under 18."""
    return bool(m.policy.get("companion") or m.known.get("minor")) and not m.known.get("companion")


@emits(opens=("drive",), tells=("replaced", "withdraw"))
def taken(m: Moment) -> Iterable[Effect]:
    """A driver has it, and hears the address now; a driver who was asked before and never left hears who has it."""
    yield Tell(OPENED, "replaced", {"who": m.data["who"], "to": "driver"})
    yield Know({"driver": m.data["member"], "who": m.data["who"], "car": None, "announced": None, "stage": None})
    yield Know({"at": max(m.instant("at") or m.now, m.now)})
    yield Record("rides", {"state": "covered", "covered_at": m.now, "driver_id": m.data["member"]})
    told = {key: m.known.get(key) for key in ("place", "dest", "minutes", "needs", "first", "other")}
    told |= {"who": m.data["who"], "at": max(m.instant("at") or m.now, m.now).isoformat()}
    told["alone"] = wants_companion(m) or None
    yield Open("drive", {k: v for k, v in told.items() if v is not None}, {"driver": m.data["member"]})


@emits(opens=("companion",), tells=("together",), cards={"ride.taken_both": ("who", "other", "time")})
def joined(m: Moment) -> Iterable[Effect]:
    """The second person: the ride is confirmed with both."""
    yield Know({"companion": m.data["member"], "other": m.data["who"]})
    yield Record("rides", {"companion_id": m.data["member"]})
    told = {key: m.known[key] for key in ("place", "dest", "first", "who") if m.known.get(key)}
    told |= {"at": max(m.instant("at") or m.now, m.now).isoformat()}
    yield Open("companion", told, {"companion": m.data["member"]})
    yield Tell("drive", "together", {"who": m.data["who"]})


@emits(tells=("together",))
def found_one(m: Moment) -> Iterable[Effect]:
    """The coordinator brings the second person."""
    yield Know({"companion": m.facts["case"]["coordinator"]})
    yield Tell("drive", "together")


COMING = {
    "ride.coming": ("who", "place", "time", "car"),
    "ride.coming_plain": ("who", "place", "time"),
    "ride.coming_now": ("who", "place", "car"),
    "ride.coming_now_plain": ("who", "place"),
}


@emits(cards={**COMING, "ride.with": ("other",)})
def announce(m: Moment) -> Iterable[Effect]:
    """The participant hears who comes, in what, when, and what not to bring: once for each driver."""
    car = m.data.get("car") or m.known.get("car")
    yield Know({"car": car})
    if m.known.get("announced") or wants_companion(m):
        return
    yield Know({"announced": True})
    at = m.instant("at")
    begins = "ride.coming_now" if at is None or at - m.now < SOON else "ride.coming"
    card = begins if car else f"{begins}_plain"
    yield Say(card, "participant", {name: car if name == "car" else blanks_of(m, name)[name] for name in COMING[card]})
    if m.known.get("other"):
        yield Say("ride.with", "participant", blanks_of(m, "other"))


# --- the legs -------------------------------------------------------------------------------------------------------


def aboard(m: Moment) -> bool:
    return m.known.get("stage") == "in"


def stands(m: Moment) -> Iterable[Effect]:
    """The car does not move, and the driver may be texted."""
    yield Know({"stands": True})


def _tell_coming(m: Moment) -> Iterable[Effect]:
    if not m.known.get("announced"):
        yield from announce(m)


@emits(cards={**announce.__dict__["emits"]["cards"], "ride.left": ("who",)}, tells=("withdraw",))
def left(m: Moment) -> Iterable[Effect]:
    yield from _tell_coming(m)
    yield Tell(OPENED, "withdraw")  # they have set out after all: nobody else need be asked
    yield Know({"stage": "left"})
    yield Record("rides", {"state": "left", "otw_at": m.now})
    yield Say("ride.left", "participant", blanks_of(m, "who"))


@emits(
    cards={
        **announce.__dict__["emits"]["cards"],
        "ride.here": ("who", "place", "car"),
        "ride.here_plain": ("who", "place"),
    },
    tells=("withdraw",),
)
def here(m: Moment) -> Iterable[Effect]:
    yield Tell(OPENED, "withdraw")
    yield Know({"stage": "here"})
    yield Record("rides", {"state": "here", "here_at": m.now})
    if m.known.get("car"):
        yield Say("ride.here", "participant", blanks_of(m, "who", "place", "car"))
    else:
        yield Say("ride.here_plain", "participant", blanks_of(m, "who", "place"))


@emits(tells=("withdraw", "ride_ends"))
def picked_up(m: Moment) -> Iterable[Effect]:
    yield Tell(OPENED, "withdraw")
    yield Know({"stage": "in", "stands": None})
    yield Record("rides", {"state": "in_car", "in_at": m.now})
    yield from ends_at(m, m.now)


@emits(tells=("arrived", "ride_over", "ride_calm"))
def arrived(m: Moment) -> Iterable[Effect]:
    yield Tell(CASE, "arrived")
    yield from end(m, "arrived", arrived_at=m.now)


def end(m: Moment, outcome: str, **times: Any) -> Iterator[Effect]:
    """The row is closed, and whoever else is in the car hears it; an alarm about the ride is over with it."""
    yield Note(f"ride_{outcome}")
    yield Record("rides", {"state": "ended", "outcome": outcome, "ended_at": m.now, **times})
    yield Tell(OPENED, "ride_over")
    yield Tell("alarm", "ride_calm")


@emits(tells=("ride_over", "ride_calm"))
def got_out(m: Moment) -> Iterable[Effect]:
    yield from end(m, "got_out")


@emits(tells=("ride_over",))
def lost(m: Moment) -> Iterable[Effect]:
    """Nobody knows how it went: the alarm about it goes on."""
    yield Note("ride_lost")
    yield Record("rides", {"state": "ended", "outcome": "unknown", "ended_at": m.now})
    yield Tell(OPENED, "ride_over")


@emits(tells=("withdraw", "called_off", "ride_over", "ride_calm"), cards={"ride.off": ("who",)})
def call_off(m: Moment) -> Iterable[Effect]:
    """No ride any more: offers go back, the driver hears, and so does the participant who was told to expect one."""
    yield Tell(OPENED, "withdraw")
    yield Tell(OPENED, "called_off")
    if m.known.get("announced"):
        yield Say("ride.off", "participant", blanks_of(m, "who"))
    yield from end(m, "called_off")


@emits(cards={"ride.missed": ("who", "place")}, tells=("ride_over", "ride_calm"))
def missed(m: Moment) -> Iterable[Effect]:
    yield Say("ride.missed", "participant", blanks_of(m, "who", "place"))
    yield from end(m, "never_came")


@emits(cards={"ride.changed": ("who",)}, tells=("withdraw",))
def dropped_out(m: Moment) -> Iterable[Effect]:
    """A driver gives it back before anybody is in the car: never asked again for this ride, the next at once."""
    yield Tell(OPENED, "withdraw")
    if m.known.get("announced"):
        yield Say("ride.changed", "participant", blanks_of(m, "who"))
    exclude = [*m.known.get("exclude", ()), m.known["driver"]]
    yield Know({"exclude": exclude, "driver": None, "car": None, "announced": None, "stage": None})
    yield Record("rides", {"state": "asking", "driver_id": None, "otw_at": None, "here_at": None})


def second_out(m: Moment) -> Iterable[Effect]:
    """The second person can't come: another is asked, and never this one again."""
    yield Know({"exclude": [*m.known.get("exclude", ()), m.known["companion"]], "companion": None, "other": None})
    yield Record("rides", {"companion_id": None})


OVERDUE = {
    "otw": "ride.overdue_otw",
    "here": "ride.overdue_here",
    "in": "ride.overdue_in",
    "arrived": "ride.overdue_arrived",
    "gone": "ride.overdue_gone",
    "with_them": "ride.overdue_with_them",
}


@emits(cards=dict.fromkeys(OVERDUE.values(), ("who",)), opens=("alarm",), tells=("alarm",))
def overdue(m: Moment) -> Iterable[Effect]:
    """A leg takes longer than it should."""
    yield Note(f"overdue_{m.data['leg']}")
    yield from to_coordinator(m, OVERDUE[m.data["leg"]], blanks_of(m, "who"), ring=m.data["leg"] != "otw")
    if m.facts["case"]["coordinator"] is None:
        yield raise_alarm(m, "ride")


@emits(opens=("call",), tells=("call_busy", "call_not_now"))
def connect_driver(m: Moment) -> Iterable[Effect]:
    """CALL: the line rings the driver, then the participant; one call at a time."""
    if "call" in m.facts["open"] or m.facts["case"]["frozen"]:  # a phone that rings may give them away
        yield Tell("drive", "call_busy" if "call" in m.facts["open"] else "call_not_now")
        return
    parties = {"member": m.data["driver"], "participant": m.run.parties["participant"]}
    yield Open("call", {"moving": m.data["moving"] or None}, parties)


# --- words ----------------------------------------------------------------------------------------------------------


@emits(opens=("alarm",), tells=("alarm",))
def pass_on(m: Moment) -> Iterable[Effect]:
    """A driver's words to the coordinator, as written; with nobody there, the managers are rung and the words kept."""
    coordinator = m.facts["case"]["coordinator"]
    if coordinator is None:
        yield raise_alarm(m, "ride")
        return
    yield Join("coordinator", coordinator)
    yield Relay(m.data["words"], "coordinator")


@emits(tells=("words",), cards={"ride.later": ("who",)})
def to_driver(m: Moment) -> Iterable[Effect]:
    """The coordinator's words to the driver, who hears them when the car stands."""
    yield Tell("drive", "words", {"words": m.words})
    if m.known.get("stage") in ("left", "in") and not m.known.get("stands"):
        yield Say("ride.later", "coordinator", blanks_of(m, "who"))


@emits(opens=("alarm",), tells=("alarm",), cards=("intake.kept",))
def nobody_hears(m: Moment) -> Iterable[Effect]:
    """A participant's words during a ride, and no coordinator to read them."""
    yield raise_alarm(m, "ride")
    yield Say("intake.kept", "participant")


def has_talk(m: Moment) -> bool:
    return "assist" in m.facts["open"]


@emits(opens=("alarm",), tells=("alarm",), cards={"ride.danger": ("who",)})
def danger(m: Moment) -> Iterable[Effect]:
    """Danger in a driver's words: passed on at once, the coordinator's phone and the managers' ring."""
    yield Note("driver_danger")
    coordinator = m.facts["case"]["coordinator"]
    if coordinator is not None:
        yield Join("coordinator", coordinator)
        yield Relay(m.data["words"], "coordinator")
        yield Ring("ride.danger", "coordinator", blanks_of(m, "who"))
    yield raise_alarm(m, "ride_danger")
