"""`python -m workers urgent|routine|clock|all`: SIGTERM finishes what is in hand."""

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path

from hotline import logs
from hotline.children import Child, Supervisor
from hotline.config import ConfigFault
from workers import here

log = logging.getLogger("workers")
LANES = ("urgent", "routine")
PROCESSES = (*LANES, "clock")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m workers", description="What runs when nobody is asking.")
    parser.add_argument("process", nargs="?", default="all", choices=(*PROCESSES, "all"))
    process = parser.parse_args(arguments).process
    try:
        settings = here.settings()
    except ConfigFault as fault:
        print(fault, file=sys.stderr)
        return 2
    logs.set_up(settings.log_level, settings.sentry_dsn)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if process == "all":
        _all(stop)
    elif process == "clock":
        from workers import clock

        clock.run(here.house(), stop)
    else:
        _lane(process, stop)
    return 0


def _lane(lane: str, stop: threading.Event) -> None:
    from workers import beats, jobs, queues  # noqa: F401  # jobs are imported once, not for every job

    url = here.settings().redis_url
    if url is None:
        log.warning("no REDIS_URL: the clock does the work", extra={"lane": lane})
        stop.wait()
        return
    heart = beats.Heart(here.house().engine, lane, queues.Line(url).is_up)
    heart.start()
    try:
        queues.work(url, lane, stop)
    finally:
        here.hands().close()
        heart.stop()


def _all(stop: threading.Event) -> None:
    """The three as processes of their own, so that none waits for another's work."""
    folder = Path.cwd()
    with Supervisor() as supervisor:
        for process in PROCESSES:
            supervisor.start(Child(process, (sys.executable, "-m", "workers", process), folder=folder))
        supervisor.watch(stop)


if __name__ == "__main__":
    sys.exit(main())
