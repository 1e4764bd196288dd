"""Twilio's REST API for what calls leave behind or wait in: recordings, queues, conferences."""

from __future__ import annotations

import io
import wave

from flask import Response, jsonify, request

from . import calls
from .call_records import Conference, Queue, Recording, Waiting
from .errors import CarrierError
from .rest import board, misfortune, page, rest, rfc2822, silence, within
from .rest_calls import known, where_to

RATE = 8000  # samples a second, of silence


@rest.get("/<account>/Recordings.json")
def list_recordings(account: str) -> Response:
    """Recordings, newest first, by CallSid and DateCreated, in pages."""
    return _recordings(request.args.get("CallSid"))


@rest.get("/<account>/Calls/<sid>/Recordings.json")
def list_call_recordings(account: str, sid: str) -> Response:
    """Recordings of one call."""
    return _recordings(known(sid).sid)


def _recordings(call: str | None) -> Response:
    if fault := misfortune("read"):
        return silence(fault)
    with board().lock:
        kept = [it for it in reversed(board().carrier.recordings.values()) if not it.deleted]
        found = [it for it in kept if call in {None, it.call} and within("DateCreated", it.created)]
        return jsonify(page("recordings", found, _as_twilio))


def _recording(sid: str) -> Recording:
    it = board().carrier.recordings.get(sid)
    if it is None or it.deleted:
        raise CarrierError(20404, sid)
    return it


@rest.get("/<account>/Recordings/<sid>.json")
def fetch_recording(account: str, sid: str) -> Response:
    """One recording."""
    if fault := misfortune("read"):
        return silence(fault)
    with board().lock:
        return jsonify(_as_twilio(_recording(sid)))


@rest.delete("/<account>/Recordings/<sid>.json")
def delete_recording(account: str, sid: str) -> Response:
    """Its sound and its words are gone."""
    with board().lock:
        it = _recording(sid)
        it.deleted, it.words = True, ""
    return Response(status=204)


