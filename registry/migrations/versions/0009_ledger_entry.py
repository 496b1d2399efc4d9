"""Entries of the plain ledgers."""

import sqlalchemy as sa
from alembic import op

revision = "registry_0009_ledger_entry"
down_revision = "registry_0008_change_reason"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ledger_entry",
        sa.Column("ledger", sa.String(length=30), nullable=False),
        sa.Column(
            "area",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("about", sa.BigInteger(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("ended_because", sa.String(length=200), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["about"], ["household.key"], name=op.f("fk_ledger_entry_about")),
        sa.ForeignKeyConstraint(["area"], ["area.path"], name=op.f("fk_ledger_entry_area")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ledger_entry")),
    )
    op.create_index(op.f("ix_ledger_entry_about"), "ledger_entry", ["about"], unique=False)
    op.create_index("ix_ledger_entry_of", "ledger_entry", ["ledger", "area", "key"], unique=False)
