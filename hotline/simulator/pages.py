"""The page that holds every phone: its files, the events that keep it fresh, and what the line tells it, passed on.

The page asks nobody but this simulator for anything, and the policy below has the browser see to that.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, jsonify, request, send_from_directory
from flask.typing import ResponseReturnValue

from . import events
from .fetch import FetchError, get
from .rest import board

pages = Blueprint("pages", __name__)

FOLDER = Path(__file__).with_name("page")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
LINE_S = 5.0  # real seconds the line may take to say what it is doing


@pages.after_request
def guard(response: Response) -> Response:
    """Nothing from elsewhere, and always today's files."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-cache")
    return response


@pages.get("/")
def page() -> Response:
    """The phones."""
    return send_from_directory(FOLDER, "index.html")


@pages.get("/page/<path:name>")
def file(name: str) -> Response:
    """What the page is made of."""
    return send_from_directory(FOLDER, name)


@pages.get("/api/events")
def stream() -> Response:
    """Server-sent events: what has changed, from the beginning or after Last-Event-ID, then as it happens."""
    last = request.headers.get("Last-Event-ID", "")
    lines = events.stream(board(), current_app.extensions["plays"], current_app.extensions["stopping"], last)
    return Response(lines, mimetype="text/event-stream", headers={"Cache-Control": "no-store"})


@pages.get("/api/line/<any(state, flows):what>")
def line(what: str) -> ResponseReturnValue:
    """What the line tells of itself. 404 where it tells nothing, 502 where it does not answer."""
    address = board().settings.line
    if address is None:
        return jsonify(error="this carrier has no line behind it"), 404
    query = urlencode(list(request.args.items(multi=True)))
    try:
        told = get(f"{address}/simulated/{what}" + (f"?{query}" if query else ""), LINE_S)
    except FetchError as error:
        return jsonify(error=f"the line cannot be reached: {error}"), 502
    if told.status == 404:
        return jsonify(error="this line does not say what it is doing: it runs in real time"), 404
    if told.status != 200:
        return jsonify(error=f"the line answered {told.status}"), 502
    return Response(told.body, mimetype="application/json", headers={"Cache-Control": "no-store"})
