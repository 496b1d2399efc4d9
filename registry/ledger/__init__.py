"""台账 (S20): the facts as rows of a table. Which columns there are is data: `registry/data/ledger/*.yaml`."""

from registry.ledger.columns import Column, Ledger, monitored
from registry.ledger.corrections import Correction, Overtaken, Preview, versions
from registry.ledger.plain import Field, Plain, ledgers
from registry.ledger.rows import STATES, Page, Wanted, grouped, page, rows, totals
from registry.ledger.workbook import as_xlsx

__all__ = [
    "STATES",
    "Column",
    "Correction",
    "Field",
    "Ledger",
    "Overtaken",
    "Page",
    "Plain",
    "Preview",
    "Wanted",
    "as_xlsx",
    "grouped",
    "ledgers",
    "monitored",
    "page",
    "rows",
    "totals",
    "versions",
]
