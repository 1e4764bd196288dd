"""A small pool of threads that does jobs in order within a lane and side by side between lanes.

A lane is one phone's webhooks, or one phone's status callbacks: a phone whose webhook hangs holds up nobody else.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Hashable

Job = Callable[[], None]
log = logging.getLogger(__name__)


class Lanes:
    """Jobs waiting and running. Threads start when first needed and are daemons: a hung webhook blocks no exit."""

    def __init__(self, lock: threading.RLock, changed: threading.Condition, size: int = 24) -> None:
        """`lock` guards all of it; `changed`, on the same lock, is notified whenever a job is done."""
        self._changed = changed
        self._work = threading.Condition(lock)
        self._size = size
        self._threads = 0
        self._idle = 0
        self._waiting: dict[Hashable, deque[Job]] = {}
        self._ready: deque[Hashable] = deque()
        self._stopped = False

    def put(self, lane: Hashable, job: Job) -> None:
        """Do this job after those already in the lane."""
        with self._work:
            if self._stopped:
                return
            if lane in self._waiting:
                self._waiting[lane].append(job)
                return
            self._waiting[lane] = deque([job])
            self._ready.append(lane)
            if self._idle < len(self._ready) and self._threads < self._size:
                self._threads += 1
                threading.Thread(target=self._run, name="simulator-lane", daemon=True).start()
            self._work.notify()

    def busy(self, lane: Hashable) -> bool:
        """Whether a job of this lane waits or runs."""
        return lane in self._waiting

    @property
    def outstanding(self) -> int:
        """Lanes that are not done."""
        return len(self._waiting)

    def clear(self) -> None:
        """Forget the jobs that have not begun."""
        with self._work:
            for jobs in self._waiting.values():
                jobs.clear()

    def stop(self) -> None:
        """Begin nothing more."""
        with self._work:
            self._stopped = True
            self.clear()
            self._work.notify_all()

    def _run(self) -> None:
        while True:
            with self._work:
                self._idle += 1
                while not self._ready and not self._stopped:
                    self._work.wait()
                self._idle -= 1
                if self._stopped:
                    return
                lane = self._ready.popleft()
                job = self._waiting[lane].popleft() if self._waiting[lane] else None
            try:
                if job:
                    job()
            except Exception:
                log.exception("a job of lane %s failed", lane)
            self._finished(lane)

    def _finished(self, lane: Hashable) -> None:
        """A lane with more to do goes to the back of the line, so that one busy phone does not starve others."""
        with self._work:
            if self._waiting[lane]:
                self._ready.append(lane)
                self._work.notify()
            else:
                del self._waiting[lane]
            self._changed.notify_all()
