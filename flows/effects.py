"""What a flow may ask for: one frozen dataclass each, one function each in `hotline/effects.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

OPENER = "<opener>"  # the run that opened this one
OPENED = "<opened>"  # the runs this one opened
CASE = "<case>"  # every other open run of the case
PERSON = "<person>"  # every open run about the same person, in whichever case: they share one lock
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)  # off until they say ON


@dataclass(frozen=True)
class Say:
    """Say a card to a party. `expires`: seconds after which the carrier must not deliver it any more."""

    card: str
    to: str
    blanks: Mapping[str, Any] = field(default_factory=dict)
    expires: float | None = None


@dataclass(frozen=True)
class Relay:
    """Pass somebody's own words to a party, as they were written; a member sees from which case they come."""

    words: str
    to: str


@dataclass(frozen=True)
class Ring:
    """Ring a party's phone, and say the card to whoever answers it; where the card is also a text, text it as well.

    A card that is only a text is not spoken: what is said then is that there is one.
    """

    card: str
    to: str
    blanks: Mapping[str, Any] = field(default_factory=dict)
    expires: float | None = None


@dataclass(frozen=True)
class Unring:
    """Stop ringing this party's phone for this run, if nobody has picked it up yet."""

    to: str


@dataclass(frozen=True)
class Connect:
    """Put one party on the line through to another who waits there: now if they are speaking, else as soon as asked."""

    who: str
    to: str


@dataclass(frozen=True)
class Answer:
    """From now on the call this party is on is about this run."""

    role: str


@dataclass(frozen=True)
class Callback:
    """The number this party can be called back on, and whether a message may be left there; None leaves it as it is."""

    role: str
    phone: str | None = None
    voicemail: bool | None = None


@dataclass(frozen=True)
class Play:
    """Play what was recorded in this case to this party, on the call they are on."""

    role: str


@dataclass(frozen=True)
class Resend:
    """Try a failed delivery again, later."""

    delivery: int
    after: timedelta


@dataclass(frozen=True)
class Tell:
    """Tell other runs of the same case: OPENER, OPENED, CASE or a flow's name; or, beyond it, PERSON."""

    to: str
    word: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Open:
    """Open a run of another flow in the same case; `parties` are person ids by role, the opener's own if left out."""

    flow: str
    data: Mapping[str, Any] = field(default_factory=dict)
    parties: Mapping[str, int] | None = None


@dataclass(frozen=True)
class OpenCase:
    """Open a case for a person of this run (a member who needs help), with a flow to begin it."""

    role: str
    flow: str
    data: Mapping[str, Any] = field(default_factory=dict)
    also: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Admit:
    """Somebody else needs a case: a due row of their own, with the officer who stands beside them (this run's `role`).

    phone: their number, E.164; None: they have none, and nothing can be texted to them.
    """

    flow: str
    phone: str | None
    role: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Hand:
    """Give held words to the run they were meant for, as if they had just been said to it."""

    run: int
    meaning: str | None
    words: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Know:
    """Remember something in this run (kept by the machine, not by the shell). None forgets."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class WakeAt:
    """Put this run's one timer at an instant (kept by the machine)."""

    at: datetime


@dataclass(frozen=True)
class Join:
    """From now on this person is a party of the run under that role (kept by the machine); None: nobody is."""

    role: str
    person: int | None


@dataclass(frozen=True)
class Learn:
    """Remember something about the case for whoever takes it; `mark` adds one mark to its list."""

    values: Mapping[str, Any] = field(default_factory=dict)
    mark: str | None = None


@dataclass(frozen=True)
class Level:
    """Raise the case's danger level; `safe` is a person's word that danger is over and the only way down."""

    level: str
    safe: bool = False


@dataclass(frozen=True)
class Own:
    """The case is this party's from now on; None: nobody's."""

    role: str | None


@dataclass(frozen=True)
class Page:
    """Write the page's row, for people to read."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class Record:
    """Write this run's own row of a table that people read: made by the first, changed by the next. Never read back."""

    table: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class TakeCode:
    """Give this run, and all it opens from now on, a code of its own; it is free again when the run ends."""


@dataclass(frozen=True)
class HoldCode:
    """The case's code stays this case's until then: a closed case that is still spoken of."""

    until: datetime


@dataclass(frozen=True)
class Rouse:
    """This party has a run of their own of that flow, without a case; made as a due row if there is none."""

    role: str
    flow: str


@dataclass(frozen=True)
class Keep:
    """Keep something about a member beyond this case: their car."""

    role: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Note:
    """Write one line of the case's history. `words` are sealed and shown only to those who may read words."""

    what: str
    words: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Accepted:
    """This party took a page of this role now: they come last next time."""

    role: str
    to: str


@dataclass(frozen=True)
class Away:
    """A member is off until an instant; None: on again. `everywhere`: in every program they serve."""

    role: str
    until: datetime | None
    everywhere: bool = False


@dataclass(frozen=True)
class Wake:
    """Make every waiting page of this program look again who is on: somebody came on, or went off."""


@dataclass(frozen=True)
class Focus:
    """From now on this member's bare words go to that case."""

    role: str
    case: int


@dataclass(frozen=True)
class Quieten:
    """This person asked for no more texts but answers, or (`mute`) is not answered for a while."""

    role: str
    wants_none: bool | None = None
    mute: timedelta | None = None


@dataclass(frozen=True)
class Close:
    """The case ends; every other run of it is told "closed"."""

    outcome: str


@dataclass(frozen=True)
class Outcome:
    """How a closed case ended, said afterwards."""

    outcome: str


Effect = (
    Say | Relay | Ring | Unring | Connect | Answer | Callback | Play | Resend | Tell | Open | OpenCase | Admit | Hand
    | Know | WakeAt | Join | Learn | Level | Own
    | Page | Record | TakeCode | HoldCode | Rouse | Keep | Note
    | Accepted | Away | Wake | Focus | Quieten | Close | Outcome
)  # fmt: skip
