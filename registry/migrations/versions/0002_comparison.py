"""Department sheets that were compared, and the hidden problems found in them."""

import sqlalchemy as sa
from alembic import op

revision = "registry_0002_comparison"
down_revision = "registry_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "compared_sheet",
        sa.Column("quarter", sa.String(length=12), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("compared_by", sa.String(length=100), nullable=False),
        sa.Column("compared_at", sa.DateTime(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_compared_sheet")),
        sa.UniqueConstraint("quarter", "sha256", name=op.f("uq_compared_sheet_quarter_sha256")),
    )
    op.create_table(
        "hidden_problem",
        sa.Column("quarter", sa.String(length=12), nullable=False),
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("member_key", sa.BigInteger(), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("problem", sa.String(length=20), nullable=False),
        sa.Column("says", sa.String(length=100), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("handed_out_at", sa.DateTime(), nullable=True),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_key"], ["household.key"], name=op.f("fk_hidden_problem_household_key")
        ),
        sa.ForeignKeyConstraint(["member_key"], ["member.key"], name=op.f("fk_hidden_problem_member_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_hidden_problem")),
        sa.UniqueConstraint(
            "quarter",
            "member_key",
            "department",
            "rule",
            name=op.f("uq_hidden_problem_quarter_member_key_department_rule"),
        ),
    )
    op.create_index(
        op.f("ix_hidden_problem_household_key"), "hidden_problem", ["household_key"], unique=False
    )
    op.create_index("ix_hidden_problem_open", "hidden_problem", ["quarter", "handed_out_at"], unique=False)
