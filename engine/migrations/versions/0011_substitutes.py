"""Who stands in for whom from day to day, and for whom a task was done."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0011_substitutes"
down_revision = "engine_0010_replayed"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table; what was done before was done for nobody else."""
    op.create_table(
        "substitute",
        sa.Column("key", _KEY, autoincrement=False, nullable=False),
        sa.Column("absent_key", _KEY, nullable=False),
        sa.Column("stand_in_key", _KEY, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["absent_key"], ["app_user.key"], name=op.f("fk_substitute_absent_key")),
        sa.ForeignKeyConstraint(["stand_in_key"], ["app_user.key"], name=op.f("fk_substitute_stand_in_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_substitute")),
    )
    op.create_index(op.f("ix_substitute_absent_key"), "substitute", ["absent_key"], unique=False)
    op.create_index(op.f("ix_substitute_stand_in_key"), "substitute", ["stand_in_key"], unique=False)
    op.add_column("user_task", sa.Column("completed_for", sa.String(), nullable=True))
