"""/simulated-time, only where HOTLINE_SIMULATED_TIME is set: the clock of every process, moved at once."""

from flask import Blueprint, Response, jsonify, request

from hotline import simulated_time
from hotline.web.signed import house

pages = Blueprint("simulated", __name__)


@pages.get("/simulated-time")
def state() -> Response:
    return jsonify(simulated_time.state(house()))


@pages.post("/simulated-time")
def forward() -> tuple[Response, int]:
    try:
        simulated_time.forward(house(), request.form.get("forward", ""))
    except ValueError as exc:
        return jsonify(error=str(exc)), 400
    return jsonify(simulated_time.state(house())), 200
