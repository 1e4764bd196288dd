"""POST /twilio/status: what became of a text, or of a call."""

import logging

from flask import Blueprint, Response, current_app, request

from hotline import calling, statuses
from hotline.pulse import Pulse
from hotline.web.signed import house, signed, whole_number

log = logging.getLogger(__name__)
pages = Blueprint("status", __name__)


@pages.post("/twilio/status")
@signed
def status() -> Response:
    form = request.form
    pulse: Pulse = current_app.config["PULSE"]
    if not pulse.beats:  # the carrier is asked afterwards
        return Response(status=204)
    if "CallStatus" in form:
        return _call()
    told = (form.get("MessageStatus") or form.get("SmsStatus", "")).lower()
    sid = form.get("MessageSid") or form.get("SmsSid", "")
    error = whole_number(form.get("ErrorCode", ""))
    delivery = whole_number(request.args.get("d", ""))
    try:
        statuses.note(house(), delivery, sid, told, error)
    except Exception as exc:  # the carrier is asked about what was never told
        log.error("status not taken", extra={"fault": type(exc).__name__})
    return Response(status=204)


def _call() -> Response:
    call = whole_number(request.args.get("c", ""))
    try:
        calling.take_end(house(), call, request.form.get("CallSid", ""), request.form["CallStatus"].lower())
    except Exception as exc:  # the carrier is asked about calls whose end was never told
        log.error("a call's status not taken", extra={"fault": type(exc).__name__})
    return Response(status=204)
