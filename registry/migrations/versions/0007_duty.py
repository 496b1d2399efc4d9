"""Support of the old (F4.5.5) and eligibility lost by conduct (S05)."""

import sqlalchemy as sa
from alembic import op

revision = "registry_0007_duty"
down_revision = "registry_0006_column_set"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "support_duty",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("supported", sa.String(length=50), nullable=False),
        sa.Column("supporter", sa.String(length=50), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("monthly_amount", sa.BigInteger(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_key"], ["household.key"], name=op.f("fk_support_duty_household_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_support_duty")),
    )
    op.create_index(op.f("ix_support_duty_household_key"), "support_duty", ["household_key"], unique=False)
    op.create_table(
        "disqualification",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("conducts", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.Column("restored_on", sa.Date(), nullable=True),
        sa.Column("restored_because", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_key"], ["household.key"], name=op.f("fk_disqualification_household_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_disqualification")),
    )
    op.create_index(
        "uq_disqualification_open",
        "disqualification",
        ["household_key"],
        unique=True,
        sqlite_where=sa.text("restored_on IS NULL"),
        postgresql_where=sa.text("restored_on IS NULL"),
    )
