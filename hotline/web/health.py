"""Health: is the process up, and is the line? JSON, for load balancers, monitors and people."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import func, select

from hotline.clock import Clock
from hotline.house import House
from hotline.models import calls, deliveries, heartbeats
from hotline.statements import insert_or
from hotline.web.signed import house

pages = Blueprint("health", __name__)
LATELY = timedelta(seconds=30)
PROCESSES = ("urgent", "routine", "clock")


@pages.get("/health/live")
def live() -> Response:
    return jsonify(state="up")


@pages.get("/health/ready")
def ready() -> tuple[Response, int]:
    here = house()
    try:
        database = _database(here)
    except Exception as exc:
        gone = {"database": {"state": "gone", "fault": type(exc).__name__}, "redis": _redis(here)}
        return jsonify(state="down", **gone), 503
    found = {**database, "redis": _redis(here)}
    # Without Redis there are no queues to work on, and the sweep, which is the clock's, does it all.
    idle = ("redis", "urgent", "routine") if found["redis"]["state"] == "none" else ()
    well = all(part["state"] == "ok" for name, part in found.items() if name not in idle)
    return jsonify(state="ready" if well else "degraded", **found), 200


def _database(here: House) -> dict[str, Any]:
    """Writable, because a database that only reads loses every text."""
    now, real = here.clock.now(), Clock().now()  # signs of life are real: a moved clock makes nobody dead
    with here.engine.begin() as connection:
        beat = insert_or(connection, heartbeats).values(name="web", at=real)
        connection.execute(beat.on_conflict_do_update(index_elements=["name"], set_={"at": real}))
        seen = {row.name: row.at for row in connection.execute(select(heartbeats))}
        waiting = (
            select(deliveries.c.due)
            .where(deliveries.c.state.in_(("due", "claimed")), deliveries.c.lane == "urgent")
            .order_by(deliveries.c.due)
            .limit(1)
        )
        page = _age(now, connection.scalar(waiting))
        ring = _age(now, connection.scalar(waiting.where(deliveries.c.channel == "call")))
        going_on = connection.scalar(select(func.count()).where(calls.c.ended_at.is_(None), calls.c.sid.is_not(None)))
    return {
        "database": {"state": "ok", "kind": here.engine.dialect.name},
        **{name: _seen(seen.get(name), real) for name in PROCESSES},
        "oldest_unsent_page": page,
        "oldest_unplaced_ring": ring,
        "calls": {"state": "ok", "going_on": going_on or 0},
    }


def _age(now: Any, oldest: Any) -> dict[str, Any]:
    late = (now - oldest).total_seconds() if oldest else 0.0
    return {"state": "ok" if late < 30 else "late", "seconds": max(0.0, round(late, 1))}


def _seen(at: Any, now: Any) -> dict[str, Any]:
    if at is None:
        return {"state": "never seen"}
    ago = (now - at).total_seconds()
    return {"state": "ok" if ago <= LATELY.total_seconds() else "gone", "seen_seconds_ago": round(max(0.0, ago), 1)}


def _redis(here: House) -> dict[str, Any]:
    if not here.settings.redis_url:
        return {"state": "none", "means": "the sweep does the work"}
    try:
        Redis.from_url(
            here.settings.redis_url, retry=Retry(NoBackoff(), 0), socket_timeout=1, socket_connect_timeout=1
        ).ping()
    except Exception as exc:
        return {"state": "gone", "fault": type(exc).__name__, "means": "the sweep does the work"}
    return {"state": "ok"}
