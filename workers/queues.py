"""Queues: a worker of one lane, in this process, for as long as there is a Redis; and patience while there is none."""

import logging
import signal
import threading
from typing import Any

from redis import RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer

from hotline.nudge import connect, queue

log = logging.getLogger(__name__)

PAUSE_S = 1.0  # a tight loop while Redis is away cost the web's slowest hundredth 0.66 s (measured.md)
# An idle worker does no maintenance for `ttl - 15` seconds (facts 7.13); nudges are cheap to lose, but not to keep.
WORKER_TTL_S = 25
MAINTENANCE_S = 5


class Worker(SimpleWorker):
    """Jobs run in this process, one after the other: 13 ms from request to carrier; forking, 127 (measured.md)."""

    max_connection_wait_time = PAUSE_S  # RQ's own is a minute, for which a Redis that is back would find nobody
    stop: threading.Event

    def request_stop(self, signum: int, frame: Any) -> None:
        self.stop.set()  # RQ itself only remembers it in the middle of a job
        super().request_stop(signum, frame)

    def _install_signal_handlers(self) -> None:
        super()._install_signal_handlers()
        self._stop_requested = self.stop.is_set()  # told so just before


class Line:
    """The line to Redis: whether it is up, said once each time that changes."""

    def __init__(self, url: str) -> None:
        self._connection = connect(url)
        self._was_up = True

    def is_up(self) -> bool:
        try:
            self._connection.ping()
        except (RedisError, OSError) as exc:
            if self._was_up:
                log.warning("no Redis: the clock does the work", extra={"fault": type(exc).__name__})
            self._was_up = False
            return False
        if not self._was_up:
            log.warning("Redis is back")
        self._was_up = True
        return True


def work(url: str, lane: str, stop: threading.Event) -> None:
    """Do what is nudged for until told to stop. Whenever Redis goes, wait and try again."""
    while not stop.is_set():
        try:
            _work_until_redis_goes(url, lane, stop)
        except (RedisError, OSError, StopRequested):
            pass  # Redis' absence is said by whoever watches the line
        stop.wait(PAUSE_S)


def _work_until_redis_goes(url: str, lane: str, stop: threading.Event) -> None:
    with connect(url) as connection:
        connection.ping()
        worker = Worker(
            [queue(lane, connection)],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL_S,
            maintenance_interval=MAINTENANCE_S,
            log_job_description=False,
            exception_handlers=[_job_failed],
        )
        worker.stop = stop
        log.info("working", extra={"lane": lane})
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            worker.work(logging_level="CRITICAL")  # it says every second that Redis is away, twice
        finally:
            # RQ leaves its own handlers behind, which would wait for a worker that is gone.
            for number, handler in before.items():
                signal.signal(number, handler)


def _job_failed(job: Job, kind: type, exc: BaseException, trace: Any) -> bool:
    """The row is as it was, and the sweep will find it. True: RQ goes on to note the failure."""
    log.error("a job failed", exc_info=exc, extra={"job": job.func_name})
    return True
