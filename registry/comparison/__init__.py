"""Department sheets compared with the registry (F4.3.4, S20): who is where, and what of it is a hidden problem."""

from registry.comparison.kinds import Kind, departments, kinds
from registry.comparison.ledger import hand_out, problems, sheets
from registry.comparison.reading import Opened, open_sheet
from registry.comparison.report import as_xlsx
from registry.comparison.run import Comparison, Counts, compare

__all__ = [
    "Comparison",
    "Counts",
    "Kind",
    "Opened",
    "as_xlsx",
    "compare",
    "departments",
    "hand_out",
    "kinds",
    "open_sheet",
    "problems",
    "sheets",
]
