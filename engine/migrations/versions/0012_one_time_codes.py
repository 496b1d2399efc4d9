"""A code by which somebody may set his password once."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0012_one_time_codes"
down_revision = "engine_0011_substitutes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nobody has a code yet."""
    op.add_column("app_user", sa.Column("code", sa.LargeBinary(length=32), nullable=True))
    op.add_column("app_user", sa.Column("code_until", sa.DateTime(timezone=True), nullable=True))
