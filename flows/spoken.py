"""A call's ear: which run asks on it, what a key means there, and who hears what was said. Pure.

For a participant 0, 8 and 9 mean the same in every question; 1 to 7 belong to the question. Silence is heard the second
time; a key that means nothing is not understood, as words are not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flows.events import Heard, Told
from flows.hearing import DANGEROUS, Answer, Begin, Give, Listener, OptOut, Text, Turn

EVERYWHERE = {"0": "person", "8": "crisis_line", "9": "language"}

#: Meanings that are pressed or happen, and have no words.
PRESSED = frozenset(
    {"number", "plays", "recorded", "steps", "ring", "more", "to_coordinator", "to_driver"}
    | {f"item_{n}" for n in range(1, 7)}
)

#: What a member may choose when they call: each has the line ring them. The first are the most urgent.
ITEMS = ("alert", "offer", "ride_offer", "assist", "drive", "companion", "care")

#: What a call says by itself, so that the wording can be checked.
CARDS = {
    "voice.first": (), "voice.first_other": (), "voice.crisis_line": (), "voice.goodbye": (), "voice.look": ("code",),
    "voice.settled": (), "voice.late": (), "call.voicemail": ("who",), "voicemail.none": (),
}  # fmt: skip


#: Said to whoever picks up, whether anything is asked of them any more or not.
NEWS = frozenset({"voice.look", "emergency.ring"})


@dataclass(frozen=True)
class Repeat:
    """Say once more what was asked."""


@dataclass(frozen=True)
class CrisisLine:
    """Connect them with 988; what was asked waits for them."""


@dataclass(frozen=True)
class OtherLanguage:
    """Go on in the other language."""


Spoken = Turn | Repeat | CrisisLine | OtherLanguage


def keys(listener: Listener) -> dict[str, str]:
    """What may be pressed now."""
    return dict(listener.flow.presses(listener.state, listener.role))


def asks(listener: Listener) -> bool:
    """Whether this run asks something on the call, or holds the one who waits."""
    state = listener.state
    return bool(
        listener.role in state.holds
        or (state.records and listener.role in listener.flow.hears(state))
        or (state.wants == "number" and listener.role in state.words)
        or keys(listener)
    )


def about(listeners: Sequence[Listener], run: int | None, inbound: bool, is_member: bool) -> int | None:
    """Which run a call is about: a member's is about one; None: a participant's, about whatever is asked of them.

    `run`: the one that rang them, or took the call since (effect `Answer`). A member who calls for themselves has left
    it, and is asked as anybody is.
    """
    mine = [x for x in listeners if x.run.id == run]
    if run is None or (inbound and not mine):
        return None
    if any(x.role == "participant" and x.run.case is not None for x in mine):
        return None
    return run if is_member or all(x.role != "participant" for x in listeners) else None


def asking(listeners: Sequence[Listener], run: int | None) -> Listener | None:
    """The run that asks. A call made for one run (`run`) is that run's; a participant's other calls are by rank."""
    open_ = [x for x in listeners if asks(x) and not x.state.echo]
    if run is not None:
        return next((x for x in open_ if x.run.id == run), None)
    open_ = [x for x in open_ if x.role == "participant" and x.asks != "talk"]
    first = min(open_, key=lambda x: (x.flow.rank, x.run.id), default=None)
    if first is not None and first.role in first.state.holds and not keys(first):
        # While one only has them wait, the other that holds them goes on: what to do in danger, and when to be silent.
        others = [x for x in open_ if x.role in x.state.holds and (keys(x) or x.state.hushed)]
        return min(others, key=lambda x: (x.flow.rank, x.run.id), default=first)
    return first


def arrives(
    listeners: Sequence[Listener], case: int | None, prefer: int | None, two: bool, withheld: bool = False
) -> list[Turn]:
    """A participant calls: 911 before anything else, then the danger question, whatever was going on.

    `two`: the program speaks two languages, and the first sentence is said in both. `withheld`: no number is shown.
    """
    first: list[Turn] = [Answer("voice.first"), *([Answer("voice.first_other", other=True)] if two else [])]
    mine = [x for x in listeners if x.role == "participant"]
    if case is None:
        data = {"level": "none", "kinds": [], "asks_help": True, "prefer": prefer}
        data |= {"withheld": True} if withheld else {}
        return [*first, Begin("intake", data, new_case=True), *_elsewhere(mine)]
    asked = [x for x in mine if x.flow.name == "intake" and x.state.context == "question"]
    if asked:  # the danger question is still open: it is asked again
        return [*first, Give(asked[0].run.id, Told("called"))]
    calling = [x for x in mine if x.flow.name == "caller"]
    if calling:
        return [*first, Give(calling[0].run.id, Told("called"))]
    return [*first, Begin("caller", {}, case=case)]


def _elsewhere(mine: Sequence[Listener]) -> list[Turn]:
    """Whoever keeps in touch with them hears that they asked for help, and no check-in rings beside it."""
    kept = [x for x in mine if x.flow.name == "checkin" and x.role in x.state.words]
    kept.sort(key=lambda x: x.run.id, reverse=True)
    return [Give(x.run.id, Heard(x.role, None, "-", {"elsewhere": True})) for x in kept[:1]]


def is_overtaken(listeners: Sequence[Listener], run: int | None) -> bool:
    """Whether they were rung about something that can wait, and are asked another thing by the time they pick up."""
    asked = asking(listeners, None)
    rung = next((x for x in listeners if x.run.id == run and x.role == "participant" and asks(x)), None)
    return rung is not None and not rung.flow.urgent and asked is not None and asked.run.id != rung.run.id


def picked_up(card: str, run: int | None, asked: Listener | None, is_member: bool) -> str:
    """The card that is said to whoever picks up: what they were rung for, unless somebody took it or it is over.

    `run`: the one they were rung for, None where nothing is asked of them.
    """
    if asked is not None or run is None or card in NEWS:
        return card
    return "voice.settled" if is_member else "voice.late"


CALLING = ("member", "guide")


Way = Literal["said", "waits", "waits_or_text", "text", "dropped"]


def way(
    *, is_text: bool, reaches: bool, speaking: bool, on_call: bool, inbound: bool, is_about: bool, asks_help: bool
) -> Way:
    """How a card that can be spoken gets to somebody: said now, when they are next spoken to, as a text, or not at all.

    is_text, reaches    it is a text as well, and texts reach them
    speaking, on_call   they hear our answer on this very call; they are on a call with us
    inbound, is_about   they called us; that call is about the run which says it
    asks_help           they are the run's participant

    A member's caller id proves nothing: of a call to us they hear only what it asks.
    """
    if inbound and not (is_about or asks_help):
        speaking = on_call = False
    if speaking:
        return "said"
    if on_call and (is_about or asks_help or not is_text):
        return "waits_or_text" if is_text and reaches else "waits"
    return "text" if is_text else "dropped"


def calling(asked: Listener | None) -> int | None:
    """In whose name a participant is rung: all that a message may tell, where they allowed one (domain.md 4.1)."""
    if asked is None or asked.role != "participant":
        return None
    return next((asked.run.parties[role] for role in CALLING if role in asked.run.parties), None)


def hangs_up(listeners: Sequence[Listener], run: int | None) -> list[Turn]:
    """A participant's call is about all of their case; a member's, about one run (`run`)."""
    concerned = [x for x in listeners if x.role == "participant" or x.run.id == run]
    return [Give(x.run.id, Told("hung_up", {"role": x.role})) for x in concerned]


def parted(listeners: Sequence[Listener], joined: bool) -> list[Turn]:
    """Out of the queue, or from whoever they were put through to. `joined`: they had talked."""
    put_through = [x for x in listeners if x.flow.name in ("call", "desk_call")]
    return [Give(x.run.id, Told("parted", {"joined": joined})) for x in put_through]


def returns(listeners: Sequence[Listener], case: int | None) -> list[Turn]:
    """Back from the crisis line: where nothing is asked of them any more, what everybody is asked who calls."""
    if case is None or asking(listeners, None) is not None:
        return []
    return arrives(listeners, case, None, two=False)[1:]


def answers_late(
    key: str, listeners: Sequence[Listener], run: int | None, case: int | None, person: int
) -> list[Turn] | None:
    """A key to the danger question a call began with, answered meanwhile by text or on another call; None: it was not.

    Danger counts all the same, and anything else is asked again.
    """
    asked = asking(listeners, None)
    is_open = asked is not None and asked.state.context == "question"
    if case is None or run is not None or is_open or key in EVERYWHERE:
        return None
    if key != "1":
        return arrives(listeners, case, None, two=False)[1:]
    emergency = [x for x in listeners if x.role == "participant" and x.flow.name == "emergency"]
    if emergency:
        return [Give(emergency[0].run.id, Told("called_danger"))]
    return [Begin("emergency", {"level": "emergency", "kinds": ["yes"], "exclude": [person]}, case=case)]


def member_arrives(listeners: Sequence[Listener], person: int, own_case: int | None) -> list[Turn]:
    """Somebody on the roster calls: for the line, or for themselves. Who they are is only what their phone says."""
    if own_case is not None:
        return arrives(listeners, own_case, None, two=False)
    return [Answer("voice.first"), Begin("callin", {}, parties={"member": person})]


def rings(listeners: Sequence[Listener]) -> tuple[dict[str, Any], ...]:
    """A member's open items that can ring them: which run, its code, what it is, and what it is told to do so."""
    found = []
    for x in listeners:
        hears = x.flow.hears(x.state).get(x.role, ())
        meaning = next((word for word in ("ring", "call") if word in hears), None)
        if meaning is None or not x.code or x.role == "participant" or x.state.echo:
            continue
        what = "ride_offer" if x.flow.name == "offer" and x.run.known.get("role") == "driver" else x.flow.name
        found.append({"run": x.run.id, "code": x.code, "what": what, "meaning": meaning})
    return tuple(sorted(found, key=lambda one: (ITEMS.index(one["what"]), one["run"])))


