"""Migrations: every change of the schema, with its way back and its reasons; safe to start twice at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from hotline.models.engine import create_engine

# Any number that is only ours: whoever holds it on PostgreSQL migrates, everybody else waits and finds it done.
ADVISORY_LOCK = 4_730_550_100


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to `revision`, in one transaction, whichever process comes first."""
    _run(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str) -> None:
    """Back to `revision` ("base" for nothing at all)."""
    _run(url, lambda config: command.downgrade(config, revision))


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings, without an ini file: nothing in one is a program manager's to change."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def _run(url: str, move) -> None:  # type: ignore[no-untyped-def]
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                # Changing a table on SQLite copies it and drops the old one; with foreign keys on, that would take
                # the rows that point to it along. Off only outside a transaction (facts 9.12); the file lock that
                # every writer takes keeps a second migration waiting.
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.execute(text("SET LOCAL lock_timeout = 0"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
                move(config(connection))
    finally:
        engine.dispose()