@rest.get("/<account>/Recordings/<sid>")
@rest.get("/<account>/Recordings/<sid>.wav")
@rest.get("/<account>/Recordings/<sid>.mp3")
def media(account: str, sid: str) -> Response:
    """Its sound: silence as long as the words would take. An .mp3 is the same WAV under another name."""
    if fault := misfortune("read"):
        return silence(fault)
    with board().lock:
        seconds = _recording(sid).seconds
    sound = io.BytesIO()
    with wave.open(sound, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(RATE)
        out.writeframes(b"\x80" * (RATE * seconds))
    return Response(sound.getvalue(), mimetype="audio/mpeg" if request.path.endswith(".mp3") else "audio/x-wav")


def _as_twilio(it: Recording) -> dict[str, object]:
    """A recording with Twilio's fields."""
    account = board().settings.account_sid
    root = f"/2010-04-01/Accounts/{account}/Recordings/{it.sid}"
    return {
        "sid": it.sid,
        "account_sid": account,
        "api_version": "2010-04-01",
        "call_sid": it.call,
        "conference_sid": None,
        "channels": 1,
        "source": "RecordVerb",
        "status": it.status,
        "duration": str(it.seconds),
        "error_code": None,
        "price": None,
        "price_unit": "USD",
        "start_time": rfc2822(it.created),
        "date_created": rfc2822(it.created),
        "date_updated": rfc2822(it.created),
        "media_url": f"{board().address}{root}",
        "uri": f"{root}.json",
    }


@rest.get("/<account>/Queues.json")
def list_queues(account: str) -> Response:
    """All queues."""
    if fault := misfortune("read"):
        return silence(fault)
    with board().lock:
        return jsonify(page("queues", list(board().carrier.queues.values()), _queue_as_twilio))


def _queue(sid: str) -> Queue:
    for queue in board().carrier.queues.values():
        if queue.sid == sid:
            return queue
    raise CarrierError(20404, sid)


@rest.get("/<account>/Queues/<sid>.json")
def fetch_queue(account: str, sid: str) -> Response:
    """One queue."""
    with board().lock:
        return jsonify(_queue_as_twilio(_queue(sid)))


def _queue_as_twilio(queue: Queue) -> dict[str, object]:
    account = board().settings.account_sid
    return {
        "sid": queue.sid,
        "account_sid": account,
        "friendly_name": queue.name,
        "current_size": len(queue.members),
        "max_size": queue.size,
        "average_wait_time": queue.average,
        "date_created": rfc2822(queue.created),
        "date_updated": rfc2822(queue.created),
        "uri": f"/2010-04-01/Accounts/{account}/Queues/{queue.sid}.json",
    }


@rest.get("/<account>/Queues/<sid>/Members.json")
def list_members(account: str, sid: str) -> Response:
    """Who waits in a queue, in order."""
    with board().lock:
        queue = _queue(sid)
        shown = [_member(queue, waiting) for waiting in queue.members]
        return jsonify(queue_members=shown, page=0, page_size=len(shown), next_page_uri=None, uri=request.path)


def _member(queue: Queue, waiting: Waiting) -> dict[str, object]:
    account = board().settings.account_sid
    seconds = int((board().clock.reading() - waiting.since).total_seconds())
    return {
        "call_sid": waiting.call.sid,
        "queue_sid": queue.sid,
        "date_enqueued": rfc2822(waiting.since),
        "position": queue.members.index(waiting) + 1,
        "wait_time": max(seconds, 0),
        "uri": f"/2010-04-01/Accounts/{account}/Queues/{queue.sid}/Members/{waiting.call.sid}.json",
    }


@rest.route("/<account>/Queues/<sid>/Members/<call>.json", methods=["GET", "POST"])
def one_member(account: str, sid: str, call: str) -> Response:
    """One waiting call, or the first (`Front`). POST {Url, Method} takes it out of the queue to that document."""
    now = board().clock.now()
    with board().lock:
        queue = _queue(sid)
        found = [waiting for waiting in queue.members if call in {"Front", waiting.call.sid}]
        if not found:
            raise CarrierError(20404, call)
        answer = _member(queue, found[0])
        if request.method == "POST":
            calls.redirect(board(), found[0].call, now, where_to())
        return jsonify(answer)


@rest.get("/<account>/Conferences.json")
def list_conferences(account: str) -> Response:
    """Conferences, newest first, by FriendlyName and Status."""
    if fault := misfortune("read"):
        return silence(fault)
    name, status = request.args.get("FriendlyName"), request.args.get("Status")
    with board().lock:
        rooms = [it for it in reversed(board().carrier.conferences) if name in {None, it.name}]
        return jsonify(page("conferences", [it for it in rooms if status in {None, it.status}], _room_as_twilio))


def _room(sid: str) -> Conference:
    for room in board().carrier.conferences:
        if room.sid == sid:
            return room
    raise CarrierError(20404, sid)


@rest.get("/<account>/Conferences/<sid>.json")
def fetch_conference(account: str, sid: str) -> Response:
    """One conference."""
    with board().lock:
        return jsonify(_room_as_twilio(_room(sid)))


def _room_as_twilio(room: Conference) -> dict[str, object]:
    account = board().settings.account_sid
    return {
        "sid": room.sid,
        "account_sid": account,
        "api_version": "2010-04-01",
        "friendly_name": room.name,
        "status": room.status,
        "region": "us1",
        "reason_conference_ended": room.reason,
        "date_created": rfc2822(room.created),
        "date_updated": rfc2822(room.updated),
        "uri": f"/2010-04-01/Accounts/{account}/Conferences/{room.sid}.json",
    }


@rest.get("/<account>/Conferences/<sid>/Participants.json")
def list_participants(account: str, sid: str) -> Response:
    """Who is in a conference."""
    with board().lock:
        room = _room(sid)
        shown = [
            {
                "call_sid": member.call.sid,
                "conference_sid": room.sid,
                "account_sid": account,
                "muted": member.call.sid in room.room.mute,
                "hold": False,
                "status": "connected",
                "date_created": rfc2822(room.created),
                "date_updated": rfc2822(room.updated),
            }
            for member in room.members
        ]
        return jsonify(participants=shown, page=0, page_size=len(shown), next_page_uri=None, uri=request.path)
