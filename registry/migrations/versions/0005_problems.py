"""The list of problems that supervision and gap checks find."""

import sqlalchemy as sa
from alembic import op

revision = "registry_0005_problems"
down_revision = "registry_0004_relief"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "problem",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("fixer", sa.String(length=40), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.Column("fixed_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["household_key"], ["household.key"], name=op.f("fk_problem_household_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_problem")),
    )
    op.create_index("ix_problem_of", "problem", ["household_key", "state"], unique=False)
    op.create_index("ix_problem_state", "problem", ["state", "due"], unique=False)
