"""The pulse: whether the database still answers, felt every second, so that no webhook waits for one that does not.

A server that is stopped, or a network that swallows everything, refuses nothing: without this a text would wait longer
than the 15 seconds Twilio does. Whoever waits on such a server is cut loose, and until it answers again nobody is sent
there.
"""

import logging
import threading
from collections.abc import Callable

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from hotline.clock import monotonic
from hotline.models.engine import create_engine, reader, retriable, sever

log = logging.getLogger(__name__)

EVERY_S = 1.0
UNANSWERED_S = 4.0  # of Twilio's 15, with as much again for one more try
REFRESHED_S = 30.0
TOLD_AFTER_S = 60.0  # gone so long, managers hear of it though nobody texts: the pages under way stand still


class Gone(Exception):
    """The database does not answer: waiting for it would be silence to whoever texts, or is on the line."""


class Pulse:
    """Feels one database from one process. `beats` is false from when it stopped answering until it answers again."""

    def __init__(
        self, engine: Engine, refresh: Callable[[], None], alarm: Callable[[], object], every: float = EVERY_S
    ) -> None:
        self._engine, self._refresh, self._alarm, self._every = engine, refresh, alarm, every
        # A connection of its own: one that had to be waited for would say nothing about the database.
        self._own = create_engine(engine.url.render_as_string(hide_password=False)) if _is_away(engine) else engine
        self._asked_at: float | None = None
        self._refreshed_at = float("-inf")
        self._gone_since: float | None = None
        self._over = threading.Event()

    @property
    def beats(self) -> bool:
        return self._gone_since is None

    def start(self) -> None:
        """Feel it until this process ends."""
        for job in (self._feel, self._guard):
            threading.Thread(target=job, name="pulse", daemon=True).start()

    def stop(self) -> None:
        self._over.set()

    def feel(self) -> None:
        """Once: ask it something, and take the snapshot anew when that is old."""
        self._asked_at = monotonic()
        try:
            self._ask()
            self._asked_at = None
            if monotonic() - self._refreshed_at >= REFRESHED_S:
                self._refresh()
                self._refreshed_at = monotonic()
        except (SQLAlchemyError, OSError) as exc:
            self._lost(type(exc).__name__)
            for engine in (self._engine, self._own):  # what is idle belongs to what was there before
                engine.dispose()
                reader(engine).dispose()
        except Exception as exc:
            log.error("who is who could not be taken", exc_info=exc)
        else:
            self._found()
        finally:
            self._asked_at = None

    def _ask(self) -> None:
        try:
            self._select()
        except SQLAlchemyError as exc:
            if not retriable(exc):
                raise
            self._select()  # one broken connection is no outage

    def _select(self) -> None:
        with reader(self._own).connect() as connection:
            connection.execute(text("SELECT 1 FROM programs LIMIT 1"))

    def guard(self) -> None:
        """Once: cut loose whoever waits for a server that has not answered for seconds."""
        asked_at = self._asked_at
        if asked_at is not None and monotonic() - asked_at >= UNANSWERED_S:
            self._lost("no answer")
            sever(self._engine)
            sever(self._own)

    def _feel(self) -> None:
        while not self._over.is_set():
            self.feel()
            self._over.wait(self._every)

    def _guard(self) -> None:
        while not self._over.wait(self._every / 2):
            self.guard()
            if self._gone_since is not None and monotonic() - self._gone_since >= TOLD_AFTER_S:
                self._alarm()

    def _lost(self, fault: str) -> None:
        if self._gone_since is None:
            self._gone_since = monotonic()
            log.error("the database is gone", extra={"fault": fault})

    def _found(self) -> None:
        if self._gone_since is not None:
            log.warning("the database is back", extra={"seconds": round(monotonic() - self._gone_since, 1)})
            self._gone_since = None


def _is_away(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"
