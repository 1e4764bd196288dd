"""Who hears these words. Pure: a text as it was read, the open runs of whoever sent it, and what reached them lately.

A participant's words: danger first; then the run that understands them; then the one that welcomes any words; then the one
that asked; else a new case. A coordinator who has the case hears all of it besides.
A member's words: in the contract's order (section 6), which never guesses: what could be meant twice is asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flows.events import Heard
from flows.machine import Flow, Run, State
from flows.times import clock_time
from flows.triage import Danger

RECENT = timedelta(minutes=2)  # another item opened or closed so lately that "1" may be meant for it
FRESH = timedelta(minutes=10)  # how long an answer to the line's own question counts
CLOSERS = timedelta(hours=24)
DANGEROUS = ("suicidal", "emergency")
ROSTER_VERBS = ("list", "on", "off", "menu", "who", "open")
CASE_VERBS = ("note", "handoff", "safe", "done", "pass", "call")
MANAGER_VERBS = ("who", "open")


@dataclass(frozen=True)
class Text:
    """What was read in a text before anybody hears it.

    read:       how dangerous it is, in a context ("opening", "question", "checkin").
    understand: what it means among some meanings, or None.
    """

    words: str
    read: Callable[[str], Danger]
    understand: Callable[[tuple[str, ...]], str | None]
    verb: str | None = None
    argument: str = ""
    code: str | None = None
    rest: "Text | None" = None
    digit: str | None = None
    short: str | None = None  # "yes" or "no", as a word
    ignored: bool = False  # a reaction, an automatic reply, a picture: from a member it answers nothing
    picture: bool = False
    asks_help: bool = False
    near_note: bool = False
    id: int = 0


@dataclass(frozen=True)
class Listener:
    """An open run and the role under which the sender is one of its parties."""

    run: Run
    flow: Flow
    role: str
    code: str | None = None
    case_open: bool = True

    @property
    def state(self) -> State:
        return self.flow[self.run.state]

    @property
    def asks(self) -> str | None:
        return self.state.asks

    @property
    def label(self) -> str:
        """What a question to the member calls it: its case's code, or the verb they began it with."""
        return self.code or str(self.run.known.get("verb", self.flow.name)).upper()

    def meaning(self, text: Text) -> str | None:
        hears = self.flow.hears(self.state).get(self.role, ())
        if not hears:
            return None
        if text.digit is not None:
            return self.flow.digits(self.state, self.role).get(text.digit)
        if text.verb in hears:
            return text.verb
        return text.understand(hears)


@dataclass(frozen=True)
class Give:
    """This run hears it."""

    run: int
    event: Heard


@dataclass(frozen=True)
class Begin:
    """A run begins: in the sender's own new case, in an open one, or in none."""

    flow: str
    data: Mapping[str, Any]
    case: int | None = None
    new_case: bool = False
    parties: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """One card as the reply, and nothing else moves."""

    card: str
    blanks: Mapping[str, Any] = field(default_factory=dict)
    once: bool = False


@dataclass(frozen=True)
class OptOut:
    """The carrier's own words: no text reaches this number from now on, or texts reach it again."""

    out: bool


@dataclass(frozen=True)
class FocusOn:
    case: int


Turn = Give | Begin | Answer | OptOut | FocusOn


# --- participants ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Past:
    """What the line remembers of a participant without an open case."""

    closed_at: datetime | None = None
    thanked: bool = False
    muted_until: datetime | None = None
    stranger: bool = True
    last_coordinator: int | None = None


def participant(text: Text, listeners: Sequence[Listener], case: int | None, past: Past, now: datetime) -> list[Turn]:
    """Who hears a participant's text, and what begins with it. `case` is their open case."""
    carrier = text.understand(("stop_words", "start"))
    if carrier == "stop_words":
        return [OptOut(True)]
    opening: list[Turn] = [OptOut(False)] if carrier == "start" else []
    mine = sorted((x for x in listeners if x.role == "participant"), key=lambda x: (x.flow.rank, x.run.id))
    if case is None:
        return opening + _first_words(text, past, now)
    danger = text.read(_context(mine))
    forwarded = [_words(x, text) for x in mine if x.asks == "talk" and x.meaning(text) is None]
    return opening + _in_case(text, danger, mine, case) + forwarded


