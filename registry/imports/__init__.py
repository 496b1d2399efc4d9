"""Sheets of other systems, read as households, members and what is under way for them."""

from registry.imports.households import Sheet, TakeOver, import_households, read_sheet
from registry.imports.report import Report, Row, as_xlsx, joined
from registry.imports.sheets import BadSheet

__all__ = [
    "BadSheet",
    "Report",
    "Row",
    "Sheet",
    "TakeOver",
    "as_xlsx",
    "import_households",
    "joined",
    "read_sheet",
]
