"""The whole line in this process: a database, the web over HTTP, the workers' hands, and a simulated carrier.

Nothing sleeps: `settle` does whatever is due until nothing is, and time is moved as the line itself moves it, from
deadline to deadline.
"""

from __future__ import annotations

import csv
import io
import threading
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from werkzeug.serving import WSGIRequestHandler, make_server

from hotline import create_house, simulated_time
from hotline.config import Settings
from hotline.files.program import load_program
from hotline.files.roster import load_roster
from hotline.house import House
from hotline.models import deliveries
from hotline.models import simulated_time as time_table
from hotline.models.engine import reader
from hotline.phones import emergency
from hotline.simulator import Settings as CarrierSettings
from hotline.simulator import Simulator
from hotline.simulator.carrier import Carrier
from hotline.simulator.optout import OptOut
from hotline.statements import insert_or
from hotline.web import create_web
from messages import gsm
from tests import came, inline
from tests.phones import PATIENCE_S, Phone

ACCOUNT, TOKEN, KEY = "AC" + "0" * 32, "0123456789abcdef0123456789abcdef", bytes(range(32))
MILFORD, DESK, DIXON = "+13095550100", "+13095550111", "+13095550200"
START = "2027-03-10 12:00"  # a Wednesday, in the town's own time
STEPS = 10_000  # of settling; more is two parts of the line keeping each other busy

# As the README has an operator set it: cries for help are no carrier's words, and HELP is answered by the line alone.
OUR_WORDS = OptOut(
    stop=frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "OPTOUT"}),
    start=frozenset({"START", "UNSTOP"}),
    replies={"STOP": "No more texts from us. In danger, call 911.", "START": "", "HELP": ""},
)

NUMBERS = {
    "Ana": "+13095550150", "Ben": "+13095550151", "Bo": "+13095550121", "Pat": "+13095550122", "Kim": "+13095550123",
    "Cy": "+13095550124", "Gus": "+13095550125", "Max": "+13095550126", "Oz": "+13095550127", "Di": "+13095550128",
}  # fmt: skip
PLACES = {"the desk": DESK, "the crisis line": "988"}  # whose numbers anybody may hear
SEVEN = 7  # digits of a number that tell whose it is

PROGRAM = """
[program]
name = "{name}"
town = "{name}"
timezone = "America/Chicago"
languages = {languages}
numbers = {numbers}
desk = "+13095550111"
text_to_911 = {text_to_911}
state = "{state}"
"""


