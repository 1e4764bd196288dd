"""What the carrier remembers: its numbers, the phones of the world, messages, and what went wrong."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from .errors import UNDELIVERED

#: What a phone does with a text sent to it, and the error it then ends with (None: it arrives).
#: A landline is accepted at create and comes back undelivered, as numbers nobody has looked up do; for a refusal at
#: create put a fault with 21614 or 21635 on the number instead.
STATES: dict[str, int | None] = {"ok": None, "off": 30003, "dead": 30005, "landline": 30006, "filtered": 30007}
CALLBACKS = ("in_order", "late", "out_of_order", "duplicated", "never", "early")
INBOUND = ("ok", "doubled", "reordered", "lost")
#: What a phone does when it is called.
CALLS = ("rings", "answers", "busy", "voicemail", "unreachable", "rejects")
FINAL = frozenset({"delivered", "undelivered", "failed", "received", "canceled"})


def new_sid(prefix: str) -> str:
    """A Twilio-like identifier: two letters and 32 hexadecimal digits."""
    return prefix + uuid.uuid4().hex


class Media(NamedTuple):
    """A picture: its address and content type."""

    url: str
    kind: str = "image/jpeg"


@dataclass(frozen=True)
class Fate:
    """What becomes of texts and calls to and from a phone. What is None is decided by the carrier's own fate.

    `delay` (seconds on the line's clock) lies between `sent` and arrival; `callback_delay` is how much later a `late`
    status callback comes. `early` callbacks all come before the REST answer that creates the message.
    `voicemail_after` seconds of ringing the phone's voicemail picks up, if `calls` is voicemail.
    """

    state: str | None = None
    delay: float | None = None
    callbacks: str | None = None
    callback_delay: float | None = None
    inbound: str | None = None
    calls: str | None = None
    voicemail_after: float | None = None

    def over(self, default: Fate) -> Fate:
        """This fate, with what it leaves open taken from the default."""
        own = {f.name: value for f in fields(self) if (value := getattr(self, f.name)) is not None}
        return replace(default, **own)

    def changed(self, wishes: dict[str, object]) -> Fate:
        """A copy with these wishes. Raises ValueError naming what is not understood."""
        choices = {"state": tuple(STATES), "callbacks": CALLBACKS, "inbound": INBOUND, "calls": CALLS}
        for name, value in wishes.items():
            if name in choices:
                if value is not None and value not in choices[name]:
                    raise ValueError(f"{name}: {value!r} is none of {', '.join(choices[name])}")
            elif name not in {"delay", "callback_delay", "voicemail_after"}:
                raise ValueError(f"{name}: no such fate")
            elif value is not None and (not isinstance(value, (int, float)) or value < 0):
                raise ValueError(f"{name}: seconds are needed, not {value!r}")
        return replace(self, **wishes)  # type: ignore[arg-type]

    def as_json(self) -> dict[str, object]:
        """As the JSON API shows it."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


ORDINARY = Fate("ok", 0.0, "in_order", callback_delay=30.0, inbound="ok", calls="rings", voicemail_after=20.0)


@dataclass
class Phone:
    """A phone in somebody's hand. `left` are the line's numbers it has opted out of."""

    number: str
    name: str = ""
    fate: Fate = Fate()
    left: set[str] = field(default_factory=set)

    def as_json(self) -> dict[str, object]:
        """As the JSON API shows it."""
        fate, left = self.fate.as_json(), sorted(self.left)
        return {"number": self.number, "name": self.name, "fate": fate, "opted_out": left}


@dataclass
class Number:
    """A number the account rents. `config` holds Twilio's own names of its settings (`sms_url`, `voice_method` ...)."""

    number: str
    created: datetime
    updated: datetime
    config: dict[str, str] = field(default_factory=dict)

    @property
    def sid(self) -> str:
        """Made from the number, so that it is the same after a restart."""
        return "PN" + hashlib.md5(self.number.encode(), usedforsecurity=False).hexdigest()


@dataclass
class Attempt:
    """One call of a webhook and what came of it. `code` is the Twilio error it ended with, None if all was well."""

    url: str
    status: int | None = None
    content_type: str = ""
    answer: str = ""
    seconds: float = 0.0
    code: int | None = None
    problem: str = ""

    def as_json(self) -> dict[str, object]:
        """As the JSON API shows it; a TwiML answer is `answer`."""
        return {**self.__dict__, "seconds": round(self.seconds, 4)}


@dataclass
class Message:
    """One text. `by` tells whose words they are: phone, line, or carrier (opt-out confirmations).

    `sender` is None until a Messaging Service has chosen one. `sent` and `arrived` are times on the line's clock;
    `seq` rises with every change of any message, so that readers can ask for what is new; `born` and `arrival` are
    what it was when the text was made and when it reached the phone. `asking` counts webhooks not yet answered; `held`
    are callbacks kept back to come out of order.
    """

    sid: str
    direction: Literal["inbound", "outbound-api", "outbound-reply"]
    by: Literal["phone", "line", "carrier"]
    sender: str | None
    to: str
    body: str
    created: datetime
    status: str
    segments: int
    updated: datetime
    sent: datetime | None = None
    arrived: datetime | None = None
    error: int | None = None
    service_sid: str | None = None
    media: tuple[Media, ...] = ()
    callbacks: tuple[str, ...] = ()
    callback_method: str = "POST"
    validity: timedelta = timedelta(seconds=36000)
    reply_to: str | None = None
    seq: int = 0
    born: int = 0
    arrival: int = 0
    asking: int = 0
    webhooks: list[Attempt] = field(default_factory=list)
    held: list[list[tuple[str, str]]] = field(default_factory=list)

    @property
    def phone(self) -> str:
        """The end of it that is not the line."""
        return (self.sender or "") if self.direction == "inbound" else self.to

    @property
    def error_message(self) -> str | None:
        """The error in words, None if there is none."""
        return UNDELIVERED.get(self.error, "Unknown error") if self.error else None

    def as_json(self) -> dict[str, object]:
        """As the JSON API shows it; times are ISO 8601 in UTC."""
        return {
            "sid": self.sid,
            "seq": self.seq,
            "arrival": self.arrival or None,
            "phone": self.phone,
            "from": self.sender,
            "to": self.to,
            "body": self.body,
            "direction": self.direction,
            "by": self.by,
            "status": self.status,
            "error_code": self.error,
            "error_message": self.error_message,
            "created": self.created.isoformat(),
            "updated": self.updated.isoformat(),
            "sent": self.sent.isoformat() if self.sent else None,
            "arrived": self.arrived.isoformat() if self.arrived else None,
            "segments": self.segments,
            "media": [media._asdict() for media in self.media],
            "reply_to": self.reply_to,
            "webhooks": [attempt.as_json() for attempt in self.webhooks],
        }


@dataclass
class Trouble:
    """Something Twilio's debugger would show: bad TwiML, a webhook that failed. `level` is error or warning."""

    seq: int
    time: datetime
    level: Literal["error", "warning"]
    code: int
    problem: str
    sid: str
    url: str = ""
    status: int | None = None
    answer: str = ""

    def as_json(self) -> dict[str, object]:
        """As the JSON API shows it."""
        return {**self.__dict__, "time": self.time.isoformat()}
