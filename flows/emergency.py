"""Emergency: somebody may be dying. 911 first, then the steps that fit, then one question in digits, then people only.

The case is frozen from here until a coordinator's SAFE; nothing else lowers its level. The E1 text is the webhook's own
reply; each later text is one delivery, paced by this flow's own clock. On the line it is said: `danger_aloud.py`.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from flows.danger import (
    ANSWERED,
    ASK_AGAIN,
    SPOKE,
    act,
    alarm_danger,
    answered,
    bare_yes,
    begin,
    cant_call,
    covered,
    first,
    help_here,
    in_chain,
    just_asked,
    keeps_company,
    law_due,
    may_phone,
    of_another,
    on_line,
    phone_due,
    plain_helps,
    said_already,
    say_first,
    spoke,
    steps,
    steps_due,
    suicidal,
    unreachable,
    worse,
)  # fmt: skip
from flows.danger_aloud import ALOUD_STATES, HEARS, WAITS_ALOUD
from flows.effects import Effect, Know, Learn, Tell
from flows.first_aid import FIRST, STEPS
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
    hours,
    minutes,
    seconds,
)  # fmt: skip


def _until_repeat(m: Moment) -> timedelta:
    """Two minutes after E1; after any word of theirs there is no repeat, and two minutes to answer."""
    e1 = m.instant("e1") or m.now
    return minutes(2) if spoke(m) else max(seconds(1), e1 + minutes(2) - m.now)


GOES: dict[str, Target] = {
    "danger": "hears_more",
    "help_here": "help_here",
    "cops": "cops",
    "on_911": "on_911",
    "cant_call": "cant_call",
}
ASKED = {"1": "on_911", "2": "cant_call"}
#: After an answer: those on the line wait there, those who text are left to people.
ON: Target = When(on_line, WAITS_ALOUD, "people")


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
        press={},  # by phone nothing of this is asked
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
        "called_danger": "called_again",
    },
    failed={"participant": When(plain_helps, "plain", Do(unreachable, When(may_phone, "phones", STAY)))},
    states=(
        State("opens", does=begin, needs=("open", "live"), then=When(on_line, "aloud", "by_text")),
        State("by_text", then=When(suicidal, "thoughts", When(bare_yes, "what", "told"))),
        State("hears_more", does=worse, needs=("live",), then=When(on_line, "more_aloud", "more_by_text")),
        State("more_aloud", then=When(suicidal, "aloud", When(said_already, "what_to_do", "aloud"))),
        State(
            "more_by_text",
            then=When(suicidal, When(in_chain, "thoughts_ask", "thoughts"), When(said_already, "goes_on", "told")),
        ),
        _text("told", first, (seconds(10), "goes_on"), cards=FIRST, does=say_first, words="goes_on"),
        State("goes_on", then=When(steps_due, "steps", When(law_due, "law", "ask"))),
        _text("steps", steps, (seconds(30), "goes_on"), cards=STEPS, does=(Know({"steps": True}),), words="goes_on"),
        _text("law", "emergency.law", (seconds(20), "goes_on"), does=(Know({"law": True}),), words="goes_on"),
        State("ask", does=(Know({"chain": None}),), then=When(answered, "helps", When(covered, "watches", "asks"))),
        State("helps", then=When(phone_due, "phones", "people")),
        State(
            "asks",
            says="emergency.ask_911",
            hears=(*HEARS, "yes"),
            keys=ASKED,
            press={},
            goes={**GOES, "yes": When(just_asked, ASK_AGAIN, "on_911")},  # so soon it may answer what was asked before
            unclear=ASK_AGAIN,
            told={"covered": Do((Know({"covered": True}),), "watches")},  # acceptance ends the line's own questions
            quiet=(_until_repeat, When(spoke, "people", "repeats_2")),
        ),
        _text("watches", None, (_until_repeat, When(spoke, "people", "repeats_2")), words="people"),
        _text(
            "what",  # a bare yes: its own question stands until it is answered or two minutes have passed
            "emergency.yes",
            (minutes(2), "repeats_2"),
            does=say_first,
            words="ask",
            context="question",
        ),
        _text("repeats_2", "emergency.plain", (Until("e1", minutes(5)), "repeats_5"), keys=ASKED, words="ask"),
        _text("repeats_5", "emergency.plain", (hours(1), "people"), keys=ASKED, words="ask"),
        State(
            "thoughts",
            says=lambda m: "emergency.thoughts_other" if of_another(m) else "emergency.thoughts",
            cards=("emergency.thoughts", "emergency.thoughts_other"),
            does=say_first,
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
        State("thoughts_quiet", says="emergency.unsure", then="people"),
        State("acts", does=act, then=When(on_line, "aloud", "told")),
        State("on_911", says="emergency.on_911", does=(SPOKE, ANSWERED, Learn(mark="on_911")), then=ON),
        _text(
            "cant_call",  # the steps matter all the more
            "emergency.cant_call",
            (seconds(10), "goes_on"),
            does=cant_call,
            words="goes_on",
        ),
        _text("cops", "emergency.cops", (seconds(10), "goes_on"), does=(SPOKE, Learn(mark="cops")), words="goes_on"),
        State(
            "help_here",
            says="emergency.help_here",
            does=help_here,
            needs=("open",),
            then=ON,
        ),
        State("heard", does=(SPOKE,), then=When(covered, "people", "says_heard")),
        State("says_heard", says="emergency.kept", does=keeps_company, needs=("open",), then="people"),
        State(
            "people",  # from here on people only; new danger is still answered with 911
            hears=HEARS,
            keys=ASKED,
            press={},
            goes=GOES,
            unclear=When(covered, STAY, "says_heard"),
            quiet=(hours(6), "reminds"),
        ),
        State("reminds", does=alarm_danger, needs=("open",), then="people"),
        _text("plain", "emergency.plain", (seconds(10), "goes_on"), does=(Know({"plain": True}),), words="goes_on"),
        *ALOUD_STATES,
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
