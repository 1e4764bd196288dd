"""Keeping and forgetting: the facilities people are placed in, what the carrier must still forget, unheard-of replies.

Words forgotten here are at the carrier too, which may be away or slow when their time comes: each SID stays noted until
the carrier has done it. The index is for replies whose status never came; it holds minutes, not years.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "facilities",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("program_id", key, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("town", sa.Text, nullable=False),
        sa.Column("phone", sa.String(16), nullable=False),
        sa.Column("care", sa.Text, nullable=False),
        sa.Column("coverage", sa.Text, nullable=False),
        sa.Column("gender", sa.Text),
        sa.Column("distance_miles", sa.Float),
        sa.Column("notes", sa.Text),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_facilities"),
        sa.UniqueConstraint("program_id", "name", "town", name="uq_facilities_program_id_name_town"),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name="fk_facilities_program_id_programs"),
    )
    op.create_table(
        "forgotten",
        sa.Column("sid", sa.String(64), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("sid", name="pk_forgotten"),
    )
    op.create_index("ix_forgotten_due", "forgotten", ["due"])
    replied = sa.text("state = 'replied'")
    op.create_index("ix_deliveries_replied", "deliveries", ["due"], sqlite_where=replied, postgresql_where=replied)
    _rides(key)
    _checkins(key)


def _rides(key: sa.types.TypeEngine[int]) -> None:
    """What people read of rides and placements: times and states in the clear, words in one sealed column each."""
    when = sa.DateTime(timezone=True)
    op.create_table(
        "rides",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("program_id", key, autoincrement=False, nullable=False),
        sa.Column("case_id", key, autoincrement=False, nullable=False),
        sa.Column("code", sa.String(8)),
        sa.Column("state", sa.String(16), nullable=False, server_default="asking"),
        sa.Column("driver_id", key, autoincrement=False),
        sa.Column("companion_id", key, autoincrement=False),
        sa.Column("details", sa.LargeBinary),
        *(
            sa.Column(f"{name}at", when)
            for name in ("", "asked_", "covered_", "otw_", "here_", "in_", "arrived_", "ended_")
        ),
        sa.Column("outcome", sa.String(16)),
        sa.PrimaryKeyConstraint("id", name="pk_rides"),
    )
    op.create_index("ix_rides_case_id", "rides", ["case_id"])
    op.create_table(
        "placements",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("program_id", key, autoincrement=False, nullable=False),
        sa.Column("case_id", key, autoincrement=False, nullable=False),
        sa.Column("facility", sa.LargeBinary),
        sa.Column("care", sa.Text),
        *(sa.Column(f"{name}_at", when) for name in ("offered", "expected", "arrived", "left")),
        sa.Column("outcome", sa.String(16)),
        sa.PrimaryKeyConstraint("id", name="pk_placements"),
    )
    op.create_index("ix_placements_case_id", "placements", ["case_id"])
    op.add_column("people", sa.Column("car", sa.LargeBinary))


def _checkins(key: sa.types.TypeEngine[int]) -> None:
    """What people read of check-ins, and consents, which outlive them. One list a guide: the second finds the first."""
    when = sa.DateTime(timezone=True)
    op.create_table(
        "checkins",
        *(sa.Column(name, key, autoincrement=False, nullable=False) for name in ("id", "program_id", "case_id")),
        *(sa.Column(name, key, autoincrement=False) for name in ("person_id", "guide_id")),
        sa.Column("day", sa.Integer),
        *(sa.Column(name, when) for name in ("due", "sent_at", "answered_at")),
        sa.Column("grade", sa.String(16)),
        sa.Column("state", sa.String(16)),
        sa.PrimaryKeyConstraint("id", name="pk_checkins"),
    )
    op.create_index("ix_checkins_case_id", "checkins", ["case_id"])
    op.create_table(
        "consents",
        *(sa.Column(name, key, autoincrement=False, nullable=False) for name in ("id", "program_id", "case_id")),
        sa.Column("person_id", key, autoincrement=False),
        sa.Column("purpose", sa.String(32)),
        sa.Column("wording", sa.Text),
        sa.Column("version", sa.String(16)),
        sa.Column("channel", sa.String(8)),
        *(sa.Column(name, when) for name in ("at", "withdrawn_at")),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_case_id", "consents", ["case_id"])
    op.create_index("ix_consents_person_id", "consents", ["person_id"])
    op.create_index(
        "uq_runs_list",
        "runs",
        ["lock_id"],
        unique=True,
        sqlite_where=sa.text("open = 1 AND flow = 'prompts'"),
        postgresql_where=sa.text("open AND flow = 'prompts'"),
    )


def downgrade() -> None:
    op.drop_index("uq_runs_list", "runs")
    op.drop_table("consents")
    op.drop_table("checkins")
    op.drop_column("people", "car")
    op.drop_table("placements")
    op.drop_table("rides")
    op.drop_index("ix_deliveries_replied", "deliveries")
    op.drop_table("forgotten")
    op.drop_table("facilities")
