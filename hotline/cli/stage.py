"""The stage: a whole line in this process, on a temporary database, with nobody's carrier. For `hotline talk`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

import hotline
from flows.times import wall_time
from hotline import calling, dispatch, migrations
from hotline.clock import Clock
from hotline.config import Settings
from hotline.files import load_program, load_roster
from hotline.house import House
from hotline.models import cases, deliveries, delivery_is_waiting, people, runs
from hotline.privacy import new_key
from hotline.simulated_time import length, next_due
from hotline.wording import worded, words_for

SAMPLES = Path(hotline.__file__).parent / "samples"
STRANGERS = tuple(f"+13095550{n}" for n in range(130, 190))  # numbers that belong to nobody

RUNG = timedelta(seconds=25)  # how long a phone rings that nobody here can pick up

Told = Callable[[str, datetime, str, bool], None]  # whose phone, when, what it shows, or says to whoever picks it up


class Stage:
    """Sam and Ana, the sample program's team, and a clock that only moves when it is told to."""

    def __init__(self, folder: Path, told: Told) -> None:
        self._told = told
        self._ahead = timedelta()
        self._ringing: dict[int, datetime] = {}  # until when
        url = f"sqlite:///{folder}/talk.db"
        migrations.upgrade(url)
        # Credentials of nobody: nothing is ever handed to a carrier.
        settings = Settings(
            database_url=url, data_keys=(new_key(),), account_sid="AC" + "0" * 32, auth_tokens=("none",)
        )
        clock = Clock(lambda: self._ahead.total_seconds())
        self.house: House = replace(hotline.create_house(settings), clock=clock)
        self._load()
        self._program = self.house.programs.all()[0]
        self._numbers, self.members = self._team()

    # --- what people do -------------------------------------------------------------------------------------------

    def texts(self, name: str, words: str) -> None:
        """Somebody texts the line. A name that is not on the roster is a participant's, with a number of its own."""
        number = self._numbers.setdefault(name, self._stranger())
        house = self.house
        sid = f"SM{house.clock.id():032x}"
        reply = dispatch.take_text(house, dispatch.Inbound(sid, self._program.numbers[0], number, words))
        for said, _ in reply.texts:
            self._told(name, self.now(), said, False)
        self._settle()

    def forward(self, words: str) -> None:
        """Time goes by, from deadline to deadline. ValueError if it is no length of time."""
        self._until(self.house.clock.now() + length(words))

    def until(self, words: str) -> None:
        """The same, until the clock on the wall says so next. ValueError if it cannot."""
        now = self.now()
        try:
            days = (wall_time(now.date() + timedelta(days=n), words, self._program.zone.key) for n in range(2))
            there = next(day for day in days if day > now)
        except ValueError:
            raise ValueError("must be a time of day such as 09:00") from None
        self._until(there)

    def _until(self, there: datetime) -> None:
        while (ahead := self._next()) is not None and ahead <= there:
            self._go_to(ahead)
            self._settle()
        self._go_to(there)

    def code(self) -> str:
        """The code of the case that was opened last; after DONE it still has it."""
        statement = select(cases.c.code).where(cases.c.code.is_not(None)).order_by(cases.c.id.desc())
        with self.house.engine.connect() as connection:
            return connection.scalar(statement) or ""

    def flows(self) -> frozenset[str]:
        """The flows in progress."""
        with self.house.engine.connect() as connection:
            return frozenset(connection.scalars(select(runs.c.flow).where(runs.c.open).distinct()))

    def now(self) -> datetime:
        return self.house.clock.now().astimezone(self._program.zone)

    # --- how ------------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        house = self.house
        house.vault.ready()
        with house.engine.begin() as connection:
            for name, load in (("milford.toml", load_program), ("milford.csv", load_roster)):
                load(connection, house.vault, house.clock, (SAMPLES / name).read_text(encoding="utf-8"), name)

    def _team(self) -> tuple[dict[str, str], dict[str, str]]:
        """Numbers and roles by first name."""
        open_ = self.house.vault.open
        with self.house.engine.connect() as connection:
            rows = connection.execute(
                select(people).where(people.c.roles.is_not(None)).order_by(people.c.position)
            ).all()
        first = [open_(row.name).split()[0] for row in rows]
        return (
            {name: open_(row.phone) for name, row in zip(first, rows, strict=True)},
            {name: row.roles.replace(";", ", ") for name, row in zip(first, rows, strict=True)},
        )

    def _stranger(self) -> str:
        return next(number for number in STRANGERS if number not in self._numbers.values())

    def _go_to(self, instant: datetime) -> None:
        self._ahead += max(instant - self.house.clock.now(), timedelta())

    def _next(self) -> datetime | None:
        ahead = next_due(self.house.engine)
        return min([*([ahead[0]] if ahead else []), *self._ringing.values()], default=None)

    def _settle(self) -> None:
        """Send what is due, then hear the silences that are due, until nothing is."""
        while self._send() or self._ring_out() or self._hear_silence():
            pass

    def _send(self) -> bool:
        house = self.house
        statement = (
            select(deliveries, people.c.phone)
            .join(people, people.c.id == deliveries.c.person_id)
            .where(delivery_is_waiting, deliveries.c.state == "due", deliveries.c.due <= house.clock.now())
            .order_by(deliveries.c.lane.desc(), deliveries.c.id)  # urgent before routine
        )
        with house.engine.connect() as connection:
            row = connection.execute(statement.limit(1)).first()
        if row is None:
            return False
        name = self._name(house.vault.open(row.phone))
        if row.channel == "call":
            self._told(name, self.now(), self._spoken(row), True)
            self._ringing[row.id] = house.clock.now() + RUNG
            dispatch.sent(house, row.id, f"CA{row.id:032x}")
        else:
            self._told(name, self.now(), worded(house, row), False)
            dispatch.sent(house, row.id, f"SM{row.id:032x}")
        return True

    def _spoken(self, row: Row[Any]) -> str:
        """What whoever picks up would hear."""
        blanks = self.house.vault.open_json(row.blanks) if row.blanks else {}
        return words_for(self.house, self._program, row.card, blanks, row.language, "voice")

    def _ring_out(self) -> bool:
        """There are no phones here: what rings is not picked up."""
        over = [id for id, until in self._ringing.items() if until <= self.house.clock.now()]
        for id in over:
            del self._ringing[id]
            calling.take_end(self.house, id, f"CA{id:032x}", "no-answer")
        return bool(over)

    def _hear_silence(self) -> bool:
        statement = select(runs.c.id).where(runs.c.open, runs.c.due <= self.house.clock.now())
        with self.house.engine.connect() as connection:
            run = connection.scalar(statement.order_by(runs.c.due, runs.c.id).limit(1))
        if run is not None:
            dispatch.take_due(self.house, run)
        return run is not None

    def _name(self, number: str) -> str:
        return next((name for name, own in self._numbers.items() if own == number), "somebody")
