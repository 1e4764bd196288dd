"""The watchdog: ends the children of a supervisor that died without ending them.

A process of its own that reads `+pid` and `-pid` from a pipe. When the pipe closes, its writer is gone, however it
went; whoever is still noted is asked to end, and then made to. Works wherever there are pipes; imports nothing of ours.
"""

import os
import signal
import sys
import time

LAST_WORDS_S = 5.0


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    noted: set[int] = set()
    for line in sys.stdin:
        pid = int(line[1:])
        noted.add(pid) if line[0] == "+" else noted.discard(pid)
    end(noted)


def end(noted: set[int]) -> None:
    for pid in noted:
        _signal(pid, signal.SIGTERM)
    until = time.monotonic() + LAST_WORDS_S
    while any(_signal(pid, 0) for pid in noted) and time.monotonic() < until:
        time.sleep(0.1)
    for pid in noted:
        _signal(pid, signal.SIGKILL)


def _signal(pid: int, number: int) -> bool:
    """To the whole group: a supervisor's child leads one."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
