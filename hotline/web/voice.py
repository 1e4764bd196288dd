"""POST /twilio/voice: somebody calls one of our numbers; below it, every later step of a call."""

import logging
from collections.abc import Callable

from flask import Blueprint, Response, current_app, request

from hotline import calling, voice
from hotline.calling import Arrival, Step
from hotline.outage import Outage
from hotline.pulse import Pulse
from hotline.web.signed import house, signed, twiml, whole_number

log = logging.getLogger(__name__)
pages = Blueprint("voice", __name__)
STEPS = ("answered", "keys", "silent", "waits", "left", "recorded")
TALKED = ("bridged", "redirected-from-bridged", "completed", "answered")


class Gone(Exception):
    """The database does not answer: waiting for it would be silence to whoever is on the line."""


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
        machine=form.get("AnsweredBy", ""),
        joined=talked in TALKED,
        recording=form.get("RecordingSid", ""),
        seconds=whole_number(form.get("RecordingDuration", "")) or 0,
    )
    outbound = form.get("Direction", "inbound").startswith("outbound")
    ours, theirs = ("From", "To") if outbound else ("To", "From")
    return _answered(form.get(ours, ""), form.get(theirs, ""), lambda: calling.take_step(house(), step))


def _answered(ours: str, theirs: str, take: Callable[[], str]) -> Response:
    """What to do next, or, whatever went wrong, whom to call, and the desk."""
    try:
        pulse: Pulse = current_app.config["PULSE"]
        if not pulse.beats:
            raise Gone
        return twiml(take())
    except Exception as exc:
        log.error("call not taken", exc_info=None if isinstance(exc, Gone) else exc)
    outage: Outage = current_app.config["OUTAGE"]
    try:
        outage.tell_managers()
        return twiml(outage.spoken(ours, theirs))
    except Exception as exc:  # never "an application error has occurred"
        log.error("not even a static answer", exc_info=exc)
        return twiml(voice.document([voice.Said("en", "In danger, hang up and dial 9 1 1.")], voice.End()))
