"""The ledger: everything one happening changed, written once, at the end of its transaction."""

import json
from typing import Any

from sqlalchemy import LargeBinary, update

from flows import FLOWS
from flows.machine import Run
from flows.members import UNWATCHED
from hotline import codes, statements
from hotline.models import calls, cases, deliveries, log, metadata, pages, parties, people, runs, texts
from hotline.statements import LEAVE, insert_or
from hotline.work import Work

UNASKED = ("participant", "officer")  # an officer is told of a case, and asked nothing in it


def write(work: Work) -> None:
    """Everything once."""
    _items(work)
    _codes(work)
    _write_people(work)
    if work.text is not None:
        statements.write(work.connection, texts, [work.text])
    _write_cases(work)
    _write_runs(work)
    if work.call is not None:
        _write_call(work, work.call)
    if work.new_calls:
        statements.write(work.connection, calls, work.new_calls)
    for id, values in work.turned.items():
        work.connection.execute(update(calls).where(calls.c.id == id).values(**values))
    if work.deliveries:
        for row in work.deliveries:
            row["said"] = row["words"]
            row["words"] = work.house.vault.seal(row["words"]) if row["words"] is not None else None
            if row["state"] == "due":
                work.nudges.append(("send", row["id"], row["lane"]))
        columns = [column.name for column in deliveries.c]
        statements.write(
            work.connection, deliveries, [{name: row[name] for name in columns} for row in work.deliveries]
        )
    if work.history:
        statements.write(work.connection, log, work.history)
    for id, values in work.pages.items():
        _write_page(work, id, values)
    for (table, id), values in work.records.items():
        _write_record(work, table, id, values)


def _items(work: Work) -> None:
    """Members' items that opened or closed just now: they make a "1" ambiguous for two minutes."""
    for run in work.runs.values():
        was = work.stored.get(run.id)
        if run.flow in UNWATCHED or FLOWS[run.flow].by_phone or run.case is None:
            continue
        if was is not None and _waits(was) == _waits(run):
            continue
        for role, person_id in run.parties.items():
            if role not in UNASKED:
                # To whoever has the case, its ride is the same item.
                own = {"code": run.known["code"]} if run.known.get("code") and role != "coordinator" else None
                work.note("item", case_id=run.case, run_id=run.id, person_id=person_id, data=own)


def _waits(run: Run) -> bool:
    """Whether it may still be answered in earnest; what only hears a late yes no longer is."""
    return run.open and not FLOWS[run.flow][run.state].echo


def _codes(work: Work) -> None:
    """A case gets its code when a member first hears of it."""
    for run in work.runs.values():
        if run.case is not None and any(role != "participant" for role in run.parties):
            work.code_of(run.case)


def _write_people(work: Work) -> None:
    for id, values in work.changes.items():
        statements.rewrite(work.connection, people, [{"id": id, **values}])


def _write_cases(work: Work) -> None:
    fresh, stale, names = [], [], [column.name for column in cases.c]
    for id, case in work.cases.items():
        if not case["changed"]:
            continue
        row = {name: case[name] for name in names} | {"known": work.house.vault.seal_json(case["known"])}
        if id in work.new_cases:
            fresh.append(row)
        else:
            stale.append(row)
    if fresh:
        statements.write(work.connection, cases, fresh)
    if stale:
        statements.rewrite(work.connection, cases, stale)


def _write_runs(work: Work) -> None:
    fresh, changed, joined, left = [], [], [], []
    for run in work.runs.values():
        was = work.stored.get(run.id)
        if was == run:
            continue
        if run.open and run.due is None:
            raise RuntimeError(f"{run.flow}.{run.state} waits without a clock")
        row = _run_row(work, run)
        if was is None:
            fresh.append(row)
            if run.open:
                joined += _parties(work, run)
        else:
            changed.append(row)
            if was.open and not run.open:
                left.append(run.id)
            elif dict(was.parties) != dict(run.parties):
                left.append(run.id)
                joined += _parties(work, run)
        if not run.open and run.known.get("took"):
            codes.rest(work.connection, work.program.id, run.known["code"], work.now)
    if fresh:
        statements.write(work.connection, runs, fresh)
    if left:
        work.connection.execute(LEAVE, {"runs": left})
    if joined:
        statements.write(work.connection, parties, joined)
    if changed:
        statements.rewrite(work.connection, runs, changed)


def _parties(work: Work, run: Run) -> list[dict[str, Any]]:
    """Members only: the participant's row is the lock, and needs no second one."""
    lock = work.locks[run.id]
    return [{"run_id": run.id, "role": r, "person_id": p} for r, p in run.parties.items() if p != lock]


def _run_row(work: Work, run: Run) -> dict[str, Any]:
    return {
        "id": run.id, "program_id": work.program.id, "lock_id": work.locks[run.id], "case_id": run.case,
        "flow": run.flow, "state": run.state, "turn": run.turn, "tries": run.tries, "opener_id": run.opener,
        "open": run.open, "lane": "urgent" if FLOWS[run.flow].urgent else "routine", "since": run.since or work.now,
        "due": run.due, "parties": json.dumps(dict(run.parties)), "known": work.house.vault.seal_json(dict(run.known)),
    }  # fmt: skip


def _write_call(work: Work, call: dict[str, Any]) -> None:
    made = insert_or(work.connection, calls).values(call)
    changed = {name: value for name, value in call.items() if name != "id"}
    work.connection.execute(made.on_conflict_do_update(index_elements=["id"], set_=changed))


def _write_page(work: Work, id: int, values: dict[str, Any]) -> None:
    if "opened_at" in values:
        row = {"id": id, "program_id": work.program.id, "case_id": work.runs[id].case, **values}
        statements.write(work.connection, pages, [row])
    else:
        work.connection.execute(update(pages).where(pages.c.id == id).values(values))


def _write_record(work: Work, name: str, id: int, values: dict[str, Any]) -> None:
    """A row for people to read: made the first time, changed the next. What is sealed there is sealed here."""
    table = metadata.tables[name]
    sealed = {column.name for column in table.c if isinstance(column.type, LargeBinary)}
    row = {k: work.house.vault.seal_json(v) if k in sealed and v is not None else v for k, v in values.items()}
    run = work.runs[id]
    if "code" in table.c and run.known.get("took"):
        row["code"] = run.known["code"]  # a ride's own
    made = insert_or(work.connection, table).values(id=id, program_id=work.program.id, case_id=run.case, **row)
    work.connection.execute(made.on_conflict_do_update(index_elements=["id"], set_=row or {"id": id}))
