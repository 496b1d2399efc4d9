"""The list of households in sudden hardship (S18)."""

import sqlalchemy as sa
from alembic import op

revision = "registry_0003_sudden_risk"
down_revision = "registry_0002_comparison"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sudden_risk",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("found_by", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_key"], ["household.key"], name=op.f("fk_sudden_risk_household_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sudden_risk")),
    )
    op.create_index("ix_sudden_risk_of", "sudden_risk", ["household_key", "found_on"], unique=False)
    op.create_index(
        "uq_sudden_risk_open",
        "sudden_risk",
        ["household_key"],
        unique=True,
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )
