"""Kept messages reach the cases that their sender may reach."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0006_message_areas"
down_revision = "engine_0005_migration"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the areas; what was kept before reached every case, and does so for its time to live."""
    op.add_column("message", sa.Column("areas", sa.JSON(none_as_null=True), nullable=True))
