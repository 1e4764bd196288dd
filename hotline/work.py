"""Work: one transaction. What it has read, what it will write, and who is still to be told; written once, at its end."""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update
from sqlalchemy import insert as plain_insert

from flows import FLOWS, loops, routing
from flows.events import Event, Failed, Heard, Opened, Told
from flows.machine import Run, reads, step
from flows.moved import MOVED
from hotline import facts, reading, rows
from hotline.effects import EFFECTS
from hotline.house import House
from hotline.models import case_is_open, cases, deliveries, log, pages, parties, people, runs, texts
from hotline.programs import Program
from hotline.wording import words_for

BOUND = 1000  # events one happening may cause: more is two runs telling each other for ever
LATE_S = 600  # a delivery's silence is armed this much later, and drawn in when it is sent
UNWATCHED = frozenset({"roster", "which"})  # runs that are no item of a member's own


class Work:
    """One transaction: what it has read, what it will write, and who is still to be told."""

    def __init__(
        self, house: House, connection: Connection, program: Program, now: datetime, person: Row[Any], heard: bool = True
    ) -> None:
        self.house, self.connection, self.program, self.now = house, connection, program, now
        self.person = person
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
        self.text: dict[str, Any] | None = None
        self.waiting: deque[tuple[int, Event]] = deque()
        self.kept: dict[tuple[str, str], Any] = {}
        self.learned = False
        self.nudges: list[tuple[str, int, str]] = []

    # --- reading --------------------------------------------------------------------------------------------------

    def load(self, lock_ids: Sequence[int]) -> bool:
        """Everything open under these locks. False if this person takes part in something that is not locked."""
        found = self.connection.execute(select(runs).where(runs.c.lock_id.in_(lock_ids), runs.c.open)).all()
        self._keep(found)
        self._load_cases({row.case_id for row in found if row.case_id is not None})
        return rows.locks_of(self.connection, self.person.id) <= set(lock_ids) if self.heard else True

    def load_case_of(self, person_id: int) -> int | None:
        """A participant's open case with its open runs: one statement, since every text pays for it."""
        statement = (
            select(cases, *(column.label(f"run_{column.name}") for column in runs.c))
            .outerjoin(runs, (runs.c.case_id == cases.c.id) & runs.c.open)
            .where(cases.c.person_id == person_id, case_is_open)
        )
        case = None
        for row in self.connection.execute(statement).mappings():
            case = row["id"]
            self.cases[case] = self._case({column.name: row[column.name] for column in cases.c})
            if row["run_id"] is not None:
                self._keep([_Renamed(row)])
        return case

    def open_case_of(self, person_id: int) -> int | None:
        return next((id for id, case in self.cases.items() if case["person_id"] == person_id and case["state"] == "open"), None)

    def _load_cases(self, ids: set[int]) -> None:
        if ids:
            for row in self.connection.execute(select(cases).where(cases.c.id.in_(ids))).mappings():
                self.cases[row["id"]] = self._case(dict(row))

    def _case(self, row: dict[str, Any]) -> dict[str, Any]:
        known = self.house.vault.open_json(row["known"]) if row["known"] else {}
        return {**row, "known": known, "changed": False}

    def _keep(self, found: Iterable[Any]) -> None:
        for row in found:
            run = Run(
                id=row.id,
                flow=row.flow,
                state=MOVED.get((row.flow, row.state), row.state),
                case=row.case_id,
                turn=row.turn,
                tries=row.tries,
                opener=row.opener_id,
                since=row.since,
                due=row.due,
                open=row.open,
                parties=json.loads(row.parties),
                known=self.house.vault.open_json(row.known) if row.known else {},
            )
            self.runs[run.id] = self.stored[run.id] = run
            self.locks[run.id] = row.lock_id

    def somebody(self, id: int) -> Row[Any]:
        if id not in self.people:
            self.people[id] = self.connection.execute(select(people).where(people.c.id == id)).one()
        return self.people[id]

    def listeners(self, person_id: int) -> list[routing.Listener]:
        """The open runs this person is a party of, under which role."""
        return [
            routing.Listener(run, FLOWS[run.flow], role, self.code(run.case))
            for run in self.runs.values()
            if run.open
            for role, party in run.parties.items()
            if party == person_id
        ]

    def code(self, case_id: int | None) -> str | None:
        return self.cases[case_id]["code"] if case_id is not None else None

    def language(self, person: Row[Any]) -> str | None:
        changed = self.changes.get(person.id, {}).get("language")
        return changed or person.language or (person.languages or "").split(";")[0] or None

    def read(self, body: str, media: int, member: bool) -> routing.Text:
        id = self.text["id"] if self.text else 0
        return reading.read(self.house, self.program, body, media, self.language(self.person), member, id)

    def without_echo(self, text: routing.Text, media: int) -> routing.Text:
        """A text that repeats one of our last five is not danger by what it repeats."""
        if text.read("opening").level not in routing.DANGEROUS:
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

    def learn_language(self, body: str) -> None:
        """A person writes in a language; a longer text, or its name, switches; one word does only the first time."""
        named = self.house.catalogue.meaning(body, None, ("english", "espanol"))
        found = {"english": "en", "espanol": "es"}.get(named or "") or self.house.catalogue.language(body)
        if found is None or found not in self.program.languages:
            found = self.program.languages[0] if len(self.program.languages) == 1 else None
        known = self.person.language
        if found and found != known and (known is None or named or len(body.split()) >= 3):
            self.changes.setdefault(self.person.id, {})["language"] = found

    # --- what a text does -----------------------------------------------------------------------------------------

    def begin_text(self, sid: str, text: routing.Text, media: int, case: int | None) -> None:
        self.text = {
            "id": self.house.clock.id(),
            "sid": sid,
            "program_id": self.program.id,
            "person_id": self.person.id,
            "case_id": case,
            "words": self.house.vault.seal(text.words),
            "media": media,
            "level": text.read("opening").level if case is not None or self.person.roles is None else None,
            "received_at": self.now,
        }
        self.said_now = text.words

    def turn(self, turn: routing.Turn) -> None:
        """One thing routing decided."""
        match turn:
            case routing.Give(run, event):
                self.hear(run, event)
            case routing.Begin():
                self._begin(turn)
            case routing.Answer(card, blanks, once):
                if once:
                    self.note("thanked", person_id=self.person.id)
                self.deliver(self.person.id, card=card, blanks=dict(blanks), run=None)
            case routing.OptOut(out):
                self.opt_out(self.person, out)
            case routing.FocusOn(case):
                self.change(self.person.id, focus=json.dumps([case, self.now.isoformat()]))

    def _begin(self, turn: routing.Begin) -> None:
        case, data = turn.case, dict(turn.data)
        role_parties = dict(turn.parties)
        if turn.new_case:
            case = self.open_case(self.person)
            role_parties = {"participant": self.person.id}
        elif case is not None and not role_parties:
            role_parties = {"participant": self.cases[case]["person_id"]}
        if turn.flow == "roster":
            self._supersede(self.person.id)
        if turn.new_case or turn.case is not None:
            data.setdefault("language", self.language(self.somebody(role_parties.get("participant", self.person.id))))
        data.setdefault("at", self.now.isoformat())
        if case is not None and self.text is not None and self.text["case_id"] is None:
            self.text["case_id"] = case
        lock = self.cases[case]["person_id"] if case is not None else self.person.id
        self.open_run(turn.flow, data, role_parties, case, lock, opener=None)

    def _supersede(self, person_id: int) -> None:
        for run in list(self.runs.values()):
            if run.open and run.flow in UNWATCHED and person_id in run.parties.values():
                self.hear(run.id, Told("superseded"))

    def open_case(self, person: Row[Any]) -> int:
        id = self.house.clock.id()
        self.cases[id] = {
            "id": id, "program_id": self.program.id, "person_id": person.id, "code": None, "state": "open",
            "level": "none", "frozen": False, "coordinator_id": None, "opened_at": self.now, "closed_at": None,
            "outcome": None, "known": {"language": self.language(person)}, "changed": True,
        }  # fmt: skip
        self.new_cases.add(id)
        if self.text is not None and self.text["case_id"] is None and self.text["person_id"] == person.id:
            self.text["case_id"] = id
        return id

    def open_run(
        self, flow: str, data: Mapping[str, Any], role_parties: Mapping[str, int], case: int | None, lock: int, opener: int | None
    ) -> int:
        table = FLOWS[flow]
        known: dict[str, Any] = {}
        if table.stamps:
            known["policy"] = stamped(self.program, table.stamps, data)
        run = Run(self.house.clock.id(), flow, table.start, case, opener=opener, since=self.now, parties=role_parties, known=known)
        self.runs[run.id] = run
        self.locks[run.id] = lock
        self.hear(run.id, Opened({k: v for k, v in data.items() if v is not None}))
        return run.id

    def hear(self, run_id: int, event: Event) -> None:
        self.waiting.append((run_id, event))

    def run_all(self) -> None:
        """Step until nobody has anything to tell; first come, first served, and bounded."""
        for _ in range(BOUND):
            if not self.waiting:
                return
            run_id, event = self.waiting.popleft()
            run = self.runs[run_id]
            if not run.open:
                continue
            flow = FLOWS[run.flow]
            wanted = {name: facts.FACTS[name](self, run) for name in reads(flow, run, event)}
            after, effects = step(flow, run, event, self.now, wanted)
            self.runs[run_id] = after
            if isinstance(event, Heard) and self.text is not None and self.text["case_id"] is None:
                self.text["case_id"] = run.case
            said_from = len(self.deliveries)
            for effect in effects:
                EFFECTS[type(effect)](self, self.runs[run_id], effect)
            self._arm(run, self.runs[run_id], said_from)
        raise RuntimeError("runs of one case keep telling each other the same; see the last flows changed")

    def _arm(self, before: Run, after: Run, said_from: int) -> None:
        """Silence is counted from when a text went out: until then the clock stands ten minutes further on."""
        if after.turn == before.turn or after.due is None or after.wait is None:
            return
        hearing = {after.parties.get(role) for role in (*FLOWS[after.flow].hears(FLOWS[after.flow][after.state]), *FLOWS[after.flow][after.state].words)}
        for delivery in self.deliveries[said_from:]:
            if delivery["run_id"] == after.id and delivery["state"] == "due" and delivery["person_id"] in hearing | {after.parties.get(FLOWS[after.flow].party)}:
                delivery["wait"], delivery["turn"] = int(after.wait.total_seconds()), after.turn
                self.runs[after.id] = replace(after, due=rows.after(after.due, LATE_S))

    # --- saying ---------------------------------------------------------------------------------------------------

    def deliver(
        self,
        person_id: int,
        *,
        run: Run | None,
        card: str | None = None,
        blanks: Mapping[str, Any] | None = None,
        words: str | None = None,
        expires: float | None = None,
        case: int | None = None,
    ) -> None:
        """A row in the outbox. To the one who is speaking to us right now it is the webhook's own reply."""
        person = self.somebody(person_id)
        case = run.case if run is not None else case
        urgent = run is not None and FLOWS[run.flow].urgent
        is_reply = self.heard and self.text is not None and person_id == self.person.id
        language = self.language(person) or self.program.languages[0]
        row: dict[str, Any] = dict.fromkeys(column.name for column in deliveries.c)
        row |= {
            "id": self.house.clock.id(), "program_id": self.program.id, "person_id": person_id, "case_id": case,
            "run_id": run.id if run else None, "lane": "urgent" if urgent else "routine", "state": "due", "due": self.now,
            "tries": 0, "rank": 0, "card": card, "language": language, "relay": card is None, "created_at": self.now,
            "expires": int(expires) if expires else None,
        }  # fmt: skip
        if is_reply:
            said = words if card is None else words_for(self.house, self.program, card, blanks or {}, language, self.code_of(case))
            row |= {"state": "replied", "due": None, "text_id": self.text["id"], "words": said, "sent_at": self.now}  # type: ignore[index]
        elif card is not None:
            row["blanks"] = self.house.vault.seal_json(dict(blanks or {})) if blanks else None
        else:
            row["words"] = words
        self.deliveries.append(row)
        changed = self.changes.get(person_id, {})
        if changed.get("opted_out", person.opted_out) and not is_reply:
            row |= {"state": "failed", "due": None, "error": "21610"}
            if run is not None:
                self._failed(run, row["id"], person_id, card, "opted_out", 1)
        elif person.wants_none and not is_reply and not urgent and person.roles is None and card is not None:
            row |= {"state": "dropped", "due": None}

    def code_of(self, case: int | None) -> str | None:
        if case is None:
            return None
        if self.cases[case]["code"] is None:
            code = rows.allot_code(self.connection, self.house, self.program.id, case, self.now)
            self.cases[case] |= {"code": code, "changed": True}
        return self.cases[case]["code"]

    def fail(self, row: Row[Any], why: str, error: int | None) -> None:
        """A delivery failed at the carrier."""
        rows.mark_failed(self.connection, row.id, error)
        person = self.somebody(row.person_id)
        if why == "opted_out" and not person.opted_out:
            self.change(person.id, opted_out=True)
        run = self.runs.get(row.run_id)
        if run is not None:
            self._failed(run, row.id, row.person_id, row.card, why, row.tries or 1)
        self.note("failed", case_id=row.case_id, person_id=row.person_id)

    def _failed(self, run: Run, delivery: int, person_id: int, card: str | None, why: str, tries: int) -> None:
        role = next((role for role, party in run.parties.items() if party == person_id), None)
        if role is not None:
            self.hear(run.id, Failed(role, card, why, delivery, tries))

    def opt_out(self, person: Row[Any], out: bool) -> None:
        """The carrier refuses or accepts texts to this number from now on; the runs that speak to it are told."""
        self.change(person.id, opted_out=out, **({} if out else {"wants_none": False}))
        self.note("opted_out" if out else "opted_in", person_id=person.id)
        if not out:
            return
        for run in list(self.runs.values()):
            for role, party in run.parties.items():
                if run.open and party == person.id:
                    self.hear(run.id, Failed(role, None, "opted_out", 0, 1))

    def guard_loops(self) -> None:
        """After five replies in an hour without progress the last one says so; from then on only danger is answered."""
        moved = any(
            run.id not in self.stored or (run.state, run.open) != (self.stored[run.id].state, self.stored[run.id].open)
            for run in self.runs.values()
        )
        said = [row for row in self.deliveries if row["state"] == "replied"]
        if moved or self.learned or any(row["lane"] == "urgent" for row in said):
            if self.person.replies:
                self.change(self.person.id, replies=None)
            return
        if not said:
            return
        recent = [at for at in rows.times(self.person.replies) if self.now - at < loops.WINDOW]
        verdict = loops.verdict(recent, self.now)
        if verdict != "answer":
            for row in said:
                row |= {"state": "dropped"}
        if verdict == "last":
            self.deliver(self.person.id, run=None, card="intake.loop_last", case=said[0]["case_id"])
        self.change(self.person.id, replies=json.dumps([at.isoformat() for at in (*recent, self.now)]))

    def replies(self) -> Iterator[tuple[str, int]]:
        for row in self.deliveries:
            if row["state"] == "replied":
                yield row["said"], row["id"]

    # --- remembering ----------------------------------------------------------------------------------------------

    def change(self, person_id: int, **values: Any) -> None:
        self.changes.setdefault(person_id, {}).update(values)

    def note(self, what: str, *, case_id: int | None = None, run_id: int | None = None, person_id: int | None = None, data: Any = None) -> None:
        self.history.append(
            {
                "id": self.house.clock.id(), "at": self.now, "program_id": self.program.id, "case_id": case_id,
                "run_id": run_id, "person_id": person_id, "what": what,
                "data": self.house.vault.seal_json(data) if data is not None else None,
            }
        )  # fmt: skip

    def write(self) -> None:
        """Everything once."""
        self._items()
        self._codes()
        self._write_people()
        if self.text is not None:
            self.connection.execute(plain_insert(texts), [self.text])
        self._write_cases()
        self._write_runs()
        if self.deliveries:
            for row in self.deliveries:
                row["said"] = row["words"]
                row["words"] = self.house.vault.seal(row["words"]) if row["words"] is not None else None
                if row["state"] == "due":
                    self.nudges.append(("send", row["id"], row["lane"]))
            columns = [column.name for column in deliveries.c]
            self.connection.execute(plain_insert(deliveries), [{name: row[name] for name in columns} for row in self.deliveries])
        if self.history:
            self.connection.execute(plain_insert(log), self.history)
        for id, values in self.pages.items():
            self._write_page(id, values)

    def _items(self) -> None:
        """Members' items that opened or closed just now: they make a "1" ambiguous for two minutes."""
        for run in self.runs.values():
            was = self.stored.get(run.id)
            if run.flow in UNWATCHED or run.case is None or (was is not None and was.open == run.open):
                continue
            for role, person_id in run.parties.items():
                if role != "participant":
                    self.note("item", case_id=run.case, run_id=run.id, person_id=person_id)

    def _codes(self) -> None:
        """A case gets its code when a member first hears of it."""
        for run in self.runs.values():
            if run.case is not None and any(role != "participant" for role in run.parties):
                self.code_of(run.case)
        for row in self.deliveries:
            if row["case_id"] is not None and row["card"] and "code" in self.house.catalogue.cards[row["card"]].blanks:
                self.code_of(row["case_id"])

    def _write_people(self) -> None:
        for id, values in self.changes.items():
            self.connection.execute(update(people).where(people.c.id == id).values(values))

    def _write_cases(self) -> None:
        fresh, names = [], [column.name for column in cases.c]
        for id, case in self.cases.items():
            if not case["changed"]:
                continue
            row = {name: case[name] for name in names} | {"known": self.house.vault.seal_json(case["known"])}
            if id in self.new_cases:
                fresh.append(row)
            else:
                self.connection.execute(update(cases).where(cases.c.id == id).values(row))
        if fresh:
            self.connection.execute(plain_insert(cases), fresh)

    def _write_runs(self) -> None:
        fresh, changed, joined, left = [], [], [], []
        for run in self.runs.values():
            was = self.stored.get(run.id)
            if was == run:
                continue
            if run.open and run.due is None:
                raise RuntimeError(f"{run.flow}.{run.state} waits without a clock")
            row = self._run_row(run)
            if was is None:
                fresh.append(row)
                if run.open:
                    lock = self.locks[run.id]
                    joined += [{"run_id": run.id, "role": r, "person_id": p} for r, p in run.parties.items() if p != lock]
            else:
                changed.append({f"b_{name}": value for name, value in row.items()})
                if was.open and not run.open:
                    left.append(run.id)
        if fresh:
            self.connection.execute(plain_insert(runs), fresh)
        if joined:
            self.connection.execute(plain_insert(parties), joined)
        if changed:
            self.connection.execute(UPDATE_RUN, changed)
        if left:
            self.connection.execute(delete(parties).where(parties.c.run_id.in_(left)))

    def _run_row(self, run: Run) -> dict[str, Any]:
        return {
            "id": run.id, "program_id": self.program.id, "lock_id": self.locks[run.id], "case_id": run.case,
            "flow": run.flow, "state": run.state, "turn": run.turn, "tries": run.tries, "opener_id": run.opener,
            "open": run.open, "lane": "urgent" if FLOWS[run.flow].urgent else "routine", "since": run.since or self.now,
            "due": run.due, "parties": json.dumps(dict(run.parties)), "known": self.house.vault.seal_json(dict(run.known)),
        }  # fmt: skip

    def _write_page(self, id: int, values: dict[str, Any]) -> None:
        if "opened_at" in values:
            row = {"id": id, "program_id": self.program.id, "case_id": self.runs[id].case, **values}
            self.connection.execute(plain_insert(pages), [row])
        else:
            self.connection.execute(update(pages).where(pages.c.id == id).values(values))


class _Renamed:
    """A run read beside its case, under its own columns' names."""

    def __init__(self, row: Mapping[Any, Any]) -> None:
        for column in runs.c:
            setattr(self, column.name, row[f"run_{column.name}"])


UPDATE_RUN = (
    update(runs)
    .where(runs.c.id == bindparam("b_id"))
    .values({column.name: bindparam(f"b_{column.name}") for column in runs.c if column.name != "id"})
)


def stamped(program: Program, names: Sequence[str], data: Mapping[str, Any]) -> dict[str, Any]:
    """The program's policies as they are now: what is under way does not bend when the file is edited."""
    policy: dict[str, Any] = {}
    for name in names:
        if name == "paging":
            policy |= program.config["paging"][data.get("role", "coordinator")]
        elif name == "timezone":
            policy[name] = program.timezone
        else:
            policy[name] = program.config[name]
    return policy
