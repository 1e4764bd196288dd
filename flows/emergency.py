"""Emergency: somebody may be dying. 911 first, then the steps that fit, then one question in digits, then people only.

The case is frozen from here until a coordinator's SAFE; nothing else lowers its level. The E1 text is the webhook's own
reply; each later text is one delivery, paced by this flow's own clock.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from flows.alarm import raise_alarm
from flows.effects import CASE, Effect, Know, Learn, Level, Note, Open, Tell
from flows.events import Failed
from flows.first_aid import FIRST, OPIOID, STEPS, first_card, steps_card
from flows.machine import (
    STAY,
    Again,
    Do,
    Doing,
    Flow,
    Moment,
    State,
    Target,
    Until,
    Wait,
    When,
    emits,
    hours,
    minutes,
    seconds,
)  # fmt: skip
from flows.paging import open_page


def _kinds(m: Moment) -> frozenset[str]:
    return frozenset(m.known.get("kinds", ()))


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


def _steps_due(m: Moment) -> bool:
    return _has_steps(m) and not m.known.get("steps")


def _law_due(m: Moment) -> bool:
    overdose = _first(m) == "emergency.other" and bool(_kinds(m) & OPIOID)
    return overdose and not m.known.get("law")


def _bare_yes(m: Moment) -> bool:
    return _kinds(m) == {"yes"}


def _suicidal(m: Moment) -> bool:
    return m.known.get("level") == "suicidal"


def _spoke(m: Moment) -> bool:
    return bool(m.known.get("spoke"))


def _covered(m: Moment) -> bool:
    return bool(m.known.get("covered"))


def _answered(m: Moment) -> bool:
    return bool(m.known.get("answered"))


def _in_chain(m: Moment) -> bool:
    return bool(m.known.get("chain"))


def _said_already(m: Moment) -> bool:
    """The 911 text that fits was said a moment ago: the next of the chain helps more than the same again."""
    return _in_chain(m) and m.known.get("first") == _first(m)


def _just_asked(m: Moment) -> bool:
    assert m.run.since is not None
    return m.now - m.run.since <= seconds(20)


@emits(opens=("paging", "alarm", "company", "safety"), tells=("emergency", "urgent", "answered"))
def _begin(m: Moment) -> Iterable[Effect]:
    """The case is marked and frozen, and people are asked at once: before anything is said."""
    known = m.known
    yield Level(known["level"])
    yield Note("danger")
    yield Tell(CASE, "emergency", {"level": known["level"]})
    if "assist" in m.facts["open"]:
        yield Know({"covered": True})
    else:
        exclude = [*known.get("exclude", ()), m.run.parties["participant"]]
        kept = {key: known[key] for key in ("language", "prefer") if known.get(key)}
        yield from open_page(m, urgent=True, exclude=exclude, **kept)
    if "safety" not in m.facts["open"]:
        yield Open("safety")


def _say_first(m: Moment) -> Iterable[Effect]:
    """E1's own clock begins, and what goes with it is due again: only a word after it is an answer to it."""
    due = {"steps": None, "law": None, "answered": None, "spoke": None}
    yield Know({"first": _first(m), "e1": m.now, "chain": True, **due})


@emits(tells=("emergency",))
def _worse(m: Moment) -> Iterable[Effect]:
    """New words of danger: only up."""
    known = m.known
    kinds = sorted({*known.get("kinds", ()), *m.data.get("kinds", ())} - {"yes"})
    level = "emergency" if "emergency" in (m.data.get("level"), known.get("level")) else "suicidal"
    who = m.data.get("who", "unknown")
    yield Know({"kinds": kinds, "level": level, "spoke": True, "who": who if who != "unknown" else known.get("who")})
    yield Level(level)
    yield Tell(CASE, "emergency", {"level": level})


@emits(tells=("emergency",))
def _act(m: Moment) -> Iterable[Effect]:
    """A yes to "have you hurt yourself, or are you about to": an act, whatever was said before."""
    who = m.known.get("who") if m.known.get("who") in ("other", "far") else "self"
    yield Know({"kinds": sorted({*m.known.get("kinds", ()), "means"}), "level": "emergency", "who": who, "spoke": True})
    yield Level("emergency")
    yield Tell(CASE, "emergency", {"level": "emergency"})


