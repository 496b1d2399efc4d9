"""A draft's way into force: asked, approved, from a moment on; a deployment keeps the document it rests on."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0009_enactments"
down_revision = "engine_0008_user_mail"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, and give deployments their grounds."""
    op.create_table(
        "enactment",
        sa.Column("draft_key", KEY, autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_key"], ["drawing_draft.key"], name=op.f("fk_enactment_draft_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("draft_key", name=op.f("pk_enactment")),
    )
    op.add_column(
        "deployment", sa.Column("document", sa.String(length=100), nullable=False, server_default="")
    )
    op.add_column("deployment", sa.Column("document_date", sa.Date(), nullable=True))
    op.add_column("deployment", sa.Column("approved_by", sa.String(), nullable=True))
