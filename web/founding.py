"""A county before its first case: its areas and dated settings, without which no drawing can run."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

import processes
from engine import settings
from registry import areas

[_FOLDER] = processes.__path__
SETTINGS = Path(_FOLDER) / "settings.yaml"
"""The dated settings as they come with the program."""


def found(session: Session, actor: str, at: datetime, given: Path = SETTINGS) -> None:
    """Bring in the areas, and those settings of a file that are not known yet; what was changed since stays."""
    areas.load(session)
    settings.load(session, given, actor, at)
