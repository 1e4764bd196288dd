"""Emergency: somebody may be dying. 911 first, then the steps that fit, then one question in digits, then people only.

The case is frozen from here until a coordinator's SAFE; nothing else lowers its level. The E1 text is the webhook's own
reply; each later text is one delivery, paced by this flow's own clock.
"""

from collections.abc import Iterable

from flows.alarm import raise_alarm
from flows.effects import CASE, Effect, Know, Learn, Level, Note, Open, Tell
from flows.machine import STAY, Again, Do, Flow, Moment, State, Target, Until, When, emits, hours, minutes, seconds
from flows.paging import open_page

OPIOID = frozenset({"overdose", "breathing", "unresponsive", "cyanosis"})
MEDICAL = frozenset({"chest_pain", "overheating", "seizure", "withdrawal_danger", "bleeding"})
ACT = frozenset({"suicide", "means", "self_harm"})


def _kinds(m: Moment) -> frozenset[str]:
    return frozenset(m.known.get("kinds", ()))


def first_card(kinds: frozenset[str], who: str) -> str:
    """The 911 text that fits: the most binding danger first, so that no step of it can harm."""
    if kinds & {"violence", "hiding"}:
        return "emergency.violence"
    if kinds == {"yes"}:
        return "emergency.yes"
    if who == "far":
        return "emergency.far"
    if "child" in kinds:
        return "emergency.child"
    if kinds & {"pregnancy", "pregnancy_danger"}:
        return "emergency.pregnancy"
    if kinds & ACT and who != "other":
        return "emergency.suicide"
    if kinds & MEDICAL and not kinds & OPIOID:
        return "emergency.medical"
    return "emergency.self" if who == "self" else "emergency.other"


def steps_card(kinds: frozenset[str], who: str) -> str | None:
    """The steps that fit what was said; none for a bare yes, a wish to die, or what nobody described."""
    card = first_card(kinds, who)
    if card == "emergency.violence":
        return "emergency.steps_violence"
    if card == "emergency.child":
        return "emergency.steps_child" if kinds & OPIOID else "emergency.child_more"
    if card == "emergency.pregnancy":
        return "emergency.pregnancy_more"
    if card == "emergency.medical":
        if kinds & {"seizure", "withdrawal_danger"}:
            return "emergency.steps_seizure" if "seizure" in kinds else None
        return "emergency.steps_chest" if kinds & {"chest_pain", "overheating"} else None
    if card == "emergency.self":
        return "emergency.steps_self"
    if card == "emergency.other" and kinds & OPIOID:
        return "emergency.steps_other"
    return None


FIRST = (
    "emergency.violence", "emergency.yes", "emergency.far", "emergency.child", "emergency.pregnancy",
    "emergency.suicide", "emergency.medical", "emergency.self", "emergency.other",
    "intake.down_danger",
)  # fmt: skip
STEPS = (
    "emergency.steps_violence", "emergency.steps_child", "emergency.child_more", "emergency.pregnancy_more",
    "emergency.steps_seizure", "emergency.steps_chest", "emergency.steps_self", "emergency.steps_other",
)  # fmt: skip


def _first(m: Moment) -> str:
    if m.known.get("late"):
        return "intake.down_danger"
    return first_card(_kinds(m), m.known.get("who", "unknown"))


def _steps(m: Moment) -> str:
    card = steps_card(_kinds(m), m.known.get("who", "unknown"))
    assert card is not None
    return card


def _has_steps(m: Moment) -> bool:
    return steps_card(_kinds(m), m.known.get("who", "unknown")) is not None


def _overdose(m: Moment) -> bool:
    return _first(m) == "emergency.other" and bool(_kinds(m) & OPIOID)


def _bare_yes(m: Moment) -> bool:
    return _kinds(m) == {"yes"}


def _suicidal(m: Moment) -> bool:
    return m.known.get("level") == "suicidal"


def _spoke(m: Moment) -> bool:
    return bool(m.known.get("spoke"))


def _covered(m: Moment) -> bool:
    return bool(m.known.get("covered")) or "assist" in m.facts["open"]


