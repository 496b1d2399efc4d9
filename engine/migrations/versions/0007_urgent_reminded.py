"""Tasks are reminded of, and urgent ones come first."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0007_urgent_reminded"
down_revision = "engine_0006_message_areas"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and put the rank before the due moment in the worklist's index; what waits already is not urgent."""
    op.add_column("user_task", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("user_task", sa.Column("reminded_by", sa.String(), nullable=True))
    op.add_column("task_candidate", sa.Column("rank", _KEY, nullable=False, server_default="1"))
    op.drop_index("ix_task_candidate_due", "task_candidate")
    columns = ["group", "place", "rank", "due", "task_key"]
    op.create_index("ix_task_candidate_due", "task_candidate", columns, unique=False)
