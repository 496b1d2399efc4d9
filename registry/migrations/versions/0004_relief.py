"""Reliefs decided for one household and their payments by stages (F4.5.6, S12)."""

import sqlalchemy as sa
from alembic import op

revision = "registry_0004_relief"
down_revision = "registry_0003_sudden_risk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "relief",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_amount", sa.BigInteger(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["household_key"], ["household.key"], name=op.f("fk_relief_household_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_relief")),
    )
    op.create_index("ix_relief_of", "relief", ["household_key", "decided_on"], unique=False)
    op.create_table(
        "payment",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("relief_key", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("fund_source", sa.String(length=20), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("planned_amount", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("paid_amount", sa.BigInteger(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_by", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["household_key"], ["household.key"], name=op.f("fk_payment_household_key")),
        sa.ForeignKeyConstraint(["relief_key"], ["relief.key"], name=op.f("fk_payment_relief_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_payment")),
    )
    op.create_index("ix_payment_of", "payment", ["household_key"], unique=False)
    op.create_index(op.f("ix_payment_relief_key"), "payment", ["relief_key"], unique=False)
