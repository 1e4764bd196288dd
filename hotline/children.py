"""Children: processes started together, started again when they die, stopped together, and never left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from hotline.clock import monotonic

PAUSE_S, LONGEST_PAUSE_S = 1.0, 10.0
STEADY_S = 10.0  # who lived this long died of something new
GLANCE_S = 0.1
LAST_WORDS_S = 20.0  # longer than the carrier is waited for: SIGTERM finishes the work in hand


@dataclass(frozen=True)
class Child:
    """A process to keep alive."""

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str] | None = field(default=None, repr=False)
    folder: Path | None = None


@dataclass
class _Running:
    child: Child
    process: "subprocess.Popen[bytes]"
    since: float
    pause: float = PAUSE_S
    again_at: float | None = None


class Supervisor:
    """Each child in a session of its own, so that Ctrl-C reaches us alone and we stop them in order."""

    def __init__(self) -> None:
        self._running: list[_Running] = []
        watchdog = Path(__file__).with_name("watchdog.py")
        self._watchdog = subprocess.Popen(
            [sys.executable, "-I", "-S", str(watchdog)], stdin=subprocess.PIPE, start_new_session=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def start(self, child: Child) -> None:
        self._running.append(_Running(child, self._spawn(child), monotonic()))

    def watch(self, stop: threading.Event) -> None:
        """Until told to stop: whoever dies is started again after a pause."""
        while not stop.wait(GLANCE_S):
            self.look()

    def look(self) -> None:
        for each in self._running:
            code = each.process.poll()
            if code is None:
                continue
            if each.again_at is None:
                lived = monotonic() - each.since
                each.pause = PAUSE_S if lived > STEADY_S else each.pause
                each.again_at = monotonic() + each.pause
                self._tell("-", each.process.pid)
                print(f"{each.child.name} ended ({code}); again in {each.pause:.0f} s", file=sys.stderr, flush=True)
            elif monotonic() >= each.again_at:
                each.process, each.since, each.again_at = self._spawn(each.child), monotonic(), None
                each.pause = min(each.pause * 2, LONGEST_PAUSE_S)

    def stop(self) -> None:
        """The last started first; what is in hand is finished, but nobody is waited for for ever."""
        until = monotonic() + LAST_WORDS_S
        while self._running:
            each = self._running.pop()
            _signal(each.process.pid, signal.SIGTERM, each.process)
            try:
                each.process.wait(max(until - monotonic(), 0.5))
            except subprocess.TimeoutExpired:
                _signal(each.process.pid, signal.SIGKILL, each.process)
                each.process.wait()
            self._tell("-", each.process.pid)
        if self._watchdog.stdin:
            self._watchdog.stdin.close()
        self._watchdog.wait()

    def pids(self) -> dict[str, int]:
        return {each.child.name: each.process.pid for each in self._running}

    def _spawn(self, child: Child) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            child.command,
            env=None if child.environ is None else dict(child.environ),
            cwd=child.folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._tell("+", process.pid)
        return process

    def _tell(self, sign: str, pid: int) -> None:
        """The watchdog ends whom it knows of when we are gone."""
        try:
            if self._watchdog.stdin:
                self._watchdog.stdin.write(f"{sign}{pid}\n".encode())
                self._watchdog.stdin.flush()
        except OSError:
            pass  # it was killed; we are not


def _signal(pid: int, number: int, process: "subprocess.Popen[bytes]") -> None:
    """The child alone hears SIGTERM, and ends its own; SIGKILL is for all of its session."""
    if process.poll() is not None:
        return
    try:
        (os.killpg if number == signal.SIGKILL else os.kill)(pid, number)
    except ProcessLookupError:
        time.sleep(0)
