"""The life of one leg: it rings, is picked up, is connected with others, and ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from .activity import Activity, Then, Why, unwind
from .call_records import Call, Room
from .call_webhooks import after, post, tell
from .fetch import Params
from .records import new_sid
from .switchboard import Switchboard

GREETING = 4.0  # seconds a voicemail speaks before it beeps
NO_RING = {"busy": "busy", "rejects": "busy", "unreachable": "failed"}
APPLICATION_ERROR = "We're sorry, an application error has occurred. Goodbye."


def new(board: Switchboard, now: datetime, **fields: object) -> Call:
    """A new call, remembered."""
    call = Call(sid=str(fields.pop("sid", "") or new_sid("CA")), created=now, updated=now, **fields)  # type: ignore[arg-type]
    board.carrier.keep_call(call)
    return call


class Ringing(Activity):
    """A phone rings until somebody answers; what it does by itself is its fate. Then it is picked up."""

    verb = "ring"

    def __init__(self, board: Switchboard, call: Call, then: Then, seconds: float) -> None:
        super().__init__(board, call, then)
        self.seconds = seconds

    def begin(self, at: datetime) -> None:
        """Ring, or not."""
        board, call = self.board, self.call
        fate = board.carrier.fate_of(call.phone)
        call.updated = at
        tell(board, call, "initiated", at)
        if fate.calls in NO_RING:
            end(board, call, at, NO_RING[fate.calls], "phone" if fate.calls == "rejects" else "carrier")
            return
        call.status = "ringing"
        board.carrier.hears(call, at, "sound", "ringing")
        tell(board, call, "ringing", at)
        if fate.calls == "answers":
            self.picked_up(at, "person")
            return
        if fate.calls == "voicemail":
            self.after(at, fate.voicemail_after or 0.0, lambda due: self.picked_up(due, "voicemail"))
        if self.alive:
            self.after(at, self.seconds, lambda due: end(board, call, due, "no-answer", "carrier"))

    def picked_up(self, at: datetime, who: Literal["person", "voicemail"]) -> None:
        """Somebody, or the voicemail, answers."""
        self.leave()
        self.call.answered_by = who
        answered(self.board, self.call, at)
        if who == "voicemail":
            _greet(self.board, self.call, at)
        _detect(self.board, self.call, at, self.then)


def _greet(board: Switchboard, call: Call, at: datetime) -> None:
    """The voicemail's greeting and beep; both at once when speaking takes no time."""
    board.carrier.hears(call, at, "sound", "voicemail greeting")

    def beep(due: datetime) -> None:
        call.beeped = True
        board.carrier.hears(call, due, "sound", "beep")

    plan(board, call, at, GREETING if board.carrier.speaking else 0.0, beep)


def _detect(board: Switchboard, call: Call, at: datetime, then: Then) -> None:
    """Tell person from machine, if asked for; waiting for the beep if that is asked for (facts 1.10)."""
    wanted, machine = call.detection, call.answered_by == "voicemail"
    if not wanted.mode:
        then(at)
        return
    ends = wanted.mode == "DetectMessageEnd" and machine
    found = ("machine_end_beep" if ends else "machine_start") if machine else "human"

    def known(due: datetime) -> None:
        if wanted.waits:
            call.machine = found
        if wanted.url:
            told: Params = [("CallSid", call.sid), ("AccountSid", board.settings.account_sid), ("AnsweredBy", found)]
            told.append(("MachineDetectionDuration", str(round((due - at).total_seconds() * 1000))))
            post(board, ("call status", call.sid), call.sid, wanted.url, wanted.method, told)
        if wanted.waits:
            then(due)

    plan(board, call, at, GREETING if ends and board.carrier.speaking else 0.0, known)
    if not wanted.waits:
        then(at)


def plan(board: Switchboard, call: Call, at: datetime, seconds: float, action: Then) -> None:
    """Do that so many seconds later if the call still goes on, whatever it is doing then."""
    if seconds <= 0:
        action(at)
        return

    def due_now(due: datetime) -> None:
        with board.lock:
            if call.going_on and call.sid in board.carrier.calls:
                action(due)

    call.timers.append(board.timetable.at(after(at, seconds), due_now))


def answered(board: Switchboard, call: Call, at: datetime) -> None:
    """The call is in progress from now on, and limited from now on."""
    if call.answered or not call.going_on:
        return
    call.status, call.answered, call.updated = "in-progress", at, at
    board.carrier.touch_call(call)
    tell(board, call, "answered", at)
    plan(board, call, at, call.limit, lambda due: end(board, call, due, "completed", "carrier"))


def end(board: Switchboard, call: Call, at: datetime, status: str, by: Literal["phone", "line", "carrier"]) -> None:
    """The leg is over. `by` says who ended it: its phone, the line or whoever is at the other end, or the carrier."""
    if not call.going_on:
        return
    call.status, call.ended, call.updated, call.hung_up_by = status, at, at, by
    for timer in call.timers:
        board.timetable.cancel(timer)
    board.carrier.hears(
        call, at, "sound", ENDINGS.get(status) or ("hung up" if by == "phone" else "the other end hung up")
    )
    unwind(call, at, "hangup")
    disconnect(board, call)
    tell(board, call, "completed", at)
    if call.on_end:
        call.on_end(call, at)
    board.carrier.touch_call(call)


ENDINGS = {"busy": "busy", "no-answer": "no answer", "failed": "cannot be reached", "canceled": "stopped ringing"}


def application_error(board: Switchboard, call: Call, at: datetime) -> None:
    """What a caller hears when the line's document is unfit, and the end."""
    if not call.going_on:
        return
    answered(board, call, at)
    board.carrier.hears(call, at, "said", APPLICATION_ERROR, "en-US")
    end(board, call, at, "completed", "carrier")


def connect(board: Switchboard, one: Call, other: Call, at: datetime) -> None:
    """From now on these two hear each other."""
    room = Room([one, other])
    for call in (one, other):
        call.room = room
        board.carrier.hears(call, at, "sound", "connected")


def disconnect(board: Switchboard, call: Call) -> None:
    """Nobody hears this leg any more; of two connected, neither hears the other."""
    room, call.room = call.room, None
    if room and call in room.members:
        room.members.remove(call)
        for other in room.members:
            board.carrier.touch_call(other)
    board.carrier.touch_call(call)


def call_phone(
    board: Switchboard,
    parent: Call,
    at: datetime,
    to: str,
    shown: str,
    seconds: float,
    picked_up: Callable[[Call, datetime], None],
    ended: Callable[[Call, datetime], None],
    begun: Callable[[Call], None] = lambda child: None,
    **more: object,
) -> Call:
    """A leg that another one wants: it rings for so many seconds, and tells what became of it.

    `begun` is given it before anything can have become of it.
    """
    about = {"direction": "outbound-dial", "by": parent.by if parent.private else "line", "phone": to, "to": to}
    child = new(board, at, **about, caller=shown, parent=parent.sid, private=parent.private, **more)
    child.on_end = ended
    begun(child)
    if to in board.carrier.numbers:
        end(board, child, at, "failed", "carrier")  # the line calling itself is not simulated
        return child
    Ringing(board, child, lambda due: picked_up(child, due), seconds).start(at)
    return child


class Talking(Activity):
    """The called leg of a bridge. Cut short, it tells whoever it talks to."""

    def __init__(self, board: Switchboard, call: Call, left: Callable[[datetime, Why], None]) -> None:
        super().__init__(board, call, lambda at: None)
        self.left = left

    def stop(self, at: datetime, why: Why) -> None:
        """Redirected away, or hung up."""
        disconnect(self.board, self.call)
        self.left(at, why)
