"""Engines: how we talk to PostgreSQL and to SQLite, and which failures are worth trying again.

On SQLite a writer first takes a lock on a file, in the dialect rather than in engine events: SQLite's own waiting
sleeps and looks again, the kernel wakes the next in line (+40-60 % texts, the slowest hundredth halved), while any
engine event slows every statement (measured.md).
"""

import fcntl
import os
import socket
import sqlite3
import threading
import weakref
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from hotline.clock import monotonic

BUSY_MS = 5_000  # Twilio gives a webhook 15 s in all (facts 1.11): one wait, one retry, and time to answer
IMPATIENT_MS = 200

# Serialization failure, deadlock, no lock in time, the server going down or up.
RETRIABLE_STATES = {"40001", "40P01", "55P03", "57P01", "57P02", "57P03"}

_engines: "weakref.WeakSet[Engine]" = weakref.WeakSet()
_readers: "weakref.WeakKeyDictionary[Engine, Engine]" = weakref.WeakKeyDictionary()
_descriptors: "weakref.WeakSet[_Descriptor]" = weakref.WeakSet()
_inherited: list[Any] = []
_connections: "weakref.WeakKeyDictionary[Engine, weakref.WeakSet[Any]]" = weakref.WeakKeyDictionary()


def create_engine(url: str) -> Engine:
    """An engine that connects at its first use, hides parameters from every error, and may be forked."""
    parsed = make_url(url)
    engine = _sqlite(parsed, "hotline") if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)
    _engines.add(engine)
    return engine


def reader(engine: Engine) -> Engine:
    """The engine to read with where nothing is written: on SQLite it waits for no writer and cannot write."""
    if engine.dialect.name != "sqlite" or not _path(engine.url):
        return engine
    if engine not in _readers:
        _readers[engine] = _sqlite(engine.url, "hotlinereader")
        _engines.add(_readers[engine])
    return _readers[engine]


def retriable(exc: BaseException) -> bool:
    """Whether the same transaction, run again from its beginning, may well succeed."""
    if not isinstance(exc, DBAPIError):
        return False
    if exc.connection_invalidated:
        return True
    if isinstance(exc.orig, sqlite3.OperationalError):
        return exc.orig.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return getattr(exc.orig, "sqlstate", None) in RETRIABLE_STATES


def sever(engine: Engine) -> None:
    """Cut every connection to PostgreSQL: whoever waits on one for a server that has stopped answering gets an error,
    and gets it now. Nothing for SQLite, whose file answers or fails by itself."""
    for connection in list(_connections.get(engine, ())):
        try:
            with socket.socket(fileno=os.dup(connection.fileno())) as theirs:
                theirs.shutdown(socket.SHUT_RDWR)
        except (OSError, psycopg.Error):
            continue  # closed meanwhile


def _after_fork() -> None:
    """A child must not speak on its parent's connections, nor keep its parent's lock alive by a copy of it.

    Between transactions, that is: SQLite itself cannot be forked in the middle of one.
    """
    for engine in list(_engines):
        _inherited.append(engine.pool)  # kept: closing them, even by forgetting them, would touch the parent's files
        engine.dispose(close=False)
    for known in list(_connections.values()):
        known.clear()  # they are the parent's to cut
    for descriptor in list(_descriptors):
        descriptor.close()


os.register_at_fork(after_in_child=_after_fork)


# --- PostgreSQL ---------------------------------------------------------------------------------------------------


def _postgresql(url: URL) -> Engine:
    engine = sa.create_engine(
        url,
        hide_parameters=True,  # they are people's words and numbers
        pool_size=5,
        max_overflow=10,
        pool_timeout=5,
        pool_recycle=1800,
        connect_args={
            "connect_timeout": 3,
            "application_name": "hotline",
            # A database machine that vanishes is noticed in seconds, not in the kernel's two hours.
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
        },
    )

    known = _connections[engine] = weakref.WeakSet()

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: Any) -> None:
        known.add(connection)
        autocommit, connection.autocommit = connection.autocommit, True
        # A process stopped in the middle of a transaction holds people's locks: the server ends it.
        connection.execute(
            "SET TIME ZONE 'UTC'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '60s'"
        )
        connection.autocommit = autocommit

    return engine


# --- SQLite -------------------------------------------------------------------------------------------------------


class _Descriptor:
    """One thread's open lock file. flock belongs to the open file, so threads of one process exclude each other too."""

    def __init__(self, path: str) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.pid = os.getpid()
        _descriptors.add(self)

    def close(self) -> None:
        if self.number >= 0:
            os.close(self.number)
            self.number = -1

    __del__ = close