def _context(listeners: Sequence[Listener]) -> str:
    contexts = [x.state.context for x in listeners]
    return next((c for c in ("question", "checkin") if c in contexts), "opening")


def _in_case(text: Text, danger: Danger, mine: Sequence[Listener], case: int) -> list[Turn]:
    others = [x for x in mine if x.asks != "talk"]
    talks = [x for x in mine if x.asks == "talk"]
    dangerous = danger.level in DANGEROUS and danger.kinds != {"yes"}
    if dangerous or (danger.kinds == {"yes"} and not _asked_danger(others)):
        emergency = [x for x in others if x.flow.name == "emergency"]
        if dangerous and emergency:
            return [Give(emergency[0].run.id, _heard(emergency[0], "danger", text, danger))]
        if dangerous:
            return [Begin("emergency", _seen(danger), case=case)]
    for listener in others:
        meaning = _answer(listener, text, danger)
        if meaning is not None:
            return [Give(listener.run.id, _heard(listener, meaning, text, danger))]
    for listener in talks:
        meaning = listener.meaning(text)
        if meaning is not None:
            return [Give(listener.run.id, _heard(listener, meaning, text, danger))]
    if text.understand(("leave",)) and not any(x.flow.name == "leave" for x in mine):
        return [Begin("leave", {}, case=case)]
    if text.picture and not talks:
        return [Answer("intake.picture_later")]
    if talks:
        return []
    for listener in others:
        if listener.role in listener.state.words:
            return [_words(listener, text, danger)]
    for listener in others:
        if listener.state.unclear is not None:
            return [_words(listener, text, danger)]
    return []


def _asked_danger(listeners: Sequence[Listener]) -> bool:
    return any("yes" in x.flow.hears(x.state).get("participant", ()) for x in listeners)


def _answer(listener: Listener, text: Text, danger: Danger) -> str | None:
    """What a text means to a run; where danger was asked, a yes and a no are what the reading of danger says."""
    hears = listener.flow.hears(listener.state).get(listener.role, ())
    for mark in ("help_here", "cops", "cannot_call"):
        meaning = {"cannot_call": "cant_call"}.get(mark, mark)
        if mark in danger.kinds and meaning in hears:
            return meaning
    if listener.state.context == "question" and "yes" in hears:
        meaning = listener.meaning(text)
        if meaning not in (None, "yes", "no"):
            return meaning
        if danger.level == "emergency":
            return "yes"
        return "no" if danger.level == "none" and "no" in hears and meaning != "yes" else None
    return listener.meaning(text)


def _first_words(text: Text, past: Past, now: datetime) -> list[Turn]:
    """Any first text opens a case, whatever it says, but for closers, a wrong number, and one asked to be left alone."""
    danger = text.read("opening")
    data = {**_seen(danger), "picture": text.picture, "asks_help": text.asks_help, "prefer": past.last_coordinator}
    if danger.level in DANGEROUS:
        return [Begin("emergency", data, new_case=True)]
    if text.understand(("wrong_number",)):
        return [Answer("intake.wrong_number")]
    if past.closed_at is not None and now - past.closed_at <= CLOSERS and text.understand(("closer",)):
        return [] if past.thanked else [Answer("intake.thanks", once=True)]
    if past.muted_until is not None and now < past.muted_until and not text.asks_help:
        return []
    if text.ignored and not text.words and not text.picture:
        return []
    return [Begin("intake", data, new_case=True)]


def _seen(danger: Danger) -> dict[str, Any]:
    return {"level": danger.level, "kinds": sorted(danger.kinds), "who": danger.who}


def _heard(listener: Listener, meaning: str | None, text: Text, danger: Danger | None = None) -> Heard:
    return Heard(listener.role, meaning, text.words, {"text": text.id, **(_seen(danger) if danger else {})})


def _words(listener: Listener, text: Text, danger: Danger | None = None) -> Give:
    return Give(listener.run.id, _heard(listener, None, text, danger))


# --- members --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lately:
    """What may make a member's one word mean something else than it seems.

    changed: codes of items that opened or closed for this member, with when.
    reached: cases whose participant's words reached this member, with when.
    focus:   the case this member last chose, and when.
    """

    changed: Sequence[tuple[str, datetime]] = ()
    reached: Sequence[tuple[int, datetime]] = ()
    focus: tuple[int, datetime] | None = None


