"""The ride: what RIDE asks, drivers asked one after another, and one drive after another until somebody is there.

It lives from the coordinator's RIDE to the end of the ride. The driver's own legs are a run each (`drive.py`); what is
said and written on the way stands in `ride_told.py`. A driver may drop out until somebody is in the car: then the next
is asked at once. After that nobody is replaced, and a person is rung.
"""

from collections.abc import Iterable
from typing import Any

from flows import ride_told as told
from flows.effects import OPENED, Effect, Know, Open, Say, Tell
from flows.machine import STAY, Do, Flow, Moment, State, Target, Until, When, emits, hours
from flows.ride_form import QUESTIONS
from flows.ride_heard import NEEDS, follow, reports


def _doing(deed: Any, then: Target = STAY) -> Do:
    return Do(deed, then, needs=NEEDS)


@emits(tells=("withdraw",))
def _withdraw(m: Moment) -> Iterable[Effect]:
    """What was offered is taken back."""
    yield Tell(OPENED, "withdraw")


@emits(opens=("ride_off",))
def _ask_off(m: Moment) -> Iterable[Effect]:
    coordinator = m.facts["case"]["coordinator"]
    if coordinator is not None:
        yield Open("ride_off", {}, {"coordinator": coordinator})


def _now(m: Moment) -> Iterable[Effect]:
    """Asked anew after a while: a time that has passed is now."""
    yield Know({"at": max(m.instant("at") or m.now, m.now), "unsafe": None})


def _doubt(m: Moment) -> Iterable[Effect]:
    """Where one did not feel safe, nobody else is sent before the coordinator says so."""
    yield Know({"unsafe": True, "stands": True})


def _unsafe(m: Moment) -> bool:
    return bool(m.known.get("unsafe"))


COORDINATORS: Target = Do(follow, STAY, needs=NEEDS)
OFF: Target = When(told.aboard, _doing(reports("ride.aboard")), "calls_off")

#: What every state after the questions understands.
ORDERED: dict[str, Target] = {
    "covered": COORDINATORS,
    "withdrawn": COORDINATORS,
    "given_back": COORDINATORS,
    "closed": When(told.aboard, STAY, "closed_off"),
    "again": Do(_ask_off, STAY, needs=NEEDS),
    "call_off": OFF,
    "words": _doing(told.pass_on),
    "danger": _doing(told.danger),
}

#: What a driver's and a companion's runs tell, whatever else the ride waits for.
LEGS: dict[str, Target] = {
    **ORDERED,
    "confirmed": Do(told.announce, STAY),
    "otw": _doing(reports("ride.step_otw", "who", then=told.left), "driving"),
    "here": _doing(reports("ride.step_here", "who", then=told.here), "driving"),
    "in": _doing(reports("ride.step_in", "who", then=told.picked_up), "driving"),
    "arrived": "arrived",
    "cant": "next_driver",
    "second_cant": When(
        lambda m: m.known.get("stage") is None, "next_second", _doing(reports("ride.second_out", "other", ring=True))
    ),
    "overdue": _doing(told.overdue),
    "stranded": _doing(reports("ride.stranded", "who", ring=True, then=told.stands)),
    "turned_away": "turned_away",
    "unsafe": _doing(reports("ride.unsafe", "who", ring=True, alarm=True, then=_doubt)),
    "never_came": "never_came",
    "got_out": "got_out",
    "well": _doing(reports("ride.all_well", "who")),
    "need_help": _doing(reports("ride.needs_help", "who", ring=True, alarm=True)),
    "no_answer": _doing(reports("ride.no_answer", "who", ring=True, alarm=True)),
    "unreachable": _doing(reports("ride.unreachable", "who", ring=True, alarm=True)),
    "driver_calls": Do(told.connect_driver, STAY, needs=("open", "case")),
}
AGAIN: dict[str, Target] = {"no_show": STAY, "ask_again": STAY, "mine": STAY, "nobody": STAY}

WORDS: dict[str, Target] = {
    "participant": When(told.has_talk, STAY, _doing(told.nobody_hears)),
    "coordinator": Do(told.to_driver, STAY),
}
COVERED: Target = When(told.by_driver, "taken", COORDINATORS)
UNANSWERED = hours(12)  # a ride that nobody drives and nobody decides about is over


def _waiting(name: str, quiet: Any, hears: dict[str, Target], **more: Any) -> State:
    return State(name, quiet=quiet, told=hears, words=WORDS, **more)


