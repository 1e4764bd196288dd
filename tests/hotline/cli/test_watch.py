"""`hotline demo --watch`: an act a turn, at a pace, paused and stopped by whoever watches."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server

from hotline.cli import demo
from hotline.cli.away import Gone
from hotline.cli.cast import Cast
from hotline.cli.demo import WATCHED
from hotline.cli.scenes import evening
from hotline.cli.turns import Stopped, Unwatched, Watched
from tests.hotline.cli.conftest import Hotline

PACE = 0.05


class Page:
    """Whoever watches: what the play has asked and said, and what it hears."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.scenes: list[str] = []
        self.go, self.stop = True, False
        self.is_playing = True
        self.waits = 0.02
        app = Flask(__name__)
        app.add_url_rule("/api/plays/turn", view_func=self._turn)
        app.add_url_rule("/api/plays/scene", view_func=self._scene, methods=["POST"])
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _turn(self) -> Response:
        self.asked.append(time.monotonic())
        if not self.go:
            time.sleep(self.waits)
        return jsonify(go=self.go, stop=self.stop)

    def _scene(self) -> tuple[Response, int]:
        if not self.is_playing:
            return jsonify(error="nothing is being played"), 409
        title: str = request.get_json()["title"]
        self.scenes.append(title)
        return jsonify(ok=True), 200


@pytest.fixture
def page() -> Iterator[Page]:
    page = Page()
    yield page
    page.close()


def test_every_act_is_a_turn_at_a_pace(page: Page) -> None:
    watched = Watched(page.url, PACE)
    for _ in range(3):
        watched.act()
    assert len(page.asked) >= 3
    assert page.asked[-1] - page.asked[0] >= 1.9 * PACE


def test_what_is_shown_is_left_to_be_read(page: Page) -> None:
    watched = Watched(page.url, PACE)
    watched.act()
    time.sleep(PACE / 2)
    watched.shown()
    before = time.monotonic()
    watched.act()
    assert time.monotonic() - before >= 0.9 * PACE


def test_while_it_waits_it_asks_now_and_then(page: Page) -> None:
    watched = Watched(page.url, PACE)
    watched.act()
    before = len(page.asked)
    for _ in range(10):
        watched.look()
    assert len(page.asked) == before
    time.sleep(PACE)
    watched.look()
    assert len(page.asked) == before + 1


def test_it_is_paused_and_goes_on(page: Page) -> None:
    watched = Watched(page.url, PACE)
    page.go = False
    threading.Timer(0.2, lambda: setattr(page, "go", True)).start()
    time.sleep(PACE)
    assert watched.look() >= 0.1  # which no expectation's patience is charged with


def test_it_is_stopped(page: Page) -> None:
    watched = Watched(page.url, PACE)
    page.go, page.stop = False, True
    with pytest.raises(Stopped):
        watched.act()


def test_the_page_hears_what_is_played(page: Page) -> None:
    watched = Watched(page.url, PACE)
    watched.scene("Bo comes on.")
    assert page.scenes == ["Bo comes on."]
    page.is_playing = False  # started in a terminal, beside the page
    watched.scene("Bo goes off.")
    assert page.scenes == ["Bo comes on."]


def test_a_simulator_without_plays_pauses_nobody(page: Page) -> None:
    Watched(f"{page.url}/elsewhere", PACE).act()
    with pytest.raises(Gone):
        Watched("http://127.0.0.1:9", PACE).act()


def test_time_goes_by_in_pieces(page: Page) -> None:
    watched = Watched(page.url, PACE)
    assert watched.piece(timedelta(minutes=2)) == timedelta(seconds=30)
    assert watched.piece(timedelta(seconds=9)) == timedelta(seconds=9)
    assert Unwatched().piece(timedelta(days=3)) == timedelta(days=3)


# --- the command ------------------------------------------------------------------------------------------------------


class Players:
    """A cast whose night does nothing."""

    tally = "0 texts"

    def __init__(self) -> None:
        self.night = self

    def settle(self) -> None: ...


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Which paces and scenes were played."""
    seen: list[Any] = []

    def assemble(pace: float | None = None) -> Any:
        seen.append(pace)
        return Players()

    monkeypatch.setattr(demo, "assemble", assemble)
    for name in ("SCENES", *WATCHED):
        scenes = (lambda _cast, name=name: seen.append(name),)
        if name == "SCENES":
            monkeypatch.setattr(demo, name, scenes)
        else:
            monkeypatch.setitem(demo.WATCHED, name, scenes)
    return seen


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), [None, "SCENES"]),
        (("--watch",), [1.2, "night"]),
        (("--watch", "night", "--pace", "0.5"), [0.5, "night"]),
        (("--watch", "emergency"), [1.2, "emergency"]),
    ],
)
def test_what_is_played(hotline: Hotline, played: list[Any], words: tuple[str, ...], expected: list[Any]) -> None:
    result = hotline("demo", *words)
    assert result.exit_code == 0, result.stderr
    assert played == expected


def test_stopped_is_said_and_is_no_failure(
    hotline: Hotline, played: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_cast: Cast) -> None:
        raise Stopped

    monkeypatch.setitem(demo.WATCHED, "night", (stop,))
    result = hotline("demo", "--watch", "night")
    assert result.exit_code == 0
    assert result.output == "stopped\n"


def test_the_plays_are_scenes_of_the_demo() -> None:
    assert WATCHED["night"] == evening.SCENES
    assert set(WATCHED["emergency"]) <= set(evening.SCENES)
    assert set(WATCHED["calls"]) <= set(demo.SCENES)