def member(
    text: Text, listeners: Sequence[Listener], lately: Lately, now: datetime, roles: frozenset[str], person: int
) -> list[Turn]:
    """Who hears a member's text: the contract's section 6, in its order."""
    items = [x for x in listeners if x.role != "participant"]
    if text.ignored or text.picture:
        return []
    carrier = text.understand(("stop_words", "start"))
    if carrier:
        return [OptOut(carrier == "stop_words"), *([] if carrier == "stop_words" else [_roster("on", "", person)])]
    talks = [x for x in items if x.asks == "talk"]
    if text.code is not None and text.rest is not None:
        return _coded(text.code, text.rest, items, person)
    asked = [x for x in items if x.asks == "which"]
    if asked and (text.digit is not None or text.code is not None):
        return [_words(asked[-1], text)]
    if text.verb in ROSTER_VERBS and (text.verb not in MANAGER_VERBS or "manager" in roles):
        return [_roster(text.verb, text.argument, person)]
    if text.verb in CASE_VERBS and text.short is None:
        turns = _verb(text, items, talks, lately, now, person)
        if turns is not None:
            return turns
    if text.understand(("help_word",)):
        return [_roster("own", "", person)]
    if text.digit is not None or text.short is not None:
        turns = _one_word(text, items, talks, lately, now, person)
        if turns is not None:
            return turns
    return _other_words(text, items, talks, lately, now, person)


def _roster(verb: str, argument: str, person: int) -> Begin:
    return Begin("roster", {"verb": verb, "argument": argument}, parties={"member": person})


def _coded(code: str, rest: Text, items: Sequence[Listener], person: int) -> list[Turn]:
    """A code first: that item, always."""
    named = [x for x in items if x.code == code and not x.state.echo]
    echoes = [x for x in items if x.code == code and x.state.echo]
    if not named and not echoes:
        return [Answer("which.closed", {"code": code})]
    talks = [x for x in named if x.asks == "talk"]
    if not rest.words.strip():
        case = named[0].run.case if named else None
        return [FocusOn(case), Answer("which.moved", {"code": code})] if talks and case else [_roster("list", "", person)]
    understood = [(x, x.meaning(rest)) for x in named or echoes if x.meaning(rest) is not None]
    if len(understood) == 1:
        listener, meaning = understood[0]
        return [Give(listener.run.id, _heard(listener, meaning, _argued(rest)))]
    if understood:
        return [_which(rest, [x for x, _ in understood], person)]
    if rest.digit is not None or (rest.short is not None and not talks):
        return [Answer("which.unclear")]
    return _to_talk(rest, talks[0], person) if talks else [_words((named or echoes)[0], rest)]


def _argued(text: Text) -> Text:
    """After a verb, its words are what follows it (`NOTE words`)."""
    if text.verb != "note":
        return text
    return Text(text.argument, text.read, text.understand, verb=text.verb, id=text.id)


def _verb(
    text: Text, items: Sequence[Listener], talks: Sequence[Listener], lately: Lately, now: datetime, person: int
) -> list[Turn] | None:
    hearing = [x for x in items if not x.state.echo and text.verb in x.flow.hears(x.state).get(x.role, ())]
    if not hearing:
        return None
    chosen = hearing[0] if len(hearing) == 1 else _focused(hearing, lately)
    if chosen is None:
        return [_which(text, hearing, person)]
    return [Give(chosen.run.id, _heard(chosen, text.verb, _argued(text)))]


def _focused(talks: Sequence[Listener], lately: Lately) -> Listener | None:
    """The case this member chose, until another participant's words have reached them."""
    if lately.focus is None:
        return None
    case, since = lately.focus
    if any(at > since and other != case for other, at in lately.reached):
        return None
    return next((x for x in talks if x.run.case == case and x.asks == "talk"), None)


