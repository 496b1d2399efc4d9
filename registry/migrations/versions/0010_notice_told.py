"""How, when and by whom a household was told what a notice says."""

import sqlalchemy as sa
from alembic import op

revision = "registry_0010_notice_told"
down_revision = "registry_0009_ledger_entry"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; who still waits is found by an index."""
    op.add_column("notice", sa.Column("delivered_on", sa.Date(), nullable=True))
    op.add_column(
        "notice", sa.Column("delivered_by", sa.String(length=100), nullable=False, server_default="")
    )
    op.add_column(
        "notice", sa.Column("delivered_how", sa.String(length=20), nullable=False, server_default="")
    )
    op.add_column("notice", sa.Column("failed", sa.Text(), nullable=False, server_default=""))
    waits = sa.text("delivered_at IS NULL")
    op.create_index("ix_notice_waiting", "notice", ["written_at"], sqlite_where=waits, postgresql_where=waits)
