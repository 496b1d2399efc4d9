"""How many fields an answer had, typed or brought along."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0013_typed"
down_revision = "engine_0012_one_time_codes"
branch_labels = None
depends_on = None

_COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns; of what was answered before nothing was counted."""
    op.add_column("user_task", sa.Column("typed", _COUNT, nullable=True))
    op.add_column("user_task", sa.Column("brought", _COUNT, nullable=True))
