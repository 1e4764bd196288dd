"""Hands: the eight deliveries a process has under way at a time, whose leases it renews for as long as it lives."""

import logging
import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger(__name__)

EIGHT = 8
RENEWED_S = 1.5


class Hands:
    """`work` is done on each id given, eight at a time; never twice at once on the same."""

    def __init__(self, work: Callable[[int], None], renew: Callable[[Collection[int]], None]) -> None:
        self._work, self._renew = work, renew
        self._pool = ThreadPoolExecutor(EIGHT, thread_name_prefix="hand")
        self._held: set[int] = set()
        self._changed = threading.Condition()
        self._closed = threading.Event()
        threading.Thread(target=self._keep_renewing, name="renewal", daemon=True).start()

    def give(self, id: int) -> bool:
        """Take this one up, waiting for a free hand. False once the hands are closed."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._held) < EIGHT or self._closed.is_set())
            return self._begin(id)

    def offer(self, id: int) -> bool:
        """Take this one up if a hand is free."""
        with self._changed:
            return len(self._held) < EIGHT and self._begin(id)

    def is_idle(self, within: float) -> bool:
        """Whether everything in hand is done, waiting for it so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._held, within)

    def close(self) -> None:
        """Finish what is in hand, take up nothing more."""
        with self._changed:
            self._closed.set()
            self._changed.notify_all()
        self._pool.shutdown(wait=True)

    def _begin(self, id: int) -> bool:
        if self._closed.is_set():
            return False
        if id not in self._held:
            self._held.add(id)
            self._pool.submit(self._do, id)
        return True

    def _do(self, id: int) -> None:
        try:
            self._work(id)
        except Exception as exc:
            # Whatever it was, the row still says what is to be done, and the lease when somebody else may.
            log.error("a delivery was dropped", exc_info=exc, extra={"delivery": id})
        finally:
            with self._changed:
                self._held.discard(id)
                self._changed.notify_all()

    def _keep_renewing(self) -> None:
        while not self._closed.wait(RENEWED_S):
            with self._changed:
                held = tuple(self._held)
            try:
                if held:
                    self._renew(held)
            except Exception as exc:
                log.warning("leases were not renewed", extra={"fault": type(exc).__name__})
