"""Column sets of the ledgers."""

import sqlalchemy as sa
from alembic import op

revision = "registry_0006_column_set"
down_revision = "registry_0005_problems"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "column_set",
        sa.Column("ledger", sa.String(length=30), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_column_set")),
        sa.UniqueConstraint("ledger", "owner", "name", name=op.f("uq_column_set_ledger_owner_name")),
    )
