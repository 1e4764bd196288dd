"""The embedded Redis: whichever there is, on a socket short enough, and it survives its own death."""

import subprocess

from hotline import redis_server
from hotline.nudge import connect
from tests.databases import missing
from tests.workers.conftest import eventually


def test_a_server_on_the_path_comes_first(monkeypatch):
    monkeypatch.setattr(redis_server.shutil, "which", lambda name: f"/opt/{name}" if name == "valkey-server" else None)
    assert redis_server.executable() == "/opt/valkey-server"


def test_without_any_there_is_none(monkeypatch, tmp_path):
    monkeypatch.setattr(redis_server, "executable", lambda: None)
    assert redis_server.embedded(tmp_path) is None


def test_a_long_path_gets_a_short_socket(monkeypatch, tmp_path):
    monkeypatch.setattr(redis_server, "executable", lambda: "/bin/true")
    deep = tmp_path / ("d" * 120)
    server = redis_server.embedded(deep)
    assert len(server.url.removeprefix("unix://").encode()) <= redis_server.LONGEST_SOCKET
    assert server.url == redis_server.embedded(deep).url
    assert server.url != redis_server.embedded(tmp_path / ("e" * 120)).url
    assert str(deep) in server.command


def test_it_keeps_what_it_knew_when_it_is_killed(tmp_path):
    if redis_server.executable() is None:
        missing("Redis")
    server = redis_server.embedded(tmp_path / "r")
    for expected in (None, b"1"):
        process = subprocess.Popen(server.command, stdout=subprocess.DEVNULL)
        try:
            assert eventually(server.answers)
            with connect(server.url) as connection:
                assert connection.get("known") == expected
                connection.set("known", 1)
        finally:
            process.kill()
            process.wait()
