"""Drafts of drawings."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0003_drawing_drafts"
down_revision = "engine_0002_background"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "drawing_draft",
        sa.Column("key", KEY, autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_drawing_draft")),
    )
    op.create_table(
        "drawing_draft_file",
        sa.Column("draft_key", KEY, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=True),
        sa.Column("revision", KEY, nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_key"],
            ["drawing_draft.key"],
            name=op.f("fk_drawing_draft_file_draft_key"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("draft_key", "name", name=op.f("pk_drawing_draft_file")),
    )
