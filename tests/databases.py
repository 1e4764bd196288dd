"""Databases for tests: SQLite always, PostgreSQL where it can be had; each call a fresh one, already migrated.

Migrating once and copying makes a database in 30 ms. What this machine cannot have is skipped and says so; where
CI=true nothing may be missing, since a skip there would look like a pass.
"""

import atexit
import importlib
import os
import secrets
import shutil
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from hotline import migrations


def sqlite_url(tmp_path: Path) -> str:
    """A fresh SQLite database in a directory of the test's own."""
    file = tmp_path / f"{secrets.token_hex(4)}.db"
    shutil.copy(_sqlite_template(), file)
    return f"sqlite:///{file}"


def postgres_url() -> str:
    """A fresh PostgreSQL database: of the server HOTLINE_TEST_POSTGRES names, else of an embedded one."""
    name = f"hotline_test_{secrets.token_hex(6)}"
    _admin(f"CREATE DATABASE {name} TEMPLATE {_postgres_template()}")
    return _named(_postgres_server(), name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each test once on both. Import it into the test's module, or into a conftest."""
    return sqlite_url(tmp_path) if request.param == "sqlite" else postgres_url()


def missing(what: str) -> None:
    """Skip what this machine cannot have; fail where it is required."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI requires {what}")
    pytest.skip(f"no {what} on this machine")


@cache
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="hotline-sqlite-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    migrations.upgrade(f"sqlite:///{folder}/template.db")
    return folder / "template.db"


@cache
def _postgres_template() -> str:
    name = f"hotline_template_{secrets.token_hex(6)}"
    _admin(f"CREATE DATABASE {name}")
    migrations.upgrade(_named(_postgres_server(), name))
    return name


def _postgres_server() -> str:
    """Some database of a server where we may make others, as psycopg reads it."""
    given = os.environ.get("HOTLINE_TEST_POSTGRES")
    url = given or _embedded()
    if url is None:
        missing("PostgreSQL")
    return str(url)


@cache
def _embedded() -> str | None:
    """The server pgserver brings along, with its files in a directory that goes when the tests end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the directories a desktop would have
        try:
            pgserver: Any = importlib.import_module("pgserver")
        except ImportError:
            return None
    folder = tempfile.mkdtemp(prefix="hotline-postgres-")
    try:
        server: Any = pgserver.get_server(folder, cleanup_mode="delete")
    except Exception:  # whatever keeps it from starting here, the tests' answer is the same
        return None
    atexit.register(server.cleanup)
    url = str(server.get_uri())
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return url


def _admin(statement: str) -> None:
    with psycopg.connect(_postgres_server().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


def _named(server: str, database: str) -> str:
    """The address of another database of that server."""
    url = make_url(server.replace("postgres://", "postgresql://", 1))
    return url.set(drivername="postgresql+psycopg", database=database).render_as_string(hide_password=False)
