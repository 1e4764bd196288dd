"""What the carrier remembers of calls: the call itself, what was heard in it, documents, recordings, queues, rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .activity import Activity

Direction = Literal["inbound", "outbound-api", "outbound-dial"]
Kind = Literal["said", "played", "pressed", "spoke", "heard", "sound"]

#: Statuses a call does not leave.
ENDED = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
LONGEST_CALL = 14400  # seconds; twilio.com/docs/voice/api/call-resource, TimeLimit
MOST_QUEUED = 1000  # calls; twilio.com/docs/voice/twiml/enqueue
#: Words spoken into a recording are taken to last this long, at least one second.
SPOKEN_A_SECOND = 15.0  # characters


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 or None."""
    return moment.isoformat() if moment else None


@dataclass(frozen=True)
class Heard:
    """One line of a call's transcript, as the phone at this leg has it. `language` is None when nobody said one."""

    seq: int
    at: datetime
    kind: Kind
    text: str
    language: str | None = None

    def as_json(self) -> dict[str, object]:
        """As the JSON API shows it."""
        return {**self.__dict__, "at": self.at.isoformat()}


@dataclass
class Fetched:
    """One document asked for and what came of it; `answer` is kept for tests in the same process."""

    url: str
    status: int | None = None
    seconds: float = 0.0
    verbs: list[str] = field(default_factory=list)
    code: int | None = None
    problem: str = ""
    content_type: str = ""
    answer: bytes = b""
    context: str = "main"
    method: str = "POST"

    def as_json(self) -> dict[str, object]:
        """As the JSON API shows it; `verbs` are their names in order."""
        shown = {name: getattr(self, name) for name in ("url", "status", "seconds", "verbs", "code", "problem")}
        return {**shown, "seconds": round(self.seconds, 4)}


@dataclass(frozen=True)
class Callbacks:
    """Where the line wants to be told of a call's progress, and of which events; nowhere if `url` is empty."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True)
class Detection:
    """Answering machine detection: `mode` is Enable, DetectMessageEnd, or empty for none."""

    mode: str = ""
    url: str = ""
    method: str = "POST"
    waits: bool = True


@dataclass
class Room:
    """Who can talk to whom: two bridged legs, or those in a conference that do not wait and are not muted."""

    members: list[Call] = field(default_factory=list)
    mute: set[str] = field(default_factory=set)

    def others(self, call: Call) -> list[Call]:
        """Whom this leg can talk to."""
        return [] if call.sid in self.mute else [other for other in self.members if other is not call]


@dataclass
class Call:
    """One leg: the carrier at one end, a phone at the other. `caller` is what the called side sees.

    `stack` is what it is doing, the last in front; empty before it is answered and after it ended. `private` calls
    are between phones and no business of the line: no webhooks, not in Twilio's lists. `asking` counts documents
    asked for and not yet acted on; `quick` counts those since time passed or the phone did something. `nominal` are
    the seconds its documents would have taken at the usual pace of speaking, `told` counts callbacks.
    """

    sid: str
    direction: Direction
    by: Literal["phone", "line"]
    phone: str
    caller: str
    to: str
    created: datetime
    updated: datetime
    status: str = "queued"
    parent: str | None = None
    private: bool = False
    answered: datetime | None = None
    ended: datetime | None = None
    answered_by: Literal["person", "voicemail"] | None = None
    hung_up_by: Literal["phone", "line", "carrier"] | None = None
    beeped: bool = False
    machine: str = ""
    transcript: list[Heard] = field(default_factory=list)
    documents: list[Fetched] = field(default_factory=list)
    stack: list[Activity] = field(default_factory=list)
    room: Room | None = None
    callbacks: Callbacks = Callbacks()
    detection: Detection = Detection()
    fallback: tuple[str, str] = ("", "POST")
    first: tuple[str, str] = ("", "POST")
    twiml: str = ""
    limit: int = LONGEST_CALL
    send_digits: str = ""
    timers: list[int] = field(default_factory=list)
    on_end: Callable[[Call, datetime], None] | None = None
    nominal: float = 0.0
    told: int = 0
    asking: int = 0
    quick: int = 0
    seq: int = 0
    born: int = 0

    @property
    def going_on(self) -> bool:
        """Whether it has not ended."""
        return self.status not in ENDED

    @property
    def duration(self) -> int | None:
        """Seconds from answer to end, None while it goes on."""
        if self.ended is None:
            return None
        return round((self.ended - self.answered).total_seconds()) if self.answered else 0

    @property
    def doing(self) -> dict[str, object]:
        """What it is doing now: `verb`, and whatever is useful. Prompts of a gather or a wait do not hide it."""
        told: dict[str, object] = {"verb": None}
        for activity in self.stack:
            more = activity.as_json()
            if told["verb"] and activity.passing:
                more.pop("verb", None)
            told |= more
        return told

    def as_json(self) -> dict[str, object]:
        """As the JSON API shows it; times are ISO 8601 in UTC, `duration` in seconds."""
        return {
            "sid": self.sid,
            "seq": self.seq,
            "parent": self.parent,
            "phone": self.phone,
            "from": self.caller,
            "to": self.to,
            "direction": self.direction,
            "by": self.by,
            "status": self.status,
            "created": iso(self.created),
            "answered": iso(self.answered),
            "ended": iso(self.ended),
            "duration": self.duration,
            "answered_by": self.answered_by,
            "doing": self.doing,
            "with": [other.sid for other in self.room.others(self)] if self.room else [],
            "transcript": [line.as_json() for line in self.transcript],
            "documents": [document.as_json() for document in self.documents],
            "hung_up_by": self.hung_up_by,
        }


@dataclass
class Recording:
    """What was spoken after the beep. The words are the recording: its sound is only as long as they would be."""

    sid: str
    call: str
    created: datetime
    seconds: int = 0
    words: str = ""
    status: str = "in-progress"
    deleted: bool = False

    def as_json(self) -> dict[str, object]:
        """As the JSON API shows it."""
        return {name: getattr(self, name) for name in ("sid", "call", "seconds", "words", "status", "deleted")}


@dataclass
class Waiting:
    """A call in a queue, since when, and the activity to be told when its turn has come."""

    call: Call
    since: datetime
    activity: Activity


@dataclass
class Queue:
    """A queue, made by the first <Enqueue> into it. `times` are the seconds each call waited that has left it."""

    sid: str
    name: str
    created: datetime
    members: list[Waiting] = field(default_factory=list)
    dialers: list[Activity] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    size: int = MOST_QUEUED

    @property
    def average(self) -> int:
        """Seconds a call waited on average."""
        return round(sum(self.times) / len(self.times)) if self.times else 0

    def as_json(self) -> dict[str, object]:
        """As the JSON API shows it: who waits, in order."""
        waiting = [{"call": w.call.sid, "phone": w.call.phone, "since": w.since.isoformat()} for w in self.members]
        return {"sid": self.sid, "name": self.name, "waiting": waiting, "average": self.average}


@dataclass
class Conference:
    """A conference room. `members` are all in it, talking or waiting for it to begin."""

    sid: str
    name: str
    created: datetime
    updated: datetime
    status: Literal["init", "in-progress", "completed"] = "init"
    members: list[Activity] = field(default_factory=list)
    room: Room = field(default_factory=Room)
    callbacks: Callbacks = Callbacks(events=frozenset())
    told: int = 0
    reason: str | None = None

    def as_json(self) -> dict[str, object]:
        """As the JSON API shows it: who is in."""
        inside = [{"call": m.call.sid, "phone": m.call.phone} for m in self.members]
        return {"sid": self.sid, "name": self.name, "status": self.status, "members": inside}
