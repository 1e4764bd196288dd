"""POST /twilio/sms: somebody texted one of our numbers. The answer is the webhook's own reply."""

import logging

from flask import Blueprint, Response, request

from hotline import carrier, phones
from hotline.dispatch import Inbound, take_text
from hotline.house import House
from hotline.web.signed import house, signed, twiml
from hotline.wording import words_for

log = logging.getLogger(__name__)
pages = Blueprint("sms", __name__)


@pages.post("/twilio/sms")
@signed
def sms() -> Response:
    form = request.form
    inbound = Inbound(
        sid=form.get("MessageSid") or form.get("SmsSid", ""),
        to=form.get("To", ""),
        from_=form.get("From", ""),
        body=form.get("Body", ""),
        media=int(form["NumMedia"]) if form.get("NumMedia", "").isdigit() else 0,
    )
    here = house()
    try:
        reply = take_text(here, inbound)
    except Exception as exc:  # whatever went wrong, a person is told whom to call
        log.error("text not taken", extra={"fault": type(exc).__name__})
        return twiml(_static(here, inbound))
    address = here.settings.public_url + "/twilio/status?d="
    return twiml(carrier.twiml_reply([(words, f"{address}{id}") for words, id in reply.texts]))


def _static(here: House, inbound: Inbound) -> str:
    """The 911, 988 and desk line, from what is in memory: nothing here may need the database."""
    program = here.programs.remembered(inbound.to)
    if program is None or not phones.is_person(inbound.from_):
        return carrier.twiml_reply()
    language = here.catalogue.language(inbound.body)
    return carrier.twiml_reply([(words_for(here, program, "intake.static", {}, language), None)])
