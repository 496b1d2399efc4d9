"""A draft tells how the cases went that were replayed against it."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0010_replayed"
down_revision = "engine_0009_enactments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; no draft was replayed yet."""
    op.add_column("drawing_draft", sa.Column("replayed", sa.JSON(), nullable=True))
