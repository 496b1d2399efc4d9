"""Why a redraw takes force."""

from dataclasses import dataclass
from datetime import date

from engine.errors import InvalidInput

LONGEST_NOTE, LONGEST_NUMBER = 500, 100  # characters


@dataclass(frozen=True)
class Grounds:
    """What was changed and why, by which document (文号) of which day, and who approved it besides who asked."""

    note: str = ""
    document: str = ""
    document_date: date | None = None
    approved_by: str | None = None


def written(note: str, document: str = "", document_date: date | None = None) -> Grounds:
    """Grounds as a person gives them. InvalidInput without a note, or for one too long."""
    note, document = note.strip(), document.strip()
    if not 0 < len(note) <= LONGEST_NOTE:
        raise InvalidInput("note", detail="请写明改了什么、为什么（500字以内）")
    if len(document) > LONGEST_NUMBER:
        raise InvalidInput("document", detail="文号不超过100字")
    return Grounds(note, document, document_date)
