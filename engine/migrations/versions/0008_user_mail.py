"""Where a user gets mail."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0008_user_mail"
down_revision = "engine_0007_urgent_reminded"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the address; nobody has one yet."""
    op.add_column("app_user", sa.Column("mail", sa.String(length=254), nullable=False, server_default=""))