class _WriteLock:
    """The lock every writer takes before BEGIN IMMEDIATE; given back with the transaction, or with the process."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._mine = threading.local()

    def take(self, connection: Any) -> float:
        """Wait for the lock; the seconds it took."""
        if getattr(self._mine, "holder", None) is not None:
            # It would wait for itself: the second BEGIN IMMEDIATE of a thread can never succeed.
            raise RuntimeError("a second writing transaction was begun in a thread that has one open")
        descriptor: _Descriptor | None = getattr(self._mine, "descriptor", None)
        if descriptor is None or descriptor.number < 0 or descriptor.pid != os.getpid():
            descriptor = self._mine.descriptor = _Descriptor(self._path)
        before = monotonic()
        fcntl.flock(descriptor.number, fcntl.LOCK_EX)
        self._mine.holder = connection
        return monotonic() - before

    def give_back(self, connection: Any) -> None:
        """Only if it is this connection's: the pool rolls back every connection it takes back, begun or not."""
        if getattr(self._mine, "holder", None) is connection:
            self._mine.holder = None
            if self._mine.descriptor.number >= 0:
                fcntl.flock(self._mine.descriptor.number, fcntl.LOCK_UN)


class _Dialect(SQLiteDialect_pysqlite):
    """What writers and readers have in common: our transactions, not the driver's."""

    supports_statement_cache = True

    def on_connect(self) -> Any:
        driver_set_up = super().on_connect()

        def connect(connection: Any) -> None:
            driver_set_up(connection)
            connection.isolation_level = None  # BEGIN is ours to say
            self.set_up(connection)

        return connect

    def set_up(self, connection: sqlite3.Connection) -> None:
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.execute("PRAGMA foreign_keys=ON")


class Writer(_Dialect):
    """Every transaction may write: the lock, then BEGIN IMMEDIATE, since a plain BEGIN that goes on to write fails at
    once when somebody else has written meanwhile, however long it was told to wait (facts 9.7)."""

    supports_statement_cache = True
    lock: _WriteLock | None = None

    def create_connect_args(self, url: URL) -> Any:
        path = _path(url)
        if path and self.lock is None:
            self.lock = _WriteLock(path + ".lock")
        return super().create_connect_args(url)

    def set_up(self, connection: sqlite3.Connection) -> None:
        super().set_up(connection)
        connection.execute("PRAGMA synchronous=FULL")  # a text we answered must survive the plug being pulled
        if self.lock and connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            # Two processes that both turn it on get "database is locked", whatever the time-out.
            self.lock.take(connection)
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            finally:
                self.lock.give_back(connection)

    def do_begin(self, dbapi_connection: Any) -> None:
        connection = _raw(dbapi_connection)
        if self.lock is None:
            connection.execute("BEGIN IMMEDIATE")
            return
        waited = self.lock.take(connection)
        try:
            if waited * 1000 < BUSY_MS / 2:
                connection.execute("BEGIN IMMEDIATE")
            else:
                _begin_impatiently(connection)
        except BaseException:
            self.lock.give_back(connection)
            raise

    def do_commit(self, dbapi_connection: Any) -> None:
        dbapi_connection.commit()
        self._give_back(dbapi_connection)

    def do_rollback(self, dbapi_connection: Any) -> None:
        try:
            dbapi_connection.rollback()
        finally:
            self._give_back(dbapi_connection)

    def do_close(self, dbapi_connection: Any) -> None:
        try:
            dbapi_connection.close()
        finally:
            self._give_back(dbapi_connection)

    def _give_back(self, dbapi_connection: Any) -> None:
        if self.lock is not None:
            self.lock.give_back(_raw(dbapi_connection))


class Reader(_Dialect):
    """Plain BEGIN: reads one consistent state while others write."""

    supports_statement_cache = True

    def set_up(self, connection: sqlite3.Connection) -> None:
        super().set_up(connection)
        connection.execute("PRAGMA query_only=ON")

    def do_begin(self, dbapi_connection: Any) -> None:
        dbapi_connection.execute("BEGIN")


registry.register("sqlite.hotline", __name__, "Writer")
registry.register("sqlite.hotlinereader", __name__, "Reader")


def _begin_impatiently(connection: sqlite3.Connection) -> None:
    """When something foreign holds the database (a backup, a shell), whoever waited in our line has waited enough:
    otherwise ten requests would wait five seconds each, one after the other."""
    connection.execute(f"PRAGMA busy_timeout={IMPATIENT_MS}")
    try:
        connection.execute("BEGIN IMMEDIATE")
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")


def _sqlite(url: URL, driver: str) -> Engine:
    if path := _path(url):
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            pass  # web starts all the same: whoever uses it hears that it cannot be opened
        url = url.set(database=path)
        pool: dict[str, Any] = {"pool_size": 5, "max_overflow": 20, "pool_timeout": 5}
    else:
        pool = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    return sa.create_engine(url.set(drivername=f"sqlite+{driver}"), hide_parameters=True, **pool)


def _path(url: URL) -> str:
    """The database's file, from the directory the process started in; empty for one in memory."""
    return os.path.abspath(url.database) if url.database and url.database != ":memory:" else ""


def _raw(connection: Any) -> Any:
    """The driver's own connection: the pool sometimes hands over its wrapper."""
    return getattr(connection, "dbapi_connection", connection)