@emits(opens=("paging", "alarm", "company", "safety"), tells=("emergency", "urgent", "answered"))
def _begin(m: Moment) -> Iterable[Effect]:
    """The case is marked and frozen, and people are asked at once: before anything is said."""
    yield Level(m.known["level"])
    yield Note("danger")
    yield Tell(CASE, "emergency", {"level": m.known["level"]})
    if "assist" not in m.facts["open"]:
        kept = {k: m.known[k] for k in ("language", "exclude", "prefer") if m.known.get(k)}
        yield from open_page(m, urgent=True, **kept)
    if "safety" not in m.facts["open"]:
        yield Open("safety")


@emits(tells=("emergency",))
def _worse(m: Moment) -> Iterable[Effect]:
    """New words of danger: only up."""
    kinds = sorted({*m.known.get("kinds", ()), *m.data.get("kinds", ())} - {"yes"})
    level = "emergency" if "emergency" in (m.data.get("level"), m.known.get("level")) else "suicidal"
    who = m.data.get("who", "unknown")
    yield Know({"kinds": kinds, "level": level, "spoke": True, "who": who if who != "unknown" else m.known.get("who")})
    yield Level(level)
    yield Tell(CASE, "emergency", {"level": level})


@emits(tells=("emergency",))
def _act(m: Moment) -> Iterable[Effect]:
    """A yes to "have you hurt yourself, or are you about to": an act, whatever was said before."""
    yield Know({"kinds": sorted({*m.known.get("kinds", ()), "means"}), "level": "emergency", "who": "self", "spoke": True})
    yield Level("emergency")
    yield Tell(CASE, "emergency", {"level": "emergency"})


def _now_suicidal(m: Moment) -> bool:
    return m.known.get("level") == "suicidal"


@emits(opens=("alarm",), tells=("alarm",))
def alarm_danger(m: Moment) -> Iterable[Effect]:
    yield raise_alarm(m, "danger")


def _e1_at(m: Moment) -> Iterable[Effect]:
    yield Know({"e1": m.now})


SPOKE = Know({"spoke": True})
HEARS = ("danger", "help_here", "cops", "on_911", "cant_call")
GOES: dict[str, Target] = {
    "danger": "hears_more",
    "help_here": "help_here",
    "cops": "cops",
    "on_911": "on_911",
    "cant_call": "cant_call",
}
ASKED = {"1": "on_911", "2": "cant_call"}


def _next(state: str) -> dict[str, Target]:
    """Any word counts as a sign of life: no repeats after it, and the next text of the chain comes at once."""
    return {"participant": Do((SPOKE,), state)}


