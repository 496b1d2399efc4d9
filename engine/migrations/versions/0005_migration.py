"""Migrations of running cases, kept so that they can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0005_migration"
down_revision = "engine_0004_signals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "migration",
        sa.Column("key", big, autoincrement=False, nullable=False),
        sa.Column("case_key", big, nullable=False),
        sa.Column("instance_key", big, nullable=False),
        sa.Column("from_key", big, nullable=False),
        sa.Column("to_key", big, nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_key"], ["definition.key"], name=op.f("fk_migration_from_key_definition")
        ),
        sa.ForeignKeyConstraint(
            ["instance_key"], ["instance.key"], name=op.f("fk_migration_instance_key_instance")
        ),
        sa.ForeignKeyConstraint(["to_key"], ["definition.key"], name=op.f("fk_migration_to_key_definition")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_migration")),
    )
    op.create_index("ix_migration_definitions", "migration", ["from_key", "to_key", "key"])
    op.create_index("ix_migration_instance_key", "migration", ["instance_key"])
