"""Calls in our JSON API: call from any phone, answer, press keys, speak, hang up, and read what was heard."""

from __future__ import annotations

from flask import Response, jsonify, request
from werkzeug.exceptions import BadRequest

from . import calls
from .api import api, seconds, wishes
from .call_records import Call
from .rest import board


@api.errorhandler(calls.Senseless)
def senseless(error: calls.Senseless) -> tuple[Response, int]:
    """Something that cannot be done with this call now."""
    return jsonify(error=str(error)), 409


@api.post("/phones/<number>/calls")
def call_from(number: str) -> tuple[Response, int]:
    """A phone calls: {to?, from?, sid?}. `?wait=S` waits until the first document was acted on.

    `from` is what the called side sees. An existing `sid` asks for that call's first document again, which is noted
    and not acted on; a new one is given to the call.
    """
    given = {name: str(value) for name, value in wishes().items() if value is not None}
    if unknown := set(given) - {"to", "from", "sid"}:
        raise BadRequest(f"{', '.join(sorted(unknown))}: no such wish; to, from and sid are")
    sid, ours = given.get("sid", ""), list(board().carrier.numbers)
    if sid in board().carrier.calls:
        call = board().carrier.call(sid)
        calls.ask_again(board(), call)
    else:
        if "to" not in given and len(ours) != 1:
            raise BadRequest("to: say which number is called")
        call = calls.dial(board(), number, given.get("to") or ours[0], given.get("from", ""), sid)
    return _shown(call), 201


def _shown(call: Call) -> Response:
    """The call; after `?wait=` real seconds at most, so that nothing asked for is missing."""
    if wait := seconds("wait"):
        board().carrier.wait_for(lambda: call.asking == 0, wait)
    with board().lock:
        return jsonify(call.as_json())


@api.get("/calls")
def all_calls() -> Response:
    """Calls changed after the cursor, oldest call first: {cursor, calls}. `?phone=` for one phone's."""
    return _call_changes(request.args.get("phone"))


@api.get("/phones/<number>/calls")
def phone_calls(number: str) -> Response:
    """Calls of one phone, as above."""
    return _call_changes(number)


def _call_changes(phone: str | None) -> Response:
    since = int(request.args.get("since", 0))

    def found() -> list[Call]:
        changed = [call for call in board().carrier.calls_since(since) if phone in {None, call.phone}]
        return sorted(changed, key=lambda call: call.born)

    board().carrier.wait_for(lambda: bool(found()), seconds("wait"))
    with board().lock:
        return jsonify(cursor=board().carrier.seq, calls=[call.as_json() for call in found()])


@api.get("/calls/<sid>")
def one_call(sid: str) -> Response:
    """One call."""
    with board().lock:
        return jsonify(board().carrier.call(sid).as_json())


@api.post("/calls/<sid>/<any(answer, decline, voicemail, hangup):what>")
def hold_phone(sid: str, what: str) -> Response:
    """What the holder of the phone does; 409 where it makes no sense. `?wait=S` as for keys."""
    call = board().carrier.call(sid)
    act = {"answer": calls.answer, "decline": calls.decline, "voicemail": calls.voicemail, "hangup": calls.hang_up}
    act[what](board(), call)
    return _shown(call)


@api.post("/calls/<sid>/keys")
def keys(sid: str) -> Response:
    """{digits}: keys, one after another. `?wait=S` waits until the answer's document is being acted on."""
    digits = wishes().get("digits")
    if not isinstance(digits, str) or not digits or set(digits) - set("0123456789*#"):
        raise BadRequest("digits: keys 0-9, * and # are needed")
    call = board().carrier.call(sid)
    calls.press(board(), call, digits)
    return _shown(call)


@api.post("/calls/<sid>/speech")
def speech(sid: str) -> Response:
    """{words}: spoken into the phone. `?wait=S` as for keys."""
    words = wishes().get("words")
    if not isinstance(words, str) or not words.strip():
        raise BadRequest("words: what is said is needed")
    call = board().carrier.call(sid)
    calls.speak(board(), call, words.strip())
    return _shown(call)


@api.get("/queues")
def queues() -> Response:
    """Who waits in which queue."""
    with board().lock:
        return jsonify(queues=[queue.as_json() for queue in board().carrier.queues.values()])


@api.get("/conferences")
def conferences() -> Response:
    """Conference rooms and who is in them."""
    with board().lock:
        return jsonify(conferences=[conference.as_json() for conference in board().carrier.conferences])


@api.get("/recordings")
def recordings() -> Response:
    """What was recorded, with the words spoken into it."""
    with board().lock:
        return jsonify(recordings=[recording.as_json() for recording in board().carrier.recordings.values()])
