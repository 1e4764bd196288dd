"""Questions to a member that are asked beside a talk: each is a run of its own, because it has a clock of its own."""

from collections.abc import Iterable, Mapping
from typing import Any

from flows.alarm import raise_alarm
from flows.effects import (
    FOREVER,
    OPENER,
    Away,
    Effect,
    Focus,
    Hand,
    Know,
    Open,
    OpenCase,
    Outcome,
    Quieten,
    Say,
    Tell,
)  # fmt: skip
from flows.events import Heard
from flows.machine import STAY, Do, Flow, Moment, State, Target, When, emits, fills, hours, minutes

PATIENCE = minutes(10)  # a member's question left open this long lapses; contract 6.5 counts no answer after it


@emits(tells=("done", "handoff", "safe_said", "guide", "left_care", "in_care"))
def _confirmed(m: Moment) -> Iterable[Effect]:
    argument = {"argument": m.known["argument"]} if m.known.get("argument") else {}
    yield Tell(OPENER, m.known["verb"], argument)


@emits(tells=("send",))
def _send(m: Moment) -> Iterable[Effect]:
    yield Tell(OPENER, "send", {"words": m.known["words"]})


def _just_asked(m: Moment) -> bool:
    """Asked in this same turn: it is the earlier question that the new one ends."""
    return m.run.since == m.now


CONFIRM = Flow(
    "confirm",  # one last digit before a case is moved or ended
    party="coordinator",
    told={"withdrawn": "over", "anew": When(_just_asked, STAY, "over")},
    states=(
        State(
            "asks",
            says=lambda m: m.known["card"],
            cards=(
                "assist.done_confirm",
                "assist.handoff_confirm",
                "assist.safe_confirm",
                "guide.confirm",
                "after.home_confirm",
                "after.inside_confirm",
            ),  # fmt: skip
            asks="confirmation",
            hears=("yes", "no", "send"),
            keys={"1": "yes", "0": "send"},
            goes={"yes": "acts", "no": "over", "send": "sends"},
            unclear=STAY,
            quiet=(PATIENCE, "over"),
        ),
        State("acts", does=_confirmed, then="over"),
        State("sends", does=_send, then="over"),
        State("over"),
    ),
)

OUTCOMES = ("placed", "talked", "elsewhere", "lost_touch", "not_for_us")


def _outcome(m: Moment) -> Iterable[Effect]:
    event = m.event
    assert isinstance(event, Heard)
    assert event.meaning is not None
    meaning = event.meaning
    yield Outcome(meaning)
    if meaning == "not_for_us":
        yield Quieten("participant", mute=hours(30 * 24))


OUTCOME = Flow(
    "outcome",  # how a case ended: asked when it is over, so that nothing waits for it
    party="coordinator",
    told={"closed": STAY},
    states=(
        State(
            "asks",
            says="assist.done_outcome",
            asks="question",
            hears=(*OUTCOMES, "skip"),
            goes={**dict.fromkeys(OUTCOMES, "thanks"), "skip": "over"},
            unclear=Do((Say("assist.done_outcome", "coordinator"),), STAY),
            quiet=(PATIENCE, "over"),
        ),
        State("thanks", says="assist.done_thanks", does=_outcome, then="over"),
        State("over"),
    ),
)


AGAIN_CARDS = (
    "assist.handoff_none", "guide.none", "support.none", "ride.nobody", "ride.no_second", "ride.after_safe",
)  # fmt: skip


@emits(opens=("alarm",), tells=("alarm",))
def _alarm(m: Moment) -> Iterable[Effect]:
    yield raise_alarm(m, m.known.get("why", "handoff"))


@emits(cards=AGAIN_CARDS)
def _ask_once_more(m: Moment) -> Iterable[Effect]:
    yield Say(m.known["card"], "coordinator")


def _is_guide(m: Moment) -> bool:
    return m.known.get("why") == "guide"


