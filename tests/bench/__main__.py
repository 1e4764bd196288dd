"""Measures, prints, asserts nothing: `make bench`, or `python -m tests.bench speed pages past checkins memory`."""

import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.bench import floor
from tests.bench.load import Round, person, post, request, round_of
from tests.bench.past import check_ins, years
from tests.bench.place import Carrier, Place, place

ROUNDS = 7
FIRST = ("I want help",)
TALK = ("I want help", "no", "Pekin", "Ana", "thank you")
DATABASES = ("postgresql", "sqlite")


def main() -> None:
    wanted = sys.argv[1:] or list(MEASURES)
    for name in wanted:
        MEASURES[name]()


# --- 1: texts a second, against the floor -------------------------------------------------------------------------


def speed() -> None:
    print("Promise 1: texts a second against the floor (at least 0.50; conversation 0.45; slowest hundredth under 3 x)")
    for database in DATABASES:
        with place(database) as here, place(database) as bare:
            _floor_tables(bare)
            here.web("hotline:create_app()")
            bare.web("tests.bench.floor:create_app()")
            _compare(database, "first text", here, bare, people=600, texts=FIRST)
            _compare(database, "five texts and a page", here, bare, people=120, texts=TALK)


def _compare(database: str, what: str, here: Place, bare: Place, people: int, texts: tuple[str, ...]) -> float:
    for other in (here, bare):
        round_of(other.url, other.port, people // 4, texts)  # warm
    pairs: list[tuple[Round, Round]] = []
    for _ in range(ROUNDS):
        least = round_of(bare.url, bare.port, people, texts)
        pairs.append((least, round_of(here.url, here.port, people, texts)))
    ratio = statistics.median(ours.rate / least.rate for least, ours in pairs)
    slow = statistics.median(ours.p99 / least.p99 for least, ours in pairs)
    rate = statistics.median(ours.rate for _, ours in pairs)
    floor_rate = statistics.median(least.rate for least, _ in pairs)
    print(f"  {database:10} {what:22} {rate:6.0f}/s of {floor_rate:6.0f}/s   ratio {ratio:.2f}   p99 {slow:.1f} x")
    return ratio


def _floor_tables(bare: Place) -> None:
    if bare.database_url.startswith("sqlite"):
        with sqlite3.connect(bare.database_url.removeprefix("sqlite:///")) as connection:
            for statement in floor.TABLES:
                connection.execute(statement)
        return
    import psycopg

    with psycopg.connect(bare.database_url) as connection:
        for statement in floor.TABLES:
            connection.execute(statement)


# --- 2: from the answer to the page -------------------------------------------------------------------------------


def pages() -> None:
    print(
        "Promise 2: from the answer to the page at the carrier, 20 texts a second (under 50 ms, 250 ms; no Redis 3 s)"
    )
    for database in DATABASES:
        for redis in (True, False):
            carrier = Carrier()
            with place(database, carrier.url, redis=redis) as here:
                _start(here)
                print(f"  {database:10} {'with Redis' if redis else 'no Redis':10} {_paged(here, carrier)}")


def _start(here: Place) -> None:
    here.web("hotline:create_app()")
    for part in ("urgent", "routine", "clock"):
        here.start(sys.executable, "-m", "workers", part)
    time.sleep(4)


def _paged(here: Place, carrier: Carrier, people: int = 200, rate: float = 20.0) -> str:
    """Each of them texts, and then says no: from that answer on the clock runs until their page is at the carrier."""
    waits, seen = [], 0
    for number in range(people):
        sender, due = person(), time.monotonic() + 2 / rate
        post(here.port, *request(here.url, sender, "I want help"))
        known = set(carrier.arrived)
        start = time.monotonic()
        post(here.port, *request(here.url, sender, "no"))
        answered = time.monotonic()
        while not (fresh := set(carrier.arrived) - known):
            time.sleep(0.0005)
            if time.monotonic() - start > 20:
                raise RuntimeError(f"page {number} never reached the carrier")
        at = carrier.arrived[fresh.pop()][0]
        waits.append(max(0.0, at - answered))
        seen += 1
        time.sleep(max(0.0, due - time.monotonic()))
    waits.sort()
    return f"median {statistics.median(waits) * 1000:6.1f} ms   p99 {waits[int(seen * 0.99)] * 1000:6.1f} ms"


# --- 3 and 4: the past, and a minute of check-ins ------------------------------------------------------------------


def past() -> None:
    print("Promise 3: 1,000,000 texts and 100,000 cases stored (promises 1 and 2 within 15 %)")
    for database in DATABASES:
        carrier = Carrier()
        with place(database, carrier.url, redis=True) as here, place(database) as bare:
            _floor_tables(bare)
            bare.web("tests.bench.floor:create_app()")
            _start(here)
            before = _compare(database, "first text, empty", here, bare, people=400, texts=FIRST)
            print(f"  {database:10} page, empty     {_paged(here, carrier, people=60)}")
            years(here)
            after = _compare(database, "first text, years on", here, bare, people=400, texts=FIRST)
            print(f"  {database:10} page, years on  {_paged(here, carrier, people=60)}")
            print(f"  {database:10} first text costs {before / after - 1:+.0%}")


def checkins() -> None:
    print("Promise 4: 100,000 check-ins fall due in one minute (promise 2 meanwhile)")
    for database in DATABASES:
        carrier = Carrier()
        with place(database, carrier.url, redis=True) as here:
            check_ins(here)
            _start(here)
            print(f"  {database:10} {_paged(here, carrier)}")


# --- 5: memory ----------------------------------------------------------------------------------------------------


def memory() -> None:
    print("Promise 5: memory of web, workers and clock together (under 450 MB, PSS)")
    carrier = Carrier()
    with place("postgresql", carrier.url, redis=True) as here:
        redis = here.processes[0].pid
        _start(here)
        _paged(here, carrier, people=20)
        parents = [process.pid for process in here.processes if process.pid != redis]
        total = sum(_pss(pid) for parent in parents for pid in (parent, *_children(parent)))
        print(f"  {total / 1024:.0f} MB")


def _children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(child) for child in found.split()]


def _pss(pid: int) -> int:
    """Kilobytes; shared pages counted by their share."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


MEASURES = {"speed": speed, "pages": pages, "past": past, "checkins": checkins, "memory": memory}
if __name__ == "__main__":
    main()
