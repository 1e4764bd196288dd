"""Only where HOTLINE_SIMULATED_TIME is set: the clock of every process, moved at once, and what the line is doing.

Unsigned, as nobody there is real: it is told to whoever holds the simulated phones.
"""

from flask import Blueprint, Response, jsonify, request

from hotline import onlooker, simulated_time
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


@pages.get("/simulated/flows")
def flows() -> Response:
    """Every flow's table."""
    return jsonify(onlooker.flows(house().catalogue))


@pages.get("/simulated/state")
def doing() -> tuple[Response, int]:
    """Of the program that `?program=` names, or of the first."""
    wanted = request.args.get("program")
    program = next((one for one in house().programs.all() if wanted in (None, one.name)), None)
    if program is None:
        return jsonify(error=f"there is no program called {wanted}" if wanted else "no program is loaded"), 404
    return jsonify(onlooker.state(house(), program)), 200
