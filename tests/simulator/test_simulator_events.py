"""Server-sent events: what changed, from the beginning or from where a reader was; and the page's own files."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest
import requests

from hotline.simulator import Settings, Simulator

LINE, ANA = "+13095550100", "+13095550123"


class Stream:
    """One reader of /api/events."""

    def __init__(self, url: str, last: str = "") -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        self.connection.request("GET", "/api/events", headers={"Last-Event-ID": last} if last else {})
        self.answer = self.connection.getresponse()
        self.last = last

    def next(self, name: str):
        """The data of the next event of this name."""
        found = ""
        while True:
            line = self.answer.readline().decode().strip()
            if line.startswith("id: "):
                self.last = line[4:]
            elif line.startswith("event: "):
                found = line[7:]
            elif line.startswith("data: ") and found == name:
                return json.loads(line[6:])


@pytest.fixture
def simulator():
    with Simulator(Settings(numbers=(LINE,), paced=False)) as simulator:
        yield simulator


def text(simulator, words):
    return requests.post(f"{simulator.url}/api/phones/{ANA}/texts?wait=5", json={"body": words}, timeout=10).json()


def test_a_new_reader_is_told_all_and_then_what_happens(simulator):
    text(simulator, "one")
    stream = Stream(simulator.url)
    assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
    assert stream.next("reset") is None
    assert stream.next("time")["now"]
    assert [phone["number"] for phone in stream.next("phones")] == [ANA]
    assert [told["body"] for told in stream.next("texts")] == ["one"]
    assert stream.next("plays") == {"plays": [], "playing": None, "last": None}
    text(simulator, "two")
    told = stream.next("texts")[0]
    assert told["body"] == "two"
    assert "webhooks" not in told


def test_whoever_comes_back_is_told_what_was_missed(simulator):
    text(simulator, "one")
    stream = Stream(simulator.url)
    stream.next("plays")
    text(simulator, "two")
    stream.next("troubles")  # the number has no webhook; that is the last of it
    again = Stream(simulator.url, stream.last)
    text(simulator, "three")
    assert "one" not in [told["body"] for told in again.next("texts")]


def test_after_a_reset_or_of_another_life_everything_is_told_anew(simulator):
    text(simulator, "one")
    for last in ("otherlife.0.77", "nonsense"):
        stream = Stream(simulator.url, last)
        stream.next("reset")
        assert [told["body"] for told in stream.next("texts")] == ["one"]
    requests.post(f"{simulator.url}/api/reset", json={}, timeout=10)
    stream.next("reset")
    assert stream.next("phones") == []


def test_a_name_a_fate_and_a_moved_clock_are_told(simulator):
    stream = Stream(simulator.url)
    stream.next("plays")
    requests.put(f"{simulator.url}/api/phones/{ANA}", json={"name": "Ana"}, timeout=10)
    assert stream.next("phones")[0]["name"] == "Ana"
    requests.put(f"{simulator.url}/api/phones/{ANA}/fate", json={"state": "off"}, timeout=10)
    assert stream.next("phones")[0]["fate"]["state"] == "off"
    requests.post(f"{simulator.url}/api/time", json={"forward": "1h"}, timeout=10)
    assert stream.next("time")["now"]


def test_the_page_may_ask_nobody_else(simulator):
    answer = requests.get(f"{simulator.url}/", timeout=10)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert (
        requests.get(f"{simulator.url}/page/main.js", timeout=10).headers["Content-Type"].startswith("text/javascript")
    )
    assert requests.get(f"{simulator.url}/page/../server.py", timeout=10).status_code == 404
    assert requests.get(f"{simulator.url}/page/%2e%2e/server.py", timeout=10).status_code == 404


def test_without_a_line_the_page_is_told_so(simulator):
    answer = requests.get(f"{simulator.url}/api/line/state", timeout=10)
    assert answer.status_code == 404
    assert "no line" in answer.json()["error"]


def test_a_line_that_is_away_is_502():
    with Simulator(Settings(numbers=(LINE,), line="http://127.0.0.1:9")) as simulator:
        answer = requests.get(f"{simulator.url}/api/line/flows", timeout=10)
        assert answer.status_code == 502
        assert "cannot be reached" in answer.json()["error"]


def test_it_stops_although_somebody_listens():
    simulator = Simulator(Settings(numbers=(LINE,))).start()
    stream = Stream(simulator.url)
    stream.next("plays")
    simulator.stop()
