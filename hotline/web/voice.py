"""POST /twilio/voice: somebody calls one of our numbers; below it, every later step of a call."""

import logging
from collections.abc import Callable

from flask import Blueprint, Response, current_app, request

from hotline import calling, voice, voicemails
from hotline.calling import Arrival, Step
from hotline.outage import Outage
from hotline.pulse import Gone, Pulse
from hotline.web.signed import house, signed, twiml, whole_number

log = logging.getLogger(__name__)
pages = Blueprint("voice", __name__)
STEPS = ("answered", "keys", "silent", "waits", "left", "recorded")
SURE = 0.4  # of 1: below it nothing is made of what was heard
TALKED = ("bridged", "redirected-from-bridged", "completed", "answered")


@pages.post("/twilio/voice")
@signed
def arrives() -> Response:
    form = request.form
    arrival = Arrival(form.get("CallSid", ""), form.get("To", ""), form.get("From", ""))
    return _answered(arrival.to, arrival.from_, lambda: calling.take_arrival(house(), arrival))


@pages.post("/twilio/voice/<int:call>/<what>/<int:turn>")
@signed
def steps(call: int, what: str, turn: int) -> Response:
    form = request.form
    if what not in STEPS or not 0 <= call < 2**63:
        return twiml(voice.document([], voice.End()))
    talked = form.get("QueueResult") or form.get("DialCallStatus", "")
    step = Step(
        sid=form.get("CallSid", ""),
        call=call,
        turn=turn,
        what=what,
        digits="" if what == "recorded" else form.get("Digits", "")[:20],
        words=form.get("SpeechResult", "")[:1600],
        is_sure=_is_sure(form.get("Confidence", "")),
        machine=form.get("AnsweredBy", ""),
        joined=talked in TALKED,
        over=form.get("CallStatus", "") in calling.ENDED,
        recording=form.get("RecordingSid", "")[:64],
        seconds=whole_number(form.get("RecordingDuration", "")) or 0,
    )
    outbound = form.get("Direction", "inbound").startswith("outbound")
    ours, theirs = ("From", "To") if outbound else ("To", "From")
    called, caller = form.get(ours, ""), form.get(theirs, "")
    return _answered(called, caller, lambda: calling.take_step(house(), step), in_queue=what == "waits")


@pages.post("/twilio/voice/<int:call>/kept")
@signed
def kept(call: int) -> Response:
    """What became of a recording; what is missed here is asked for anyway."""
    form = request.form
    if call >= 2**63:
        return Response(status=204)
    told = (form.get("RecordingSid", "")[:64], form.get("RecordingStatus", "").lower())
    seconds = whole_number(form.get("RecordingDuration", "")) or 0
    try:
        voicemails.told(house(), call, *told, seconds)
    except Exception as exc:
        log.error("a recording's status not taken", extra={"fault": type(exc).__name__})
    return Response(status=204)


@pages.get("/twilio/voice/<int:call>/message/<int:id>/<token>")
def message(call: int, id: int, token: str) -> Response:
    """A message, for the carrier to play. Its address is its key, and good only while that call goes on."""
    try:
        audio = voicemails.audio(house(), call, id, token) if max(call, id) < 2**63 else None
    except Exception as exc:
        log.error("a message could not be played", extra={"fault": type(exc).__name__})
        audio = None
    if audio is None:
        return Response(status=404)
    return Response(audio, mimetype="audio/wav", headers={"Cache-Control": "private, no-store"})


def _is_sure(confidence: str) -> bool:
    """Whether the carrier thinks that it heard right; it may not say (facts 1.6)."""
    try:
        return float(confidence) >= SURE
    except ValueError:
        return True


def _answered(ours: str, theirs: str, take: Callable[[], str], in_queue: bool = False) -> Response:
    """What to do next, or, whatever went wrong, whom to call, and the desk.

    In a queue nobody can be put through: they leave it first, and are told so by the next document.
    """
    try:
        pulse: Pulse = current_app.config["PULSE"]
        if not pulse.beats:
            raise Gone
        return twiml(take())
    except Exception as exc:
        log.error("call not taken", exc_info=None if isinstance(exc, Gone) else exc)
    if in_queue:
        return twiml(voice.document([], voice.Leave()))
    outage: Outage = current_app.config["OUTAGE"]
    try:
        outage.tell_managers()
        return twiml(outage.spoken(ours, theirs))
    except Exception as exc:  # never "an application error has occurred"
        log.error("not even a static answer", exc_info=exc)
        return twiml(voice.document([voice.IN_DANGER], voice.End()))
