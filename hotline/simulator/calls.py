"""Calls from outside: a phone dials, answers, presses, speaks, hangs up; the line calls, redirects, ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from . import asking, conferring, dialing, queueing  # noqa: F401  they say what their verbs do
from .activity import unwind
from .call_records import Call, Callbacks
from .call_webhooks import ask
from .legs import Ringing, Talking, answered, call_phone, connect, disconnect, end, new
from .performing import main
from .records import Number
from .switchboard import Switchboard
from .twiml_voice import Verb

PRIVATE_RING = 60.0  # seconds one phone rings another


class Senseless(Exception):
    """What cannot be done with this call now, in one sentence."""


# --- phones call ----------------------------------------------------------------------------------------------------


def dial(board: Switchboard, phone: str, to: str, shown: str = "", sid: str = "") -> Call:
    """A phone calls a number of ours, or any other phone, which is nobody's business but theirs.

    `shown` is what the called side sees, by default the phone's number. Raises Senseless while the phone is in a call.
    """
    now = board.clock.now()
    with board.lock:
        if phone == to:
            raise Senseless(f"{phone} cannot call itself")
        if phone in board.carrier.numbers:
            raise Senseless(f"{phone} is a number of the line, not a phone")
        if any(_occupies(call) for call in board.carrier.calls_of(phone)):
            raise Senseless(f"{phone} is in a call already")
        about = {"direction": "inbound", "by": "phone", "phone": phone, "to": to, "caller": shown or phone}
        ours = board.carrier.numbers.get(to)
        call = new(board, now, sid=sid, status="ringing", private=ours is None, **about)
        board.carrier.hears(call, now, "sound", "ringing")
        if ours is None:
            _private(board, call, now)
        else:
            _ask_number(board, call, ours, now)
        return call


def _occupies(call: Call) -> bool:
    """Whether its phone is at somebody's ear; one that rings, or whose voicemail has answered, can still call."""
    return call.direction == "inbound" or call.answered_by == "person"


def _ask_number(board: Switchboard, call: Call, number: Number, now: datetime) -> None:
    """The number's own documents."""
    config = number.config
    call.first = config.get("voice_url", ""), config.get("voice_method", "POST")
    call.fallback = config.get("voice_fallback_url", ""), config.get("voice_fallback_method", "POST")
    call.callbacks = Callbacks(config.get("status_callback", ""), config.get("status_callback_method", "POST"))
    main(board, call, now).fetch(now, *call.first)


def _private(board: Switchboard, call: Call, now: datetime) -> None:
    """One phone rings the other; they are connected when it answers, and end together."""

    def picked_up(other: Call, at: datetime) -> None:
        answered(board, call, at)
        connect(board, call, other, at)
        for leg in (call, other):
            Talking(board, leg, lambda due, why: None).start(at)

    def over(other: Call, at: datetime) -> None:
        end(board, call, at, other.status, "line")

    other = call_phone(board, call, now, call.to, call.caller, PRIVATE_RING, picked_up, over)
    call.on_end = lambda _, at: end(board, other, at, "completed" if other.answered else "canceled", "line")


def ask_again(board: Switchboard, call: Call) -> None:
    """The request for the first document once more, as when an answer got lost; the answer is not acted on."""
    with board.lock:
        if not call.first[0]:
            raise Senseless(f"{call.sid} asked for no document")
        ask(board, call, *call.first, [], "main", lambda script, document, now: None)


# --- what the holder of a phone does --------------------------------------------------------------------------------


def _ring(call: Call) -> Ringing:
    for activity in call.stack:
        if isinstance(activity, Ringing):
            return activity
    raise Senseless(f"{call.phone} is not being called: the call is {call.status}")


def answer(board: Switchboard, call: Call) -> None:
    """Somebody picks up."""
    _pick_up(board, call, "person")


def voicemail(board: Switchboard, call: Call) -> None:
    """This phone's voicemail picks up."""
    _pick_up(board, call, "voicemail")


def _pick_up(board: Switchboard, call: Call, who: Literal["person", "voicemail"]) -> None:
    now = board.clock.now()
    with board.lock:
        _ring(call).picked_up(now, who)


