"""The processes as the Procfile starts them: they stop when told to, and outlive Redis."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from hotline import redis_server
from hotline.nudge import Nudge
from hotline.simulator.server import Simulator
from hotline.simulator.settings import Settings as Simulated
from tests.databases import missing, sqlite_url
from tests.workers.conftest import NUMBER, eventually
from workers import beats

ROOT = Path(__file__).parents[2]
KEY = "A" * 43


@pytest.fixture
def database_url(tmp_path):
    """What differs between databases is tested without waiting for real seconds."""
    return sqlite_url(tmp_path)


@pytest.fixture
def simulator():
    with Simulator(Simulated(numbers=(NUMBER,), auth_token="token", paced=False)) as simulator:
        yield simulator


@pytest.fixture
def start(settings, simulator, tmp_path):
    """Start `python -m workers …`; whoever still lives when the test ends is killed."""
    started = []

    def run(process: str, redis_url: str | None = None) -> subprocess.Popen:
        ours = {
            "DATABASE_URL": settings.database_url,
            "TWILIO_ACCOUNT_SID": settings.account_sid,
            "TWILIO_AUTH_TOKEN": "token",
            "TWILIO_API_URL": simulator.url,
            "HOTLINE_DATA_KEYS": KEY,
            "PYTHONPATH": str(ROOT),
        }
        ours |= {"REDIS_URL": redis_url} if redis_url else {}
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        started.append(subprocess.Popen([sys.executable, "-m", "workers", process], env=kept | ours, cwd=tmp_path))
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def ask(simulator, path: str, body: dict | None = None):
    """The simulator's own API."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{simulator.url}/api/{path}", data, {"Content-Type": "application/json"})
    with opener.open(request) as answer:
        return json.loads(answer.read() or "null")


def bodies(simulator) -> list[str]:
    return sorted(message["body"] for message in ask(simulator, "messages")["messages"])


@pytest.mark.parametrize("process", ["urgent", "routine", "clock"])
def test_it_stops_when_told_to(house, start, redis_url, process):
    running = start(process, redis_url)
    assert eventually(lambda: beats.is_alive(house.engine, process), 20)
    running.send_signal(signal.SIGTERM)
    assert running.wait(10) == 0


def test_it_sends_what_it_is_nudged_for(house, desk, start, redis_url, simulator):
    start("urgent", redis_url)
    assert eventually(lambda: beats.is_alive(house.engine, "urgent"), 20)
    nudge = Nudge(redis_url)
    for n in range(10):
        nudge("send", desk.text(f"page {n}"), "urgent")
    assert eventually(lambda: desk.states() == ["sent"] * 10)
    assert bodies(simulator) == [f"page {n}" for n in range(10)]


def test_killed_between_yes_and_note_it_sends_once(house, desk, start, simulator):
    """The carrier takes the text and never answers; the worker is killed with -9 meanwhile."""
    first = start("clock")
    assert eventually(lambda: beats.is_alive(house.engine, "clock"), 20)
    ask(simulator, "carrier/faults", {"answer": "hang", "times": 1, "on": "create"})
    delivery = desk.text("your ride is here")
    assert eventually(lambda: bodies(simulator) == ["your ride is here"])
    first.kill()
    start("clock")
    assert eventually(lambda: desk.row(delivery).state == "sent", 30)
    assert bodies(simulator) == ["your ride is here"]


def test_it_outlives_redis(house, desk, start, simulator, tmp_path):
    if redis_server.executable() is None:
        missing("Redis")
    server = redis_server.embedded(tmp_path / "redis")
    running = subprocess.Popen(server.command, stdout=subprocess.DEVNULL)
    try:
        assert eventually(server.answers)
        urgent, clock = start("urgent", server.url), start("clock", server.url)
        assert eventually(lambda: beats.is_alive(house.engine, "urgent"), 20)
        running.kill()
        running.wait()
        delivery = desk.text("while Redis is away")
        assert eventually(lambda: desk.row(delivery).state == "sent")
        assert eventually(lambda: not beats.is_alive(house.engine, "urgent"))
        running = subprocess.Popen(server.command, stdout=subprocess.DEVNULL)
        assert eventually(lambda: beats.is_alive(house.engine, "urgent"))
        assert urgent.poll() is None
        assert clock.poll() is None
    finally:
        running.kill()
        running.wait()


def test_a_setting_that_is_missing_is_one_plain_line(tmp_path):
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "workers", "clock"],
        env=kept, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "HOTLINE_DATA_KEYS" in done.stderr


def test_three_as_one_leave_nobody_behind(house, start, redis_url):
    running = start("all", redis_url)
    for process in ("urgent", "routine", "clock"):
        assert eventually(lambda process=process: beats.is_alive(house.engine, process), 20)
    running.kill()
    for process in ("urgent", "routine", "clock"):
        assert eventually(lambda process=process: not beats.is_alive(house.engine, process), 20)
