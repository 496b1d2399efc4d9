"""Deployments: immutable bundles of drawings, and what each bundle defines."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class Resource(Base):
    """A file's bytes (compressed), kept once whoever deploys it."""

    __tablename__ = "resource"
    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    content: Mapped[bytes]


class Deployment(Base):
    """One bundle that took force at `at`. `digest` is the hash of all its names and contents.

    `actor` asked for it and `approved_by`, if anybody had to, let it pass; `document` is the number of what it rests on.
    """

    __tablename__ = "deployment"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(sa.String(64))
    note: Mapped[str]
    document: Mapped[str] = mapped_column(sa.String(100))
    document_date: Mapped[date | None]
    actor: Mapped[str]
    approved_by: Mapped[str | None]
    at: Mapped[datetime]


class BundledResource(Base):
    """A file that was sent with a deployment. A bundle is these and, under other names, what was in force before.

    Dated settings are kept with the deployment that brought them, as it told them; in force are their rows.
    """

    __tablename__ = "bundled_resource"
    name: Mapped[str] = mapped_column(primary_key=True)
    deployment_key: Mapped[int] = mapped_column(
        sa.ForeignKey("deployment.key"), primary_key=True, autoincrement=False
    )
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("resource.sha256"))


class Definition(Base):
    """A process, decision or form of a bundle, numbered by version for each `kind` and `id`.

    `fingerprint` covers its file and, for a process, the forms, sheets, decisions and deployed-with-it processes that it
    uses: so a changed form makes a new version of the processes that ask it, and running cases keep the one that they
    began with.
    """

    __tablename__ = "definition"
    __table_args__ = (sa.UniqueConstraint("kind", "id", "version"),)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.String(8))  # process, decision, form
    id: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    deployment_key: Mapped[int] = mapped_column(sa.ForeignKey("deployment.key"))
    resource: Mapped[str]