@emits(opens=("alarm",), tells=("alarm",))
def alarm_danger(m: Moment) -> Iterable[Effect]:
    yield raise_alarm(m, "danger")


@emits(opens=("company",))
def _keeps_company(m: Moment) -> Iterable[Effect]:
    """They write on and nobody has come yet: from now on they hear the truth about it, as anybody who waits."""
    if "company" not in m.facts["open"]:
        yield Open("company", {"since": m.now.isoformat()})


def _until_repeat(m: Moment) -> timedelta:
    """Two minutes after E1; after any word of theirs there is no repeat, and two minutes to answer."""
    e1 = m.instant("e1") or m.now
    return minutes(2) if _spoke(m) else max(seconds(1), e1 + minutes(2) - m.now)


@emits(tells=("help_here",), opens=("follow_up",))
def _help_here(m: Moment) -> Iterable[Effect]:
    yield SPOKE
    yield ANSWERED
    yield Learn(mark="help_here")
    yield Tell("assist", "help_here")
    if "follow_up" not in m.facts["open"]:
        yield Open("follow_up")


@emits(tells=("unreachable",))
def _unreachable(m: Moment) -> Iterable[Effect]:
    """Said once to whoever has the case; the marks say it to whoever takes it."""
    event = m.event
    assert isinstance(event, Failed)
    yield Learn(mark="opted_out" if event.why == "opted_out" else "unreachable")
    if not m.known.get("unreachable") and event.delivery:
        yield Tell("assist", "unreachable", {"why": event.why})
    yield Know({"unreachable": True})


def _plain_helps(m: Moment) -> bool:
    """A text that failed is said once more, in the plainest words; to an opted-out phone nothing can be said."""
    event = m.event
    return isinstance(event, Failed) and event.why != "opted_out" and not m.known.get("plain")


SPOKE = Know({"spoke": True})
ANSWERED = Know({"answered": True, "chain": None})
HEARS = ("danger", "help_here", "cops", "on_911", "cant_call")
GOES: dict[str, Target] = {
    "danger": "hears_more",
    "help_here": "help_here",
    "cops": "cops",
    "on_911": "on_911",
    "cant_call": "cant_call",
}
ASKED = {"1": "on_911", "2": "cant_call"}
ASK_AGAIN: Target = Do((SPOKE,), Again("emergency.ask_911", "heard"))


def _text(
    name: str,
    says: str | Callable[[Moment], str] | None,
    quiet: tuple[Wait, Target],
    *,
    words: Target,
    cards: tuple[str, ...] = (),
    does: tuple[Effect, ...] | Doing = (),
    keys: Mapping[str, str] | None = None,
    context: str = "opening",
) -> State:
    """One text of the chain. Any word is a sign of life: no repeats after it, and what follows comes at once."""
    return State(
        name,
        says=says,
        cards=cards,
        does=does,
        hears=HEARS,
        keys=keys or {},
        goes=GOES,
        words={"participant": Do((SPOKE,), words)},
        context=context,
        quiet=quiet,
    )


