"""The carrier's clock follows the line's."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import requests

from hotline.simulator.clock import FRESH, LineClock, duration

LINE, ANA = "+13095550100", "+13095550123"


def ahead(moment: str | datetime) -> float:
    """Minutes between a told moment and real time."""
    told = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return round((told - datetime.now(UTC)).total_seconds() / 60)


def test_moving_time_moves_line_and_carrier(it):
    told = it.call("POST", "time", forward="2h")
    assert ahead(told["now"]) == 120
    assert ahead(told["line"]["now"]) == 120
    assert it.line.offset == timedelta(hours=2)
    assert ahead(it.send().date_created) == 120
    assert ahead(it.texts(ANA, "hi")["created"]) == 120


def test_a_line_moved_by_others_is_followed(it):
    it.send()
    it.line.offset = timedelta(hours=5)
    it.sim.switchboard.clock._asked = time.monotonic() - 2 * FRESH  # as if half a second had passed
    assert ahead(it.send().date_created) == 300


def test_what_waits_is_done_when_others_move_the_line(it):
    it.fate(ANA, delay=3600)
    it.send()
    it.settle()
    it.line.offset = timedelta(hours=2)
    found = it.get(f"phones/{ANA}/messages?arrived=1&wait=5")["messages"]
    assert [message["body"] for message in found] == ["hello"]


def test_the_line_is_asked_at_most_twice_a_second(it):
    for _ in range(20):
        it.send()
    assert it.line.asked_time <= 2


def test_a_line_without_simulated_time_changes_nothing(carrier_with):
    it = carrier_with(line="http://127.0.0.1:9")
    assert ahead(it.send().date_created) == 0
    refused = requests.post(f"{it.sim.url}/api/time", json={"forward": "2m"}, timeout=5)
    assert (refused.status_code, "line" in refused.json()["error"]) == (502, True)
    assert ahead(it.get("time")["now"]) == 0


def test_without_a_line_the_carrier_has_its_own_time(carrier_with):
    it = carrier_with(line=None)
    assert ahead(it.call("POST", "time", forward="3d")["now"]) == 3 * 24 * 60
    it.call("POST", "reset")
    assert ahead(it.get("time")["now"]) == 0


def test_a_slow_line_holds_nobody_up():
    clock = LineClock("http://192.0.2.1")  # answers never (RFC 5737)
    started = time.monotonic()
    clock.now()
    assert time.monotonic() - started < 0.3


@pytest.mark.parametrize("bad", ["", "2", "2 minutes", "-5m", "1.5h"])
def test_lengths_of_time_are_read_strictly(it, bad):
    with pytest.raises(ValueError, match="length of time"):
        duration(bad)
    assert requests.post(f"{it.sim.url}/api/time", json={"forward": bad}, timeout=5).status_code == 400
    assert it.line.asked_time == 0
