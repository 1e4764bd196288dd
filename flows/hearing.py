"""What routing looks at and what it decides: a text as it was read, whoever may hear it, and the turns it leads to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.events import Heard, Told
from flows.machine import Flow, Run, State
from flows.triage import Danger

DANGEROUS = ("suicidal", "emergency")


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
    phone: str | None = None  # a number somebody wrote, as E.164
    number: int | None = None  # a guide's list: who is meant by `3 words`
    order: str | None = None  # what is ordered of them, or of all: ok, skip, later, pause, call, pass
    numbered: "Text | None" = None  # what follows the number
    id: int = 0


@dataclass(frozen=True)
class Listener:
    """An open run and the role under which the sender is one of its parties."""

    run: Run
    flow: Flow
    role: str
    code: str | None = None

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
            meant = self.flow.digits(self.state, self.role).get(text.digit)
            return meant if meant in hears else None
        if text.verb in hears:
            return text.verb
        return text.understand(hears)


@dataclass(frozen=True)
class Give:
    """This run hears it."""

    run: int
    event: Heard | Told


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
    """One card as the reply, and nothing else moves. `other`: in the program's other language."""

    card: str
    blanks: Mapping[str, Any] = field(default_factory=dict)
    once: bool = False
    other: bool = False


@dataclass(frozen=True)
class OptOut:
    """The carrier's own words: no text reaches this number from now on, or texts reach it again."""

    out: bool


@dataclass(frozen=True)
class FocusOn:
    case: int


Turn = Give | Begin | Answer | OptOut | FocusOn


def seen(danger: Danger) -> dict[str, Any]:
    return {"level": danger.level, "kinds": sorted(danger.kinds), "who": danger.who}


def heard(listener: Listener, meaning: str | None, text: Text, danger: Danger | None = None) -> Heard:
    argument = {"argument": text.argument} if text.verb == "guide" and text.argument else {}
    argument |= {"phone": text.phone} if text.phone else {}
    return Heard(listener.role, meaning, text.words, {"text": text.id, **argument, **(seen(danger) if danger else {})})


def gives_words(listener: Listener, text: Text, danger: Danger | None = None) -> Give:
    return Give(listener.run.id, heard(listener, None, text, danger))