class Clock:
    """The town's clock, and the only way to move it."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.zone = ZoneInfo("America/Chicago")

    @property
    def now(self) -> datetime:
        return self.line.house.clock.now()

    def starts(self, wall: str) -> None:
        """What the clock on the wall shows before anything happens: `2027-03-14 01:30`."""
        instant = datetime.fromisoformat(wall).replace(tzinfo=self.zone)
        self.line.set_time((instant - datetime.now(UTC)).total_seconds())

    def forward(self, **length: float) -> None:
        """Move on, through everything that falls due on the way."""
        self.line.forward(self.now + timedelta(**length))

    def until(self, wall: str) -> None:
        """Move on until the clock on the wall shows `18:00`, or a day and a time."""
        local = self.now.astimezone(self.zone)
        if len(wall) > 5:
            there = datetime.fromisoformat(wall).replace(tzinfo=self.zone)
        else:
            there = datetime.combine(local.date(), datetime.strptime(wall, "%H:%M").time(), self.zone)
            there += timedelta(days=1) if there <= local else timedelta()
        self.line.forward(there)


class Town:
    """One program: its file and its roster, as a test changes them before the first text."""

    def __init__(self, name: str, number: str) -> None:
        self.name, self.number, self.numbers = name, number, [number]
        self.says = {"languages": '["en", "es"]', "text_to_911": "true", "state": "IL"}
        self.policies = ""
        self.roster: dict[str, dict[str, str]] = {}

    @property
    def file(self) -> str:
        return PROGRAM.format(name=self.name, numbers=self.numbers, **self.says) + self.policies

    @property
    def csv(self) -> str:
        written = io.StringIO()
        table = csv.DictWriter(written, ("name", "phone", "roles", "languages", "hours", "notes"))
        table.writeheader()
        table.writerows(self.roster.values())
        return written.getvalue()


class Line:
    """One installation, opened by the first text. Until then a test says who works here and by which policies."""

    def __init__(self, database_url: str) -> None:
        self.towns = {MILFORD: Town("Milford", MILFORD)}
        self.phones: dict[str, Phone] = {}
        self.is_open = False
        self.troubles_expected = False
        self.mishaps = inline.Mishaps()
        self._server = make_server("127.0.0.1", 0, self._serve, threaded=True, request_handler=_Quiet)
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        url = f"http://127.0.0.1:{self._server.port}"
        carrier = CarrierSettings(ACCOUNT, TOKEN, line=url, numbers=(MILFORD, DIXON), paced=False)
        self.simulator = Simulator(carrier).start()
        self.simulator.switchboard.carrier.opt_out = OUR_WORDS
        self.simulator.switchboard.carrier.speaking = 0
        self.house = self._house(database_url, url)
        self.web = create_web(self.house)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.clock = Clock(self)
        self._looked = self.clock.now  # when all was done that was due
        self.clock.starts(START)
        for place in PLACES:
            self.phone(place).sleeps()  # but in stories that name it

    def _house(self, database_url: str, url: str) -> House:
        settings = Settings(
            database_url=database_url,
            public_url=url,
            account_sid=ACCOUNT,
            auth_tokens=(TOKEN,),
            api_url=self.simulator.url,
            data_keys=(KEY,),
            secret_key="secret",
            simulated_time=True,
        )
        return create_house(settings)

    def _serve(self, environ: dict, start_response: object) -> object:
        return self.web(environ, start_response)

    @property
    def number(self) -> str:
        return MILFORD

    @property
    def url(self) -> str:
        return self.house.settings.public_url

    @property
    def carrier(self) -> Carrier:
        return self.simulator.switchboard.carrier

    @cached_property
    def first_sentences(self) -> set[str]:
        """What every call begins with, in one language or two, and is repeated with the question."""
        return {
            self.words(card, language) for card in ("voice.first", "voice.first_other") for language in ("en", "es")
        }

    def words(self, card: str, language: str = "en") -> str:
        """A card without blanks, as it is spoken."""
        return self.house.catalogue.render(card, language, "voice")

    # --- before the first text --------------------------------------------------------------------------------------

    def phone(self, name: str) -> Phone:
        """Somebody's phone, whatever they are to whom."""
        number = NUMBERS[name] if name in NUMBERS else PLACES[name]
        return self.phones.setdefault(name, Phone(self, name, number))

    def hires(self, name: str, roles: str, languages: str = "en", hours: str = "always", town: str = MILFORD) -> Phone:
        """A member, from now on or with other terms."""
        phone = self.phone(name)
        row = {"name": name, "phone": phone.number, "roles": roles, "languages": languages, "hours": hours, "notes": ""}
        self.towns[town].roster[name] = row
        if self.is_open:
            self._load()
        return phone

    def dismisses(self, name: str, town: str = MILFORD) -> None:
        """Not on this roster any more."""
        del self.towns[town].roster[name]
        if self.is_open:
            self._load()

    def keeps(self, policies: str, town: str = MILFORD, **says: str) -> None:
        """The town's program file has these tables, and these values in [program]."""
        self.towns[town].policies += "\n" + policies
        self.towns[town].says |= says
        if self.is_open:
            self._load()

    def second_town(self) -> str:
        """Another program on the same installation; its number."""
        self.towns.setdefault(DIXON, Town("Dixon", DIXON))
        return DIXON

    def second_number(self) -> str:
        """The same program is reached by another number too."""
        self.towns[MILFORD].numbers = [MILFORD, DIXON]
        return DIXON

    def opens(self) -> None:
        """Load programs and rosters, once."""
        if not self.is_open:
            self.is_open = True
            self._load()

    def _load(self) -> None:
        house = self.house
        with house.engine.begin() as connection:
            for town in self.towns.values():
                load_program(connection, house.vault, house.clock, town.file, "program.toml")
        for town in self.towns.values():
            if town.roster:
                with house.engine.begin() as connection:
                    load_roster(connection, house.vault, house.clock, town.csv, "roster.csv", program=town.name)
        house.programs._refresh(now=True)

    # --- time -------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Everything that is due now, until nothing is and the carrier has nothing left to do."""
        for _ in range(STEPS):
            assert self.simulator.switchboard.idle(PATIENCE_S), "the simulated carrier does not come to rest"
            self._looked = self.clock.now
            if inline.work(self.house):
                continue
            turn = min(filter(None, [inline.turn(self.house), came.breath_ends(self.carrier)]), default=None)
            if turn is None:
                return
            self.hop(min(filter(None, [turn, self._carriers_next()])))
        raise AssertionError("the line keeps itself busy:\n" + self.night())

    def forward(self, there: datetime) -> None:
        """To an instant, meeting each deadline at its own time: the line's and the carrier's."""
        self.opens()
        self.settle()
        for _ in range(STEPS):
            ahead = [at for at in (self._next(), self._carriers_next()) if at is not None]
            instant = min([there, *ahead])
            self.hop(instant)
            self.settle()
            if self.clock.now >= there:
                return
        raise AssertionError("time does not get there:\n" + self.night())

    def leases_run_out(self) -> None:
        """As if whoever had a text in hand had died a while ago."""
        inline.leases_run_out(self.house)
        self.settle()

    def hop(self, instant: datetime) -> None:
        """Move both clocks there; not over anything the carrier has still to do, which is done first."""
        board = self.simulator.switchboard
        with board.lock:
            first = self._carriers_next()
            if board.outstanding or (first is not None and first <= self.clock.now):
                return
            simulated_time.hop(self.house.engine, instant)
            self._carrier_follows()

    def _carrier_follows(self) -> None:
        """To the millisecond: it would take a small difference for the answer's journey."""
        clock = self.simulator.switchboard.clock
        clock._offset = max(clock._offset, self.house.clock.now() - datetime.now(UTC))
        clock.moved()

    def _next(self) -> datetime | None:
        """What fell due since we last looked, or comes first."""
        return inline.ahead(self.house, self._looked)

    def _carriers_next(self) -> datetime | None:
        with self.carrier.lock:
            return min((due for due, _, _ in self.simulator.switchboard.timetable._due), default=None)

    def set_time(self, offset: float) -> None:
        """Only before anything happens: afterwards time is moved."""
        engine = self.house.engine
        with engine.begin() as connection:
            row = insert_or(connection, time_table).values(id=1, offset_s=0.0)
            connection.execute(row.on_conflict_do_nothing())
            connection.execute(update(time_table).values(offset_s=offset))
        simulated_time._forget(engine)
        self.simulator.switchboard.clock._follow({"now": self.house.clock.now().isoformat()})

    # --- at the end -------------------------------------------------------------------------------------------------

    def faults(self) -> list[str]:
        """What nobody heard, and what the carrier complained of."""
        self.settle()
        known = {phone.number: phone for phone in self.phones.values()}
        found = [
            f"{phone.name} got, and nobody heard: {x.way} {x.body}" for phone in known.values() for x in phone.unheard()
        ]
        with self.carrier.lock:
            called = {message.to for message in self.carrier.messages.values() if message.arrival}
            called |= {call.phone for call in self.carrier.calls.values()}
            troubles = [] if self.troubles_expected else list(self.carrier.troubles)
        strangers = called - set(known) - set(self.carrier.numbers)
        found += [f"{it}, who is in no story, got: {x.body}" for it in strangers for x in came.to(self.carrier, it)]
        found += [f"the carrier's trouble {t.code}: {t.problem} {t.url} {t.answer[:300]}" for t in troubles]
        return found + self._indiscretions() + ([] if self.troubles_expected else self.mishaps.found)

    def _indiscretions(self) -> list[str]:
        """What no story may hold: somebody's number said to anybody else, a text of two segments, 911 dialled."""
        private = [number[-8:-4] + "-" + number[-4:] for number in NUMBERS.values()]
        private += [number[-SEVEN:] for number in NUMBERS.values()]
        with self.carrier.lock:
            said = [m.body for m in self.carrier.messages.values() if m.by == "line"]
            calls = [call for call in self.carrier.calls.values() if not call.private]
        found = [f"somebody's number was said: {body}" for body in said for number in private if number in body]
        for call in calls:
            others = {number[-SEVEN:] for number in NUMBERS.values() if number != call.phone}
            spoken = [line.text for line in call.transcript if line.kind == "said"]
            digits = {words: "".join(filter(str.isdigit, words)) for words in spoken}
            found += [f"somebody's number was spoken: {x}" for x in spoken if any(n in digits[x] for n in others)]
            if call.direction != "inbound" and call.caller not in self.carrier.numbers:
                found.append(f"a phone was shown whose number it is: {call.caller}")
            if call.direction != "inbound" and emergency(call.phone):
                found.append(f"the line dialled {call.phone}")
        with self.house.engine.connect() as connection:
            rows = connection.execute(
                select(deliveries.c.card, deliveries.c.words).where(
                    deliveries.c.card.is_not(None), deliveries.c.channel == "text", deliveries.c.call_id.is_(None)
                )
            )
            worded = [(row.card, self.house.vault.open(row.words)) for row in rows if row.words]
        return found + [f"{card} takes two segments: {words}" for card, words in worded if gsm.segments(words) > 1]

    def night(self) -> str:
        """Every text and call so far, as it happened."""
        names = {phone.number: phone.name for phone in self.phones.values()}
        told = came.told(self.carrier, names)
        return "\n".join(f"{at.astimezone(self.clock.zone):%a %H:%M:%S} {what}" for _, at, what in told)

    def close(self) -> None:
        self.mishaps.remove()
        self.simulator.stop()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        reader(self.house.engine).dispose()
        self.house.engine.dispose()


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """No line on the terminal for every request."""
