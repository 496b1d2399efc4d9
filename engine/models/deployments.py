"""Deployments: immutable bundles of drawings, and what each bundle defines."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class Resource(Base):
    """A file's bytes (compressed), kept once whoever deploys it."""

    __tablename__ = "resource"
    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    content: Mapped[bytes]


class Deployment(Base):
    """One bundle that took force at `at`. `digest` is the hash of all its names and contents."""

    __tablename__ = "deployment"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(sa.String(64))
    note: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]


class BundledResource(Base):
    """A file under its name in a bundle. `given`: sent with this deployment, not carried over from the one before."""

    __tablename__ = "bundled_resource"
    deployment_key: Mapped[int] = mapped_column(sa.ForeignKey("deployment.key"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("resource.sha256"))
    given: Mapped[bool]


class Definition(Base):
    """A process, decision or form of a bundle, numbered by version for each `kind` and `id`.

    `fingerprint` covers the file and everything that a process takes from its bundle: equal fingerprints are one
    version.
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
