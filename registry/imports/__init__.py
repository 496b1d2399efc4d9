"""Sheets of other systems, read as households, members and what is under way for them."""

from registry.imports.households import TakeOver, import_households
from registry.imports.report import Report, Row, as_xlsx
from registry.imports.sheets import BadSheet

__all__ = ["BadSheet", "Report", "Row", "TakeOver", "as_xlsx", "import_households"]
