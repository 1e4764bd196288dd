"""Work: one transaction. What it has read, what it will write (`ledger`), and who is still to be told."""

import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, select

from flows import FLOWS, routing
from flows.events import Event, Opened
from flows.machine import Run
from flows.moved import MOVED
from hotline import reading, rows
from hotline.house import House
from hotline.models import calls, cases, deliveries, runs
from hotline.privacy import Vault
from hotline.programs import Program
from hotline.statements import PERSON, RUNS_OF

RUN = (
    "id", "flow", "state", "case_id", "turn", "tries", "opener_id", "since", "due", "open", "parties", "known",
    "lock_id",
)  # fmt: skip


class Sealed(Mapping[str, Any]):
    """What a run knows, opened when somebody asks: most runs of a case hear nothing of a text."""

    def __init__(self, vault: Vault, sealed: bytes) -> None:
        self._vault, self._sealed = vault, sealed

    @cached_property
    def _open(self) -> dict[str, Any]:
        return dict(self._vault.open_json(self._sealed))

    def __getitem__(self, name: str) -> Any:
        return self._open[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._open)

    def __len__(self) -> int:
        return len(self._open)


class Work:
    """One transaction: what it has read, what it will write, and who is still to be told."""

    def __init__(
        self,
        house: House,
        connection: Connection,
        program: Program,
        now: datetime,
        person: Row[Any],
        heard: bool = True,
    ) -> None:
        self.house, self.connection, self.program, self.now = house, connection, program, now
        self.person = person
        self.late = False  # they spoke a while ago, and are texted our answer
        self.heard = heard  # somebody is speaking to us right now, and hears what we say to them at once
        self.runs: dict[int, Run] = {}
        self.locks: dict[int, int] = {}
        self.stored: dict[int, Run] = {}
        self.cases: dict[int, dict[str, Any]] = {}
        self.new_cases: set[int] = set()
        self.people: dict[int, Row[Any]] = {person.id: person}
        self.changes: dict[int, dict[str, Any]] = {}
        self.deliveries: list[dict[str, Any]] = []
        self.history: list[dict[str, Any]] = []
        self.pages: dict[int, dict[str, Any]] = {}
        self.records: dict[tuple[str, int], dict[str, Any]] = {}
        self.text: dict[str, Any] | None = None
        self.text_id = house.clock.id()
        self.call: dict[str, Any] | None = None  # the call somebody is speaking on just now
        self.new_calls: list[dict[str, Any]] = []
        self.turned: dict[int, dict[str, Any]] = {}  # what else changes of which other call
        self.spoken: list[dict[str, Any]] = []  # what is said on the call now
        self.through: int | None = None  # the call it is put through to
        self.plays = False  # what was recorded in its case is played
        self.waiting: deque[tuple[int, Event]] = deque()
        self.event: Event | None = None  # what is being heard just now
        self.roster: Sequence[Row[Any]] | None = None
        self.taken: Counter[bytes] = Counter()
        self.learned = False
        self.nudges: list[tuple[str, int, str]] = []

    # --- reading --------------------------------------------------------------------------------------------------

    def load(self, lock_ids: Sequence[int]) -> bool:
        """Everything open under these locks. False if this person takes part in something that is not locked."""
        mine = select(runs).where(runs.c.lock_id.in_(lock_ids), runs.c.open)
        found = self.connection.execute(mine).mappings().all()
        self._keep(found)
        self._load_cases({row["case_id"] for row in found if row["case_id"] is not None})
        return rows.locks_of(self.connection, self.person.id) <= set(lock_ids) if self.heard else True

    def load_case_of(self, person_id: int) -> int | None:
        """A participant's open runs with their cases, one of which may be open: every text pays for it."""
        found = self.connection.execute(RUNS_OF, {"person": person_id}).mappings().all()
        for row in found:
            if row["id"] not in self.cases:
                self.cases[row["id"]] = self._case({column.name: row[column.name] for column in cases.c})
        self._keep(found, "run_")
        return self.open_case_of(person_id)

    def open_case_of(self, person_id: int) -> int | None:
        return next(
            (id for id, case in self.cases.items() if case["person_id"] == person_id and case["state"] == "open"), None
        )

    def _load_cases(self, ids: set[int]) -> None:
        if ids:
            for row in self.connection.execute(select(cases).where(cases.c.id.in_(ids))).mappings():
                self.cases[row["id"]] = self._case(dict(row))

    def _case(self, row: dict[str, Any]) -> dict[str, Any]:
        known = self.house.vault.open_json(row["known"]) if row["known"] else {}
        return {**row, "known": known, "changed": False}

    def _keep(self, found: Iterable[Mapping[Any, Any]], prefix: str = "") -> None:
        """Runs as values; `prefix`: how their columns are called where they were read beside their cases."""
        for row in found:
            (id, flow, state, case, turn, tries, opener, since, due, open_, parties, known, lock) = (
                row[prefix + name] for name in RUN
            )
            run = Run(
                id=id,
                flow=flow,
                state=MOVED.get((flow, state), state),
                case=case,
                turn=turn,
                tries=tries,
                opener=opener,
                since=since,
                due=due,
                open=open_,
                parties=json.loads(parties),
                known=Sealed(self.house.vault, known) if known else {},
            )
            self.runs[run.id] = self.stored[run.id] = run
            self.locks[run.id] = lock

    def somebody(self, id: int) -> Row[Any]:
        if id not in self.people:
            self.people[id] = self.connection.execute(PERSON, {"person": id}).one()
        return self.people[id]

    def listeners(self, person_id: int) -> list[routing.Listener]:
        """The open runs this person is a party of, under which role."""
        return [
            routing.Listener(run, FLOWS[run.flow], role, run.known.get("code") or self.code(run.case))
            for run in self.runs.values()
            if run.open
            for role, party in run.parties.items()
            if party == person_id
        ]

    def new_call(self, id: int, person_id: int, line: str, **about: Any) -> dict[str, Any]:
        """A call's row, whole. `line`: which of our numbers."""
        row: dict[str, Any] = dict.fromkeys(column.name for column in calls.c)
        row |= {"id": id, "program_id": self.program.id, "person_id": person_id, "line": line, "turn": 0, "misses": 0}
        row |= dict.fromkeys(("inbound", "pressed", "queued"), False)
        return row | {"created_at": self.now, "heard_at": self.now, **about}

    def on_call(self, person_id: int) -> int | None:
        """The call this person is on with us."""
        return self.changes.get(person_id, {}).get("on_call", self.somebody(person_id).on_call)

    def code(self, case_id: int | None) -> str | None:
        return self.cases[case_id]["code"] if case_id is not None else None

    def language(self, person: Row[Any]) -> str | None:
        changed = self.changes.get(person.id, {}).get("language")
        return changed or person.language or (person.languages or "").split(";")[0] or None

    def read(self, body: str, media: int, member: bool) -> routing.Text:
        language = self.language(self.person)
        return reading.read(self.house, self.program, body, media, language, member, self.text_id)

    def without_echo(self, text: routing.Text, media: int) -> routing.Text:
        """A text that repeats one of our last five is not danger by what it repeats."""
        context = routing.context(self.listeners(self.person.id))  # as it will be read, so that it is read once
        if text.read(context).level not in routing.DANGEROUS:
            return text
        recent = self.connection.execute(
            select(deliveries.c.words)
            .where(deliveries.c.person_id == self.person.id, deliveries.c.words.is_not(None))
            .order_by(deliveries.c.id.desc())
            .limit(5)
        ).scalars()
        words = text.words
        for said in (self.house.vault.open(row) for row in recent):
            if len(said) > 20 and said in words:
                words = words.replace(said, " ")
        return text if words == text.words else self.read(words, media, member=False)

    def learn_language(self, body: str, found: str | None) -> None:
        """A person writes in a language; a longer text, or its name, switches; one word does only the first time."""
        known = self.person.language
        if found is None or found == known:
            return
        if known is None or len(body.split()) >= 3 or self.house.catalogue.meaning(body, None, ("english", "espanol")):
            self.change(self.person.id, language=found)

    # --- what a text does -----------------------------------------------------------------------------------------

    def begin_text(self, sid: str, text: routing.Text, media: int, case: int | None) -> None:
        self.text = {
            "id": self.text_id,
            "sid": sid,
            "program_id": self.program.id,
            "person_id": self.person.id,
            "case_id": case,
            "words": self.house.vault.seal(text.words),
            "media": media,
            "received_at": self.now,
        }

    def open_case(self, person: Row[Any]) -> int:
        id = self.house.clock.id()
        self.cases[id] = {
            "id": id, "program_id": self.program.id, "person_id": person.id, "code": None, "state": "open",
            "level": "none", "frozen": False, "coordinator_id": None, "opened_at": self.now, "closed_at": None,
            "outcome": None, "known": {"language": self.language(person)}, "changed": True,
        }  # fmt: skip
        self.new_cases.add(id)
        if self.text is not None and self.text["person_id"] == person.id and self._is_over(self.text["case_id"]):
            self.text["case_id"] = id  # what asked for it, even where it answered something of a case that is over
        return id

    def _is_over(self, case: int | None) -> bool:
        return case is None or self.cases[case]["state"] != "open"

    def open_run(
        self,
        flow: str,
        data: Mapping[str, Any],
        role_parties: Mapping[str, int],
        case: int | None,
        lock: int,
        opener: int | None,
    ) -> int:
        table = FLOWS[flow]
        given = {name: value for name, value in data.items() if value is not None}
        known: dict[str, Any] = dict(given)  # what facts ask of a run (a page's role) they ask before its first step
        if table.stamps:
            known["policy"] = stamped(self.program, table.stamps, data)
        if opener is not None and self.runs[opener].known.get("code"):
            known["code"] = self.runs[opener].known["code"]  # what a ride opens goes by the ride's own code
        run = Run(
            self.house.clock.id(),
            flow,
            table.start,
            case,
            opener=opener,
            since=self.now,
            parties=role_parties,
            known=known,
        )
        self.runs[run.id] = run
        self.locks[run.id] = lock
        self.hear(run.id, Opened(given))
        return run.id

    def plant(self, flow: str, data: Mapping[str, Any], role_parties: Mapping[str, int], lock: int) -> None:
        """A run under somebody else's lock: a due row, and nothing of it happens in this transaction."""
        table = FLOWS[flow]
        policy = {"policy": stamped(self.program, table.stamps, data)} if table.stamps else {}
        run = Run(
            self.house.clock.id(),
            flow,
            table.start,
            since=self.now,
            due=self.now,
            parties=role_parties,
            known={**data, **policy},
        )
        self.runs[run.id] = run
        self.locks[run.id] = lock
        self.nudges.append(("due", run.id, "urgent" if table.urgent else "routine"))

    def hear(self, run_id: int, event: Event) -> None:
        self.waiting.append((run_id, event))

    def code_for(self, run: Run) -> str | None:
        """The code a member knows this run by: its ride's own, or its case's."""
        return run.known.get("code") or self.code_of(run.case)

    def code_of(self, case: int | None) -> str | None:
        if case is None:
            return None
        if self.cases[case]["code"] is None:
            code = self.house.codes.allot(self.connection, self.house.clock, self.program.id, case, self.now)
            self.cases[case] |= {"code": code, "changed": True}
        return self.cases[case]["code"]

    # --- remembering ------------------------------------------------------------------------------------------

    def change(self, person_id: int, **values: Any) -> None:
        self.changes.setdefault(person_id, {}).update(values)

    def note(
        self,
        what: str,
        *,
        case_id: int | None = None,
        run_id: int | None = None,
        person_id: int | None = None,
        data: Any = None,
    ) -> None:
        self.history.append(
            {
                "id": self.house.clock.id(), "at": self.now, "program_id": self.program.id, "case_id": case_id,
                "run_id": run_id, "person_id": person_id, "what": what,
                "data": self.house.vault.seal_json(data) if data is not None else None,
            }
        )  # fmt: skip


def stamped(program: Program, names: Sequence[str], data: Mapping[str, Any]) -> dict[str, Any]:
    """The program's policies as they are now: what is under way does not bend when the file is edited."""
    policy: dict[str, Any] = {}
    for name in names:
        if name == "paging":
            policy |= program.config["paging"][data.get("role", "coordinator")]
        elif name == "timezone":
            policy[name] = program.timezone
        elif name == "quiet":
            policy[name] = program.config["checkins"]["quiet"]
        else:
            policy[name] = program.config[name]
    return policy
