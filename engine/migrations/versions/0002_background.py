"""Background jobs."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0002_background"
down_revision = "engine_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of background jobs."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "background_job",
        sa.Column("key", big, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("arguments", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempt", big, nullable=False),
        sa.Column("done", big, nullable=False),
        sa.Column("total", big, nullable=True),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("cursor", sa.LargeBinary(), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_background_job")),
    )
    op.create_index("ix_background_job_state", "background_job", ["state", "heard_at"])
    op.create_index("ix_background_job_actor", "background_job", ["actor", "key"])
