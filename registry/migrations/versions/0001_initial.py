"""The registry's tables as they began."""

import sqlalchemy as sa
from alembic import op

revision = "registry_0001"
down_revision = None
branch_labels = ("registry",)
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "area",
        sa.Column(
            "path",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column(
            "parent",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.Column("fictional", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["area.path"], name=op.f("fk_area_parent")),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_area")),
        sa.UniqueConstraint("code", name=op.f("uq_area_code")),
    )
    op.create_index(op.f("ix_area_parent"), "area", ["parent"], unique=False)
    op.create_table(
        "fact_change",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=30), nullable=False),
        sa.Column("subject_key", sa.BigInteger(), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("task", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_fact_change")),
    )
    op.create_index("ix_fact_change_of", "fact_change", ["household_key", "at"], unique=False)
    op.create_table(
        "household",
        sa.Column("national_number", sa.String(length=40), nullable=True),
        sa.Column(
            "area",
            sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("village_group", sa.String(length=50), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("head_name", sa.String(length=50), nullable=False),
        sa.Column("pinyin", sa.String(length=200), nullable=False),
        sa.Column("initials", sa.String(length=50), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("attribute", sa.String(length=20), nullable=False),
        sa.Column("destitute", sa.Boolean(), nullable=False),
        sa.Column("resettled", sa.Boolean(), nullable=False),
        sa.Column("resettlement", sa.String(length=100), nullable=False),
        sa.Column("military_family", sa.Boolean(), nullable=False),
        sa.Column("causes", sa.JSON(), nullable=False),
        sa.Column("causes_note", sa.Text(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(length=16), nullable=True),
        sa.Column("account", sa.LargeBinary(), nullable=True),
        sa.Column("filed_by", sa.String(length=50), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["area"], ["area.path"], name=op.f("fk_household_area")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_household")),
        sa.UniqueConstraint("national_number", name=op.f("uq_household_national_number")),
    )
    op.create_index(op.f("ix_household_initials"), "household", ["initials"], unique=False)
    op.create_index(op.f("ix_household_phone_index"), "household", ["phone_index"], unique=False)
    op.create_index(op.f("ix_household_pinyin"), "household", ["pinyin"], unique=False)
    op.create_index("ix_household_within", "household", ["area", "head_name"], unique=False)
    op.create_table(
        "doubt_confirmed",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_key"], ["household.key"], name=op.f("fk_doubt_confirmed_household_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_doubt_confirmed")),
    )
    op.create_index(
        op.f("ix_doubt_confirmed_household_key"), "doubt_confirmed", ["household_key"], unique=False
    )
    op.create_table(
        "guarantee_check",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("food", sa.Boolean(), nullable=False),
        sa.Column("clothing", sa.Boolean(), nullable=False),
        sa.Column("education", sa.Boolean(), nullable=False),
        sa.Column("medical", sa.Boolean(), nullable=False),
        sa.Column("housing", sa.Boolean(), nullable=False),
        sa.Column("water", sa.Boolean(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_key"], ["household.key"], name=op.f("fk_guarantee_check_household_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_guarantee_check")),
    )
    op.create_index(
        "ix_guarantee_check_latest", "guarantee_check", ["household_key", "checked_on"], unique=False
    )
    op.create_table(
        "income_sheet",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("disposable", sa.BigInteger(), nullable=False),
        sa.Column("expected_disposable", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.BigInteger(), nullable=False),
        sa.Column("rigid_expense", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_key"], ["household.key"], name=op.f("fk_income_sheet_household_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_income_sheet")),
    )
    op.create_index("ix_income_sheet_latest", "income_sheet", ["household_key", "measured_on"], unique=False)
    op.create_table(
        "living_expenses",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("food", sa.BigInteger(), nullable=False),
        sa.Column("clothing", sa.BigInteger(), nullable=False),
        sa.Column("housing", sa.BigInteger(), nullable=False),
        sa.Column("heating", sa.BigInteger(), nullable=False),
        sa.Column("utilities", sa.BigInteger(), nullable=False),
        sa.Column("medical", sa.BigInteger(), nullable=False),
        sa.Column("education", sa.BigInteger(), nullable=False),
        sa.Column("other", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_key"], ["household.key"], name=op.f("fk_living_expenses_household_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_living_expenses")),
    )
    op.create_index(
        "ix_living_expenses_latest", "living_expenses", ["household_key", "checked_on"], unique=False
    )
    op.create_table(
        "measure",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("departments", sa.JSON(), nullable=False),
        sa.Column("fund_source", sa.String(length=20), nullable=False),
        sa.Column("planned_amount", sa.BigInteger(), nullable=True),
        sa.Column("paid_amount", sa.BigInteger(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["household_key"], ["household.key"], name=op.f("fk_measure_household_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_measure")),
    )
    op.create_index("ix_measure_of", "measure", ["household_key", "state"], unique=False)
    op.create_table(
        "member",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("pinyin", sa.String(length=200), nullable=False),
        sa.Column("initials", sa.String(length=50), nullable=False),
        sa.Column("sex", sa.String(length=2), nullable=False),
        sa.Column("birth", sa.Date(), nullable=True),
        sa.Column("id_type", sa.String(length=20), nullable=False),
        sa.Column("id_number", sa.LargeBinary(), nullable=True),
        sa.Column("id_index", sa.LargeBinary(length=16), nullable=True),
        sa.Column("id_last_four", sa.LargeBinary(length=16), nullable=True),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("ethnicity", sa.String(length=20), nullable=False),
        sa.Column("politics", sa.String(length=20), nullable=False),
        sa.Column("education", sa.String(length=20), nullable=False),
        sa.Column("student", sa.String(length=20), nullable=False),
        sa.Column("health", sa.JSON(), nullable=False),
        sa.Column("disability", sa.String(length=40), nullable=False),
        sa.Column("labour", sa.String(length=20), nullable=False),
        sa.Column("work_place", sa.String(length=50), nullable=False),
        sa.Column("work_months", sa.Integer(), nullable=True),
        sa.Column("medical_insurance", sa.String(length=10), nullable=False),
        sa.Column("pension", sa.String(length=10), nullable=False),
        sa.Column("low_income_relief", sa.Boolean(), nullable=False),
        sa.Column("destitute", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(length=16), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_because", sa.String(length=50), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["household_key"], ["household.key"], name=op.f("fk_member_household_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_member")),
    )
    op.create_index(op.f("ix_member_household_key"), "member", ["household_key"], unique=False)
    op.create_index(op.f("ix_member_id_index"), "member", ["id_index"], unique=False)
    op.create_index(op.f("ix_member_id_last_four"), "member", ["id_last_four"], unique=False)
    op.create_index(op.f("ix_member_initials"), "member", ["initials"], unique=False)
    op.create_index(op.f("ix_member_name"), "member", ["name"], unique=False)
    op.create_index(op.f("ix_member_phone_index"), "member", ["phone_index"], unique=False)
    op.create_index(op.f("ix_member_pinyin"), "member", ["pinyin"], unique=False)
    op.create_table(
        "monitoring",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reasons", sa.JSON(), nullable=True),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_key"], ["household.key"], name=op.f("fk_monitoring_household_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_monitoring")),
    )
    op.create_index("ix_monitoring_of", "monitoring", ["household_key", "started_on"], unique=False)
    op.create_index(
        "uq_monitoring_open",
        "monitoring",
        ["household_key"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "notice",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(), nullable=True),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["household_key"], ["household.key"], name=op.f("fk_notice_household_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_of", "notice", ["household_key", "written_at"], unique=False)
    op.create_table(
        "warning",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.String(length=2), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["household_key"], ["household.key"], name=op.f("fk_warning_household_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_warning")),
    )
    op.create_index("ix_warning_latest", "warning", ["household_key", "since"], unique=False)
    op.create_table(
        "income_period",
        sa.Column("household_key", sa.BigInteger(), nullable=False),
        sa.Column("sheet_key", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("wage", sa.BigInteger(), nullable=False),
        sa.Column("operating", sa.BigInteger(), nullable=False),
        sa.Column("property", sa.BigInteger(), nullable=False),
        sa.Column("transfer", sa.BigInteger(), nullable=False),
        sa.Column("operating_cost", sa.BigInteger(), nullable=False),
        sa.Column("transfer_cost", sa.BigInteger(), nullable=False),
        sa.Column("self_paid", sa.BigInteger(), nullable=False),
        sa.Column("reimbursed", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["household_key"], ["household.key"], name=op.f("fk_income_period_household_key")
        ),
        sa.ForeignKeyConstraint(["sheet_key"], ["income_sheet.key"], name=op.f("fk_income_period_sheet_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_income_period")),
    )
    op.create_index(op.f("ix_income_period_sheet_key"), "income_period", ["sheet_key"], unique=False)