ASK_AGAIN = Flow(
    "ask_again",  # nobody took a hand-off, a ride, a guide's or a support page: the coordinator says what next
    party="coordinator",
    told={"withdrawn": "over", "ride_over": "over", "closed": When(_is_guide, STAY, "over")},
    states=(
        State(
            "asks",
            says=lambda m: m.known["card"],
            cards=AGAIN_CARDS,
            asks="question",
            hears=("again", "mine"),
            goes={"again": "again", "mine": "mine"},
            unclear=Do(_ask_once_more, STAY),
            quiet=(minutes(15), "silent"),
        ),
        State("again", does=(Tell(OPENER, "ask_again"),), then="over"),
        State("mine", does=(Tell(OPENER, "mine"),), then="over"),
        State("silent", does=_alarm, needs=("open",), then="over"),
        State("over"),
    ),
)


@emits(cards=("assist.still_open",))
def _ask_still(m: Moment) -> Iterable[Effect]:
    yield Say("assist.still_open", "coordinator")


STILL = Flow(
    "still",  # a day without a word: is the coordinator still on it?
    party="coordinator",
    told={"withdrawn": "over"},
    states=(
        State(
            "asks",
            does=_ask_still,
            asks="question",
            hears=("yes",),
            goes={"yes": "over"},
            unclear=Do(_ask_still, STAY),
            quiet=(hours(23), "over"),  # the talk asks again after another day
        ),
        State("over"),
    ),
)


@emits(opens=("emergency",))
def _danger(m: Moment) -> Iterable[Effect]:
    known = m.known
    danger = {"level": "emergency", "kinds": known["kinds"], "who": known["who"], "by_member": True}
    if known.get("closed"):
        yield OpenCase("participant", "emergency", danger)  # said by their guide, after the case
    elif "emergency" not in m.facts["open"]:
        yield Open("emergency", danger)


CHECK = Flow(
    "check",  # danger in a member's words: passed on, then the member alone is asked; it never freezes a case by itself
    party="coordinator",
    states=(
        State(
            "asks",
            says="assist.danger_check",
            asks="question",
            hears=("yes", "no"),
            goes={"yes": "danger", "no": "over"},
            unclear=Do((Say("assist.danger_check", "coordinator"),), STAY),
            quiet=(PATIENCE, "over"),
        ),
        State("danger", does=_danger, needs=("open",), then="over"),
        State("over"),
    ),
)


def _hold(m: Moment) -> Iterable[Effect]:
    """Held until they say where it goes; what they write meanwhile waits with it."""
    yield Know({"held": [m.known["words"]]})


def _hold_more(m: Moment) -> Iterable[Effect]:
    yield Know({"held": [*m.known["held"], m.words]})


def _to_talk(m: Moment) -> Iterable[Effect]:
    for words in m.known["held"]:
        yield Hand(m.known["run"], None, words)


def _own_danger(m: Moment) -> Iterable[Effect]:
    """Their own case, as anybody's; and they are off duty, as a member in need is."""
    known = m.known
    yield Away("coordinator", FOREVER, everywhere=True)
    yield OpenCase("coordinator", "emergency", {"level": known["level"], "kinds": known["kinds"], "who": "self"})


WHOSE = Flow(
    "whose",  # "I am ..." from a coordinator or guide is held until they say whose it is; silence is read as theirs
    party="coordinator",
    urgent=True,
    states=(
        State("opens", does=_hold, then="asks"),
        State(
            "asks",
            says="assist.whose",
            asks="question",
            hears=("me", "send"),
            goes={"me": "mine", "send": "sends"},
            unclear=Do(_hold_more, "asks"),
            quiet=(minutes(2), "mine"),
        ),
        State("mine", does=_own_danger, then="over"),
        State("sends", does=_to_talk, then="over"),
        State("over"),
    ),
)


def _as_note(m: Moment) -> Iterable[Effect]:
    yield Hand(m.known["run"], "note", m.known["note"])


