"""Why a fact was changed, where somebody was asked for it."""

import sqlalchemy as sa
from alembic import op

revision = "registry_0008_change_reason"
down_revision = "registry_0007_duty"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was changed before has no reason."""
    op.add_column(
        "fact_change", sa.Column("reason", sa.String(length=200), nullable=False, server_default="")
    )