EMERGENCY = Flow(
    "emergency",
    rank=1,
    urgent=True,
    stamps=("timezone",),
    told={"covered": Do((Know({"covered": True}),), "people"), "safe": "over", "never_answered": STAY},
    failed={"participant": When(lambda m: bool(m.known.get("plain")), "unreachable", "plain")},
    states=(
        State("opens", does=_begin, needs=("open",), then=When(_suicidal, "thoughts", "tells")),
        State("tells", does=_e1_at, then=When(_bare_yes, "what", "told")),
        State("hears_more", does=_worse, then=When(_now_suicidal, "thoughts", "told")),
        State(
            "told",
            says=_first,
            cards=FIRST,
            hears=HEARS,
            keys={},
            goes=GOES,
            words=_next("steps_or_ask"),
            quiet=(seconds(10), "steps_or_ask"),
            unclear=STAY,
        ),
        State("steps_or_ask", then=When(_has_steps, "steps", "ask")),
        State(
            "steps",
            says=_steps,
            cards=STEPS,
            hears=HEARS,
            keys={},
            goes=GOES,
            words=_next("law_or_ask"),
            quiet=(seconds(30), "law_or_ask"),
            unclear=STAY,
        ),
        State("law_or_ask", then=When(_overdose, "law", "ask")),
        State(
            "law",
            says="emergency.law",
            hears=HEARS,
            keys={},
            goes=GOES,
            words=_next("ask"),
            quiet=(seconds(20), "ask"),
            unclear=STAY,
        ),
        State("ask", then=When(_covered, "people", "asks"), needs=("open",)),
        State(
            "asks",
            says="emergency.ask_911",
            hears=HEARS,
            keys=ASKED,
            goes=GOES,
            unclear=Do((SPOKE,), Again("emergency.ask_911", "heard")),
            quiet=(Until("e1", minutes(2)), When(_spoke, "people", "repeats_2")),
        ),
        State(
            "what",  # a bare yes: its own question stands until it is answered or two minutes have passed
            says="emergency.yes",
            hears=HEARS,
            keys={},
            goes=GOES,
            words=_next("ask"),
            quiet=(minutes(2), "repeats_2"),
            unclear=STAY,
            context="question",
        ),
        State(
            "repeats_2",
            says="emergency.plain",
            hears=HEARS,
            keys=ASKED,
            goes=GOES,
            unclear=Do((SPOKE,), "ask"),
            quiet=(Until("e1", minutes(5)), "repeats_5"),
        ),
        State(
            "repeats_5",
            says="emergency.plain",
            hears=HEARS,
            keys=ASKED,
            goes=GOES,
            unclear=Do((SPOKE,), "ask"),
            quiet=(hours(1), "people"),
        ),
        State(
            "thoughts",
            says=lambda m: "emergency.thoughts_other" if m.known.get("who") in ("other", "far") else "emergency.thoughts",
            cards=("emergency.thoughts", "emergency.thoughts_other"),
            does=_e1_at,
            hears=(*HEARS, "yes"),
            keys={},
            goes={**GOES, "yes": "acts"},
            words=_next("thoughts_ask"),
            context="question",
            quiet=(seconds(10), "thoughts_ask"),
            unclear=STAY,
        ),
        State(
            "thoughts_ask",
            says="emergency.thoughts_ask",
            hears=(*HEARS, "yes", "no"),
            keys={},
            goes={**GOES, "yes": "acts", "no": "heard"},
            unclear=Do((SPOKE,), Again("intake.sure", "heard")),
            context="question",
            quiet=(minutes(2), When(_spoke, "people", "thoughts_quiet")),
        ),
        State("thoughts_quiet", says="intake.unsure", then="people"),
        State("acts", does=_act, then="told"),
        State("on_911", says="emergency.on_911", does=(SPOKE, Learn(mark="on_911")), then="people"),
        State("cant_call", says="emergency.cant_call", does=(SPOKE, Learn(mark="cant_call")), then="people"),
        State("cops", says="emergency.cops", does=(SPOKE, Learn(mark="cops")), then="people"),
        State(
            "help_here",
            says="emergency.help_here",
            does=(SPOKE, Learn(mark="help_here"), Tell(CASE, "help_here"), Open("follow_up")),
            then="people",
        ),
        State("heard", says="emergency.kept", then="people"),
        State(
            "people",  # from here on people only; new danger is still answered with 911
            hears=HEARS,
            keys=ASKED,
            goes=GOES,
            unclear=When(_covered, STAY, "heard"),
            needs=("open",),
            quiet=(hours(6), "reminds"),
        ),
        State("reminds", does=alarm_danger, needs=("open",), then="people"),
        State("plain", says="emergency.plain", does=(Know({"plain": True}),), then="ask"),
        State("unreachable", does=(Learn(mark="unreachable"), Tell(CASE, "unreachable")), then="people"),
        State("over"),
    ),
)

SAFETY = Flow(
    "safety",
    urgent=True,
    told={"safe": "over"},
    states=(
        State("frozen", quiet=(minutes(30), "asks")),
        State("asks", does=(Tell("assist", "ask_safe"),), then="asked"),
        State("asked", quiet=(minutes(90), "alarms")),  # two hours in all: then the manager's phone
        State("alarms", does=alarm_danger, needs=("open",), then="alarmed"),
        State("alarmed", quiet=(hours(2), "alarms")),
        State("over"),
    ),
)

FOLLOW_UP = Flow(
    "follow_up",
    states=(
        State("waits", quiet=(hours(4), "asks")),  # the same day: being revived is when people say yes, and when they die
        State("asks", does=(Tell("assist", "follow_up"),)),
    ),
)
