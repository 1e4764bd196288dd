"""A house with a carrier of ten lines, a program, and people: Ana asks for help, Bo is a coordinator."""

import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from hotline import create_house, redis_server
from hotline.carrier import Held
from hotline.config import Settings
from hotline.files import load_program
from hotline.house import House
from hotline.models import deliveries, people, programs, runs
from tests.databases import database_url as database_url
from tests.databases import missing
from workers.here import hands_for

NUMBER = "+13095550100"
PROGRAM = """
[program]
name = "Safe Passage"
town = "Milford"
timezone = "America/Chicago"
languages = ["en", "es"]
numbers = ["+13095550100"]
desk = "+13095550111"
"""
ANA, BO = "+13095550141", "+13095550142"


class Carrier:
    """Takes every text, unless told otherwise: `answers` are raised in turn, once the text is kept or not."""

    def __init__(self) -> None:
        self.sent: list[Held] = []
        self.answers: list[Exception | None] = []
        self.keeps = False  # whether it keeps a text that it answers with a fault
        self.gate: threading.Event | None = None
        self.most = self.under_way = 0
        self._lock = threading.Lock()

    def send_text(self, to, from_, words, status_url=None, expires_s=None):
        with self._lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            fault = self.answers.pop(0) if self.answers else None
        if self.gate:
            self.gate.wait(20)
        with self._lock:
            self.under_way -= 1
            if fault is None or self.keeps:
                sid = f"SM{len(self.sent):032x}"
                self.sent.append(Held(sid, "queued", datetime.now(UTC), to, from_, words))
                self.last = {"status_url": status_url, "expires_s": expires_s}
        if fault is not None:
            raise fault
        return sid

    def find_text(self, to, since, words=None, from_=None):
        if self.answers and self.answers[0] is not None and self.answers[0].kind == "deaf":
            raise self.answers.pop(0)
        return tuple(one for one in self.sent if one.to == to)

    @property
    def words(self) -> list[str]:
        return [one.words for one in self.sent]


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        account_sid="AC" + "0" * 32,
        auth_tokens=("token",),
        data_keys=(bytes(32),),  # as HOTLINE_DATA_KEYS: A, forty-three times
        simulated_time=True,
        api_url="http://127.0.0.1:9",
    )


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


@pytest.fixture
def house(settings: Settings, carrier: Carrier) -> Iterator[House]:
    house = replace(create_house(settings), carrier=carrier)
    house.vault.ready()
    with house.engine.begin() as connection:
        load_program(connection, house.vault, house.clock, PROGRAM, "milford.toml")
    yield house
    house.engine.dispose()


@pytest.fixture
def hands(house: House):
    hands = hands_for(house)
    yield hands
    hands.close()


@pytest.fixture
def desk(house: House) -> "Desk":
    return Desk(house)


class Desk:
    """Puts rows where the workers find them."""

    def __init__(self, house: House) -> None:
        self.house = house
        with house.engine.connect() as connection:
            self.program = connection.scalar(select(programs.c.id))
        self.ana, self.bo = self._person(ANA), self._person(BO)

    def _person(self, phone: str) -> int:
        id, house = self.house.clock.id(), self.house
        index, sealed = house.vault.index(phone), house.vault.seal(phone)
        with house.engine.begin() as connection:
            connection.execute(
                insert(people).values(
                    id=id, program_id=self.program, phone_ix=index, phone=sealed, created_at=house.clock.now()
                )
            )
        return id

    def text(self, words: str = "hello", to: int | None = None, lane: str = "urgent", **values) -> int:
        """A delivery, due now unless said otherwise."""
        id, now = self.house.clock.id(), self.house.clock.now()
        due = now + values.pop("after", timedelta())
        row = {
            "id": id, "program_id": self.program, "person_id": to or self.ana, "lane": lane, "state": "due", "due": due,
            "words": self.house.vault.seal(words), "relay": True, "created_at": now, "language": "en",
        }  # fmt: skip
        with self.house.engine.begin() as connection:
            connection.execute(insert(deliveries).values(**row | values))
        return id

    def run(self, after: timedelta = timedelta(), lane: str = "urgent", **values) -> int:
        """A run whose clock runs out `after` a while."""
        id, now = self.house.clock.id(), self.house.clock.now()
        row = {
            "id": id, "program_id": self.program, "lock_id": self.ana, "flow": "paging", "state": "asking",
            "lane": lane, "since": now, "due": now + after, "turn": 1,
        }  # fmt: skip
        with self.house.engine.begin() as connection:
            connection.execute(insert(runs).values(**row | values))
        return id

    def row(self, delivery: int):
        with self.house.engine.connect() as connection:
            return connection.execute(select(deliveries).where(deliveries.c.id == delivery)).one()

    def run_row(self, run: int):
        with self.house.engine.connect() as connection:
            return connection.execute(select(runs).where(runs.c.id == run)).one()

    def states(self) -> list[str]:
        with self.house.engine.connect() as connection:
            return list(connection.scalars(select(deliveries.c.state).order_by(deliveries.c.id)))

    def lapse(self, delivery: int) -> None:
        """Whoever held it died a while ago."""
        with self.house.engine.begin() as connection:
            connection.execute(
                deliveries.update()
                .where(deliveries.c.id == delivery)
                .values(lease=datetime.now(UTC) - timedelta(seconds=1))
            )


def eventually(told, within: float = 10.0):
    """Wait for something to be so; what was told last, if it never is."""
    until = time.monotonic() + within
    while not (found := told()) and time.monotonic() < until:
        time.sleep(0.01)
    return found


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A Redis of the test's own, the one `make run` would start."""
    if redis_server.executable() is None:
        missing("Redis")
    folder = Path(tempfile.mkdtemp(prefix="hotline-redis-"))
    server = redis_server.embedded(folder)
    assert server is not None
    process = subprocess.Popen(server.command, stdout=subprocess.DEVNULL)
    assert eventually(server.answers)
    yield server.url
    process.kill()
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)
