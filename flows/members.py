"""Who hears a member's words: the contract's order (section 6). What could be meant twice is asked, never guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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
from flows.times import clock_time
from flows.triage import Danger

RECENT = timedelta(minutes=2)  # another item opened or closed so lately that "1" may be meant for it
FRESH = timedelta(minutes=10)  # how long an answer to the line's own question counts
ROSTER_VERBS = ("list", "on", "off", "menu", "who", "open")
CASE_VERBS = ("note", "handoff", "safe", "done", "pass", "call", "guide", "home", "inside", "ride", "placed")
DRIVER_VERBS = ("otw", "here", "in", "arrived", "cant", "gone", "drop")
MANAGER_VERBS = ("who", "open")
#: What a member begins anew ends what they had begun before.
ENDS: Mapping[str, frozenset[str]] = {"roster": frozenset({"roster", "which"}), "walkin": frozenset({"walkin"})}
#: Runs that are no item of a member's own: nothing in them waits for a bare word.
UNWATCHED = frozenset({"roster", "which", "care", "checkin", "guide", "support", "after", "prompts"})
OFFICER_VERBS = ("walkin", "refer")
UNASKED = (None, "talk", "list")  # neither is a question that a bare word could answer
KEPT = "care"  # a guide speaks of one of their people by number or code, never by a bare word


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
    items = [x for x in listeners if x.role != "participant" and not x.flow.by_phone]
    if text.ignored or text.picture:
        return []
    carrier = text.understand(("stop_words", "start"))
    if carrier:
        return [OptOut(carrier == "stop_words"), *([] if carrier == "stop_words" else [_roster("on", "", person)])]
    talks = [x for x in items if x.asks == "talk"]
    asked = [x for x in items if x.asks == "which"]
    if asked and (text.digit is not None or _names_option(text, _latest(asked))):
        return [gives_words(_latest(asked), text)]
    if text.code is not None and text.rest is not None:
        return _coded(text.code, text.rest, items, now, person)
    listed = _listed(text, items, talks, person)
    if listed is not None:
        return listed
    if text.verb in OFFICER_VERBS and "officer" in roles:
        return [Begin("walkin", {"verb": text.verb}, parties={"member": person})]
    if text.verb in ROSTER_VERBS and (text.verb not in MANAGER_VERBS or "manager" in roles):
        return [_roster(text.verb, text.argument, person)]
    if text.verb in (*CASE_VERBS, *DRIVER_VERBS) and text.short is None:
        turns = _verb(text, items, talks, lately, now, person)
        if turns is not None:
            return turns
    driving = [x for x in talks if _triaged(x)]
    if driving and len(driving) == len(talks) and text.read("opening").level in DANGEROUS:
        return _to_talk(text, _latest(driving), items, person)  # before any question they may have been asked
    if text.understand(("help_word",)):
        return [_roster("own", "", person)]
    if text.digit is not None or text.short is not None:
        turns = _one_word(text, items, talks, lately, now, person)
        if turns is not None:
            return turns
    return _other_words(text, items, talks, lately, now, person)


def speaks_for_themselves(text: Text, own_case: int | None) -> bool:
    """A member with a case of their own is somebody in need, but for a code or a verb of the roster."""
    return own_case is not None and text.verb not in ROSTER_VERBS and text.code is None


def dropped(listeners: Sequence[Listener], turns: Sequence[Turn]) -> list[int]:
    """A member who goes on to something else has dropped a bare answer that was asked back; held words stand."""
    heard_by = {turn.run for turn in turns if isinstance(turn, Give)}
    asked = [x.run for x in listeners if x.flow.name == "which" and not x.run.known.get("focus")]
    return [run.id for run in asked if turns and run.id not in heard_by]


def _names_option(text: Text, asked: Listener) -> bool:
    """A bare code that the open "Which?" has just listed."""
    bare = text.code is not None and text.rest is not None and not text.rest.words.strip()
    return bare and any(option["code"] == text.code for option in asked.run.known["options"])


def _latest(listeners: Sequence[Listener]) -> Listener:
    return max(listeners, key=lambda x: (x.run.since is not None and x.run.since.timestamp(), x.run.id))


def _roster(verb: str, argument: str, person: int) -> Begin:
    return Begin("roster", {"verb": verb, "argument": argument}, parties={"member": person})


def _coded(code: str, rest: Text, items: Sequence[Listener], now: datetime, person: int) -> list[Turn]:
    """A code first: that item, always."""
    named = [x for x in items if x.code == code and not x.state.echo]
    echoes = [x for x in items if x.code == code and x.state.echo]
    if not named and not echoes:
        return [Answer("which.closed", {"code": code})]
    talks = [x for x in named if x.asks == "talk"]
    if not rest.words.strip():
        case = named[0].run.case if named else None
        moved: list[Turn] = [FocusOn(case), Answer("which.moved", {"code": code})] if talks and case else []
        return moved or [_roster("list", "", person)]
    listening = [x for x in named if _listens(x)] or echoes or named
    understood = [(x, x.meaning(rest)) for x in listening if x.meaning(rest) is not None]
    understood = understood or [(x, x.meaning(rest)) for x in echoes if x.meaning(rest) is not None]
    if len(understood) == 1:
        listener, meaning = understood[0]
        return [Give(listener.run.id, heard(listener, meaning, _argued(rest)))]
    if understood:
        return [_which(rest, [x for x, _ in understood], person)]
    if rest.digit is not None or (rest.short is not None and not talks):
        return [Answer("which.unclear")]
    asks_time = [x for x in listening if x.state.wants == "time" and _takes(x, rest, now)]
    if len(asks_time) == 1:
        return [_answers(asks_time[0], rest)]
    kept = [x for x in listening if x.flow.name == KEPT]
    return (
        _to_talk(rest, (talks or kept)[0], items, person)
        if talks or kept
        else [gives_words(_welcoming(listening), rest)]
    )


def _welcoming(listening: Sequence[Listener]) -> Listener:
    return next((x for x in listening if x.role in x.state.words), listening[0])


def _listens(listener: Listener) -> bool:
    return listener.role in listener.state.words or listener.role in listener.flow.hears(listener.state)


def _listed(text: Text, items: Sequence[Listener], talks: Sequence[Listener], person: int) -> list[Turn] | None:
    """A number first is for one of a guide's people, `OK` for all of the day's: both only while no talk is open."""
    lists = [x for x in items if x.asks == "list"]
    if not lists or (text.number is None and (text.order is None or talks)):
        return None
    run = lists[0].run.known.get("numbers", {}).get(str(text.number))
    meant = [x for x in items if x.run.id == run and x.role == "guide"]
    if text.numbered is None or not meant:
        number = {"n": text.number} if text.number is not None else {}
        return None if talks else [Give(lists[0].run.id, Heard("guide", text.order, text.words, number))]
    if talks:
        options = [{**_option(x, text), "meaning": None} for x in talks]
        name = f"{text.number} {lists[0].run.known['names'].get(str(text.number), '')}".strip()
        mine = {**_option(meant[0], text), "code": name, "label": name, "meaning": text.order}
        data = {"options": [{**mine, "words": text.numbered.words}, *options], "words": text.words, "focus": False}
        return [Begin("which", data, parties={"member": person})]
    if text.order is not None:
        return [Give(meant[0].run.id, heard(meant[0], text.order, text.numbered))]
    return _to_talk(text.numbered, meant[0], items, person)


def _argued(text: Text) -> Text:
    """After a verb, its words are what follows it (`NOTE words`)."""
    if text.verb != "note":
        return text
    return Text(text.argument, text.read, text.understand, verb=text.verb, id=text.id)


def _verb(
    text: Text, items: Sequence[Listener], talks: Sequence[Listener], lately: Lately, now: datetime, person: int
) -> list[Turn] | None:
    speaking = [x for x in items if not x.state.echo and x.flow.name != KEPT]  # of one's people only by number or code
    hearing = [x for x in speaking if text.verb in x.flow.hears(x.state).get(x.role, ())]
    if not hearing:
        return None
    chosen = hearing[0] if len(hearing) == 1 else _focused(hearing, lately)
    if chosen is None:
        return [_which(text, hearing, person)]
    turns: list[Turn] = [Give(chosen.run.id, heard(chosen, text.verb, _argued(text)))]
    danger = text.read("opening") if text.verb == "note" and chosen.asks == "talk" else None
    return turns + _check(danger, chosen, items, person) if danger and danger.level in DANGEROUS else turns


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
    waiting = [x for x in items if x.asks not in UNASKED and not x.state.echo and _takes(x, text, now)]
    if not waiting:
        if talks:
            return None
        echoes = [x for x in items if x.state.echo and x.meaning(text) is not None]
        if not echoes:
            return None
        last = _latest(echoes)
        return [Give(last.run.id, heard(last, last.meaning(text), text))]
    cases = {x.run.case for x in waiting if x.run.case is not None}
    codes = {x.code for x in items if x in waiting or x.run.case in cases}  # a case and its ride are one item
    lately_changed = sorted({code for code, at in lately.changed if now - at <= RECENT} - codes)
    if len(waiting) == 1 and not lately_changed and _counts(waiting[0], lately, now):
        listener = waiting[0]
        return [Give(listener.run.id, heard(listener, listener.meaning(text), text))]
    wanted = [x for x in talks if x.code not in codes and (not lately_changed or x.code in lately_changed)]
    closed = [code for code in lately_changed if code not in {x.code for x in items}]
    return [_which(text, [*waiting, *wanted], person, closed=closed)]


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
    beside = [x for x in items if x.asks in ("question", "confirmation") and _triaged(x)]
    if beside and not talks and text.read("opening").level in DANGEROUS:
        return [Give(_latest(beside).run.id, heard(_latest(beside), "danger", text, text.read("opening")))]
    questions = [x for x in items if x.asks == "question" and (x.role in x.state.words or _skips(x, text))]
    if talks:
        questions = [x for x in questions if x.state.wants != "time" or _takes(x, text, now)]
    if talks and text.read("opening").level in DANGEROUS:
        questions = []  # danger is no answer: it goes on at once
    answered = [x for x in questions if _counts(x, lately, now)]
    if len(answered) == 1:
        return [_answers(answered[0], text)]
    if questions and talks:
        return [_which(text, [*questions, *talks], person)]
    asked = [x for x in items if x.asks == "which"]
    holding = [x for x in asked if x.run.known.get("focus")]
    if holding:
        return [gives_words(_latest(holding), text)]
    if talks:
        talk = talks[0] if len(talks) == 1 else _focused(talks, lately)
        if talk is not None:
            return _to_talk(text, talk, items, person)
        asks_where: list[Turn] = [_which(text, talks, person, focus=True)]
        # Whose danger it is cannot be told yet: whoever reads this answer is told to call 911.
        danger_words = text.read("opening").level in DANGEROUS
        return [Answer("emergency.plain"), *asks_where] if danger_words else asks_where
    waiting = [x for x in items if x.asks not in UNASKED and not x.state.echo]
    waiting = waiting or [x for x in items if x.asks == "list"]
    danger = text.read("opening")
    if danger.level in DANGEROUS:
        return [Begin("emergency", seen(danger), new_case=True)]
    if len(waiting) == 1:
        return [_answers(waiting[0], text)]
    if waiting:
        return [_which(text, waiting, person)]
    return [_roster("own", "", person)]


def _skips(listener: Listener, text: Text) -> bool:
    """`skip` skips whatever may be skipped, also beside a talk."""
    return listener.meaning(text) == "skip"


def _answers(listener: Listener, text: Text) -> Give:
    return Give(listener.run.id, heard(listener, listener.meaning(text), text))


def _to_talk(text: Text, talk: Listener, items: Sequence[Listener], person: int) -> list[Turn]:
    """Words for the participant; danger in them never changes who gets them, but somebody is asked whose it is."""
    held = [x for x in items if x.flow.name == "whose" and x.run.known.get("run") == talk.run.id]
    if held:
        return [gives_words(held[0], text)]
    if _triaged(talk):
        danger = text.read("opening")
        return [Give(talk.run.id, heard(talk, "danger" if danger.level in DANGEROUS else None, text, danger))]
    parties = _pair(talk, person)
    if text.near_note and talk.asks == "talk":
        data = {"run": talk.run.id, "words": text.words, "note": text.argument}
        return [Begin("note_meant", data, case=talk.run.case, parties=parties)]
    danger = text.read("opening")
    if danger.level not in DANGEROUS:
        return [gives_words(talk, text)]
    if danger.who == "self":
        data = {**seen(danger), "run": talk.run.id, "words": text.words}
        return [Begin("whose", data, case=talk.run.case, parties=parties)]
    return [gives_words(talk, text), *_check(danger, talk, items, person)]


def _triaged(talk: Listener) -> bool:
    """A driver: danger in their words is answered as a participant's is, and the alarm is their case's."""
    return "danger" in talk.flow.hears(talk.state).get(talk.role, ())


def _pair(talk: Listener, person: int) -> dict[str, int]:
    return {"coordinator": person, **{k: v for k, v in talk.run.parties.items() if k == "participant"}}


def _check(danger: Danger, talk: Listener, items: Sequence[Listener], person: int) -> list[Turn]:
    """The member alone is asked "Danger now?", once at a time."""
    if any(x.flow.name == "check" and x.run.case == talk.run.case for x in items):
        return []
    data = {**seen(danger), "closed": True} if talk.flow.name == KEPT else seen(danger)
    return [Begin("check", data, case=talk.run.case, parties=_pair(talk, person))]


def _option(x: Listener, text: Text) -> dict[str, Any]:
    """One place a text could go."""
    place = {"run": x.run.id, "case": x.run.case, "asks": x.asks}
    return {**place, "code": x.label, "label": x.label, "meaning": x.meaning(text)}


def _which(
    text: Text, options: Sequence[Listener], person: int, focus: bool = False, closed: Sequence[str] = ()
) -> Begin:
    """Ask instead of guessing; what was said is held until they say where it goes."""
    codes = [x.label for x in options]
    listed: list[dict[str, Any]] = [
        {
            **_option(x, text),
            "label": x.label if codes.count(x.label) == 1 else f"{x.label} {x.flow.name.upper()}",
            "meaning": None if focus else x.meaning(text),
        }
        for x in options
    ]
    listed += [{"code": code, "label": code, "closed": True} for code in closed]
    data = {"options": listed, "words": _argued(text).words, "focus": focus}
    return Begin("which", data, parties={"member": person})
