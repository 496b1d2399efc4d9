"""Dated settings."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class Setting(Base):
    """A value that rules read, in force from a day on until the next value of that name."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON)
    note: Mapped[str]
    local: Mapped[bool]
    """The document gives no figure: this one is the county's own."""
