"""Who hears these words. Pure: a text as it was read, the open runs of whoever sent it, and what reached them lately.

A participant's words: danger first; then the run that understands them; then the one that welcomes any words; then
the one that asked; else a new case. A coordinator who has the case hears all of it. A member's words: `members.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.events import Heard
from flows.hearing import (
    DANGEROUS,
    Answer,
    Begin,
    FocusOn,
    Give,
    Listener,
    OptOut,
    Text,
    Turn,
    gives_words,
    heard,
    seen,
)  # fmt: skip
from flows.members import CASE_VERBS, MANAGER_VERBS, ROSTER_VERBS, Lately, member
from flows.triage import Danger

__all__ = [
    "CARDS", "CASE_VERBS", "DANGEROUS", "MANAGER_VERBS", "ROSTER_VERBS", "Answer", "Begin", "FocusOn", "Give", "Lately",
    "Listener", "OptOut", "Past", "Text", "Turn", "member", "participant",
]  # fmt: skip

CLOSERS = timedelta(hours=24)
KEEPING = ("care", "checkin")  # what keeps in touch with somebody whose case may be closed
HELPING = ("intake", "emergency", "support")
BUSY = ("intake", "emergency", "company")  # no check-in goes out beside these: help was asked for, or there is danger
ANSWERS = (
    "good", "so_so", "talk", "thumb", "yes", "no", "asks_call", "leave", "wrong_number", "who_is_this",
)  # fmt: skip
SIGNS = frozenset({"withdrawal", "opioid_withdrawal", "recent", "pregnancy", "child"})  # asked about as at first

#: What routing answers by itself, so that the wording can be checked.
CARDS = {
    "intake.wrong_number": (), "intake.thanks": (), "intake.picture_later": (), "emergency.plain": (),
    "which.closed": ("code",), "which.moved": ("code",), "which.unclear": (),
}  # fmt: skip


@dataclass(frozen=True)
class Past:
    """What the line remembers of a participant without an open case."""

    closed_at: datetime | None = None
    thanked: bool = False
    muted_until: datetime | None = None
    stranger: bool = True
    last_coordinator: int | None = None


def participant(
    text: Text, listeners: Sequence[Listener], case: int | None, past: Past, now: datetime, on_call: bool = False
) -> list[Turn]:
    """Who hears a participant's text, and what begins with it. `case` is their open case; `on_call`: they said it."""
    listeners = [x for x in listeners if on_call or not x.flow.by_phone]
    carrier = text.understand(("stop_words", "start"))
    if carrier == "stop_words":
        return [OptOut(True)]
    opening: list[Turn] = [OptOut(False)] if carrier == "start" else []
    if text.ignored and not text.words and not text.picture:
        return opening  # a reaction taken back says nothing
    if case is None:
        return opening + _between(text, listeners, past, now)
    mine = sorted((x for x in listeners if x.role == "participant"), key=lambda x: (x.flow.rank, x.run.id))
    talks = [x for x in mine if x.asks == "talk"]
    others = _speaking([x for x in mine if x.asks != "talk"], talks, text)
    danger = text.read(context(others))
    turns = _heard_by(text, danger, others, talks, case)
    ears = {x.run.id for x in mine if x.asks == "talk" or x.flow.name in KEEPING}
    understood = any(isinstance(turn, Give) and turn.run in ears for turn in turns)
    forwarded = [gives_words(x, text, danger) for x in talks if text.words and not understood]
    return opening + turns + forwarded


def _speaking(others: Sequence[Listener], talks: Sequence[Listener], text: Text) -> list[Listener]:
    """Check-ins hear nothing while help is asked for; else what they asked about, and beside a talk a bare digit, or a
    word if nobody has spoken since they asked."""
    if any(x.flow.name in HELPING for x in others):
        return [x for x in others if x.flow.name not in KEEPING]
    spoke = max((x.run.since for x in talks if x.run.since is not None), default=None)

    def heeds(x: Listener) -> bool:
        is_last = spoke is None or (x.run.since is not None and x.run.since > spoke)
        return x.meaning(text) in ANSWERS and (is_last or text.digit is not None)

    return [x for x in others if x.flow.name not in KEEPING or heeds(x)]


