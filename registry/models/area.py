"""Areas: a tree by path."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.columns import AreaPath
from registry.models.base import Base


class Area(Base):
    """A city, county, township or village. `path` ends with a slash, so that "within" is a prefix test."""

    __tablename__ = "area"

    path: Mapped[str] = mapped_column(AreaPath, primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    parent: Mapped[str | None] = mapped_column(AreaPath, ForeignKey("area.path"), index=True)
    name: Mapped[str] = mapped_column(String(50))
    level: Mapped[str] = mapped_column(String(10))
    local: Mapped[bool]
    """The code is ours: GB/T 2260 has none (the four zones and what lies below them)."""
    fictional: Mapped[bool]
    """The place itself is made up (all townships and villages)."""
