"""Outage: what is still said with the database gone, who is told of it, and who is who meanwhile.

Who is who comes from a snapshot that is refreshed every half minute while the database is there, and kept in memory and
sealed in `var/`, so that a web process which starts in the middle of an outage knows its people too.
"""

import logging
import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from hotline import phones, voice
from hotline.carrier import CarrierFault
from hotline.clock import monotonic
from hotline.house import House
from hotline.models import case_is_open, cases, people
from hotline.models.engine import reader
from hotline.programs import Program
from hotline.wording import words_for

log = logging.getLogger(__name__)

FILE = Path("var/who-is-who")
OPEN_CASES = 10_000  # whose language is remembered; everybody else's is read in what they write
TOLD_EVERY_S = 600.0
TRIED_AGAIN_S = 60.0  # when not one manager could be told


@dataclass(frozen=True)
class Someone:
    """A member, or a participant with an open case. `repr` shows nothing of anybody."""

    phone: str = field(repr=False)
    language: str | None
    is_member: bool
    is_manager: bool = False


@dataclass(frozen=True)
class Snapshot:
    """All programs, and who is who in each."""

    programs: tuple[Program, ...] = ()
    people: Mapping[int, Mapping[str, Someone]] = field(default_factory=dict, repr=False)

    def at(self, number: str) -> Program | None:
        return next((program for program in self.programs if number in program.numbers), None)

    def who(self, program: Program | None, number: str) -> Someone | None:
        return self.people.get(program.id, {}).get(number) if program else None

    def is_ours(self, number: str) -> bool:
        return self.at(number) is not None


class Outage:
    """One process' knowledge for when the database is gone."""

    def __init__(self, house: House, file: Path = FILE) -> None:
        self._house, self._file = house, file
        self._snapshot: Snapshot | None = None
        self._lock = threading.Lock()
        self._next_telling = float("-inf")

    def refresh(self) -> None:
        """Take the snapshot anew. Raises whatever the database does."""
        self._snapshot = _read(self._house)
        try:
            _keep(self._file, self._house.vault.seal_json(_packed(self._snapshot)))
        except OSError as exc:  # a read-only machine still has it in memory
            log.warning("who is who could not be kept", extra={"fault": type(exc).__name__})

    @property
    def snapshot(self) -> Snapshot:
        """The last one taken, else the one another process left; with none, everybody is a participant."""
        if self._snapshot is None:
            try:
                self._snapshot = _unpacked(self._house.vault.open_json(self._file.read_bytes()))
            except FileNotFoundError:
                return Snapshot()
            except Exception as exc:  # a foreign key, half a file: as good as none
                log.warning("who is who could not be read", extra={"fault": type(exc).__name__})
                return Snapshot()
        return self._snapshot

    def answer(self, to: str, from_: str, body: str) -> str | None:
        """What somebody is texted back, without looking at the database. None: nothing at all."""
        known = self.snapshot
        if not phones.is_person(from_) or known.is_ours(from_):
            return None
        program = known.at(to) or self._house.programs.remembered(to)
        someone = known.who(program, from_)
        language = (someone and someone.language) or self._house.catalogue.language(body)
        if program is None:  # not even the town is known, so neither is its desk
            catalogue = self._house.catalogue
            return catalogue.render("intake.static_alone", language or catalogue.languages[0])
        card = "intake.static_member" if someone and someone.is_member else "intake.static"
        return words_for(self._house, program, card, {}, language)

    def spoken(self, to: str, from_: str) -> str:
        """What somebody on a call hears, without looking at the database: the 911 sentence, and the desk.

        In every language of the program, unless theirs is known: they cannot choose one now. One of the team is not
        put through, nor is the desk itself; our own numbers are no callers.
        """
        known = self.snapshot
        program = known.at(to) or self._house.programs.remembered(to)
        if known.is_ours(from_):
            return voice.document([], voice.End())
        someone = known.who(program, from_)
        if program is None:  # not even the town is known, so neither is its desk
            catalogue = self._house.catalogue
            said = [voice.Said(x, catalogue.render("intake.static_alone", x, "voice")) for x in catalogue.languages]
            return voice.document(said, voice.End())
        is_member = someone is not None and someone.is_member
        reaches_desk = bool(program.desk) and program.desk != from_ and not is_member
        card = "intake.static_member" if is_member else "intake.static" if reaches_desk else "intake.static_alone"
        languages = (someone.language,) if someone and someone.language in program.languages else program.languages
        said = [voice.Said(x, words_for(self._house, program, card, {}, x, "voice")) for x in languages]
        return voice.document(said, voice.Dial(program.desk, to) if reaches_desk else voice.End())

    def tell_managers(self) -> threading.Thread | None:
        """Text and ring every manager of every program, off the request, at most once in ten minutes a process."""
        with self._lock:
            if monotonic() < self._next_telling:
                return None
            self._next_telling = monotonic() + TOLD_EVERY_S
        thread = threading.Thread(target=self._tell_all, name="outage", daemon=True)
        thread.start()
        return thread

    def _tell_all(self) -> None:
        told: set[str] = set()
        known = self.snapshot
        for program in known.programs:
            for someone in known.people.get(program.id, {}).values():
                if someone.is_manager and someone.phone not in told and self._tell(program, someone):
                    told.add(someone.phone)
        if not told:
            self._next_telling = monotonic() + TRIED_AGAIN_S
        log.error("managers told of an outage", extra={"told": len(told)})

    def _tell(self, program: Program, manager: Someone) -> bool:
        """A text, and a phone that rings: one of them is enough to have told them."""
        carrier, line = self._house.carrier, program.numbers[0]

        def words(channel: str) -> str:
            return words_for(self._house, program, "alarm.database", {}, manager.language, channel)

        def rung() -> str:
            said = voice.Said(manager.language or program.languages[0], words("voice"))
            return voice.document([said, said], voice.End())  # twice: nobody listens to the first words of an alarm

        texted = _done("texted", lambda: carrier.send_text(manager.phone, line, words("sms")))
        return _done("rung", lambda: carrier.say_once(manager.phone, line, rung())) or texted


