"""The simulator as a web server: in this process for tests, or in the foreground for `hotline simulator`."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from typing import Self

from flask import Flask, abort, request
from werkzeug.serving import WSGIRequestHandler, make_server

from . import api_calls, rest_calls, rest_numbers, rest_recordings  # noqa: F401  they add routes to api and rest
from .api import api
from .pages import pages
from .plays import Plays, plays
from .rest import rest
from .settings import Settings
from .switchboard import Switchboard


def create_app(settings: Settings) -> Flask:
    """The application with its switchboard at `app.extensions["switchboard"]`, not yet started."""
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    board = app.extensions["switchboard"] = Switchboard(settings)
    app.extensions["plays"] = Plays(settings.plays, board.carrier.changed)
    app.extensions["stopping"] = threading.Event()  # set when whoever waits for events is to let go
    app.before_request(refuse_strangers)
    app.register_blueprint(rest)
    app.register_blueprint(api)
    app.register_blueprint(pages)
    app.register_blueprint(plays)
    return app


def refuse_strangers() -> None:
    """Another site's page, open in the same browser, must not text, call or play anything here."""
    if request.method not in {"GET", "HEAD"} and request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)


class _Quiet(WSGIRequestHandler):
    """No line on the terminal for every request: texts are people's words."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class Simulator:
    """A carrier listening on `url`, in threads of this process.

    Usable as a context manager. Port 0 takes a free one; a taken one raises OSError. `switchboard` gives a test in
    the same process everything.
    """

    def __init__(self, settings: Settings | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.settings = settings or Settings()
        self.app = create_app(self.settings)
        self.switchboard: Switchboard = self.app.extensions["switchboard"]
        with socket.create_server((host, port), backlog=128) as listening:  # werkzeug ends the process on a taken port
            fd = listening.fileno()
            self._server = make_server(host, port, self.app, threaded=True, request_handler=_Quiet, fd=fd)
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._serve, name="simulator-web", daemon=True)
        self.url = f"http://{host}:{self._server.port}"
        self.switchboard.address = self.url

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def start(self) -> Self:
        """Listen, and begin delivering."""
        self.switchboard.start()
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening, delivering and playing; what is under way is dropped."""
        self.app.extensions["stopping"].set()
        self.app.extensions["plays"].end()
        self.switchboard.stop()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def wait(self) -> None:
        """Stay until stopped or interrupted."""
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()


def serve(settings: Settings, host: str = "127.0.0.1", port: int = 8001, quiet: bool = False) -> None:
    """Run until interrupted. Raises OSError when the port is taken."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that whatever is being played ends too
    with Simulator(settings, host, port) as simulator:
        if not quiet:
            print(f"Everybody's phone: {simulator.url}", flush=True)
            print(f"Account {settings.account_sid}, {settings.line or 'no line'}", flush=True)
        try:
            simulator.wait()
        except KeyboardInterrupt:
            pass
