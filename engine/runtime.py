"""What the running of cases needs, handed from `web/runtime.py` to whatever runs them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.database import Database

if TYPE_CHECKING:
    from engine.feel import Evaluator

Operation = Callable[[Session, dict[str, Any]], dict[str, Any] | None]
"""Serves a service task's type: reads its inputs, acts in the step's own transaction, returns its outputs."""


@dataclass(frozen=True)
class Runtime:
    """Database, evaluator, operations by task type, and the clock."""

    database: Database
    evaluator: "Evaluator"
    operations: Mapping[str, Operation]
    clock: Clock
