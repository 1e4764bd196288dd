"""The workers' hands without their processes: what is due, done here and now."""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import datetime, timedelta

from sqlalchemy import update

from hotline import dispatch, minding, voicemails
from hotline.carrier import CarrierFault
from hotline.house import House
from hotline.models import deliveries
from workers import outbox, send, settle, waiting

LANES = ("urgent", "routine")
PATIENCE = timedelta(seconds=60)  # longer than any text of a story keeps a number busy


def work(house: House) -> bool:
    """One round: all texts that are due, else the first run that is, else what calls need. Whether there was any."""
    now = house.clock.now()
    with waiting.looking(house) as connection:
        texts = [*waiting.urgent(connection, now), *waiting.routine(connection, house, now, now)]
        due = [] if texts else waiting.due_runs(connection, now)[:1]
    for delivery in texts:
        send.hand_over(house, delivery)
    for run in due:
        dispatch.take_due(house, run.id)
    return bool(texts or due or minding.mind(house) + voicemails.fetch_due(house))


def ahead(house: House, looked: datetime | None = None) -> datetime | None:
    """The next time anything at all is to be done; `looked`: when what was due was done, by default now."""
    with waiting.looking(house) as connection:
        return waiting.ahead(connection, looked or house.clock.now())


def due_runs(house: House) -> list[int]:
    with waiting.looking(house) as connection:
        return [run.id for run in waiting.due_runs(connection, house.clock.now())]


def turn(house: House) -> datetime | None:
    """When the next text that is due gets its turn: a number sends a segment a second. None if none waits for that."""
    now = house.clock.now()
    with waiting.looking(house) as connection:
        if waiting.routine(connection, house, now, now):
            return now  # since we last looked
        is_kept = waiting.routine(connection, house, now, now + PATIENCE)
        instant = waiting.ahead(connection, now)
    return instant if is_kept and instant is not None and instant - now < PATIENCE else None


def leases_run_out(house: House) -> None:
    """As if whoever had a delivery in hand had died a while ago: the carrier is asked what became of it."""
    with house.engine.begin() as connection:
        claimed = update(deliveries).where(deliveries.c.state == "claimed")
        connection.execute(claimed.values(lease=outbox.real.now() - timedelta(seconds=1)))
    for lane in LANES:
        with waiting.looking(house) as connection:
            lapsed = waiting.lapsed(connection, lane)
        for row in lapsed:
            settle.settle(house, row)


class Mishaps(logging.Handler):
    """What the line's own code stumbled over and only logged: a story in which that happens has failed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []
        for name in ("hotline", "workers"):
            logging.getLogger(name).addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        kind, exc, trace = record.exc_info if record.exc_info else sys.exc_info()
        if kind is not None and not issubclass(kind, CarrierFault):
            self.found.append(record.getMessage() + "\n" + "".join(traceback.format_exception(kind, exc, trace)))

    def remove(self) -> None:
        for name in ("hotline", "workers"):
            logging.getLogger(name).removeHandler(self)
