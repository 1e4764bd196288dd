"""What the line is asked and told of a call: signed requests for documents, and callbacks of its progress."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial

from .call_records import Call, Conference, Fetched
from .fetch import FetchError, Params, webhook
from .records import Attempt, new_sid
from .switchboard import Switchboard
from .twiml import TwimlError
from .twiml_voice import Script, read_voice

#: The status of a call as its callbacks name it, by the event that is told.
EVENTS = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}
#: What the phone network says of each end (RFC 3261).
SIP = {"completed": "200", "busy": "486", "no-answer": "487", "canceled": "487", "failed": "404"}

Arrived = Callable[[Script | None, Fetched, datetime], None]


def form(board: Switchboard, call: Call) -> Params:
    """Twilio's parameters of every request about a call (twilio.com/docs/voice/twiml#request-parameters)."""
    params = [
        ("AccountSid", board.settings.account_sid),
        ("ApiVersion", "2010-04-01"),
        ("CallSid", call.sid),
        ("CallStatus", "ringing" if call.status == "queued" else call.status),
        ("Called", call.to),
        ("Caller", call.caller),
        ("Direction", call.direction),
        ("From", call.caller),
        ("To", call.to),
    ]
    for end in ("From", "To", "Caller", "Called"):
        params += [(f"{end}City", ""), (f"{end}State", ""), (f"{end}Zip", ""), (f"{end}Country", "US")]
    if call.direction == "inbound":
        verified = call.caller == call.phone
        params += [
            ("CallToken", f"%7B{call.sid}%7D"),
            ("StirVerstat", f"TN-Validation-{'Passed-A' if verified else 'Failed'}"),
        ]
    if call.parent:
        params.append(("ParentCallSid", call.parent))
    if call.machine:
        params.append(("AnsweredBy", call.machine))
    return params


def ask(board: Switchboard, call: Call, url: str, method: str, more: Params, context: str, arrived: Arrived) -> None:
    """Fetch a document; `arrived` is told of it, with the board locked, None instead of the script if it is unfit.

    What is wrong is noted with the call's documents and the troubles. Hold the lock.
    """
    generation, params = board.carrier.generation, form(board, call) + more
    call.asking += 1
    job = partial(_fetch, board, call, Fetched(url, context=context, method=method), params, generation, arrived)
    board.lanes.put(("call", call.sid), job)


def _fetch(
    board: Switchboard, call: Call, document: Fetched, params: Params, generation: int, arrived: Arrived
) -> None:
    script = _consult(board, document, params)
    now = board.clock.now()
    with board.lock:
        if generation != board.carrier.generation:
            return
        call.documents.append(document)
        if script is None:
            complain(board, call.sid, document, now)
        elif script.warning:
            complain(board, call.sid, document, now, script.warning)
        try:
            arrived(script, document, now)
        finally:
            call.asking -= 1
            board.carrier.touch_call(call)


def _consult(board: Switchboard, document: Fetched, params: Params) -> Script | None:
    """The script at that address, or None with the reason in `document`."""
    settings = board.settings
    try:
        if not document.url:
            raise FetchError(11100, "the number has no VoiceUrl: nobody is told of this call")
        once, patience = new_sid(""), settings.webhook_timeout
        answer = webhook(document.url, document.method, params, settings.auth_token, once, patience)
        document.status, document.seconds = answer.status, answer.seconds
        document.answer, document.content_type = answer.body, answer.content_type
        script = read_voice(answer, document.url, document.context)
        document.verbs = [verb.name for verb in script.verbs]
        return script
    except (FetchError, TwimlError) as error:
        document.code, document.problem = error.code, str(error)
        return None


def complain(board: Switchboard, sid: str, document: Fetched, now: datetime, warning: str = "") -> None:
    """Note a document with the troubles: an error, or what Twilio takes with a frown."""
    answer = document.answer.decode("utf-8", "replace")
    attempt = Attempt(document.url, document.status, document.content_type, answer, document.seconds)
    attempt.code, attempt.problem = document.code or 12300, warning or document.problem
    board.carrier.trouble("warning" if warning else "error", now, sid, attempt)


def tell(board: Switchboard, call: Call, event: str, at: datetime) -> None:
    """Tell the line of the call's progress, if it wants to know of this event. Hold the lock."""
    wanted = call.callbacks
    if not wanted.url or event not in wanted.events or call.private:
        return
    status = EVENTS.get(event, call.status)
    params = [(name, value) for name, value in form(board, call) if name != "CallStatus"]
    params += [("CallStatus", status), ("SequenceNumber", str(call.told)), *stamp(at)]
    if event == "completed":
        seconds = call.duration or 0
        params += [("CallDuration", str(seconds)), ("Duration", str(math.ceil(seconds / 60)))]
        params += [("SipResponseCode", SIP[call.status])]
    call.told += 1
    post(board, ("call status", call.sid), call.sid, wanted.url, wanted.method, params)


def tell_room(board: Switchboard, room: Conference, event: str, call: Call, more: Params, at: datetime) -> None:
    """Tell the line what happened in a conference, if it wants to know. `event` is as Twilio names it, in full."""
    wanted = room.callbacks
    if not wanted.url or event.rpartition("-")[2] not in wanted.events:
        return
    params = [
        ("AccountSid", board.settings.account_sid),
        ("CallSid", call.sid),
        ("ConferenceSid", room.sid),
        ("FriendlyName", room.name),
        ("SequenceNumber", str(room.told + 1)),
        ("StatusCallbackEvent", event),
        ("Timestamp", format_datetime(at)),
    ]
    room.told += 1
    post(board, ("conference status", room.sid), call.sid, wanted.url, wanted.method, params + more)


def stamp(at: datetime) -> Params:
    """When, and by which part of Twilio."""
    return [("Timestamp", format_datetime(at)), ("CallbackSource", "call-progress-events")]


def post(board: Switchboard, lane: tuple[str, str], sid: str, url: str, method: str, params: Params) -> None:
    """A callback whose answer nobody reads, after those before it in the lane. A refusal is noted as trouble."""
    generation = board.carrier.generation
    board.lanes.put(lane, lambda: _post(board, sid, url, method, params, generation))


def _post(board: Switchboard, sid: str, url: str, method: str, params: Params, generation: int) -> None:
    settings, attempt = board.settings, Attempt(url)
    try:
        answer = webhook(url, method, params, settings.auth_token, new_sid(""), settings.webhook_timeout)
        attempt.status, attempt.answer = answer.status, answer.text
        if answer.status >= 300:
            attempt.code, attempt.problem = 11200, f"the callback answered HTTP {answer.status}"
    except FetchError as error:
        attempt.code, attempt.problem = error.code, str(error)
    if attempt.code and generation == board.carrier.generation:
        board.carrier.trouble("warning", board.clock.now(), sid, attempt)


def after(at: datetime, seconds: float) -> datetime:
    """So many seconds later."""
    return at + timedelta(seconds=seconds)
