"""Questions to a member that are asked beside a talk: each is a run of its own, because it has a clock of its own."""

from collections.abc import Iterable, Mapping
from typing import Any

from flows.alarm import raise_alarm
from flows.effects import (
    OPENER, Effect, Focus, Hand, Open, OpenCase, Outcome, Quieten, Say, Tell,
)  # fmt: skip
from flows.machine import STAY, Do, Flow, Moment, State, Target, When, emits, hours, minutes

PATIENCE = minutes(10)  # a member's question left open this long lapses; contract 6.5 counts no answer after it


@emits(tells=("done", "handoff", "safe_said"))
def _confirmed(m: Moment) -> Iterable[Effect]:
    yield Tell(OPENER, m.known["verb"])


@emits(tells=("send",))
def _send(m: Moment) -> Iterable[Effect]:
    yield Tell(OPENER, "send", {"words": m.known["words"]})


CONFIRM = Flow(
    "confirm",  # one last digit before a case is moved or ended
    party="coordinator",
    told={"withdrawn": "over"},
    states=(
        State(
            "asks",
            says=lambda m: m.known["card"],
            cards=("assist.done_confirm", "assist.handoff_confirm", "assist.safe_confirm"),
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
    meaning = m.event.meaning  # type: ignore[union-attr]
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


@emits(opens=("alarm",), tells=("alarm",))
def _alarm(m: Moment) -> Iterable[Effect]:
    yield raise_alarm(m, "handoff")


ASK_AGAIN = Flow(
    "ask_again",  # nobody took a hand-off, a ride, a guide's or a support page: the coordinator says what next
    party="coordinator",
    told={"withdrawn": "over"},
    states=(
        State(
            "asks",
            says=lambda m: m.known["card"],
            cards=("assist.handoff_none",),
            asks="question",
            hears=("again", "mine"),
            goes={"again": "again", "mine": "mine"},
            unclear=Do((), STAY),
            quiet=(minutes(15), "silent"),
        ),
        State("again", does=(Tell(OPENER, "ask_again"),), then="over"),
        State("mine", does=(Tell(OPENER, "mine"),), then="over"),
        State("silent", does=_alarm, needs=("open",), then="over"),
        State("over"),
    ),
)


@emits(opens=("emergency",))
def _danger(m: Moment) -> Iterable[Effect]:
    known = m.known
    if "emergency" not in m.facts["open"]:
        yield Open("emergency", {"level": "emergency", "kinds": known["kinds"], "who": known["who"], "by_member": True})


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
            unclear=STAY,
            quiet=(PATIENCE, "over"),
        ),
        State("danger", does=_danger, needs=("open",), then="over"),
        State("over"),
    ),
)


def _to_talk(m: Moment) -> Iterable[Effect]:
    yield Hand(m.known["run"], None, m.known["words"])


def _as_note(m: Moment) -> Iterable[Effect]:
    yield Hand(m.known["run"], "note", m.known["words"])


def _own_danger(m: Moment) -> Iterable[Effect]:
    known = m.known
    yield OpenCase("coordinator", "emergency", {"level": known["level"], "kinds": known["kinds"], "who": "self"})


WHOSE = Flow(
    "whose",  # "I am ..." from a coordinator or guide is held until they say whose it is; silence is read as theirs
    party="coordinator",
    urgent=True,
    states=(
        State(
            "asks",
            says="assist.whose",
            asks="question",
            hears=("me", "send"),
            goes={"me": "mine", "send": "sends"},
            unclear=STAY,
            quiet=(minutes(2), "mine"),
        ),
        State("mine", does=_own_danger, then="over"),
        State("sends", does=_to_talk, then="over"),
        State("over"),
    ),
)

NOTE_MEANT = Flow(
    "note_meant",  # a first word one letter off NOTE
    party="coordinator",
    states=(
        State(
            "asks",
            says="assist.note_meant",
            asks="question",
            hears=("note", "send"),
            goes={"note": "notes", "send": "sends"},
            unclear=STAY,
            quiet=(PATIENCE, "lapsed"),
        ),
        State("notes", does=_as_note, then="over"),
        State("sends", does=_to_talk, then="over"),
        State("lapsed", says="which.lapsed", fill=lambda m: _when(m), then="over"),
        State("over"),
    ),
)


def _when(m: Moment) -> Mapping[str, Any]:
    return {"time": {"instant": m.known["at"]}}


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


def _nobody(m: Moment) -> bool:
    return m.words.strip() == "0"


def _hand(m: Moment) -> Iterable[Effect]:
    """Held words or a held digit go where the member says."""
    option = _chosen(m)
    assert option is not None
    if option.get("closed"):
        return
    if m.known.get("focus"):
        yield Focus("member", option["case"])
    yield Hand(option["run"], option.get("meaning"), m.known["words"], {"chosen": True})


PICK: Target = When(_picks, "hands", When(_nobody, "nobody", "again"))
PICK_LAST: Target = When(_picks, "hands", When(_nobody, "nobody", "lapsed"))

WHICH = Flow(
    "which",  # a one-word answer or words, and more than one place they could go: never guessed
    party="member",
    urgent=True,
    stamps=("timezone",),
    told={"superseded": "over"},
    states=(
        State("asks", then=When(lambda m: bool(m.known.get("focus")), "send_to", "which")),
        State("which", says="which.which", fill=_options, asks="which", words={"member": PICK}, quiet=(PATIENCE, "over")),
        State("send_to", says="which.send_to", fill=_options, asks="which", words={"member": PICK}, quiet=(PATIENCE, "lapsed")),
        State(
            "again",
            says=lambda m: "which.send_to" if m.known.get("focus") else "which.which",
            cards=("which.send_to", "which.which"),
            fill=_options,
            asks="which",
            words={"member": PICK_LAST},
            quiet=(PATIENCE, "lapsed"),
        ),
        State("hands", does=_hand, then="over"),
        State("nobody", says="which.nobody", then="over"),
        State("lapsed", says="which.lapsed", fill=_when, then="over"),
        State("over"),
    ),
)
