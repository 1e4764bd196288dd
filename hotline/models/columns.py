"""Columns: what the tables are made of, the same on SQLite and PostgreSQL."""

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    false,
    text,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={  # batch migrations on SQLite can only change what has a name (facts 9.12)
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UTCDateTime(TypeDecorator[datetime]):
    """Aware in, UTC out. SQLite gives back naive times whatever it is asked (facts 9.9)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_FALSE = false()

#: On SQLite an INTEGER key is the row's own place in the file; a BIGINT one would be a second tree.
Id = BigInteger().with_variant(Integer, "sqlite")


def ident(name: str = "id", **options: Any) -> Column[int]:
    """An id of the clock's, never the database's: rows refer to each other before they are written."""
    return Column(name, Id, autoincrement=False, **{"nullable": False, **options})


def when(name: str, **options: Any) -> Column[datetime]:
    return Column(name, UTCDateTime, **options)


def sealed(name: str, **options: Any) -> Column[bytes]:
    """What a Vault sealed. Not opened by the column: only who may read it opens it."""
    return Column(name, LargeBinary, **options)


def flag(name: str, start: Any = _FALSE) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=start)


def count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


def partial(name: str, *columns: str, where: str, **options: Any) -> Index:
    """An index of the present only: the past, which grows for ever, costs nothing (contract 7.3)."""
    on_sqlite = re.sub(r"^open\b", "open = 1", where)  # as SQLAlchemy writes a true column there
    return Index(name, *columns, sqlite_where=text(on_sqlite), postgresql_where=text(where), **options)
