"""The web process: what Twilio, load balancers and people with a browser reach."""

import logging

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from hotline.house import House
from hotline.outage import Outage
from hotline.pulse import Pulse
from hotline.web import health, metrics, simulated, sms, status, voice

log = logging.getLogger(__name__)

BODY_LIMIT = 1_000_000  # bytes; the largest webhook Twilio sends is some kilobytes


def create_web(house: House) -> Flask:
    app = Flask("hotline", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.config["HOUSE"] = house
    outage = app.config["OUTAGE"] = Outage(house)
    app.config["PULSE"] = Pulse(house.engine, outage.refresh, outage.tell_managers)
    try:
        house.vault.ready()
    except (SQLAlchemyError, OSError) as exc:  # it answers, and finds the database when that comes back
        log.error("started without a database", extra={"fault": type(exc).__name__})
    for part in (sms, voice, status, health, metrics):
        app.register_blueprint(part.pages)
    if house.settings.simulated_time:
        app.register_blueprint(simulated.pages)
    return app
