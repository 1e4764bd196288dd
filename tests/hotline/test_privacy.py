"""The vault: what is sealed stays sealed, keys rotate, a number is found by everybody who has the index key."""

import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from hotline.models import secrets
from hotline.models.engine import create_engine
from hotline.privacy import Vault, VaultFault, redact, stored_index_key
from tests.databases import database_url  # noqa: F401

OLD, NEW = bytes(range(32)), bytes(range(1, 33))


def test_what_is_sealed_opens_and_looks_different_each_time():
    vault = Vault([NEW])
    assert vault.open(vault.seal("no quiero morir")) == "no quiero morir"
    assert vault.open_bytes(vault.seal(b"\x00\xff")) == b"\x00\xff"
    assert vault.open_json(vault.seal_json({"who": ["Ana", None, 3]})) == {"who": ["Ana", None, 3]}
    assert vault.seal("x") != vault.seal("x")
    assert b"Ana" not in vault.seal("Ana")


def test_any_key_opens_and_the_newest_seals():
    before = Vault([OLD]).seal("words")
    both = Vault([NEW, OLD])
    assert both.open(before) == "words"
    assert not both.is_newest(before)
    after = both.reseal(before)
    assert both.is_newest(after)
    assert Vault([NEW]).open(after) == "words"
    with pytest.raises(VaultFault):
        Vault([NEW]).open(before)


def test_two_keys_of_one_name_are_told_apart():
    keys = [os.urandom(32) for _ in range(600)]  # 256 names: some are shared
    for key in keys[:20]:
        assert Vault(keys).open(Vault([key]).seal("x")) == "x"


@pytest.mark.parametrize(
    "change", [lambda s: s[:-1] + bytes([s[-1] ^ 1]), lambda s: s[:5], lambda s: b"", lambda s: s[1:]]
)
def test_what_was_changed_does_not_open(change):
    vault = Vault([NEW])
    with pytest.raises(VaultFault):
        vault.open(change(vault.seal("words")))


def test_a_vault_without_keys_is_refused():
    with pytest.raises(VaultFault, match="HOTLINE_DATA_KEYS"):
        Vault([])


def test_the_index_finds_a_number_and_shows_none():
    vault = Vault([NEW], index_key=OLD)
    assert vault.index("+13095550100") == Vault([OLD], index_key=OLD).index("+13095550100")
    assert vault.index("+13095550100") != vault.index("+13095550101")
    assert len(vault.index("+13095550100")) == 32
    with pytest.raises(VaultFault):
        Vault([NEW]).index("+13095550100")


def test_the_index_survives_new_keys(database_url):  # noqa: F811
    engine = create_engine(database_url)
    before = Vault.stored([OLD], engine).index("+13095550100")
    assert Vault.stored([NEW, OLD], engine).index("+13095550100") == before
    with engine.connect() as connection:
        assert OLD not in connection.scalar(select(secrets.c.sealed))
    engine.dispose()


def test_two_processes_that_start_at_once_agree_on_one_index_key(database_url):  # noqa: F811
    engine = create_engine(database_url)
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(stored_index_key(engine, Vault([NEW])))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    engine.dispose()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("text from +13095550123 came", "text from …23 came"),
        ("(309) 555-0123", "…23"),
        ("309.555.0123, please", "…23, please"),
        ("whatsapp:+13095550123", "whatsapp:…23"),
        ("To=%2B13095550123&From=1", "To=…23&From=1"),
        ("delivery 908123456789012345 sent", "delivery 908123456789012345 sent"),
        ("due 2026-11-21 10:00:00", "due 2026-11-21 10:00:00"),
        ("SM0123456789abcdef0123456789abcdef", "SM0123456789abcdef0123456789abcdef"),
        ("code 21610 status 400", "code 21610 status 400"),
    ],
)
def test_a_log_shows_two_digits_of_a_number(said, shown):
    assert redact(said) == shown


@given(
    st.from_regex(r"[2-9]\d{2}55501\d\d", fullmatch=True),
    st.sampled_from(["+1{}", "1{}", "{}", "tel:{}", "<{}>", "a {} b"]),
)
def test_no_number_gets_by(number, around):
    assert number[:8] not in redact(around.format(number))