@fills("time")
def _when(m: Moment) -> Mapping[str, Any]:
    return {"time": {"instant": m.known["at"]}}


def _at(m: Moment) -> Iterable[Effect]:
    yield Know({"at": m.now, "held": [m.known["words"]]})


NOTE_MEANT = Flow(
    "note_meant",  # a first word one letter off NOTE
    party="coordinator",
    states=(
        State("opens", does=_at, then="asks"),
        State(
            "asks",
            says="assist.note_meant",
            asks="question",
            hears=("note", "send"),
            goes={"note": "notes", "send": "sends"},
            unclear=Do((Say("assist.note_meant", "coordinator"),), STAY),
            quiet=(PATIENCE, "lapsed"),
        ),
        State("notes", does=_as_note, then="over"),
        State("sends", does=_to_talk, then="over"),
        State("lapsed", says="which.lapsed", fill=_when, then="over"),
        State("over"),
    ),
)


@fills("options")
def _options(m: Moment) -> Mapping[str, Any]:
    return {"options": " ".join(f"{n}) {option['label']}" for n, option in enumerate(m.known["options"], start=1))}


def _chosen(m: Moment) -> Mapping[str, Any] | None:
    options = m.known["options"]
    digit = m.words.strip().strip(".,!)\"'")
    if digit.isdigit() and 1 <= int(digit) <= len(options):
        return options[int(digit) - 1]
    codes = [option for option in options if option["code"].lower() == digit.lower()]
    return codes[0] if len(codes) == 1 else None


def _picks(m: Moment) -> bool:
    return _chosen(m) is not None


def _picks_closed(m: Moment) -> bool:
    option = _chosen(m)
    return option is not None and bool(option.get("closed"))


def _nobody(m: Moment) -> bool:
    return m.words.strip() == "0"


def _focus(m: Moment) -> bool:
    return bool(m.known.get("focus"))


def _hand(m: Moment) -> Iterable[Effect]:
    """Held words or a held digit go where the member says."""
    option = _chosen(m)
    assert option is not None
    if _focus(m):
        yield Focus("member", option["case"])
    for words in m.known["held"]:
        meant = option.get("words", words)  # a guide's "3 words" is, for the list, what follows the number
        yield Hand(option["run"], option.get("meaning"), meant, {"chosen": True, **option.get("data", {})})


@fills("code")
def _closed_code(m: Moment) -> Mapping[str, Any]:
    option = _chosen(m)
    assert option is not None
    return {"code": option["code"]}


PICKS: Target = When(_picks_closed, "closed", "hands")
PICK: Target = When(_picks, PICKS, When(_nobody, "nobody", "again"))
PICK_WORDS: Target = When(_picks, PICKS, When(_nobody, "nobody", Do(_hold_more, "send_to")))

WHICH = Flow(
    "which",  # a one-word answer or words, and more than one place they could go: never guessed
    party="member",
    urgent=True,
    stamps=("timezone",),
    told={"superseded": When(_focus, STAY, "over")},  # held words are never dropped without saying so
    states=(
        State("opens", does=_at, then=When(_focus, "send_to", "which")),
        State(
            "which",
            says="which.which",
            fill=_options,
            asks="which",
            words={"member": PICK},
            quiet=(PATIENCE, "over"),
        ),
        State(
            "send_to",
            says="which.send_to",
            fill=_options,
            asks="which",
            words={"member": PICK_WORDS},
            quiet=(PATIENCE, "lapsed"),
        ),
        State(
            "again",
            says="which.which",
            fill=_options,
            asks="which",
            words={"member": When(_picks, PICKS, "lapsed")},
            quiet=(PATIENCE, "lapsed"),
        ),
        State("hands", does=_hand, then="over"),
        State("closed", says="which.closed", fill=_closed_code, then="over"),
        State("nobody", says="which.nobody", then="over"),
        State("lapsed", says="which.lapsed", fill=_when, then="over"),
        State("over"),
    ),
)
