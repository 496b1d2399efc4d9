"""Signals: who waits for one, and which processes start by one."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0004_signals"
down_revision = "engine_0003_drawing_drafts"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "signal_start",
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("definition_key", _KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["definition.key"], name=op.f("fk_signal_start_definition_key")
        ),
        sa.PrimaryKeyConstraint("process_id", "element", name=op.f("pk_signal_start")),
    )
    op.create_index(op.f("ix_signal_start_name"), "signal_start", ["name"], unique=False)
    op.create_table(
        "signal_wait",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("instance_key", _KEY, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("key", _KEY, nullable=False),
        sa.Column("case_key", _KEY, nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instance_key"], ["instance.key"], name=op.f("fk_signal_wait_instance_key")),
        sa.PrimaryKeyConstraint("instance_key", "token", name=op.f("pk_signal_wait")),
        sa.UniqueConstraint("key", name=op.f("uq_signal_wait_key")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_signal_wait_name"), "signal_wait", ["name"], unique=False)
