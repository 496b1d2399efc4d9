"""The engine's tables as they began."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0001"
down_revision = None
branch_labels = ("engine",)
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "anchor",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("heads", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_anchor")),
    )
    op.create_table(
        "app_user",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_app_user")),
        sa.UniqueConstraint("name", name=op.f("uq_app_user_name")),
    )
    op.create_table(
        "deployment",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_deployment")),
    )
    op.create_table(
        "document",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_document")),
    )
    op.create_table(
        "entry",
        sa.Column(
            "case_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=True),
        sa.Column("values_digest", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("case_key", "number", name=op.f("pk_entry")),
    )
    op.create_index(
        "uq_entry_request_id",
        "entry",
        ["request_id"],
        unique=True,
        sqlite_where=sa.text("request_id IS NOT NULL"),
        postgresql_where=sa.text("request_id IS NOT NULL"),
    )
    op.create_table(
        "house_chain",
        sa.Column(
            "case_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("journal_length", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("journal_head", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("case_key", name=op.f("pk_house_chain")),
    )
    op.create_table(
        "message",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("correlation_key", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("variables", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_message_id")),
    )
    op.create_index(op.f("ix_message_expires"), "message", ["expires"], unique=False)
    op.create_index("ix_message_name", "message", ["name", "correlation_key"], unique=False)
    op.create_table(
        "parcel",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("case_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_parcel")),
    )
    op.create_index(op.f("ix_parcel_case_key"), "parcel", ["case_key"], unique=False)
    op.create_index("ix_parcel_due", "parcel", ["state", "due"], unique=False)
    op.create_table(
        "resource",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_resource")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", "valid_from", name=op.f("pk_setting")),
    )
    op.create_table(
        "attachment",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("case_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("attached_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["document.sha256"], name=op.f("fk_attachment_sha256")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_case_key"), "attachment", ["case_key"], unique=False)
    op.create_index("ix_attachment_document", "attachment", ["sha256", "case_key"], unique=False)
    op.create_table(
        "bundled_resource",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "deployment_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_key"], ["deployment.key"], name=op.f("fk_bundled_resource_deployment_key")
        ),
        sa.ForeignKeyConstraint(["sha256"], ["resource.sha256"], name=op.f("fk_bundled_resource_sha256")),
        sa.PrimaryKeyConstraint("name", "deployment_key", name=op.f("pk_bundled_resource")),
    )
    op.create_table(
        "definition",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("deployment_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_key"], ["deployment.key"], name=op.f("fk_definition_deployment_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_definition")),
        sa.UniqueConstraint("kind", "id", "version", name=op.f("uq_definition_kind_id_version")),
    )
    op.create_table(
        "signed_print",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("case_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sheet", sa.String(length=100), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("task_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["document.sha256"], name=op.f("fk_signed_print_sha256")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_signed_print")),
        sa.UniqueConstraint(
            "case_key", "sheet", "revision", name=op.f("uq_signed_print_case_key_sheet_revision")
        ),
    )
    op.create_table(
        "user_grant",
        sa.Column("user_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["user_key"], ["app_user.key"], name=op.f("fk_user_grant_user_key")),
        sa.PrimaryKeyConstraint("user_key", "role", "place", name=op.f("pk_user_grant")),
    )
    op.create_index(op.f("ix_user_grant_role_place"), "user_grant", ["role", "place"], unique=False)
    op.create_table(
        "user_token",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("issued", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_key"], ["app_user.key"], name=op.f("fk_user_token_user_key")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_user_token")),
    )
    op.create_index(op.f("ix_user_token_user_key"), "user_token", ["user_key"], unique=False)
    op.create_table(
        "instance",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("case_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("parent_token", sa.String(), nullable=True),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_event", sa.String(), nullable=True),
        sa.Column("tokens", sa.JSON(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("journal_length", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("journal_head", sa.LargeBinary(), nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("search", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["definition.key"], name=op.f("fk_instance_definition_key")
        ),
        sa.ForeignKeyConstraint(["parent_key"], ["instance.key"], name=op.f("fk_instance_parent_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_instance")),
    )
    op.create_index(op.f("ix_instance_case_key"), "instance", ["case_key"], unique=False)
    op.create_index(op.f("ix_instance_definition_key"), "instance", ["definition_key"], unique=False)
    op.create_index(op.f("ix_instance_parent_key"), "instance", ["parent_key"], unique=False)
    op.create_index("ix_instance_process", "instance", ["process_id", "state", "key"], unique=False)
    op.create_index("ix_instance_state", "instance", ["state", "key"], unique=False)
    op.create_index("ix_instance_subject", "instance", ["subject", "process_id"], unique=False)
    op.create_table(
        "message_start",
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["definition.key"], name=op.f("fk_message_start_definition_key")
        ),
        sa.PrimaryKeyConstraint("process_id", "element", name=op.f("pk_message_start")),
    )
    op.create_index(op.f("ix_message_start_name"), "message_start", ["name"], unique=False)
    op.create_table(
        "timer_start",
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("every", sa.String(), nullable=True),
        sa.Column("left", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("claim", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["definition.key"], name=op.f("fk_timer_start_definition_key")
        ),
        sa.PrimaryKeyConstraint("process_id", "element", name=op.f("pk_timer_start")),
    )
    op.create_index(op.f("ix_timer_start_due"), "timer_start", ["due"], unique=False)
    op.create_table(
        "decision_made",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("case_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["definition.key"], name=op.f("fk_decision_made_definition_key")
        ),
        sa.ForeignKeyConstraint(
            ["instance_key"], ["instance.key"], name=op.f("fk_decision_made_instance_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decision_made")),
    )
    op.create_index(op.f("ix_decision_made_case_key"), "decision_made", ["case_key"], unique=False)
    op.create_table(
        "incident",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("case_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["instance_key"], ["instance.key"], name=op.f("fk_incident_instance_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_case_key"), "incident", ["case_key"], unique=False)
    op.create_index("ix_incident_state", "incident", ["state", "key"], unique=False)
    op.create_table(
        "job",
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("retries", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instance_key"], ["instance.key"], name=op.f("fk_job_instance_key")),
        sa.PrimaryKeyConstraint("instance_key", "token", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index("ix_job_type", "job", ["type", "state", "key"], unique=False)
    op.create_table(
        "passage",
        sa.Column(
            "instance_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_key"], ["instance.key"], name=op.f("fk_passage_instance_key")),
        sa.PrimaryKeyConstraint("instance_key", "token", name=op.f("pk_passage")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "subscription",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("correlation_key", sa.String(), nullable=False),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_key"], ["instance.key"], name=op.f("fk_subscription_instance_key")
        ),
        sa.PrimaryKeyConstraint("instance_key", "token", name=op.f("pk_subscription")),
        sa.UniqueConstraint("key", name=op.f("uq_subscription_key")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_subscription_message", "subscription", ["name", "correlation_key"], unique=False)
    op.create_table(
        "timer",
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instance_key"], ["instance.key"], name=op.f("fk_timer_instance_key")),
        sa.PrimaryKeyConstraint("instance_key", "token", name=op.f("pk_timer")),
        sa.UniqueConstraint("key", name=op.f("uq_timer_key")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_timer_due"), "timer", ["due"], unique=False)
    op.create_table(
        "user_task",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("case_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("process_id", sa.String(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("form_id", sa.String(), nullable=True),
        sa.Column("properties", sa.JSON(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("users", sa.JSON(), nullable=False),
        sa.Column("assignee", sa.String(), nullable=True),
        sa.Column("priority", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_up", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_by", sa.String(), nullable=True),
        sa.Column("answer_entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("search", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["definition.key"], name=op.f("fk_user_task_definition_key")
        ),
        sa.ForeignKeyConstraint(["instance_key"], ["instance.key"], name=op.f("fk_user_task_instance_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_user_task")),
        sa.UniqueConstraint("instance_key", "token", name=op.f("uq_user_task_instance_key_token")),
    )
    op.create_index(
        "ix_user_task_assignee",
        "user_task",
        ["assignee", "state", "key"],
        unique=False,
        sqlite_where=sa.text("assignee IS NOT NULL"),
        postgresql_where=sa.text("assignee IS NOT NULL"),
    )
    op.create_index(op.f("ix_user_task_case_key"), "user_task", ["case_key"], unique=False)
    op.create_index(
        "ix_user_task_completed_by",
        "user_task",
        ["completed_by", "ended_at"],
        unique=False,
        sqlite_where=sa.text("completed_by IS NOT NULL"),
        postgresql_where=sa.text("completed_by IS NOT NULL"),
    )
    op.create_table(
        "draft",
        sa.Column(
            "task_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_key"], ["user_task.key"], name=op.f("fk_draft_task_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_key", "user", name=op.f("pk_draft")),
    )
    op.create_table(
        "task_candidate",
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column(
            "task_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_key"], ["user_task.key"], name=op.f("fk_task_candidate_task_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group", "place", "task_key", name=op.f("pk_task_candidate")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_task_candidate_due", "task_candidate", ["group", "place", "due", "task_key"], unique=False
    )
    op.create_index("ix_task_candidate_task", "task_candidate", ["task_key"], unique=False)
