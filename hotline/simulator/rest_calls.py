"""Twilio's REST API for calls: create, list, fetch, and end or redirect a live one."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Response, jsonify, request

from . import calls
from .call_records import LONGEST_CALL, Call, Callbacks, Detection, Fetched
from .call_webhooks import complain
from .errors import CarrierError
from .rest import board, misfortune, page, rest, rfc2822, silence, within
from .twiml import TwimlError
from .twiml_voice import Verb, read_text
from .voice_values import CALLABLE, is_emergency, tones

LONGEST_TWIML = 4000  # characters; twilio.com/docs/voice/api/call-resource
RING = 60  # seconds a call rings when nothing else is asked for
LONGEST_RING = 600  # seconds
EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
METHODS = {"Method", "FallbackMethod", "StatusCallbackMethod", "AsyncAmdStatusCallbackMethod"}
DETECTION = {"MachineDetection", "AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod"}
#: What of answering machine detection may be tuned, with Twilio's ranges; nothing here depends on it.
TUNING = {
    "MachineDetectionTimeout": (3, 120),
    "MachineDetectionSpeechThreshold": (1000, 6000),
    "MachineDetectionSpeechEndThreshold": (500, 5000),
    "MachineDetectionSilenceTimeout": (2000, 10000),
}
KNOWN = frozenset(
    {"To", "From", "Url", "Twiml", "FallbackUrl", "StatusCallback", "StatusCallbackEvent", "Timeout", "TimeLimit"}
    | {"SendDigits", "Record", "CallReason", "CallToken", *METHODS, *DETECTION, *TUNING}
)
UPDATES = frozenset(
    {"Status", "Url", "Twiml", "Method", "FallbackUrl", "FallbackMethod"} | {"StatusCallback", "StatusCallbackMethod"}
)


@rest.post("/<account>/Calls.json")
def create_call(account: str) -> tuple[Response, int] | Response:
    """Accept a call, or refuse it with the code Twilio would use."""
    fault = misfortune("create", request.form.get("To"))
    if fault and str(fault.answer).endswith("_unsent"):
        return silence(fault)
    now = board().clock.now()
    with board().lock:
        about, verbs, ring = _asked_for()
        call = calls.place(board(), now, ring, verbs, **about)
        answer = as_twilio(call)
    return silence(fault) if fault else (jsonify(answer), 201)


def _asked_for() -> tuple[dict[str, object], tuple[Verb, ...], int]:
    """The fields of the call this form asks for, its own verbs, and how long it rings. Raises CarrierError."""
    form = request.form
    _only(KNOWN)
    to, sender = _called(form.get("To", "")), _calling(form.get("From", ""))
    if form.get("Record", "false") != "false":
        raise CarrierError(20001, "Record: recording whole calls is not simulated")
    url, verbs = _document()
    about: dict[str, object] = {
        "to": to,
        "caller": sender,
        "first": (url, _method("Method")),
        "twiml": "" if url else form.get("Twiml", ""),
        "fallback": (_address("FallbackUrl"), _method("FallbackMethod")),
        "callbacks": Callbacks(_address("StatusCallback"), _method("StatusCallbackMethod"), _events()),
        "detection": _detection(),
        "limit": _whole("TimeLimit", LONGEST_CALL, 1, 86400),
        "send_digits": _tones(form.get("SendDigits", "")),
    }
    for name, (least, most) in TUNING.items():
        _whole(name, least, least, most)
    return about, verbs, _whole("Timeout", RING, 1, LONGEST_RING)


def _only(known: frozenset[str]) -> None:
    if unknown := set(request.form) - known:
        raise CarrierError(20001, ", ".join(sorted(unknown)))


def _called(to: str) -> str:
    """The number as E.164. Raises 21201, 13224 for emergency numbers, 21211, and 20001 for a number of ours."""
    plain = re.sub(r"[\s().-]", "", to)
    if not plain:
        raise CarrierError(21201)
    if is_emergency(plain):
        raise CarrierError(13224, to)
    if not CALLABLE.fullmatch(plain):
        raise CarrierError(21211, to)
    if plain in board().carrier.numbers:
        raise CarrierError(20001, f"To {to}: a call of the line to itself is not simulated")
    return plain


def _calling(sender: str) -> str:
    """One of our numbers. Raises 21213, 21212, 21210."""
    if not sender:
        raise CarrierError(21213)
    if not CALLABLE.fullmatch(sender):
        raise CarrierError(21212, sender)
    if sender not in board().carrier.numbers:
        raise CarrierError(21210, sender)
    return sender


def _document() -> tuple[str, tuple[Verb, ...]]:
    """`Url`, or else the verbs of `Twiml`. Raises 21205, or the code of what is wrong with the TwiML."""
    url, twiml = request.form.get("Url", ""), request.form.get("Twiml", "")
    if url:
        return _address("Url"), ()
    if not twiml:
        raise CarrierError(21205)
    if len(twiml) > LONGEST_TWIML:
        raise CarrierError(20001, f"Twiml: {len(twiml)} characters, at most {LONGEST_TWIML} are allowed")
    try:
        return "", read_text(twiml).verbs
    except TwimlError as error:
        note = Fetched("Twiml", code=error.code, problem=str(error), answer=twiml.encode())
        complain(board(), "", note, board().clock.reading())
        raise CarrierError(error.code, str(error)) from None


def where_to() -> tuple[str, str]:
    """`Url` and `Method`. Raises 21205."""
    if not request.form.get("Url"):
        raise CarrierError(21205)
    return _address("Url"), _method("Method")


def _address(name: str) -> str:
    """An absolute address, or nothing. Raises 21205, or 21609 for callbacks. Twilio allows no underscore in a host."""
    url = request.form.get(name, "")
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname or "_" in parts.hostname):
        raise CarrierError(21609 if "Callback" in name else 21205, url)
    return url


def _method(name: str) -> str:
    method = request.form.get(name, "POST").upper()
    if method not in {"GET", "POST"}:
        raise CarrierError(20001, f"{name} {method}")
    return method


def _whole(name: str, default: int, least: int, most: int) -> int:
    told = request.form.get(name, str(default))
    if not told.isdecimal() or not least <= int(told) <= most:
        raise CarrierError(20001, f"{name} {told}: a whole number from {least} to {most} is needed")
    return int(told)


def _events() -> frozenset[str]:
    """The repeated parameter; only `completed` when nothing is said."""
    wanted = frozenset(request.form.getlist("StatusCallbackEvent"))
    if wanted - EVENTS:
        raise CarrierError(20001, f"StatusCallbackEvent {', '.join(sorted(wanted - EVENTS))}")
    return wanted or frozenset({"completed"})


def _detection() -> Detection:
    mode, is_async = request.form.get("MachineDetection", ""), request.form.get("AsyncAmd", "false")
    if mode not in {"", "Enable", "DetectMessageEnd"}:
        raise CarrierError(20001, f"MachineDetection {mode}")
    if is_async not in {"true", "false"}:
        raise CarrierError(20001, f"AsyncAmd {is_async}")
    url = _address("AsyncAmdStatusCallback") if is_async == "true" else ""
    return Detection(mode, url, _method("AsyncAmdStatusCallbackMethod"), waits=is_async == "false")


def _tones(digits: str) -> str:
    try:
        return str(tones(digits, "")) if digits else ""
    except ValueError as error:
        raise CarrierError(20001, f"SendDigits: {error}") from None


@rest.get("/<account>/Calls.json")
def list_calls(account: str) -> Response:
    """Calls, newest first, by To, From, Status, ParentCallSid, StartTime and EndTime, in pages."""
    if fault := misfortune("read"):
        return silence(fault)
    with board().lock:
        found = [call for call in reversed(board().carrier.calls.values()) if not call.private and _fits(call)]
        return jsonify(page("calls", found, as_twilio))


def _fits(call: Call) -> bool:
    query = request.args
    own = {"To": call.to, "From": call.caller, "Status": call.status, "ParentCallSid": call.parent}
    if any(name in query and query[name] != value for name, value in own.items()):
        return False
    ends = any(name.startswith("EndTime") for name in query)
    return within("StartTime", call.answered or call.created) and (
        not ends or (call.ended is not None and within("EndTime", call.ended))
    )


def known(sid: str) -> Call:
    """A call that is the line's business. Raises 20404."""
    call = board().carrier.call(sid)
    if call.private:
        raise CarrierError(20404, sid)
    return call


