"""The floor: the same server and signature check, with the job cut to the bone in raw SQL.

Insert the text in, read and advance one state row, insert the text out, one commit. What the line costs above this is
what the line is.
"""

import os
import sqlite3
import threading
from typing import Any

from flask import Flask, Response, request

from hotline import signatures
from hotline.twiml import twiml_reply

TABLES = (
    "CREATE TABLE IF NOT EXISTS floor_in (sid TEXT PRIMARY KEY, sender TEXT, body TEXT)",
    "CREATE TABLE IF NOT EXISTS floor_state (sender TEXT PRIMARY KEY, turn INTEGER)",
    "CREATE TABLE IF NOT EXISTS floor_out (sid TEXT, sender TEXT, body TEXT)",
)
WORDS = "Hi, this is an automated help line. Is anyone in danger now? Reply YES or NO."


def create_app() -> Flask:
    app = Flask("floor", static_folder=None)
    url, tokens = os.environ["PUBLIC_URL"], (os.environ["TWILIO_AUTH_TOKEN"],)
    take = _postgresql(os.environ["DATABASE_URL"]) if "postgres" in os.environ["DATABASE_URL"] else _sqlite()

    @app.post("/twilio/sms")
    def sms() -> Response:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not signatures.valid(url + "/twilio/sms", request.form, signature, tokens):
            return Response(status=403)
        form = request.form
        take(form["MessageSid"], form["From"], form["Body"])
        return Response(twiml_reply([(WORDS, None)]), mimetype="text/xml")

    return app


def _postgresql(url: str) -> Any:
    import psycopg

    local = threading.local()

    def take(sid: str, sender: str, body: str) -> None:
        if not hasattr(local, "connection"):
            local.connection = psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:"))
        connection = local.connection
        connection.execute("INSERT INTO floor_in VALUES (%s, %s, %s)", (sid, sender, body))
        connection.execute("SELECT turn FROM floor_state WHERE sender = %s", (sender,)).fetchone()
        connection.execute(
            "INSERT INTO floor_state VALUES (%s, 1) ON CONFLICT (sender) DO UPDATE SET turn = floor_state.turn + 1",
            (sender,),
        )
        connection.execute("INSERT INTO floor_out VALUES (%s, %s, %s)", (sid, sender, WORDS))
        connection.commit()

    return take


def _sqlite() -> Any:
    local = threading.local()

    def take(sid: str, sender: str, body: str) -> None:
        if not hasattr(local, "connection"):
            path = os.environ["DATABASE_URL"].removeprefix("sqlite:///")
            local.connection = sqlite3.connect(path, timeout=5, isolation_level=None)
            local.connection.execute("PRAGMA journal_mode=WAL")
            local.connection.execute("PRAGMA synchronous=FULL")
        connection = local.connection
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO floor_in VALUES (?, ?, ?)", (sid, sender, body))
        connection.execute("SELECT turn FROM floor_state WHERE sender = ?", (sender,)).fetchone()
        connection.execute(
            "INSERT INTO floor_state VALUES (?, 1) ON CONFLICT (sender) DO UPDATE SET turn = turn + 1", (sender,)
        )
        connection.execute("INSERT INTO floor_out VALUES (?, ?, ?)", (sid, sender, WORDS))
        connection.execute("COMMIT")

    return take