def pressed(key: str, phone: str | None, listeners: Sequence[Listener], run: int | None) -> list[Spoken]:
    """What a key does. `phone`: the number that the keys together are, where a number was asked for."""
    asked = asking(listeners, run)
    if asked is None:
        late = [x for x in listeners if x.run.id == run and x.state.echo and key in keys(x)]
        return [_gives(x, keys(x)[key]) for x in late[:1]]
    if asked.state.wants == "number":
        heard = Heard(asked.role, None, key, {"phone": phone} if phone else {})
        return [Give(asked.run.id, heard)]
    meaning = keys(asked).get(key)
    if meaning is not None:
        return [_gives(asked, meaning)]
    if asked.role == "participant":
        if key == "8":
            return [CrisisLine()]
        if key == "9":
            return [OtherLanguage()]
        if key == "0" and "person" in asked.flow.hears(asked.state).get(asked.role, ()):
            return [_gives(asked, "person")]
    return misunderstood(asked)


def silent(listeners: Sequence[Listener], run: int | None, misses: int) -> list[Spoken]:
    """Nothing was pressed or said: asked once more; the second time that is an answer."""
    asked = asking(listeners, run)
    if asked is None:
        return []
    return [Repeat()] if not misses else misunderstood(asked)


def wants_number(listeners: Sequence[Listener], run: int | None) -> bool:
    """Whether all keys together are one phone number: none at all is an answer too."""
    asked = asking(listeners, run)
    return asked is not None and asked.state.wants == "number"


