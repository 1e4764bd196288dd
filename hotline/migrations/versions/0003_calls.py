"""Calls: who is on the line with us, what waits to be spoken there, and the messages people leave.

A delivery learns whether it is a text or a call, and on which call it is spoken; a person, whether they are on the line
just now: every text reads that row already, so that nobody pays for it with a statement more.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

FALSE = sa.false()


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    zero = sa.text("0")
    when = sa.DateTime(timezone=True)
    op.create_table(
        "calls",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("program_id", key, autoincrement=False, nullable=False),
        sa.Column("person_id", key, autoincrement=False, nullable=False),
        sa.Column("case_id", key, autoincrement=False),
        sa.Column("run_id", key, autoincrement=False),
        sa.Column("sid", sa.String(64)),
        sa.Column("inbound", sa.Boolean, nullable=False, server_default=FALSE),
        sa.Column("pressed", sa.Boolean, nullable=False, server_default=FALSE),
        sa.Column("line", sa.String(16), nullable=False),
        sa.Column("turn", sa.Integer, nullable=False, server_default=zero),
        sa.Column("misses", sa.Integer, nullable=False, server_default=zero),
        sa.Column("next", sa.String(16)),
        sa.Column("queued", sa.Boolean, nullable=False, server_default=FALSE),
        sa.Column("joined_to", key, autoincrement=False),
        sa.Column("said", sa.LargeBinary),
        sa.Column("document", sa.LargeBinary),
        sa.Column("created_at", when, nullable=False),
        sa.Column("heard_at", when, nullable=False),
        sa.Column("ended_at", when),
        sa.Column("outcome", sa.String(16)),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        sa.UniqueConstraint("sid", name="uq_calls_sid"),
    )
    op.create_index("ix_calls_case_id", "calls", ["case_id"])
    op.create_index("ix_calls_person_id_id", "calls", ["person_id", "id"])
    _partial("ix_calls_going_on", "calls", "heard_at", "ended_at IS NULL")
    op.create_table(
        "voicemails",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("program_id", key, autoincrement=False, nullable=False),
        sa.Column("case_id", key, autoincrement=False, nullable=False),
        sa.Column("person_id", key, autoincrement=False, nullable=False),
        sa.Column("call_id", key, autoincrement=False, nullable=False),
        sa.Column("sid", sa.String(64), nullable=False),
        sa.Column("state", sa.String(8), nullable=False, server_default="waiting"),
        sa.Column("audio", sa.LargeBinary),
        sa.Column("seconds", sa.Integer, nullable=False, server_default=zero),
        sa.Column("tries", sa.Integer, nullable=False, server_default=zero),
        sa.Column("received_at", when, nullable=False),
        sa.Column("due", when),
        sa.PrimaryKeyConstraint("id", name="pk_voicemails"),
        sa.UniqueConstraint("sid", name="uq_voicemails_sid"),
    )
    op.create_index("ix_voicemails_case_id", "voicemails", ["case_id"])
    _partial("ix_voicemails_waiting", "voicemails", "due", "state = 'waiting'")
    op.add_column("people", sa.Column("on_call", key))
    op.add_column("people", sa.Column("callback", sa.LargeBinary))
    op.add_column("people", sa.Column("leave_words", sa.Boolean, nullable=False, server_default=FALSE))
    op.add_column("people", sa.Column("no_texts", sa.Boolean, nullable=False, server_default=FALSE))
    op.add_column("deliveries", sa.Column("channel", sa.String(8), nullable=False, server_default="text"))
    op.add_column("deliveries", sa.Column("call_id", key))
    op.create_index("ix_deliveries_call_id", "deliveries", ["call_id"])


def _partial(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    op.drop_index("ix_deliveries_call_id", "deliveries")
    for name in ("call_id", "channel"):
        op.drop_column("deliveries", name)
    for name in ("no_texts", "leave_words", "callback", "on_call"):
        op.drop_column("people", name)
    op.drop_table("voicemails")
    op.drop_table("calls")
