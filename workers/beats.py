"""Signs of life, in real time: a simulated clock that jumps must make nobody dead."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine, select

from hotline.clock import Clock
from hotline.models import heartbeats
from hotline.models.engine import reader
from hotline.statements import insert_or

log = logging.getLogger(__name__)

EVERY_S = 1.0
ALIVE = timedelta(seconds=3)

_real = Clock()


def beat(engine: Engine, name: str) -> None:
    """`name` is alive: urgent, routine or clock."""
    now = _real.now()
    with engine.begin() as connection:
        statement = insert_or(connection, heartbeats).values(name=name, at=now)
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


def is_alive(engine: Engine, name: str) -> bool:
    with reader(engine).connect() as connection:
        at = connection.scalar(select(heartbeats.c.at).where(heartbeats.c.name == name))
    return at is not None and _real.now() - at < ALIVE


class Heart(threading.Thread):
    """Beats as long as `is_well` says so and the database lets it."""

    def __init__(self, engine: Engine, name: str, is_well: Callable[[], bool] = lambda: True) -> None:
        super().__init__(name="heart", daemon=True)
        self._engine, self._whose, self._is_well = engine, name, is_well
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                if self._is_well():
                    beat(self._engine, self._whose)
            except Exception as exc:
                log.warning("no sign of life could be given", extra={"fault": type(exc).__name__})
            self._stopped.wait(EVERY_S)
