"""Migration: running cases go over to another version of their drawing, where they stand.

`mapping` says which element of the old drawing is which of the new one, `tokens` what that makes of an instance's
tokens and what forbids it, `reconcile` what the new drawing wants of an instance beside its tokens, `rows` what is kept in
the tables. `cases` does one instance in one transaction and undoes it, `plan` tells beforehand, `batch` does many.
"""

from engine.migration import batch
from engine.migration.cases import CannotMigrate, CannotUndo, migrate, undo
from engine.migration.mapping import Mapping, propose
from engine.migration.plan import Plan, Position, plan
from engine.migration.tokens import Obstacle

__all__ = [
    "CannotMigrate",
    "CannotUndo",
    "Mapping",
    "Obstacle",
    "Plan",
    "Position",
    "batch",
    "migrate",
    "plan",
    "propose",
    "undo",
]  # fmt: skip