@rest.get("/<account>/Calls/<sid>.json")
def fetch_call(account: str, sid: str) -> Response:
    """One call."""
    if fault := misfortune("read"):
        return silence(fault)
    with board().lock:
        return jsonify(as_twilio(known(sid)))


@rest.post("/<account>/Calls/<sid>.json")
def update_call(account: str, sid: str) -> Response:
    """End it (`Status`), or send it elsewhere (`Url` or `Twiml`); 21220 when it is not in progress."""
    now, form = board().clock.now(), request.form
    with board().lock:
        call = known(sid)
        fault = misfortune("create", call.to)
        if fault and str(fault.answer).endswith("_unsent"):
            return silence(fault)
        _only(UPDATES)
        status = form.get("Status", "")
        if status not in {"", "completed", "canceled"}:
            raise CarrierError(20001, f"Status {status}")
        if status:
            if call.going_on and (status == "completed" or not call.answered):
                calls.finish(board(), call, now)
        elif "Url" in form or "Twiml" in form:
            url, verbs = _document()
            if call.status != "in-progress":
                raise CarrierError(21220, f"It is {call.status}")
            if "FallbackUrl" in form:
                call.fallback = _address("FallbackUrl"), _method("FallbackMethod")
            calls.redirect(board(), call, now, (url, _method("Method")), form.get("Twiml", ""), verbs)
        else:
            raise CarrierError(20001, "Status, Url or Twiml is needed")
        answer = as_twilio(call)
    return silence(fault) if fault else jsonify(answer)


