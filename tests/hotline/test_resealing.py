"""Keys changed while the line runs: nothing lost, nobody unknown, and the old key really not needed any more."""

import threading

import pytest
from sqlalchemy import select, update

from hotline.models import log, people, secrets, texts
from hotline.privacy import Vault, VaultFault
from hotline.resealing import reseal, sealed_columns
from tests.line import KEY

NEW = bytes(reversed(range(32)))
both = pytest.mark.both


@pytest.fixture(autouse=True)
def restarted(line):
    """At the end the line is looked at with all keys."""
    yield
    object.__setattr__(line.house, "vault", newest_first(line))


def told(_progress) -> None:
    """Nobody looks."""


def newest_first(line) -> Vault:
    """As every process has it after a restart; `line.house` itself still knows the old key alone."""
    vault = Vault.stored([NEW, KEY], line.house.engine)
    vault.ready()
    return vault


@both
def test_everything_is_sealed_anew_and_look_ups_go_on(line, ana, bo):
    ana.texts("i want help").hears("in danger now").replies("no").hears("town")
    bo.hears("someone asks to talk").replies("1").hears("you are on with")
    ana.sleeps(), bo.sleeps()
    vault = newest_first(line)
    assert reseal(line.house.engine, vault, told)
    assert reseal(line.house.engine, vault, told) == 0
    only = Vault.stored([NEW], line.house.engine)
    assert only.index(ana.number) == line.house.vault.index(ana.number)
    with line.house.engine.connect() as connection:
        for _table, columns in sealed_columns():
            for column in columns:
                for sealed in connection.scalars(select(column).where(column.is_not(None))):
                    only.open_bytes(sealed)
        with pytest.raises(VaultFault):
            line.house.vault.open(connection.scalar(select(people.c.phone)))


def test_every_sealed_column_is_known(line):
    found = {f"{table.name}.{column.name}" for table, columns in sealed_columns() for column in columns}
    assert {"people.phone", "people.name", "people.notes", "cases.known", "runs.known", "texts.words"} <= found
    assert {"deliveries.words", "deliveries.blanks", "log.data", "secrets.sealed"} <= found
    assert "people.phone_ix" not in found


def test_a_write_in_the_middle_is_not_lost(line, ana, bo, monkeypatch):
    ana.texts("i want help").hears("in danger now")
    vault = newest_first(line)
    real, done = vault.reseal, []

    def meanwhile(sealed: bytes) -> bytes:
        if not done and line.house.vault.open_bytes(sealed).startswith(b"i want"):
            done.append(1)
            with line.house.engine.begin() as connection:
                connection.execute(update(texts).values(words=vault.seal("written meanwhile")))
        return real(sealed)

    monkeypatch.setattr(vault, "reseal", meanwhile)
    reseal(line.house.engine, vault, told)
    assert done
    with line.house.engine.connect() as connection:
        assert vault.open(connection.scalar(select(texts.c.words))) == "written meanwhile"


def test_stopped_half_way_it_goes_on_where_it_was(line, ana, bo):
    ana.texts("i want help").hears("in danger now")
    vault = newest_first(line)
    seen = []

    def stops(progress) -> None:
        seen.append(progress.table)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reseal(line.house.engine, vault, stops)
    reseal(line.house.engine, vault, told)
    with line.house.engine.connect() as connection:
        assert vault.is_newest(connection.scalar(select(secrets.c.sealed)))
        assert all(vault.is_newest(row) for row in connection.scalars(select(texts.c.words)))


@both
def test_people_text_while_the_keys_are_changed(line, ana, bo, ben):
    """A house that already seals with the new key, as after a restart, takes texts while another reseals."""
    for phone in (ana, ben):
        phone.texts("i want help").hears("in danger now")
        phone.sleeps()
    bo.sleeps()
    vault = newest_first(line)
    object.__setattr__(line.house, "vault", newest_first(line))
    stop, wrong = threading.Event(), []

    def rotates() -> None:
        try:
            while not stop.is_set():
                reseal(line.house.engine, vault, told)
        except Exception as exc:
            wrong.append(exc)

    thread = threading.Thread(target=rotates)
    thread.start()
    for n in range(10):
        ana.texts(f"word {n}")
        ben.texts(f"palabra {n}")
    stop.set()
    thread.join()
    assert wrong == []
    assert reseal(line.house.engine, vault, told) == 0
    with line.house.engine.connect() as connection:
        said = [vault.open(row) for row in connection.scalars(select(texts.c.words).order_by(texts.c.id))]
        assert [one for one in said if one.startswith("word")] == [f"word {n}" for n in range(10)]
        assert connection.scalar(select(log.c.id).limit(1))
