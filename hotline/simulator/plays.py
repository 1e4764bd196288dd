"""Plays: commands that this simulator was started with, and that its page may start. One at a time.

A play is a program of its own that texts and calls through the API as anybody does. Before each of its acts it asks
for its turn, which is how it is paused; and it says what is being played.
"""

from __future__ import annotations

import shlex
import subprocess
import threading
from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, jsonify
from werkzeug.exceptions import BadRequest, Conflict, HTTPException

from .api import misunderstood, seconds, wishes

POLITE_S = 4.0  # a play that was told to stop may finish its act
FIRM_S = 2.0  # and then has this long before it is killed

plays = Blueprint("plays", __name__, url_prefix="/api/plays")
plays.register_error_handler(HTTPException, misunderstood)


class Plays:
    """Which plays there are, which is on, and how the last one ended. `changed` is the carrier's own condition."""

    def __init__(self, commands: tuple[tuple[str, str], ...], changed: threading.Condition) -> None:
        self.commands = {name: shlex.split(command) for name, command in commands}
        self._changed = changed
        self._starting = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._stop = False
        self._playing: dict[str, object] | None = None
        self._last: dict[str, object] | None = None

    @property
    def told(self) -> dict[str, object]:
        """As the API shows it."""
        with self._changed:
            named = [{"name": name, "title": name.replace("_", " ").capitalize()} for name in self.commands]
            playing = dict(self._playing) if self._playing else None
            return {"plays": named, "playing": playing, "last": self._last}

    def start(self, name: str) -> None:
        """Play this one from its beginning, instead of the one that is on."""
        with self._starting:
            self.end()
            process = subprocess.Popen(
                self.commands[name],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
            with self._changed:
                self._process, self._stop = process, False
                since = datetime.now(UTC).isoformat()
                self._playing = {"name": name, "scene": "", "paused": False, "since": since}
                self._changed.notify_all()
            threading.Thread(target=self._watch, args=(process, name), name="simulator-play", daemon=True).start()

    def scene(self, title: str) -> None:
        """What is being played now."""
        self._set(scene=title)

    def pause(self) -> None:
        self._set(paused=True)

    def go(self) -> None:
        self._set(paused=False)

    def stop(self) -> None:
        """Somebody takes over by hand: the play ends after its act."""
        with self._changed:
            self._stop = True
            process = self._process
            self._changed.notify_all()
        if process is not None:
            threading.Thread(target=_end, args=(process, POLITE_S), daemon=True).start()

    def end(self) -> None:
        """At once: another is wanted, or the simulator goes."""
        with self._changed:
            self._stop = True
            process = self._process
            self._changed.notify_all()
        if process is not None:
            _end(process, 0.0)
            with self._changed:
                self._changed.wait_for(lambda: self._process is not process, FIRM_S)

    def turn(self, wait: float) -> dict[str, bool]:
        """Whether the play may go on; waits while it is paused."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopping or not self._is_paused, wait)
            stop = self._is_stopping
            return {"go": not stop and not self._is_paused, "stop": stop}

    @property
    def _is_stopping(self) -> bool:
        """Of the play that is on; one that somebody started in a terminal knows nothing of those that were."""
        return self._stop and self._process is not None

    @property
    def _is_paused(self) -> bool:
        return bool(self._playing and self._playing["paused"])

    def _set(self, **what: object) -> None:
        with self._changed:
            if self._playing is None:
                raise Conflict("nothing is being played")
            self._playing = {**self._playing, **what}
            self._changed.notify_all()

    def _watch(self, process: subprocess.Popen[str], name: str) -> None:
        """Read what it prints, so that it never waits for us; the last line is why it ended."""
        said = ""
        assert process.stdout is not None
        for line in process.stdout:
            said = line.strip() or said
        ok = process.wait() == 0
        with self._changed:
            if self._process is process:
                was_stopped, self._process, self._playing = self._stop, None, None
                ended = datetime.now(UTC).isoformat()
                self._last = {"name": name, "ended": ended, "ok": ok or was_stopped, "said": said}
                self._changed.notify_all()


def _end(process: subprocess.Popen[str], polite: float) -> None:
    """Wait, then ask, then kill."""
    for patience, insist in ((polite, process.terminate), (FIRM_S, process.kill)):
        try:
            process.wait(patience)
            return
        except subprocess.TimeoutExpired:
            insist()


def _plays() -> Plays:
    found: Plays = current_app.extensions["plays"]
    return found


@plays.get("")
def listed() -> Response:
    """{plays: [{name, title}], playing, last}."""
    return jsonify(_plays().told)


@plays.post("")
def start() -> Response:
    """{name}: start it; one that is on is ended."""
    name = wishes().get("name")
    if name not in _plays().commands:
        raise BadRequest(f"name: one of {', '.join(_plays().commands) or 'none: started without --play'}")
    try:
        _plays().start(str(name))
    except OSError as error:
        raise Conflict(f"it cannot be started: {error.strerror or error}") from None
    return listed()


@plays.post("/<any(pause, go, stop):what>")
def told_to(what: str) -> Response:
    """Pause it, let it go on, or take over."""
    {"pause": _plays().pause, "go": _plays().go, "stop": _plays().stop}[what]()
    return listed()


@plays.get("/turn")
def turn() -> Response:
    """For the play itself: `?wait=S` while paused. {go, stop}."""
    return jsonify(_plays().turn(seconds("wait")))


@plays.post("/scene")
def scene() -> Response:
    """For the play itself: {title}."""
    _plays().scene(str(wishes().get("title", "")))
    return listed()