def is_danger(text: Text, asked: Listener | None) -> bool:
    """Whether there is danger in what was said, whoever hears it. A bare yes is no more than an answer."""
    danger = text.read(asked.state.context if asked is not None else "opening")
    return danger.level in DANGEROUS and danger.kinds != {"yes"}


def spoken_to(turns: Sequence[Turn], asked: Listener | None) -> list[Spoken]:
    """What was said on a call is for the call: no carrier's word, no question that would be a text, never silence."""
    kept: list[Spoken] = [
        turn
        for turn in turns
        if not isinstance(turn, OptOut) and not (isinstance(turn, Begin) and turn.flow == "leave")
    ]
    return kept or (misunderstood(asked) if asked is not None else [])


def misunderstood(asked: Listener) -> list[Spoken]:
    if asked.state.unclear is not None and asked.role in asked.flow.hears(asked.state):
        return [Give(asked.run.id, Heard(asked.role, None))]
    if asked.role in asked.state.words:
        return [Give(asked.run.id, Heard(asked.role, None, ""))]
    return [Repeat()]


def recorded(listeners: Sequence[Listener], run: int | None) -> list[Spoken]:
    asked = asking(listeners, run)
    return [_gives(asked, "recorded")] if asked is not None and asked.state.records else []


def _gives(listener: Listener, meaning: str) -> Give:
    return Give(listener.run.id, Heard(listener.role, meaning))