RIDE = Flow(
    "ride",
    party="coordinator",
    rank=5,
    urgent=True,
    stamps=("paging", "timezone", "checkins", "program"),
    failed={"participant": _doing(reports("ride.unreached"))},
    states=(
        *QUESTIONS,
        State("ordered", does=told.order, needs=("case",), then=When(told.is_later, "holds", "asks")),
        _waiting("holds", (Until("offer_at"), "asks"), {**ORDERED, "emergency": STAY}),
        State("asks", needs=("case",), then=When(told.is_frozen, "says_frozen", "asks_drivers")),
        _waiting(
            "asks_drivers",
            (hours(6), "nobody"),  # a page ends by itself long before
            {**ORDERED, **AGAIN, "covered": COVERED, "nobody": "nobody", "emergency": Do(_withdraw, "frozen")},
            does=told.page_driver,
            needs=("case",),
        ),
        _waiting(
            "nobody",
            (UNANSWERED, "unfound"),
            {
                **ORDERED,
                "covered": "nobody",
                "again": "nobody",
                "ask_again": Do(_now, "asks"),
                "mine": "by_coordinator",
                "emergency": "frozen",
            },
            does=told.asks_what_next("ride.nobody"),
            needs=NEEDS,
        ),
        State("says_frozen", does=reports("ride.frozen"), needs=NEEDS, then="frozen"),
        _waiting("frozen", (hours(24), "unfound"), {**ORDERED, "safe": "thaws"}),
        _waiting(
            "thaws",
            (UNANSWERED, "unfound"),
            {
                **ORDERED,
                "covered": "thaws",
                "again": "thaws",
                "ask_again": Do(_now, "asks"),
                "mine": "by_coordinator",
                "emergency": "frozen",
            },
            does=told.asks_what_next("ride.after_safe"),
            needs=NEEDS,
        ),
        State("taken", does=told.taken, then=When(told.wants_companion, "says_second", "says_taken")),
        State("says_taken", does=reports("ride.taken", "who", "time"), needs=NEEDS, then="driving"),
        State("says_second", does=reports("ride.second_asked", "who"), needs=NEEDS, then="asks_second"),
        _waiting(
            "asks_second",
            (hours(6), "no_second"),
            {
                **LEGS,
                **AGAIN,
                "covered": When(told.by_driver, "joined", COORDINATORS),
                "nobody": "no_second",
                "emergency": Do(_withdraw, "second_frozen"),
            },
            does=told.page_companion,
            needs=("case",),
        ),
        _waiting(
            "no_second",
            (UNANSWERED, "unfound"),
            {
                **LEGS,
                "no_show": STAY,
                "covered": "no_second",
                "again": "no_second",
                "ask_again": "asks_second",
                "mine": Do(told.found_one, "tells_participant", needs=NEEDS),
                "emergency": "second_frozen",
            },
            does=told.asks_what_next("ride.no_second"),
            needs=NEEDS,
        ),
        _waiting("second_frozen", (hours(24), "unfound"), {**LEGS, "no_show": STAY, "safe": "asks_second"}),
        State("joined", does=told.joined, then="says_both"),
        State(
            "says_both", does=reports("ride.taken_both", "who", "other", "time"), needs=NEEDS, then="tells_participant"
        ),
        State("tells_participant", does=told.announce, then="driving"),
        State("next_second", does=told.second_out, then="says_second_out"),
        State("says_second_out", does=reports("ride.second_anew", "who"), needs=NEEDS, then="tells_alone"),
        State("tells_alone", does=(Tell("drive", "alone"),), then="asks_second"),
        _waiting("driving", (Until("at", hours(12)), "lost"), {**LEGS, "no_show": "chases"}),
        _waiting(
            "chases",  # the driver should have set out: the next is asked, and whoever is first has it
            (hours(6), "nobody_else"),
            {**LEGS, **AGAIN, "covered": COVERED, "nobody": "nobody_else", "emergency": Do(_withdraw, "driving")},
            does=told.page_driver,
            needs=("case",),
        ),
        _waiting(
            "nobody_else",
            (UNANSWERED, "lost"),
            {
                **LEGS,
                "no_show": STAY,
                "covered": "nobody_else",
                "again": "nobody_else",
                "ask_again": "chases",
                "mine": "by_coordinator",
            },
            does=told.asks_what_next("ride.nobody"),
            needs=NEEDS,
        ),
        State("next_driver", does=told.dropped_out, then="says_next"),
        State("says_next", does=reports("ride.next", "who"), needs=NEEDS, then=When(_unsafe, "nobody", "asks")),
        State("turned_away", does=(Know({"stands": True}), Tell("placement", "turned_away")), then="says_turned_away"),
        State("says_turned_away", does=reports("ride.turned_away", "who", ring=True), needs=NEEDS, then="driving"),
        State("arrived", does=reports("ride.step_arrived", then=told.arrived), needs=NEEDS),
        State("never_came", does=reports("ride.never_came", "who", ring=True, then=told.missed), needs=NEEDS),
        State("got_out", does=reports("ride.got_out", ring=True, then=told.got_out), needs=NEEDS),
        State("by_coordinator", does=reports("ride.yours", then=told.call_off), needs=NEEDS),
        State("unfound", does=reports("ride.unfound", then=told.call_off), needs=NEEDS),
        State("lost", does=reports("ride.lost", "who", ring=True, alarm=True, then=told.lost), needs=NEEDS),
        State("calls_off", does=reports("ride.called_off", then=told.call_off), needs=NEEDS),
        State("closed_off", does=told.call_off),
        State("over"),
    ),
)

RIDE_OFF = Flow(
    "ride_off",  # RIDE again, while one is under way: is it to be called off?
    party="coordinator",
    urgent=True,
    told={"ride_over": "over"},
    states=(
        State(
            "asks",
            says="ride.ask_off",
            asks="confirmation",
            hears=("call_off", "no"),
            keys={"1": "call_off", "0": "no"},
            goes={"call_off": "off", "no": "over"},
            unclear=Do((Say("ride.ask_off", "coordinator"),), STAY),
            quiet=(hours(1), "over"),
        ),
        State("off", does=(Tell("ride", "call_off"),), then="over"),
        State("over"),
    ),
)