@rest.delete("/<account>/Calls/<sid>.json")
def delete_call(account: str, sid: str) -> Response:
    """Forget one call that has ended. Raises 20009 while it goes on."""
    with board().lock:
        call = known(sid)
        if call.going_on:
            raise CarrierError(20009)
        del board().carrier.calls[sid], board().carrier.calls_by_change[sid]
    return Response(status=204)


def as_twilio(call: Call) -> dict[str, object]:
    """A call with Twilio's fields."""
    account = board().settings.account_sid
    root = f"/2010-04-01/Accounts/{account}/Calls/{call.sid}"
    ours = call.to if call.direction == "inbound" else call.caller
    number = board().carrier.numbers.get(ours)
    return {
        "sid": call.sid,
        "account_sid": account,
        "api_version": "2010-04-01",
        "parent_call_sid": call.parent,
        "from": call.caller,
        "from_formatted": call.caller,
        "to": call.to,
        "to_formatted": call.to,
        "caller_name": None,
        "direction": call.direction,
        "status": call.status,
        "answered_by": call.machine or None,
        "phone_number_sid": number.sid if number else None,
        "forwarded_from": None,
        "group_sid": None,
        "trunk_sid": "",
        "queue_time": "0",
        "annotation": None,
        "price": None,
        "price_unit": "USD",
        "duration": str(call.duration) if call.duration is not None else None,
        "start_time": rfc2822(call.answered or call.created) if call.status != "queued" else None,
        "end_time": rfc2822(call.ended) if call.ended else None,
        "date_created": rfc2822(call.created),
        "date_updated": rfc2822(call.updated),
        "uri": f"{root}.json",
        "subresource_uris": {"recordings": f"{root}/Recordings.json", "notifications": f"{root}/Notifications.json"},
    }
