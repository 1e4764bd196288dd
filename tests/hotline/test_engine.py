"""Engines: writers one after the other and readers beside them, locks that die with their process, what is retried."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError

from hotline.models import FOREVER, heartbeats, simulated_time
from hotline.models import engine as engines
from hotline.models.engine import create_engine, reader, retriable
from tests.databases import database_url, postgres_url, sqlite_url  # noqa: F401

NIGHT = datetime(2026, 11, 1, 7, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture
def engine(database_url):  # noqa: F811
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(tmp_path):
    engine = create_engine(sqlite_url(tmp_path))
    yield engine
    reader(engine).dispose()
    engine.dispose()


def beat(connection, name, at=NIGHT):
    connection.execute(sa.insert(heartbeats).values(name=name, at=at))


def beats(engine):
    with reader(engine).connect() as connection:
        return set(connection.scalars(sa.select(heartbeats.c.name)))


def test_times_go_in_with_any_zone_and_come_out_in_utc(engine):
    chicago = timezone(timedelta(hours=-5))
    with engine.begin() as connection:
        beat(connection, "web", NIGHT.astimezone(chicago))
        beat(connection, "never", FOREVER)
    with engine.connect() as connection:
        found = dict(connection.execute(sa.select(heartbeats)).all())
        assert found == {"web": NIGHT, "never": FOREVER}
        assert all(at.tzinfo is UTC for at in found.values())
        assert connection.scalar(sa.select(heartbeats.c.name).where(heartbeats.c.at < FOREVER)) == "web"
    with pytest.raises(StatementError, match="without a zone"), engine.begin() as connection:
        beat(connection, "clock", datetime(2026, 11, 1))


def test_no_error_shows_what_was_written(engine):
    with engine.begin() as connection:
        beat(connection, "Ana at 12 Main St")
    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        beat(connection, "Ana at 12 Main St")
    assert "12 Main St" not in str(caught.value.statement)
    assert caught.value.hide_parameters
    assert not retriable(caught.value)


def test_what_is_rolled_back_is_gone_and_the_next_writer_goes_on(engine):
    with pytest.raises(IntegrityError), engine.begin() as connection:
        [beat(connection, "lost") for _ in range(2)]
    with engine.connect() as connection:
        beat(connection, "lost too")
    with engine.begin() as connection:
        beat(connection, "kept")
    assert beats(engine) == {"kept"}


def test_writers_in_threads_wait_for_each_other(engine):
    with engine.begin() as connection:
        connection.execute(sa.insert(simulated_time).values(id=1, offset_s=0))
    faults = []

    def add():
        try:
            for _ in range(25):
                with engine.begin() as connection:
                    row = sa.select(simulated_time.c.offset_s).with_for_update()
                    offset = connection.scalar(row)
                    connection.execute(sa.update(simulated_time).values(offset_s=offset + 1))
        except Exception as exc:
            faults.append(exc)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    with engine.connect() as connection:
        assert connection.scalar(sa.select(simulated_time.c.offset_s)) == 200


def test_writers_in_processes_wait_for_each_other(engine, database_url):  # noqa: F811
    with engine.begin() as connection:
        connection.execute(sa.insert(simulated_time).values(id=1, offset_s=0))
    code = (
        "import sys, sqlalchemy as sa\n"
        "from hotline.models import simulated_time as t\n"
        "from hotline.models.engine import create_engine\n"
        "engine = create_engine(sys.argv[1])\n"
        "for _ in range(50):\n"
        "    with engine.begin() as c:\n"
        "        n = c.scalar(sa.select(t.c.offset_s).with_for_update())\n"
        "        c.execute(sa.update(t).values(offset_s=n + 1))\n"
    )
    started = [subprocess.Popen([sys.executable, "-c", code, database_url]) for _ in range(4)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0, 0]
    with engine.connect() as connection:
        assert connection.scalar(sa.select(simulated_time.c.offset_s)) == 200


def test_an_engine_used_before_a_fork_works_on_both_sides(engine):
    with engine.begin() as connection:
        beat(connection, "parent before")
    child = os.fork()
    if child == 0:
        try:
            with engine.begin() as connection:
                beat(connection, "child")
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    with engine.begin() as connection:
        beat(connection, "parent after")
    assert beats(engine) == {"parent before", "child", "parent after"}


def test_a_reader_reads_while_somebody_writes_and_cannot_write(sqlite_engine):
    with sqlite_engine.begin() as connection:
        beat(connection, "first")
        assert beats(sqlite_engine) == set()
    assert beats(sqlite_engine) == {"first"}
    with pytest.raises(OperationalError), reader(sqlite_engine).begin() as connection:
        beat(connection, "second")


def test_on_postgresql_the_reader_is_the_engine_itself():
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert reader(engine) is engine


def test_a_second_transaction_in_a_thread_that_has_one_says_so_at_once(sqlite_engine):
    with sqlite_engine.begin() as connection:
        beat(connection, "first")
        with pytest.raises(RuntimeError, match="second writing transaction"), sqlite_engine.begin():
            pass
    with sqlite_engine.begin() as connection:
        beat(connection, "second")
    assert beats(sqlite_engine) == {"first", "second"}


def test_a_connection_given_back_unused_does_not_give_back_anothers_lock(sqlite_engine, monkeypatch):
    with sqlite_engine.begin() as connection:
        beat(connection, "first")
        sqlite_engine.connect().close()
        assert sqlite_engine.dialect.lock._mine.holder is not None


def test_a_process_killed_in_a_transaction_leaves_no_lock(sqlite_engine):
    code = (
        "import sys, time, sqlalchemy as sa\n"
        "from hotline.models.engine import create_engine\n"
        "c = create_engine(sys.argv[1]).connect()\n"
        "c.execute(sa.text(\"INSERT INTO heartbeats VALUES ('killed', '2026-11-01')\"))\n"
        "print('in it', flush=True)\n"
        "time.sleep(60)\n"
    )
    url = f"sqlite:///{sqlite_engine.url.database}"
    process = subprocess.Popen([sys.executable, "-c", code, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "in it\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    with sqlite_engine.begin() as connection:
        beat(connection, "after")
    assert beats(sqlite_engine) == {"after"}


def test_something_foreign_that_holds_the_database_delays_everybody_once(sqlite_engine, monkeypatch):
    monkeypatch.setattr(engines, "BUSY_MS", 400)
    monkeypatch.setattr(engines, "IMPATIENT_MS", 50)
    foreign = sqlite3.connect(sqlite_engine.url.database, isolation_level=None)
    foreign.execute("BEGIN EXCLUSIVE")
    faults = []

    def write():
        try:
            with sqlite_engine.begin():
                pass
        except OperationalError as exc:
            faults.append(retriable(exc))

    threads = [threading.Thread(target=write) for _ in range(8)]
    before = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == [True] * 8
    assert time.monotonic() - before < 2.0  # one after the other it would be 3.2
    foreign.execute("ROLLBACK")
    with sqlite_engine.begin() as connection:
        beat(connection, "after")
    assert beats(sqlite_engine) == {"after"}


def test_sqlite_keeps_what_it_was_told(sqlite_engine):
    with sqlite_engine.connect() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_directory_that_is_not_there_is_made(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/var/deep/line.db")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (x INTEGER)"))
    assert (tmp_path / "var/deep/line.db").exists()
    engine.dispose()


def test_a_database_in_memory_works_without_a_lock():
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (x INTEGER)"))
    with engine.begin() as connection:
        assert connection.execute(sa.text("SELECT * FROM t")).all() == []


def test_a_server_that_is_away_is_found_out_at_first_use_and_is_not_retried():
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(OperationalError) as caught, engine.begin():
        pass
    assert not retriable(caught.value)


def test_what_is_worth_another_try():
    engine = create_engine(postgres_url())
    with engine.connect() as killer, engine.connect() as victim:
        pid = victim.scalar(sa.text("SELECT pg_backend_pid()"))
        killer.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        with pytest.raises(DBAPIError) as caught:
            victim.execute(sa.text("SELECT 1"))
    assert retriable(caught.value)
    with engine.connect() as connection:
        for state, again in (("40001", True), ("40P01", True), ("55P03", True), ("23505", False), ("42703", False)):
            with pytest.raises(DBAPIError) as caught:
                connection.execute(sa.text(f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$"))
            assert retriable(caught.value) is again
            connection.rollback()
    engine.dispose()
    assert not retriable(ValueError())