def decline(board: Switchboard, call: Call) -> None:
    """Busy, at the press of a button."""
    now = board.clock.now()
    with board.lock:
        _ring(call)
        end(board, call, now, "busy", "phone")


def hang_up(board: Switchboard, call: Call) -> None:
    """The phone hangs up; a caller nobody answered yet gives up."""
    now = board.clock.now()
    with board.lock:
        if not call.going_on:
            raise Senseless(f"the call ended: {call.status}")
        if call.direction != "inbound" and not call.answered:
            raise Senseless(f"{call.phone} has not answered: decline instead")
        end(board, call, now, "completed" if call.answered else "no-answer", "phone")


def press(board: Switchboard, call: Call, digits: str) -> None:
    """Keys one after another. One that nobody waits for is heard by whoever the call is connected with, if anybody."""
    now = board.clock.now()
    with board.lock:
        _talks(call)
        for digit in digits:
            if not call.going_on:
                return
            call.quick = 0
            board.carrier.hears(call, now, "pressed", digit)
            if not any(activity.key(digit, now) for activity in reversed(call.stack)):
                for other in _listeners(call):
                    board.carrier.hears(other, now, "sound", f"key {digit}")


def speak(board: Switchboard, call: Call, words: str) -> None:
    """Words: to a gather or a recording, else to whoever the call is connected with."""
    now = board.clock.now()
    with board.lock:
        _talks(call)
        call.quick = 0
        board.carrier.hears(call, now, "spoke", words)
        if not any(activity.words(words, now) for activity in reversed(call.stack)):
            for other in _listeners(call):
                board.carrier.hears(other, now, "heard", words)


def _listeners(call: Call) -> list[Call]:
    return call.room.others(call) if call.room else []


def _talks(call: Call) -> None:
    if not call.going_on:
        raise Senseless(f"the call ended: {call.status}")
    if not call.answered:
        raise Senseless(f"nobody has answered yet: the call is {call.status}")
    if call.answered_by == "voicemail":
        raise Senseless("the voicemail has answered: it neither presses nor says anything")


# --- the line calls -------------------------------------------------------------------------------------------------


def place(board: Switchboard, now: datetime, seconds: float, verbs: tuple[Verb, ...], **about: object) -> Call:
    """The line calls a phone, when its turn comes; it rings for so many seconds. Hold the lock.

    `verbs` are of the `Twiml` parameter; without them the document is fetched from `first`.
    """
    carrier = board.carrier
    call = new(board, now, direction="outbound-api", by="line", phone=about["to"], **about)
    leaves = now
    if carrier.paced:
        leaves = max(now, carrier.next_call_at or now)
        carrier.next_call_at = leaves + timedelta(seconds=1 / carrier.calls_a_second)
    ringing = Ringing(board, call, partial(_picked_up, board, call, verbs), seconds)
    call.timers.append(board.timetable.at(leaves, lambda at: _begin(board, call, ringing, at)))
    return call


def _begin(board: Switchboard, call: Call, ringing: Ringing, at: datetime) -> None:
    with board.lock:
        if call.status == "queued" and call.sid in board.carrier.calls:
            ringing.start(at)


def _picked_up(board: Switchboard, call: Call, verbs: tuple[Verb, ...], at: datetime) -> None:
    if call.send_digits:
        board.carrier.hears(call, at, "played", f"keys {call.send_digits}")
    script = main(board, call, at)
    if call.first[0]:
        script.fetch(at, *call.first)
    else:
        script.given(at, call.twiml, verbs)


def redirect(
    board: Switchboard,
    call: Call,
    now: datetime,
    to: tuple[str, str],
    twiml: str = "",
    verbs: tuple[Verb, ...] = (),
) -> None:
    """The line sends a live call to another document, out of whatever it is in: `to` an address by a method, or,
    without an address, these verbs. Hold the lock."""
    unwind(call, now, "redirected")
    disconnect(board, call)
    call.quick = 0
    script = main(board, call, now)
    if to[0]:
        script.fetch(now, *to)
    else:
        script.given(now, twiml, verbs)


def finish(board: Switchboard, call: Call, now: datetime) -> None:
    """The line ends a call: what nobody has answered is canceled. Hold the lock."""
    end(board, call, now, "completed" if call.answered else "canceled", "line")
