"""Danger by voice: 911 first; then the steps, slowly, as often as they want; and they wait on the line for a person.

The line never stands between them and 911: what is said begins with it, and who hangs up gets it as a text. Where
somebody may hear (violence, hiding) it is said once, and then nothing by itself.

And the phone of somebody whom no text can help: what is said first is right for whoever picks up. It rings once, and
once more two minutes later; then it is left to people.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from flows.danger import (
    SPOKE,
    answered,
    calls_again,
    cant_call,
    first,
    hushed,
    of_another,
    say_first_aloud,
    steps_aloud,
    suicidal,
    unreachable,
)  # fmt: skip
from flows.effects import Effect, Know, Learn, Note, Open, Ring, Say, Tell
from flows.first_aid import ALOUD, FIRST
from flows.machine import STAY, Do, Moment, State, Target, When, emits, minutes, seconds

HEARS = ("danger", "help_here", "cops", "on_911", "cant_call")
GOES: dict[str, Target] = {
    "danger": "hears_more",
    "help_here": "help_here",
    "cops": "cops_aloud",
    "on_911": "on_911",
    "cant_call": "cant_call_aloud",
}


def _first_aloud(m: Moment) -> str:
    """Rung because they cannot call, they are told how anybody can."""
    return "emergency.cant_call" if m.known.get("cant_call") and _was_phoned(m) else first(m)


@emits(opens=("call",), tells=("called_in",))
def _through(m: Moment) -> Iterable[Effect]:
    """Whoever has the case is rung at once, and then whoever has it too, while they hear what to do."""
    member, others = m.facts["case"]["coordinator"], m.facts["case"]["known"].get("with", ())
    if "call" in m.facts["open"]:
        yield Tell("call", "called_in")  # it may be ringing them just now
    elif member is not None:
        known = {"why": "danger", "then": [x for x in others if x != member]}
        yield Open("call", known, {"member": member, "participant": m.run.parties["participant"]})


@emits(cards=ALOUD)
def _say_steps(m: Moment) -> Iterable[Effect]:
    for card in steps_aloud(m):
        yield Say(card, "participant")


def _has_steps(m: Moment) -> bool:
    return bool(steps_aloud(m))


@emits(cards=("emergency.ring",))
def _phone(m: Moment) -> Iterable[Effect]:
    yield Know({"phoned": m.now, "rings": m.known.get("rings", 0) + 1})
    yield Note("danger_phoned", role="participant")
    yield Ring("emergency.ring", "participant")


def _rung_twice(m: Moment) -> bool:
    return bool(m.known.get("rings", 0) >= 2)


def _was_phoned(m: Moment) -> bool:
    return bool(m.known.get("reached"))


COVERED = Know({"covered": True})
TALKS: Target = Do((Know({"line": None, "chain": None, "spoke": True}),), "people")
HUNG_UP: Target = Do((Know({"line": None}),), "hangs_up")
NOT_REACHED: Target = When(_rung_twice, "not_reached", "phones_later")


def _holding(
    name: str,
    says: str | None,
    quiet: tuple[timedelta, str],
    *,
    keys: Mapping[str, str],
    goes: Mapping[str, Target],
    told: Mapping[str, Target],
) -> State:
    """They wait on the line until they hang up, which is told. `quiet`: what they hear next."""
    return State(
        name,
        says=says,
        hears=(*HEARS, "person", *keys.values()),
        keys={},
        press=keys,
        goes={**GOES, "person": Do((Learn(mark="person"),), "person_aloud"), **goes},
        words={"participant": Do((SPOKE,), STAY)},
        holds=("participant",),
        told={"covered": Do((COVERED,), STAY), "unreached": STAY, "spoke": TALKS, "hung_up": HUNG_UP, **told},
        failed={"participant": Do(unreachable, STAY)},
        quiet=quiet,
    )


def _waits(name: str, says: str | None, wait: timedelta) -> State:
    """By key they hear what to do; nobody is left without a word for longer than a minute or so."""
    return _holding(
        name,
        says,
        (wait, "still_aloud"),
        keys={"1": "steps"},
        goes={"steps": "what_to_do"},
        told={"covered": Do((COVERED,), "waits_aloud"), "unreached": "still_aloud"},
    )


def _hushes(name: str, says: str | None) -> State:
    return replace(_holding(name, says, (minutes(5), "hushed_on"), keys={}, goes={}, told={}), hushed=True)


#: After what was said between two waits.
WAITS_ALOUD: Target = When(suicidal, "thoughts_on", When(hushed, "hushed_wait", "stays"))

ALOUD_STATES: tuple[State, ...] = (
    State("called_again", does=calls_again, then="aloud"),
    State(
        "aloud",
        does=_through,
        needs=("case", "open"),
        then=When(suicidal, "thoughts_aloud", When(hushed, "hushed_first", "first_aloud")),
    ),
    State(
        "first_aloud",
        says=_first_aloud,
        cards=(*FIRST, "emergency.cant_call"),
        does=say_first_aloud,
        then="stays",
    ),
    _waits("stays", "emergency.voice_stays", seconds(45)),
    State("what_to_do", then=When(hushed, "hushed_first", When(_has_steps, "steps_aloud", "first_aloud"))),
    State("steps_aloud", does=_say_steps, then="steps_said"),
    _waits("steps_said", "emergency.voice_again", seconds(90)),
    _waits("still_aloud", "emergency.voice_still", seconds(45)),
    _waits("waits_aloud", None, seconds(45)),  # somebody has it, and is rung
    State(
        "person_aloud",
        does=_through,
        needs=("case", "open"),
        then=When(suicidal, "thoughts_on", When(hushed, "hushed_wait", "still_aloud")),
    ),
    State("cops_aloud", says="emergency.cops", does=(SPOKE, Learn(mark="cops")), then=WAITS_ALOUD),
    State("cant_call_aloud", says="emergency.cant_call", does=cant_call, then=WAITS_ALOUD),
    # --- somebody may hear
    State("hushed_first", does=say_first_aloud, then="hushed"),
    _hushes("hushed", "emergency.violence"),
    State("hushed_on", does=(Note("danger_waits"),), then="hushed_wait"),
    _hushes("hushed_wait", None),
    # --- thoughts of suicide
    State(
        "thoughts_aloud",
        says=lambda m: "emergency.thoughts_other" if of_another(m) else "emergency.thoughts",
        cards=("emergency.thoughts", "emergency.thoughts_other"),
        does=say_first_aloud,
        then="act_aloud",
    ),
    _holding(
        "act_aloud",
        "emergency.voice_act",
        (seconds(45), "thoughts_on"),
        keys={"1": "yes", "2": "no"},
        goes={"yes": "acts", "no": "thoughts_on"},
        told={},
    ),
    _holding("thoughts_on", "emergency.voice_thoughts", (seconds(60), "thoughts_on"), keys={}, goes={}, told={}),
    # --- they hung up: as a text what they heard, and on from there; once they talk to 911 or were rung, no more
    State("hangs_up", then=When(_was_phoned, "people", When(answered, "people", "by_text"))),
    # --- rung
    State("phones", does=_phone, then="phoned"),
    State(
        "phoned",
        hears=(*HEARS, "steps", "person"),
        keys={},
        press={"1": "steps"},
        goes={**GOES, "steps": "picks_up", "person": "picks_up"},
        words={"participant": Do((SPOKE,), STAY)},
        missed={"participant": NOT_REACHED},
        quiet=(minutes(3), NOT_REACHED),
    ),
    State(
        "phones_later",
        hears=HEARS,
        keys={},
        goes=GOES,
        words={"participant": Do((SPOKE,), STAY)},
        quiet=(minutes(2), "phones"),
    ),
    State("not_reached", does=(Know({"rings": None}), Note("danger_not_reached")), then="people"),
    State("picks_up", does=(Know({"line": True, "reached": True, "rings": None}), SPOKE), then="aloud"),
)
