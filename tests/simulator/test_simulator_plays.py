"""Plays: programs the page may start, which ask for their turn and say what they play."""

from __future__ import annotations

import sys
import time

import pytest
import requests

from hotline.simulator import Settings, Simulator

# A play in ten lines: it says its scene, then acts whenever it has its turn, until it is told to stop.
PLAY = """
import json, sys, urllib.request
api = open(sys.argv[1]).read()
def ask(path, given=None):
    data = None if given is None else json.dumps(given).encode()
    request = urllib.request.Request(api + path, data, {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))
ask("/scene", {"title": "Ana asks for help."})
acts = 0
while acts < int(sys.argv[2]):
    turn = ask("/turn?wait=10")
    if turn["stop"]:
        break
    acts += turn["go"]
print(acts, "acts")
"""


@pytest.fixture
def simulator(tmp_path):
    """With two plays: one of three acts, one without end."""
    file, address = tmp_path / "play.py", tmp_path / "address"
    file.write_text(PLAY)
    plays = tuple((name, f"{sys.executable} {file} {address} {acts}") for name, acts in (("night", 3), ("long", 10**9)))
    plays += (("nothing", str(tmp_path / "is-not-there")),)
    with Simulator(Settings(numbers=("+13095550100",), plays=plays)) as simulator:
        address.write_text(f"{simulator.url}/api/plays")
        yield simulator


def ask(simulator, path="", given=None):
    url = f"{simulator.url}/api/plays{path}"
    answer = requests.get(url, timeout=10) if given is None else requests.post(url, json=given, timeout=10)
    return answer.json()


def until(simulator, truth):
    end = time.monotonic() + 10
    while not truth(told := ask(simulator)):
        assert time.monotonic() < end, told
        time.sleep(0.02)
    return told


def test_a_play_is_played_to_its_end(simulator):
    assert [play["name"] for play in ask(simulator)["plays"]] == ["night", "long", "nothing"]
    told = ask(simulator, "", {"name": "night"})
    assert told["playing"]["name"] == "night"
    last = until(simulator, lambda told: told["playing"] is None)["last"]
    assert (last["name"], last["ok"], last["said"]) == ("night", True, "3 acts")


def test_it_is_paused_and_goes_on(simulator):
    ask(simulator, "", {"name": "long"})
    until(simulator, lambda told: told["playing"]["scene"] == "Ana asks for help.")
    assert ask(simulator, "/pause", {})["playing"]["paused"] is True
    assert ask(simulator, "/turn?wait=0.1") == {"go": False, "stop": False}
    assert ask(simulator, "/go", {})["playing"]["paused"] is False
    assert ask(simulator, "/turn") == {"go": True, "stop": False}


def test_somebody_takes_over(simulator):
    ask(simulator, "", {"name": "long"})
    until(simulator, lambda told: told["playing"]["scene"])
    ask(simulator, "/pause", {})
    ask(simulator, "/stop", {})
    last = until(simulator, lambda told: told["playing"] is None)["last"]
    assert last["ok"] is True
    assert last["said"].endswith("acts")  # it ended by itself, as it was asked to


def test_a_play_from_a_terminal_knows_nothing_of_the_one_that_was_stopped(simulator):
    ask(simulator, "", {"name": "long"})
    until(simulator, lambda told: told["playing"]["scene"])
    ask(simulator, "/stop", {})
    until(simulator, lambda told: told["playing"] is None)
    assert ask(simulator, "/turn") == {"go": True, "stop": False}


def test_another_takes_its_place_and_the_end_of_the_simulator_ends_it(simulator):
    ask(simulator, "", {"name": "long"})
    ask(simulator, "", {"name": "night"})
    assert until(simulator, lambda told: told["playing"] is None)["last"]["name"] == "night"
    ask(simulator, "", {"name": "long"})
    plays = simulator.app.extensions["plays"]
    process = plays._process
    simulator.stop()
    assert process.wait(5) != 0


def test_what_cannot_be_played(simulator):
    assert "one of night" in ask(simulator, "", {"name": "opera"})["error"]
    assert "cannot be started" in ask(simulator, "", {"name": "nothing"})["error"]
    assert "nothing is being played" in ask(simulator, "/pause", {})["error"]


def test_another_sites_page_starts_nothing(simulator):
    url, stranger = f"{simulator.url}/api/plays", {"Sec-Fetch-Site": "cross-site"}
    assert requests.post(url, data='{"name": "night"}', headers=stranger, timeout=10).status_code == 403
    assert ask(simulator)["playing"] is None
    assert requests.get(url, headers=stranger, timeout=10).status_code == 200
