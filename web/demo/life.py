"""Somebody whose affairs are played: a family, or an office that works for nobody in particular."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from engine.models.worklist import UserTask
from registry.fiction import Family


@dataclass
class Life:
    """`twists` are answers that are not the usual ones, each given once, the first time its step (element id) comes
    up; `stops` names the steps that are left open once every twist has happened.
    """

    random: Random
    family: Family | None = None
    twists: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    stops: frozenset[str] = frozenset()
    rounds: int = 0
    """Follow-up visits so far."""

    def leaves(self, task: UserTask) -> bool:
        """Whether the task stays open for good."""
        return not self.twists and task.element in self.stops

    def decides(self, task: UserTask) -> Mapping[str, Any]:
        """What is answered otherwise than usual."""
        return self.twists.pop(task.element, {})

    def takes(self, task: UserTask, now: datetime) -> timedelta:
        """How long until somebody does the task, from when it came up: a day or a few."""
        return timedelta(hours=self.random.randrange(5, 60))
