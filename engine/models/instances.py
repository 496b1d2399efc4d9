"""Cases while they run: instances, what they wait for, and what they went through."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import CLUSTERED, Base

ATTRIBUTES = ("area", "level", "title", "search", "subject")
"""What a drawing may name for the worklist to filter, sort and search by."""


class Attributes:
    """The attributes of a case (docs/architecture.md), kept on instances and tasks alike."""

    area: Mapped[str | None]
    level: Mapped[str | None]
    title: Mapped[str | None]
    search: Mapped[str | None]
    subject: Mapped[str | None]

    @property
    def attributes(self) -> dict[str, str | None]:
        """All of them by name."""
        return {name: getattr(self, name) for name in ATTRIBUTES}


class Instance(Attributes, Base):
    """One run of a process: the case itself, or a call activity below it.

    `tokens` is `Machine.dump()`. `values` says where each variable's value in force is kept: scope → name → number of
    the journal entry that carries it. `journal_length` and `journal_head` (the last entry's hash) belong to the case,
    whose row is locked for every step of all its instances.
    """

    __tablename__ = "instance"
    __table_args__ = (
        sa.Index("ix_instance_subject", "subject", "process_id"),
        sa.Index("ix_instance_process", "process_id", "state", "key"),
        sa.Index("ix_instance_state", "state", "key"),
    )
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[int] = mapped_column(index=True)
    parent_key: Mapped[int | None] = mapped_column(sa.ForeignKey("instance.key"), index=True)
    parent_token: Mapped[str | None]
    definition_key: Mapped[int] = mapped_column(sa.ForeignKey("definition.key"), index=True)
    process_id: Mapped[str]
    version: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(10))  # active, completed, cancelled
    started_at: Mapped[datetime]
    started_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    end_event: Mapped[str | None]
    tokens: Mapped[dict[str, Any]]
    values: Mapped[dict[str, Any]]
    tags: Mapped[list[Any]]
    journal_length: Mapped[int]
    journal_head: Mapped[bytes | None]


class Passage(Base):
    """An element that an instance entered. User tasks keep their own rows. `via`: the flow taken to it."""

    __tablename__ = "passage"
    __table_args__ = CLUSTERED
    instance_key: Mapped[int] = mapped_column(
        sa.ForeignKey("instance.key"), primary_key=True, autoincrement=False
    )
    token: Mapped[str] = mapped_column(primary_key=True)
    element: Mapped[str]
    via: Mapped[str | None]
    state: Mapped[str] = mapped_column(sa.String(10))  # active, completed, cancelled
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class DecisionMade(Base):
    """A decision that a step evaluated. `facts` seals `{inputs, output}`.

    `rules` are those that matched, of required decisions too: `{decision_id, rule_id, index, texts}` (its annotations).
    """

    __tablename__ = "decision_made"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[int] = mapped_column(index=True)
    instance_key: Mapped[int] = mapped_column(sa.ForeignKey("instance.key"))
    element: Mapped[str]
    decision: Mapped[str]
    definition_key: Mapped[int] = mapped_column(sa.ForeignKey("definition.key"))
    rules: Mapped[list[Any]]
    facts: Mapped[bytes]
    at: Mapped[datetime]


class Wait:
    """What a token waits for in the store: found again by instance and token."""

    instance_key: Mapped[int] = mapped_column(sa.ForeignKey("instance.key"), primary_key=True)

    token: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[int] = mapped_column(unique=True)
    case_key: Mapped[int]
    element: Mapped[str]
    at: Mapped[datetime]


class Timer(Wait, Base):
    """A token's due moment. `claim` is the fencing token of the worker that fires it, void after `claimed_until`."""

    __tablename__ = "timer"
    __table_args__ = CLUSTERED
    due: Mapped[datetime] = mapped_column(index=True)
    claim: Mapped[int | None]
    claimed_until: Mapped[datetime | None]


class Subscription(Wait, Base):
    """A token that waits for a message."""

    __tablename__ = "subscription"
    __table_args__ = (sa.Index("ix_subscription_message", "name", "correlation_key"), CLUSTERED)
    name: Mapped[str]
    correlation_key: Mapped[str]


class SignalWait(Wait, Base):
    """A token that waits for a signal."""

    __tablename__ = "signal_wait"
    __table_args__ = CLUSTERED
    name: Mapped[str] = mapped_column(index=True)


class Job(Wait, Base):
    """A service task that no operation serves: somebody outside activates and completes it."""

    __tablename__ = "job"
    __table_args__ = (sa.Index("ix_job_type", "type", "state", "key"),)
    type: Mapped[str]
    state: Mapped[str] = mapped_column(sa.String(10))  # open, failed
    inputs: Mapped[bytes]
    headers: Mapped[dict[str, Any]]
    retries: Mapped[int]
    worker: Mapped[str | None]
    locked_until: Mapped[datetime | None]


class TimerStart(Base):
    """A process that starts by itself: when its latest version starts next, by which start event."""

    __tablename__ = "timer_start"
    process_id: Mapped[str] = mapped_column(primary_key=True)
    element: Mapped[str] = mapped_column(primary_key=True)
    definition_key: Mapped[int] = mapped_column(sa.ForeignKey("definition.key"))
    due: Mapped[datetime] = mapped_column(index=True)
    every: Mapped[str | None]  # ISO 8601 duration until the next time, None: only once
    left: Mapped[int | None]  # times left after the next, None: no end
    claim: Mapped[int | None]
    claimed_until: Mapped[datetime | None]


class MessageStart(Base):
    """A message that starts a process's latest version."""

    __tablename__ = "message_start"
    process_id: Mapped[str] = mapped_column(primary_key=True)
    element: Mapped[str] = mapped_column(primary_key=True)
    definition_key: Mapped[int] = mapped_column(sa.ForeignKey("definition.key"))
    name: Mapped[str] = mapped_column(index=True)


class SignalStart(Base):
    """A signal that starts a process's latest version."""

    __tablename__ = "signal_start"
    process_id: Mapped[str] = mapped_column(primary_key=True)
    element: Mapped[str] = mapped_column(primary_key=True)
    definition_key: Mapped[int] = mapped_column(sa.ForeignKey("definition.key"))
    name: Mapped[str] = mapped_column(index=True)


class Message(Base):
    """A published message that nobody awaited yet, kept until `expires`."""

    __tablename__ = "message"
    __table_args__ = (sa.Index("ix_message_name", "name", "correlation_key"),)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    correlation_key: Mapped[str]
    message_id: Mapped[str | None] = mapped_column(unique=True)
    variables: Mapped[bytes]
    actor: Mapped[str]
    areas: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))
    """Of whose cases it may reach; None: all, as what a drawing tells."""
    published: Mapped[datetime]
    expires: Mapped[datetime] = mapped_column(index=True)


class Incident(Base):
    """A step that could not go on: the case stands before the element that failed until an administrator retries."""

    __tablename__ = "incident"
    __table_args__ = (sa.Index("ix_incident_state", "state", "key"),)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[int] = mapped_column(index=True)
    instance_key: Mapped[int] = mapped_column(sa.ForeignKey("instance.key"))
    element: Mapped[str]
    token: Mapped[str | None]
    kind: Mapped[str]
    message: Mapped[str]
    state: Mapped[str] = mapped_column(sa.String(10))  # open, resolved
    at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]
