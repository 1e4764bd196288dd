"""Privacy: what is sealed at rest, how a number is found again without being readable, and what a log may show.

AES-GCM with a key-id byte in front, rather than Fernet, because Fernet costs 190 microseconds a text (measured.md).
"""

import hashlib
import hmac
import json
import os
import re
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from hotline.models import secrets
from hotline.models.engine import reader

NONCE = 12
INDEX_KEY = "phone index"


class VaultFault(Exception):
    """Something sealed cannot be opened: one sentence, without what was sealed."""


class Vault:
    """Seals with the newest key, opens with any of them.

    A sealed value is: one byte naming its key, the nonce, what AES-GCM makes of it. The name is a hash of the key,
    so that keys may be reordered and dropped; two keys of one name are told apart by GCM's own tag.

    The blind index has a key of its own, which outlives all data keys: otherwise replacing those would lose everybody.
    """

    def __init__(self, keys: Sequence[bytes], index_key: bytes | Callable[["Vault"], bytes] | None = None) -> None:
        if not keys:
            raise VaultFault("nothing can be sealed without HOTLINE_DATA_KEYS")
        self._keys = [(_name(key), AESGCM(key)) for key in keys]
        self._index_key = index_key

    @classmethod
    def stored(cls, keys: Sequence[bytes], engine: Engine) -> "Vault":
        """A vault whose index key is in the database, sealed: read at the first look-up, made by whoever is first."""
        return cls(keys, lambda vault: stored_index_key(engine, vault))

    def seal(self, value: bytes | str) -> bytes:
        name, key = self._keys[0]
        nonce = os.urandom(NONCE)
        return name + nonce + key.encrypt(nonce, value.encode() if isinstance(value, str) else value, name)

    def open_bytes(self, sealed: bytes) -> bytes:
        name, nonce, rest = sealed[:1], sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        for known, key in self._keys:
            if known == name and rest:
                try:
                    return key.decrypt(nonce, rest, name)
                except InvalidTag:
                    continue
        raise VaultFault(
            "a sealed value cannot be opened: it was changed, or its key is no longer in HOTLINE_DATA_KEYS"
        )

    def open(self, sealed: bytes) -> str:
        return self.open_bytes(sealed).decode()

    def seal_json(self, value: Any) -> bytes:
        return self.seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def open_json(self, sealed: bytes) -> Any:
        return json.loads(self.open_bytes(sealed))

    def index(self, e164: str) -> bytes:
        """The blind index of a number: equal numbers give equal bytes, and nobody without the key can try numbers."""
        return hmac.digest(self.ready(), e164.encode(), hashlib.sha256)

    def ready(self) -> bytes:
        """The index key, fetched now. Before the first transaction: making one is a transaction of its own."""
        if self._index_key is None:
            raise VaultFault("this vault was opened without a key for looking numbers up")
        if callable(self._index_key):
            self._index_key = self._index_key(self)
        return self._index_key

    def is_newest(self, sealed: bytes) -> bool:
        """Whether a value needs no resealing after the keys were rotated."""
        name, key = self._keys[0]
        if sealed[:1] != name:
            return False
        try:
            key.decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], name)
        except InvalidTag:
            return False
        return True

    def reseal(self, sealed: bytes) -> bytes:
        return self.seal(self.open_bytes(sealed))


def new_key() -> bytes:
    """A key for HOTLINE_DATA_KEYS."""
    return AESGCM.generate_key(bit_length=256)


def stored_index_key(engine: Engine, vault: Vault) -> bytes:
    """The index key of this database. Read first: once made, nobody has to wait for a writer to look it up."""
    with reader(engine).connect() as connection:
        sealed = connection.scalar(select(secrets.c.sealed).where(secrets.c.name == INDEX_KEY))
    if sealed is None:
        with engine.begin() as connection:
            sealed = _made_once(connection, vault.seal(new_key()))
    return vault.open_bytes(sealed)


def _made_once(connection: Connection, sealed: bytes) -> bytes:
    """Two processes may both find none: the row of whoever came first is the one both go on with."""
    insert = sqlite.insert(secrets) if connection.dialect.name == "sqlite" else postgresql.insert(secrets)
    connection.execute(insert.values(name=INDEX_KEY, sealed=sealed).on_conflict_do_nothing())
    kept = connection.scalar(select(secrets.c.sealed).where(secrets.c.name == INDEX_KEY))
    assert kept is not None
    return kept


def _name(key: bytes) -> bytes:
    return hashlib.sha256(b"hotline key name" + key).digest()[:1]


# 7 to 15 digits as people and addresses write them. Our ids are longer and stay; dates stay because hours of a night
# are what logs are read for.
_NUMBER = re.compile(r"(?<![\w.])(?!\d{4}-\d\d-\d\d)(?:%2B|\+)?\(?\d(?:[-. ()]{0,2}\d){6,14}(?!\w)", re.IGNORECASE)


def redact(text: str) -> str:
    """A text for a log: of anything that may be a phone number, only the last two digits."""
    return _NUMBER.sub(lambda found: "…" + re.sub(r"\D", "", found.group().lower().removeprefix("%2b"))[-2:], text)