EMERGENCY = Flow(
    "emergency",
    rank=1,
    urgent=True,
    stamps=("timezone",),
    told={
        "covered": Do((Know({"covered": True}),), STAY),
        "given_back": Do((Know({"covered": None}),), STAY),
        "safe": "over",
    },
    failed={"participant": When(_plain_helps, "plain", Do(_unreachable, STAY))},
    states=(
        State("opens", does=_begin, needs=("open",), then=When(_suicidal, "thoughts", When(_bare_yes, "what", "told"))),
        State(
            "hears_more",
            does=_worse,
            then=When(_suicidal, When(_in_chain, "thoughts_ask", "thoughts"), When(_said_already, "goes_on", "told")),
        ),
        _text("told", _first, (seconds(10), "goes_on"), cards=FIRST, does=_say_first, words="goes_on"),
        State("goes_on", then=When(_steps_due, "steps", When(_law_due, "law", "ask"))),
        _text("steps", _steps, (seconds(30), "goes_on"), cards=STEPS, does=(Know({"steps": True}),), words="goes_on"),
        _text("law", "emergency.law", (seconds(20), "goes_on"), does=(Know({"law": True}),), words="goes_on"),
        State("ask", does=(Know({"chain": None}),), then=When(_answered, "people", When(_covered, "watches", "asks"))),
        State(
            "asks",
            says="emergency.ask_911",
            hears=(*HEARS, "yes"),
            keys=ASKED,
            goes={**GOES, "yes": When(_just_asked, ASK_AGAIN, "on_911")},  # so soon it may answer what was asked before
            unclear=ASK_AGAIN,
            told={"covered": Do((Know({"covered": True}),), "watches")},  # acceptance ends the line's own questions
            quiet=(_until_repeat, When(_spoke, "people", "repeats_2")),
        ),
        _text("watches", None, (_until_repeat, When(_spoke, "people", "repeats_2")), words="people"),
        _text(
            "what",  # a bare yes: its own question stands until it is answered or two minutes have passed
            "emergency.yes",
            (minutes(2), "repeats_2"),
            does=_say_first,
            words="ask",
            context="question",
        ),
        _text("repeats_2", "emergency.plain", (Until("e1", minutes(5)), "repeats_5"), keys=ASKED, words="ask"),
        _text("repeats_5", "emergency.plain", (hours(1), "people"), keys=ASKED, words="ask"),
        State(
            "thoughts",
            says=lambda m: (
                "emergency.thoughts_other" if m.known.get("who") in ("other", "far") else "emergency.thoughts"
            ),
            cards=("emergency.thoughts", "emergency.thoughts_other"),
            does=_say_first,
            hears=(*HEARS, "yes"),
            keys={},
            goes={**GOES, "yes": "acts"},
            words={"participant": Do((SPOKE,), "thoughts_ask")},
            context="question",
            quiet=(seconds(10), "thoughts_ask"),
        ),
        State(
            "thoughts_ask",
            says="emergency.thoughts_ask",
            does=(Know({"chain": None}),),
            hears=(*HEARS, "yes", "no"),
            keys={},
            goes={**GOES, "yes": "acts", "no": "heard"},
            unclear=Do((SPOKE,), Again("intake.sure", "heard")),
            context="question",
            quiet=(minutes(2), "thoughts_quiet"),
        ),
        State("thoughts_quiet", says="intake.unsure", then="people"),
        State("acts", does=_act, then="told"),
        State("on_911", says="emergency.on_911", does=(SPOKE, ANSWERED, Learn(mark="on_911")), then="people"),
        _text(
            "cant_call",  # the steps matter all the more
            "emergency.cant_call",
            (seconds(10), "goes_on"),
            does=(SPOKE, Know({"answered": True}), Learn(mark="cant_call")),
            words="goes_on",
        ),
        _text("cops", "emergency.cops", (seconds(10), "goes_on"), does=(SPOKE, Learn(mark="cops")), words="goes_on"),
        State(
            "help_here",
            says="emergency.help_here",
            does=_help_here,
            needs=("open",),
            then="people",
        ),
        State("heard", does=(SPOKE,), then=When(_covered, "people", "says_heard")),
        State("says_heard", says="emergency.kept", does=_keeps_company, needs=("open",), then="people"),
        State(
            "people",  # from here on people only; new danger is still answered with 911
            hears=HEARS,
            keys=ASKED,
            goes=GOES,
            unclear=When(_covered, STAY, "says_heard"),
            quiet=(hours(6), "reminds"),
        ),
        State("reminds", does=alarm_danger, needs=("open",), then="people"),
        _text("plain", "emergency.plain", (seconds(10), "goes_on"), does=(Know({"plain": True}),), words="goes_on"),
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


def _has_somebody(m: Moment) -> bool:
    return "assist" in m.facts["open"]


FOLLOW_UP = Flow(
    "follow_up",
    states=(
        # The same day: being revived is when people say yes, and when they die.
        State("waits", quiet=(hours(4), "asks")),
        State("asks", needs=("open",), then=When(_has_somebody, "tells", "alarms")),
        State("tells", does=(Tell("assist", "follow_up"),)),
        State("alarms", does=alarm_danger, needs=("open",)),
    ),
)
