"""`make run`: what it writes down, what it loads, what it starts; the processes themselves are tested by running it."""

import re
import socket
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hotline import redis_server, run
from hotline.config import Settings, environment
from hotline.models import people, programs
from hotline.models.engine import create_engine

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def fresh_machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (*run.TAKEN, "PUBLIC_URL", "TWILIO_API_URL", "HOTLINE_SIMULATED_TIME"):
        monkeypatch.delenv(name, raising=False)
    run.VAR.mkdir()


def test_every_command_on_this_machine_reads_what_it_wrote():
    run.write(run.variables(8100, 8101, "unix:///tmp/r.sock"))
    settings = Settings.from_env(environment(), needs={"twilio", "keys", "secret"})
    assert settings.public_url == "http://127.0.0.1:8100"
    assert settings.api_url == "http://127.0.0.1:8101"
    assert settings.redis_url == "unix:///tmp/r.sock"
    assert settings.simulated_time
    assert (run.VAR / "env").stat().st_mode & 0o077 == 0


def test_keys_are_made_once_and_move_with_the_port():
    first = run.variables(8000, 8001, None)
    run.write(first)
    second = run.variables(8100, 8101, None)
    assert {name: first[name] for name in run.MADE} == {name: second[name] for name in run.MADE}
    assert second["PUBLIC_URL"].endswith(":8100")
    assert "REDIS_URL" not in second


def test_a_database_of_ones_own_is_used_and_a_real_carrier_is_not(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example.org/hotline")
    monkeypatch.setenv("TWILIO_API_URL", "https://api.twilio.com")
    told = run.variables(8000, 8001, None)
    assert told["DATABASE_URL"] == "postgresql://db.example.org/hotline"
    assert told["TWILIO_API_URL"] == "http://127.0.0.1:8001"


def test_the_sample_is_loaded_once_and_never_over_somebodys_own():
    settings = Settings.from_env(run.variables(8000, 8001, None))
    assert run.prepare(settings) == ["+13095550100"]
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(people)) == 7
        connection.execute(programs.update().values(name="Our own"))
    assert run.prepare(settings) == ["+13095550100"]
    with engine.connect() as connection:
        assert list(connection.scalars(select(programs.c.name))) == ["Our own"]
    engine.dispose()


def test_it_starts_the_line_in_order():
    environ = run.variables(8000, 8001, "unix:///tmp/r.sock")
    server = redis_server.Server(("redis-server",), environ["REDIS_URL"])
    children = run.cast(Settings.from_env(environ), environ, ["+13095550100"], 8000, 8001, server)
    assert [child.name for child in children] == ["redis", "simulator", "web", "urgent", "routine", "clock"]
    assert all(child.environ and child.environ["HOTLINE_SIMULATED_TIME"] == "1" for child in children)


def test_a_taken_port_is_one_plain_line(capsys):
    with socket.create_server((run.HERE, 0)) as taken:
        port = taken.getsockname()[1]
        assert run.main(["--port", str(port)]) == 1
    assert f"port {port}" in capsys.readouterr().err


def test_two_lines_do_not_share_one_directory():
    with run._only_one(), pytest.raises(run.CannotRun, match="already running"):
        run.run(8000, 8001, threading.Event())


def test_the_procfile_names_every_process():
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    assert [line.partition(":")[0] for line in lines] == ["release", "web", "urgent", "routine", "clock"]
    assert all(re.match(r"\w+: \S", line) for line in lines)
    assert "$PORT" in lines[1]
