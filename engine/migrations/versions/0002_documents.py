"""Documents, attachments, signed prints."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0002"
down_revision = "engine_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "document",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_document")),
    )
    op.create_table(
        "attachment",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("case_key", sa.BigInteger(), nullable=True),
        sa.Column("attached_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["document.sha256"], name=op.f("fk_attachment_sha256")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_case_key"), "attachment", ["case_key"], unique=False)
    op.create_index("ix_attachment_document", "attachment", ["sha256", "case_key"], unique=False)
    op.create_table(
        "signed_print",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_key", sa.BigInteger(), nullable=False),
        sa.Column("sheet", sa.String(length=100), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("task_key", sa.BigInteger(), nullable=True),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["document.sha256"], name=op.f("fk_signed_print_sha256")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_signed_print")),
        sa.UniqueConstraint(
            "case_key", "sheet", "revision", name=op.f("uq_signed_print_case_key_sheet_revision")
        ),
    )
