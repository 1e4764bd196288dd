"""The nudge: "look at row N", put on a queue by a job's dotted name, so that the web never imports the workers.

It is a doorbell and nothing more. The row is committed before, and found by the sweep within 3 seconds if nobody hears.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from hotline.clock import monotonic
from hotline.config import Settings

log = logging.getLogger(__name__)

#: What is nudged for, and the job that looks at it. A test resolves every name.
JOBS = {"send": "workers.jobs.send", "due": "workers.jobs.due", "message": "workers.jobs.message"}
LANES = ("urgent", "routine")

PAUSE_S = 2.0  # after a failure: a webhook must not wait a second for every text while Redis is away
PATIENCE_S = 1.0
KEPT_S = 60  # an unheard nudge is worth nothing once the sweep has been
JOB_TIMEOUT_S = 60


def connect(url: str) -> Redis:
    """A client that fails at once: the library's own would hold a webhook for 4.6 s (facts 8.1)."""
    return Redis.from_url(
        url, retry=Retry(NoBackoff(), 0), socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S
    )


def queue(lane: str, connection: Redis) -> Queue:
    """A lane's queue. JSON on both sides: a pickle would run whatever somebody else wrote into Redis (facts 7.9)."""
    return Queue(lane, connection=connection, serializer=JSONSerializer, default_timeout=JOB_TIMEOUT_S)


class Nudge:
    """Rings for one row. Never raises, never waits long."""

    def __init__(self, url: str, clock: Callable[[], float] = monotonic) -> None:
        self._queues = {lane: queue(lane, connect(url)) for lane in LANES}
        self._clock = clock
        self._silent_until = float("-inf")
        self._lock = threading.Lock()

    def __call__(self, kind: str, id: int, lane: str) -> None:
        if self._clock() < self._silent_until:
            return
        try:
            self._queues[lane].enqueue_call(
                JOBS[kind], args=(id,), ttl=KEPT_S, result_ttl=0, failure_ttl=KEPT_S, description=kind
            )
        except (RedisError, OSError) as exc:
            self._fell_silent(exc)

    def _fell_silent(self, exc: Exception) -> None:
        with self._lock:
            self._silent_until = self._clock() + PAUSE_S
        log.warning("no nudge", extra={"fault": type(exc).__name__, "pause": PAUSE_S})


def silence(kind: str, id: int, lane: str) -> None:
    """The nudge where there is no Redis: the sweep finds every row by itself."""


def create_nudge(settings: Settings) -> Callable[[str, int, str], Any]:
    return Nudge(settings.redis_url) if settings.redis_url else silence
