"""<Dial>: what all of it has in common, and <Number>: other phones are called and one of them is connected."""

from __future__ import annotations

from datetime import datetime

from .activity import Why
from .call_records import Call, Callbacks, Detection
from .fetch import Params
from .legs import Talking, answered, call_phone, connect, disconnect, end
from .performing import Performance, VerbActivity, performs
from .twiml_voice import Verb

INVALID_CALLER_ID = 13214


class Dialed(VerbActivity):
    """A <Dial> under way. `over` ends it once: the action is asked, or the next verb done."""

    verb = "dial"

    def __init__(self, script: Performance, verb: Verb) -> None:
        super().__init__(script, verb)
        self.noun = verb.inside[0]
        self.is_over = False
        self.bridged_at: datetime | None = None

    def result(self, at: datetime, status: str, other: Call | None) -> Params:
        """What the action is told (facts 2.6)."""
        told = [("DialCallStatus", status), ("DialBridged", "true" if self.bridged_at else "false")]
        if other:
            seconds = round((at - self.bridged_at).total_seconds()) if self.bridged_at else other.duration or 0
            told += [("DialCallSid", other.sid), ("DialCallDuration", str(seconds))]
        return told

    def over(self, at: datetime, status: str, other: Call | None = None) -> None:
        """Nobody is dialled any more."""
        if self.is_over:
            return
        self.is_over = True
        if url := self.said.string("action"):
            self.script.fetch(at, url, self.said.string("method"), self.result(at, status, other))
        else:
            self.finish(at)

    def cut(self, at: datetime, why: Why, status: str, other: Call | None = None) -> None:
        """It is over because the call is: the action is told all the same, and its answer not acted on."""
        if not self.is_over:
            self.is_over = True
            if why == "hangup" and (url := self.said.string("action")):
                self.script.notify(url, self.said.string("method"), self.result(at, status, other))

    def bridged(self, at: datetime) -> None:
        """Talking begins: an unanswered call is answered, and the time limit counts."""
        self.bridged_at = at
        self.forget_timers()
        answered(self.board, self.call, at)
        self.after(at, self.said.number("timeLimit"), self.hang_up_other)

    def hang_up_other(self, at: datetime) -> None:
        """The carrier, or a star, ends it."""

    def key(self, digit: str, at: datetime) -> bool:
        """A star hangs up on the other end, where hangupOnStar says so."""
        if digit == "*" and self.said["hangupOnStar"] and self.bridged_at:
            self.hang_up_other(at)
            return True
        return False


class Dialing(Dialed):
    """Phones ring, all at once or one after another; the first to answer hears the whisper and is connected."""

    def __init__(self, script: Performance, verb: Verb, shown: str) -> None:
        super().__init__(script, verb)
        self.shown = shown
        self.waiting = list(verb.inside)
        self.children: list[Call] = []
        self.winner: Call | None = None

    def about(self) -> dict[str, object]:
        """Whom it dials."""
        return {"numbers": [noun.text for noun in self.said.inside]}

    def begin(self, at: datetime) -> None:
        """Call them."""
        self.board.carrier.hears(self.call, at, "sound", "ringing")
        self._call_next(at)
        while not self.said["sequential"] and self.waiting and not self.winner and not self.is_over:
            self._call_next(at)

    def _call_next(self, at: datetime) -> None:
        noun = self.waiting.pop(0)
        told = Callbacks(
            noun.string("statusCallback"), noun.string("statusCallbackMethod"), noun.some("statusCallbackEvent")
        )
        tested = (
            noun.string("machineDetection"),
            noun.string("amdStatusCallback"),
            noun.string("amdStatusCallbackMethod"),
        )
        call_phone(
            self.board,
            self.call,
            at,
            noun.text,
            self.shown,
            self.said.number("timeout"),
            lambda child, due: self._picked_up(child, noun, due),
            self._child_ended,
            begun=self.children.append,
            callbacks=told,
            detection=Detection(*tested, waits=False),
        )

    def _picked_up(self, child: Call, noun: Verb, at: datetime) -> None:
        """It wins, and the others are let go; whether it accepts is asked of it alone (the whisper)."""
        self.winner, self.waiting = child, []
        for other in [other for other in self.children if other is not child]:
            end(self.board, other, at, "canceled", "carrier")
        if tones := noun.string("sendDigits"):
            self.board.carrier.hears(child, at, "played", f"keys {tones}")
        if not noun.string("url"):
            self._bridge(at)
            return
        whisper = Performance(self.board, child, self._bridge, context="whisper")
        whisper.start(at)
        whisper.fetch(at, noun.string("url"), noun.string("method"))

    def _bridge(self, at: datetime) -> None:
        child = self.winner
        if self.is_over or child is None or not child.going_on:
            return
        connect(self.board, self.call, child, at)
        self.bridged(at)
        Talking(self.board, child, self._child_left).start(at)

    def _child_left(self, at: datetime, why: Why) -> None:
        """Redirected away by the line; a hang-up is told by `_child_ended`."""
        if why != "hangup":
            disconnect(self.board, self.call)
            self.children = [child for child in self.children if child is not self.winner]
            self.over(at, "completed", self.winner)

    def _child_ended(self, child: Call, at: datetime) -> None:
        if self.is_over or (self.winner and self.winner is not child):
            return
        if child is self.winner:
            disconnect(self.board, self.call)
            self.over(at, "completed", child)
        elif self.waiting and self.said["sequential"]:
            self._call_next(at)
        elif not self.waiting and not any(other.going_on for other in self.children):
            self.over(at, child.status, child)

    def hang_up_other(self, at: datetime) -> None:
        """End the leg that was dialled."""
        if self.winner:
            end(self.board, self.winner, at, "completed", "line")

    def stop(self, at: datetime, why: Why) -> None:
        """The dialling call went away: those it dialled are let go."""
        disconnect(self.board, self.call)
        was_over, self.is_over = self.is_over, True
        for child in self.children:
            end(self.board, child, at, "completed" if child.answered else "canceled", "line")
        self.is_over = was_over
        last = self.winner or (self.children[-1] if self.children else None)
        self.cut(at, why, "completed" if self.winner else "canceled", last)


@performs("Dial")
def dial(script: Performance, verb: Verb, at: datetime) -> None:
    """Numbers, a queue, or a conference."""
    noun = verb.inside[0].name
    if noun != "Number":
        DIALS[noun](script, verb).start(at)
        return
    ours, call = script.board.carrier.numbers, script.call
    own = call.to if call.direction == "outbound-api" else call.caller
    shown = verb.string("callerId") or call.caller
    if verb.string("callerId") and shown not in ours and shown != own:
        problem = f"callerId {shown} is neither a number of this account nor the caller's own"
        script.refuse(at, INVALID_CALLER_ID, problem)
        return
    Dialing(script, verb, shown).start(at)


#: What dials the other nouns; their files add theirs.
DIALS: dict[str, type[Dialed]] = {}
