"""Which schema this code was written for, and whether the database has it; without alembic, so that web stays small."""

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from hotline.models.engine import reader

HEAD = "0003"  # the newest file in hotline/migrations/versions; a test holds the two together


def current(engine: Engine) -> str | None:
    """The revision the database is at; None where nothing was ever migrated."""
    with reader(engine).connect() as connection:
        if not engine.dialect.has_table(connection, "alembic_version"):
            return None
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def current_is_head(engine: Engine) -> bool:
    """False also where the database cannot be reached: nothing can be said for it then."""
    try:
        return current(engine) == HEAD
    except DBAPIError:
        return False