def _one_word(
    text: Text, items: Sequence[Listener], talks: Sequence[Listener], lately: Lately, now: datetime, person: int
) -> list[Turn] | None:
    """A bare digit, YES or NO: the one item that waits for it. None waits and a talk is open: words."""
    waiting = [x for x in items if x.asks not in (None, "talk") and not x.state.echo and _takes(x, text, now)]
    if not waiting:
        if talks:
            return None
        echoes = [x for x in items if x.state.echo and x.meaning(text) is not None]
        return [Give(echoes[-1].run.id, _heard(echoes[-1], echoes[-1].meaning(text), text))] if echoes else None
    codes = {x.code for x in waiting}
    lately_changed = sorted({code for code, at in lately.changed if now - at <= RECENT} - codes)
    if len(waiting) == 1 and not lately_changed and _counts(waiting[0], lately, now):
        listener = waiting[0]
        return [Give(listener.run.id, _heard(listener, listener.meaning(text), text))]
    options = list(waiting) + ([x for x in talks if x.code not in codes] if not lately_changed else [])
    return [_which(text, options, person, closed=[c for c in lately_changed if c not in {x.code for x in options}])]


def _takes(listener: Listener, text: Text, now: datetime) -> bool:
    if listener.meaning(text) is not None:
        return True
    zone = listener.run.policy.get("timezone", "UTC")
    return listener.role in listener.state.words and clock_time(text.words, now, zone) is not None


def _counts(listener: Listener, lately: Lately, now: datetime) -> bool:
    """An answer to the line's own question counts for 10 minutes, and only if no participant's words came between."""
    if listener.asks in ("offer", "confirmation", "which") or listener.run.since is None:
        return True
    since = listener.run.since
    return now - since <= FRESH and not any(at > since for _, at in lately.reached)


def _other_words(
    text: Text, items: Sequence[Listener], talks: Sequence[Listener], lately: Lately, now: datetime, person: int
) -> list[Turn]:
    questions = [x for x in items if x.asks == "question" and x.role in x.state.words]
    answered = [x for x in questions if (not talks or _takes(x, text, now)) and _counts(x, lately, now)]
    if len(answered) == 1:
        return [_words(answered[0], text)]
    asked = [x for x in items if x.asks == "which"]
    if asked and asked[-1].run.known.get("focus"):
        return [_words(asked[-1], text)]
    if talks:
        talk = talks[0] if len(talks) == 1 else _focused(talks, lately)
        if talk is None:
            return [_which(text, talks, person, focus=True)]
        return _to_talk(text, talk, person)
    waiting = [x for x in items if x.asks not in (None, "talk") and not x.state.echo]
    danger = text.read("opening")
    if danger.level in DANGEROUS:
        return [Begin("emergency", _seen(danger), new_case=True)]
    if len(waiting) == 1:
        return [_words(waiting[0], text)]
    if waiting:
        return [_which(text, waiting, person)]
    return [_roster("own", "", person)]


def _to_talk(text: Text, talk: Listener, person: int) -> list[Turn]:
    """Words for the participant; danger in them never changes who gets them, but somebody is asked whose it is."""
    parties = {"coordinator": person, **{k: v for k, v in talk.run.parties.items() if k == "participant"}}
    if text.near_note:
        data = {"run": talk.run.id, "words": text.argument, "at": None}
        return [Begin("note_meant", data, case=talk.run.case, parties=parties)]
    danger = text.read("opening")
    if danger.level not in DANGEROUS:
        return [_words(talk, text)]
    if danger.who == "self":
        data = {**_seen(danger), "run": talk.run.id, "words": text.words}
        return [Begin("whose", data, case=talk.run.case, parties=parties)]
    return [_words(talk, text), Begin("check", _seen(danger), case=talk.run.case, parties=parties)]


def _which(
    text: Text, options: Sequence[Listener], person: int, focus: bool = False, closed: Sequence[str] = ()
) -> Begin:
    """Ask instead of guessing; what was said is held until they say where it goes."""
    listed: list[dict[str, Any]] = [
        {
            "code": x.label,
            "label": x.label,
            "asks": x.asks,
            "run": x.run.id,
            "case": x.run.case,
            "meaning": None if focus else x.meaning(text),
        }
        for x in options
    ]
    listed += [{"code": code, "label": code, "closed": True} for code in closed]
    return Begin("which", {"options": listed, "words": text.words, "focus": focus}, parties={"member": person})