def _between(text: Text, listeners: Sequence[Listener], past: Past, now: datetime) -> list[Turn]:
    """No case is open, but somebody may keep in touch with them: danger first, then asking for help, then that."""
    mine = [x for x in listeners if x.role == "participant" and x.flow.name in KEEPING]
    if not mine:
        return _first_words(text, past, now)
    mine.sort(key=lambda x: x.run.id, reverse=True)
    kept = [x for x in mine if x.role in x.state.words and x.flow.name == "checkin"]
    danger = text.read("checkin")
    if danger.level not in DANGEROUS and not (kept and danger.kinds & SIGNS):
        for listener in mine:
            meaning = listener.meaning(text)
            if meaning is not None:
                return [Give(listener.run.id, heard(listener, meaning, text, danger))]
        if kept and text.ignored:
            return []  # a phone's own answer is nobody's
        if kept and text.picture and not text.words:
            return [Answer("intake.picture_later")]
        if kept and not (text.understand(("wants_help", "help_word"))):
            return [gives_words(kept[0], text, danger)]
    begun = _first_words(text, past, now)
    if danger.level in DANGEROUS:
        begun = [Begin("emergency", {**seen(danger), "prefer": past.last_coordinator}, new_case=True)]
    if any(isinstance(turn, Begin) for turn in begun):
        # The guide is told; what was said is not.
        told = kept or [x for x in mine if x.role in x.state.words]
        begun += [Give(x.run.id, Heard(x.role, None, "-", {"elsewhere": True})) for x in told[:1]]
    return begun


def context(listeners: Sequence[Listener]) -> str:
    """How danger is read in an answer to what these ask."""
    contexts = [x.state.context for x in listeners]
    return next((c for c in ("question", "checkin") if c in contexts), "opening")


def _heard_by(
    text: Text, danger: Danger, others: Sequence[Listener], talks: Sequence[Listener], case: int
) -> list[Turn]:
    """Danger first; then who understands, by rank; then who welcomes any words; then who asked."""
    if danger.level in DANGEROUS and danger.kinds != {"yes"}:
        emergency = [x for x in others if x.flow.name == "emergency"]
        if emergency:
            said = "help_here" if _is_of_help_here(danger) else "danger"
            return [Give(emergency[0].run.id, heard(emergency[0], said, text, danger))]
        return [Begin("emergency", seen(danger), case=case)]
    for listener in others:
        meaning = _answer(listener, text, danger)
        if meaning is not None:
            return [Give(listener.run.id, heard(listener, meaning, text, danger))]
    understood = [(x, x.meaning(text)) for x in talks]
    if any(meaning is not None for _, meaning in understood):
        return [Give(x.run.id, heard(x, meaning, text, danger)) for x, meaning in understood if meaning is not None]
    if text.understand(("leave",)) and not any(x.flow.name == "leave" for x in others):
        return [Begin("leave", {}, case=case)]
    if text.picture and not text.words:
        return [Answer("intake.picture_later")]
    # A coordinator who has the case answers; only what paces an emergency listens on.
    listening = [x for x in others if x.flow.urgent] if talks else others
    asking = [] if talks else [x for x in others if x.state.unclear is not None and x.role in x.flow.hears(x.state)]
    welcoming = [x for x in listening if x.role in x.state.words]
    first = [x for x in welcoming if not x.state.echo] + asking + [x for x in welcoming if x.state.echo]
    return [gives_words(first[0], text, danger)] if first else []


def _is_of_help_here(danger: Danger) -> bool:
    """Whether the only words of danger are those that say help has come: "the ambulance is here"."""
    said = [sign.words.casefold() for sign in danger.seen if sign.category == "help_here"]
    others = [sign.words.casefold() for sign in danger.seen if sign.category != "help_here"]
    return bool(said) and all(any(words in help_here for help_here in said) for words in others)


def _answer(listener: Listener, text: Text, danger: Danger) -> str | None:
    """What a text means to a run; where danger was asked, a yes and a no are what the reading of danger says."""
    hears = listener.flow.hears(listener.state).get(listener.role, ())
    for mark, meaning in (("help_here", "help_here"), ("cops", "cops"), ("cannot_call", "cant_call")):
        if mark in danger.kinds and meaning in hears:
            return meaning
    meant = listener.meaning(text)
    if text.digit is None and "language" in hears and text.understand(("english", "espanol")):
        return "language"
    if text.digit is not None or listener.state.context != "question" or "yes" not in hears:
        return meant
    if meant not in (None, "yes", "no"):
        return meant
    if danger.level == "emergency":
        return "yes"
    return "no" if danger.level == "none" and "no" in hears and meant != "yes" else None


def _first_words(text: Text, past: Past, now: datetime) -> list[Turn]:
    """Any first text opens a case, whatever it says, but for closers, a wrong number, and a muted one."""
    danger = text.read("opening")
    data = {**seen(danger), "picture": text.picture, "asks_help": text.asks_help, "prefer": past.last_coordinator}
    if danger.level in DANGEROUS:
        return [Begin("emergency", data, new_case=True)]
    if text.understand(("wrong_number",)):
        return [Answer("intake.wrong_number")]
    if past.closed_at is not None and now - past.closed_at <= CLOSERS and text.understand(("closer",)):
        return [] if past.thanked else [Answer("intake.thanks", once=True)]
    if past.muted_until is not None and now < past.muted_until and not text.asks_help:
        return []
    return [Begin("intake", data, new_case=True)]
