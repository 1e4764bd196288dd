"""The web process: what Twilio, load balancers and people with a browser reach."""

from flask import Flask

from hotline.house import House
from hotline.web import health, metrics, simulated, sms, status

BODY_LIMIT = 1_000_000  # bytes; the largest webhook Twilio sends is some kilobytes


def create_web(house: House) -> Flask:
    app = Flask("hotline", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.config["HOUSE"] = house
    house.vault.ready()
    for part in (sms, status, health, metrics):
        app.register_blueprint(part.pages)
    if house.settings.simulated_time:
        app.register_blueprint(simulated.pages)
    return app
