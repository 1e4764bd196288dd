"""POST /twilio/sms: somebody texted one of our numbers. The answer is the webhook's own reply."""

import logging
import re

from flask import Blueprint, Response, current_app, request

from hotline.dispatch import Inbound, Reply, take_text
from hotline.house import House
from hotline.outage import Outage
from hotline.pulse import Gone, Pulse
from hotline.twiml import twiml_reply
from hotline.web.signed import house, signed, twiml, whole_number

log = logging.getLogger(__name__)
pages = Blueprint("sms", __name__)
LONGEST = 4_000  # characters; Twilio sends 1,600 at most (facts 1.2), and reading danger in a book takes seconds


@pages.post("/twilio/sms")
@signed
def sms() -> Response:
    form, here = request.form, house()
    inbound = Inbound(
        sid=_sid(form.get("MessageSid") or form.get("SmsSid", "")),
        to=form.get("To", ""),
        from_=form.get("From", ""),
        body=form.get("Body", "")[:LONGEST],
        media=whole_number(form.get("NumMedia", "")) or 0,
    )
    try:
        reply = _taken(here, inbound)
    except Exception as exc:  # whatever went wrong, a person is told whom to call
        log.error("text not taken", exc_info=None if isinstance(exc, Gone) else exc)
        return twiml(_static(current_app.config["OUTAGE"], inbound))
    address = here.settings.public_url + "/twilio/status?d="
    return twiml(twiml_reply([(words, f"{address}{id}") for words, id in reply.texts]))


def _sid(given: str) -> str:
    """What is no SID names no text: two such texts are two, and neither gets the answer to the other."""
    return given if re.fullmatch(r"[0-9A-Za-z_-]{1,64}", given) else f"none-{house().clock.id()}"


def _taken(here: House, inbound: Inbound) -> Reply:
    pulse: Pulse = current_app.config["PULSE"]
    if not pulse.beats:
        raise Gone
    return take_text(here, inbound)


def _static(outage: Outage, inbound: Inbound) -> str:
    """What can be said from memory alone; the managers hear that this happened."""
    words = None
    try:
        outage.tell_managers()
        words = outage.answer(inbound.to, inbound.from_, inbound.body)
    except Exception as exc:  # a signed request never gets a 5xx
        log.error("not even a static answer", exc_info=exc)
    return twiml_reply([(words, None)] if words else [])