def _done(what: str, tell: Callable[[], object]) -> bool:
    """Whatever goes wrong, the rest must still be done."""
    try:
        tell()
    except CarrierFault as fault:
        log.error(f"a manager could not be {what}", extra={"kind": fault.kind, "code": fault.code})
        return False
    except Exception as exc:
        log.error(f"a manager could not be {what}", extra={"fault": type(exc).__name__})
        return False
    return True


def _read(house: House) -> Snapshot:
    open_cases = (
        select(people.c.program_id, people.c.phone, people.c.language)
        .join(cases, cases.c.person_id == people.c.id)
        .where(case_is_open)
        .order_by(cases.c.id.desc())
        .limit(OPEN_CASES)
    )
    members = select(people).where(people.c.roles.is_not(None), people.c.active)
    who: dict[int, dict[str, Someone]] = {}
    with reader(house.engine).connect() as connection:
        for row in connection.execute(open_cases):
            someone = Someone(house.vault.open(row.phone), row.language, is_member=False)
            who.setdefault(row.program_id, {})[someone.phone] = someone
        for row in connection.execute(members):
            language = row.language or (row.languages or "").split(";")[0] or None
            is_manager = "manager" in row.roles.split(";")  # who wants no texts can still be rung
            someone = Someone(house.vault.open(row.phone), language, is_member=True, is_manager=is_manager)
            who.setdefault(row.program_id, {})[someone.phone] = someone
    return Snapshot(house.programs.all(), who)


def _packed(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "programs": [[one.id, one.name, dict(one.config), list(one.numbers)] for one in snapshot.programs],
        "people": [
            [program_id, one.phone, one.language, one.is_member, one.is_manager]
            for program_id, found in snapshot.people.items()
            for one in found.values()
        ],
    }


def _unpacked(kept: Mapping[str, Any]) -> Snapshot:
    who: dict[int, dict[str, Someone]] = {}
    for program_id, phone, language, is_member, is_manager in kept["people"]:
        who.setdefault(program_id, {})[phone] = Someone(phone, language, is_member, is_manager)
    programs = tuple(Program(id, name, config, tuple(numbers)) for id, name, config, numbers in kept["programs"])
    return Snapshot(programs, who)


def _keep(file: Path, sealed: bytes) -> None:
    """Whole or not at all, and for nobody else on this machine to read, sealed though it is."""
    file.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with os.fdopen(number, "wb") as written:
            written.write(sealed)
        os.replace(name, file)
    except OSError:
        os.unlink(name)
        raise
