"""A past to measure on: years of closed cases, or a minute in which everybody's check-in falls due."""

import sqlite3
from typing import Any

from tests.bench.place import Place

CASES, TEXTS = 100_000, 1_000_000
DUE = 100_000


def years(here: Place) -> None:
    """CASES closed cases with four ended runs each, TEXTS texts in and as many out."""
    _run(here, [
        (_PEOPLE, CASES), (_CASES, CASES), (_RUNS, CASES * 4), (_TEXTS, TEXTS), (_DELIVERIES, TEXTS),
    ])  # fmt: skip


def check_ins(here: Place) -> None:
    """DUE people whose run and whose text fall due within the next minute, all in the routine lane."""
    _run(here, [(_PEOPLE, DUE), (_DUE_RUNS, DUE), (_DUE_TEXTS, DUE)])


# {n}: 1, 2, 3 ... · {blob}: 32 bytes nobody else has · {t}: a time long past · {soon}: within the next minute
_PEOPLE = (
    "people (id, program_id, phone_ix, phone, language, created_at, opted_out, wants_none, active)"
    " SELECT {n}, (SELECT min(id) FROM programs), {blob}, {blob}, 'en', {t}, {no}, {no}, {no}"
)
_CASES = (
    "cases (id, program_id, person_id, state, level, frozen, opened_at, closed_at, outcome)"
    " SELECT {n}, (SELECT min(id) FROM programs), {n}, 'closed', 'none', {no}, {t}, {t}, 'done'"
)
_RUNS = (
    "runs (id, program_id, lock_id, case_id, flow, state, turn, tries, open, lane, since, parties)"
    f" SELECT {{n}}, (SELECT min(id) FROM programs), 1 + {{n}} % {CASES}, 1 + {{n}} % {CASES}, 'intake', 'over', 5, 0,"
    " {no}, 'routine', {t}, '{{}}'"
)
_TEXTS = (
    "texts (id, sid, program_id, person_id, case_id, words, media, received_at)"
    f" SELECT {{n}}, 'SMpast' || {{n}}, (SELECT min(id) FROM programs), 1 + {{n}} % {CASES}, 1 + {{n}} % {CASES},"
    " {blob}, 0, {t}"
)
_DELIVERIES = (
    "deliveries (id, program_id, person_id, case_id, lane, state, tries, card, words, sid, rank, relay, created_at)"
    f" SELECT {{n}}, (SELECT min(id) FROM programs), 1 + {{n}} % {CASES}, 1 + {{n}} % {CASES}, 'routine', 'delivered',"
    " 1, 'intake.kept', {blob}, 'SMout' || {n}, 9, {no}, {t}"
)
_DUE_RUNS = (
    "runs (id, program_id, lock_id, flow, state, turn, tries, open, lane, since, due, parties)"
    " SELECT {n}, (SELECT min(id) FROM programs), {n}, 'follow_up', 'waits', 1, 0, {yes}, 'routine', {t}, {soon},"
    " '{{}}'"
)
_DUE_TEXTS = (
    "deliveries (id, program_id, person_id, lane, state, due, tries, card, language, rank, relay, created_at)"
    " SELECT {n}, (SELECT min(id) FROM programs), {n}, 'routine', 'due', {soon}, 0, 'intake.kept', 'en', 0, {no}, {t}"
)


def _run(here: Place, statements: list[tuple[str, int]]) -> None:
    postgresql = here.database_url.startswith("postgres")
    connection: Any
    if postgresql:
        import psycopg

        connection = psycopg.connect(here.database_url, autocommit=True)
    else:
        connection = sqlite3.connect(here.database_url.removeprefix("sqlite:///"))
    for statement, count in statements:
        connection.execute(_postgresql(statement, count) if postgresql else _sqlite(statement, count))
        connection.commit()
    connection.execute("ANALYZE")
    connection.close()


def _postgresql(statement: str, count: int) -> str:
    words = statement.format(
        n="n", blob="decode(md5(n::text) || md5('x' || n), 'hex')", t="now() - interval '400 days'", no="false",
        yes="true", soon="now() + (n % 60) * interval '1 second'",
    )  # fmt: skip
    return f"INSERT INTO {words} FROM generate_series(1, {count}) AS n"


def _sqlite(statement: str, count: int) -> str:
    past, soon = "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-400 days')", "'now', '+' || (n % 60) || ' seconds'"
    words = statement.format(
        n="n", blob="randomblob(32)", t=past, no="0", yes="1", soon=f"strftime('%Y-%m-%d %H:%M:%f000', {soon})"
    )
    numbers = f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count})"
    return f"INSERT INTO {words.replace(' SELECT ', f' {numbers} SELECT ', 1)} FROM s"
