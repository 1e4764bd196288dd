"""Statuses: what became of a text, as the carrier tells it. They come late, twice, out of order, and never go back."""

from sqlalchemy import or_, select, update

from hotline.dispatch import sent, take_fate
from hotline.house import House
from hotline.models import deliveries

# How far each status is along (facts 1.8); the last are final.
RANK = {"accepted": 1, "scheduled": 1, "queued": 1, "sending": 2, "sent": 3}
FINAL = {"delivered": 9, "read": 9, "undelivered": 9, "failed": 9, "canceled": 9}
FAILED = ("undelivered", "failed", "canceled")


def note(here: House, delivery: int | None, sid: str, told: str, error: int | None) -> None:
    """Write down how far a delivery came; a failure goes to the run that said it."""
    rank = RANK.get(told) or FINAL.get(told)
    if rank is None or not sid:
        return
    which = or_(deliveries.c.id == delivery, deliveries.c.sid == sid) if delivery else deliveries.c.sid == sid
    with here.engine.connect() as connection:
        row = connection.execute(
            select(deliveries.c.id, deliveries.c.state, deliveries.c.rank, deliveries.c.sid).where(which)
        ).first()
    if row is None or row.rank >= rank or (row.sid and row.sid != sid):
        return
    if row.state in ("due", "claimed"):  # the status came before our own note that it was sent
        sent(here, row.id, sid)
    if told in FAILED:
        with here.engine.begin() as connection:
            connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(sid=sid))
        take_fate(here, row.id, told, error)
        return
    state = "delivered" if told in ("delivered", "read") else "sent"
    with here.engine.begin() as connection:
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id == row.id, deliveries.c.rank < rank, deliveries.c.state != "failed")
            .values(sid=sid, rank=rank, state=state, due=None)
        )
