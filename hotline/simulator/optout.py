"""The words by which a phone leaves and returns, as Twilio reads them: the whole text, any case, edges trimmed.

Source: twilio.com/docs/messaging/tutorials/advanced-opt-out. "stop." and "please stop" are not matched.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

Meaning = Literal["STOP", "START", "HELP"]

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})

REPLIES: dict[str, str] = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


@dataclass(frozen=True)
class OptOut:
    """What the carrier does by itself with such words.

    `advanced` is Twilio's Advanced Opt-Out: words and replies may be changed, a block covers all numbers of the
    Messaging Service, and the webhook carries `OptOutType`. An empty reply is not sent.
    """

    advanced: bool = False
    stop: frozenset[str] = STOP
    start: frozenset[str] = START
    help: frozenset[str] = HELP
    replies: dict[str, str] = field(default_factory=lambda: dict(REPLIES))

    def meaning(self, body: str) -> Meaning | None:
        """What this text asks of the carrier, if anything."""
        word = body.strip().upper()
        if word in self.stop:
            return "STOP"
        if word in self.start:
            return "START"
        return "HELP" if word in self.help else None

    def changed(self, wishes: dict[str, object]) -> OptOut:
        """A copy with `advanced`, `stop`, `start`, `help` (lists of words) or `replies` changed.

        Raises ValueError when Twilio's own words are to be changed without Advanced Opt-Out.
        """
        rules = replace(self, advanced=bool(wishes.get("advanced", self.advanced)))
        if not rules.advanced:
            if wishes.keys() - {"advanced"}:
                raise ValueError("words and replies can only be changed with advanced: true")
            return OptOut()
        for name in ("stop", "start", "help"):
            if isinstance(words := wishes.get(name), list):
                rules = replace(rules, **{name: frozenset(str(word).strip().upper() for word in words)})  # type: ignore[arg-type]
        if isinstance(replies := wishes.get("replies"), dict):
            rules = replace(rules, replies={**rules.replies, **{str(k): str(v) for k, v in replies.items()}})
        return rules

    def as_json(self) -> dict[str, object]:
        """As the JSON API shows it."""
        words = {name: sorted(getattr(self, name)) for name in ("stop", "start", "help")}
        return {"advanced": self.advanced, **words, "replies": self.replies}
