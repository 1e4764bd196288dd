"""The foundation: programs and people, cases and runs, texts in and deliveries out.

Numbers and words are sealed from this first migration on, so that no backup ever holds them readable. Why there are
no foreign keys on what every text writes to is said in hotline/models.

Revision ID: 0001
Revises: nothing
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    "programs",
    "lines",
    "people",
    "cases",
    "codes",
    "runs",
    "parties",
    "texts",
    "deliveries",
    "log",
    "pages",
    "heartbeats",
    "secrets",
    "simulated_time",
)


def upgrade() -> None:
    op.create_table(
        "programs",
        _id(),
        sa.Column("name", sa.Text, nullable=False),
        # JSON: the whole file with its defaults, durations in seconds, never = null
        sa.Column("config", sa.Text, nullable=False),
        _when("loaded_at", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_programs"),
        sa.UniqueConstraint("name", name="uq_programs_name"),
    )
    op.create_table(
        "lines",
        sa.Column("number", sa.String(16), nullable=False),  # E.164, in the clear: it is on every poster
        _id("program_id"),
        _when("free_at"),  # routine texts wait for it: a number sends about one segment a second
        sa.PrimaryKeyConstraint("number", name="pk_lines"),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name="fk_lines_program_id_programs"),
    )
    op.create_index("ix_lines_program_id", "lines", ["program_id"])
    op.create_table(
        "people",
        _id(),
        _id("program_id"),
        sa.Column("phone_ix", sa.LargeBinary(32), nullable=False),  # blind index: the number, findable and not readable
        _sealed("phone", nullable=False),
        sa.Column("language", sa.String(8)),  # null until it can be told
        _when("created_at", nullable=False),
        _when("heard_at"),
        sa.Column("line", sa.String(16)),  # which of our numbers they texted last: what we say comes from there
        _flag("opted_out"),  # the carrier's refusal, not our reading of a word
        _flag("wants_none"),  # asked in other words for no unasked texts
        _when("muted_until"),  # "not for us": opens nothing until then, but for danger and asking
        # From here on the roster's; null for everybody who is only a participant.
        _sealed("name"),
        sa.Column("roles", sa.Text),  # coordinator;driver
        sa.Column("languages", sa.Text),  # en;es
        sa.Column("hours", sa.Text),
        _sealed("notes"),
        sa.Column("position", sa.Integer),  # order in the file: the first rotation's order
        _flag("active"),  # on the roster now; whoever left it keeps the rest of the row
        _when("off_until"),  # FOREVER: until they say ON
        sa.Column("accepted", sa.Text),  # JSON {role: ISO time}: who took something last is asked last
        sa.Column("focus", sa.Text),  # JSON: the case their words go to from now on
        sa.Column("replies", sa.Text),  # JSON: our replies within the hour, so that two robots stop
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("program_id", "phone_ix", name="uq_people_program_id_phone_ix"),
    )
    op.create_index("ix_people_phone_ix", "people", ["phone_ix"])
    _partial("ix_people_roster", "people", ["program_id"], "roles IS NOT NULL")
    op.create_table(
        "cases",
        _id(),
        _id("program_id"),
        _id("person_id"),
        sa.Column("code", sa.String(8)),  # kept after its return to the pool: a closed case is still spoken of
        sa.Column("state", sa.String(8), nullable=False, server_default="open"),  # open closed
        sa.Column("level", sa.String(16), nullable=False, server_default="none"),  # none unclear suicidal emergency
        _flag("frozen"),
        _id("coordinator_id", nullable=True),
        _when("opened_at", nullable=False),
        _when("closed_at"),
        sa.Column("outcome", sa.String(32)),
        _sealed("known"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    op.create_index("ix_cases_person_id_id", "cases", ["person_id", "id"])
    _partial("ix_cases_open", "cases", ["program_id"], "state = 'open'")
    _partial("ix_cases_open_coordinator", "cases", ["coordinator_id"], "state = 'open'")
    op.create_table(
        "codes",
        _id("program_id"),
        sa.Column("code", sa.String(8), nullable=False),
        _id("case_id"),
        _when("until"),  # null while in use; then 30 days in which nobody else gets it
        sa.PrimaryKeyConstraint("program_id", "code", name="pk_codes"),
    )
    op.create_table(
        "runs",
        _id(),
        _id("program_id"),
        _id("lock_id"),  # the person whose row is this run's lock
        _id("case_id", nullable=True),
        sa.Column("flow", sa.String(32), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        _count("turn"),  # a timer is good for the turn it was armed in
        _count("tries"),
        _id("opener_id", nullable=True),
        _flag("open", sa.true()),
        sa.Column("lane", sa.String(8), nullable=False, server_default="routine"),  # urgent routine
        _when("since", nullable=False),
        _when("due"),
        sa.Column(
            "parties", sa.Text, nullable=False, server_default="{}"
        ),  # JSON {role: person id}, kept when the run has closed
        _sealed("known"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    _partial("ix_runs_open_lock", "runs", ["lock_id"], "open")
    _partial("ix_runs_open_due", "runs", ["lane", "due"], "open")
    _partial("ix_runs_open_case", "runs", ["case_id"], "open")
    # Members only, and only while the run is open: 100,000 rows of closed runs cost 395 ms a text (measured.md).
    op.create_table(
        "parties",
        _id("run_id"),
        sa.Column("role", sa.String(32), nullable=False),
        _id("person_id"),
        sa.PrimaryKeyConstraint("run_id", "role", name="pk_parties"),
    )
    op.create_index("ix_parties_person_id", "parties", ["person_id"])
    op.create_table(
        "texts",
        _id(),
        sa.Column("sid", sa.String(64), nullable=False),  # the same webhook again finds its first reply here
        _id("program_id"),
        _id("person_id"),
        _id("case_id", nullable=True),
        _sealed("words"),  # null once retention has taken them
        _count("media"),
        _when("received_at", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_texts"),
        sa.UniqueConstraint("sid", name="uq_texts_sid"),
    )
    op.create_index("ix_texts_case_id", "texts", ["case_id"])
    op.create_index("ix_texts_person_id_id", "texts", ["person_id", "id"])
    # One outgoing text or call. The row is the outbox: Redis may lose everything it ever knew.
    op.create_table(
        "deliveries",
        _id(),
        _id("program_id"),
        _id("person_id"),
        _id("case_id", nullable=True),
        _id("run_id", nullable=True),
        _id("text_id", nullable=True),  # the text this answers
        sa.Column("lane", sa.String(8), nullable=False, server_default="routine"),
        sa.Column("state", sa.String(16), nullable=False),  # due claimed sent replied delivered failed dropped
        _when("due"),
        _when("lease"),  # a claim that ran out is settled by asking the carrier
        _count("tries"),
        sa.Column("refusals", sa.Integer),  # how often the carrier has said: later
        sa.Column("card", sa.String(64)),  # worded when sent: a card edited meanwhile goes out as edited
        _sealed("blanks"),
        _sealed("words"),  # what was really said, or what somebody else said and we pass on
        sa.Column("language", sa.String(8)),
        sa.Column("sid", sa.String(64)),
        _count("rank"),  # how far the carrier's status has come: it never goes back (facts 1.8)
        sa.Column("error", sa.String(16)),
        sa.Column("expires", sa.Integer),  # seconds: an offer's text dies at the carrier with the offer
        sa.Column("wait", sa.Integer),  # seconds: arms the run's timer when the text has gone out
        sa.Column("turn", sa.Integer),  # the run's turn that timer is for
        _flag("relay"),
        _when("created_at", nullable=False),
        _when("sent_at"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_case_id", "deliveries", ["case_id"])
    op.create_index("ix_deliveries_text_id", "deliveries", ["text_id"])
    op.create_index("ix_deliveries_sid", "deliveries", ["sid"])
    _partial("ix_deliveries_waiting", "deliveries", ["lane", "due"], "state IN ('due', 'claimed')")
    op.create_index("ix_deliveries_person_id_id", "deliveries", ["person_id", "id"])
    op.create_table(
        "log",
        _id(),
        _when("at", nullable=False),
        _id("program_id"),
        _id("case_id", nullable=True),
        _id("run_id", nullable=True),
        _id("person_id", nullable=True),
        sa.Column("what", sa.Text, nullable=False),
        _sealed("data"),
        sa.PrimaryKeyConstraint("id", name="pk_log"),
    )
    op.create_index("ix_log_case_id", "log", ["case_id"])
    op.create_index("ix_log_person_id_id", "log", ["person_id", "id"])
    # Written for people to read; no flow ever reads it back. The id is the paging run's.
    op.create_table(
        "pages",
        _id(),
        _id("program_id"),
        _id("case_id"),
        sa.Column("role", sa.String(32), nullable=False),
        _flag("urgent"),
        sa.Column("state", sa.String(16), nullable=False, server_default="asking"),  # asking covered unanswered closed
        _when("opened_at", nullable=False),
        _when("covered_at"),
        _id("covered_by", nullable=True),
        _when("alarm_at"),
        _count("asked"),
        sa.PrimaryKeyConstraint("id", name="pk_pages"),
    )
    op.create_index("ix_pages_case_id", "pages", ["case_id"])
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.Text, nullable=False),
        _when("at", nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeats"),
    )
    # Keys that must outlive the data keys, sealed under them.
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text, nullable=False),
        _sealed("sealed", nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )
    # One row, id 1, only where time is simulated.
    op.create_table(
        "simulated_time",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("offset_s", sa.Float, nullable=False, server_default=sa.text("0")),
        _when("target"),  # a move under way: deadlines up to here are met one by one
        sa.PrimaryKeyConstraint("id", name="pk_simulated_time"),
    )


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)


# This migration's own spelling of the columns: what the models come to say later must not change the past.


def _id(name: str = "id", **options: Any) -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, autoincrement=False, **{"nullable": False, **options})


def _when(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def _sealed(name: str, **options: Any) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, **options)


def _flag(name: str, start: Any = None) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false() if start is None else start)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0"))


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    on_sqlite = "open = 1" if where == "open" else where
    op.create_index(name, table, columns, sqlite_where=sa.text(on_sqlite), postgresql_where=sa.text(where))
