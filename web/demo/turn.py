"""Whose turn it is: what is known when a form is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from registry.fiction import Family
from web.demo.filling import day

Answer = dict[str, Any]
SPARED = ("未脱贫户", "低保脱贫户", "特困供养脱贫户")  # S12: not asked for income


@dataclass
class Turn:
    """What is known when a form is answered: the family, if it is about one, how it has fared, whose turn it is."""

    family: Family | None
    random: Random
    now: datetime
    element: str
    variables: Mapping[str, Any]
    rounds: int = 0  # follow-up visits so far: things get better with each
    decided: Mapping[str, Any] = field(default_factory=dict)  # what the plan wants at this step

    @property
    def home(self) -> Family:
        """The family; LookupError where the step is about none."""
        if self.family is None:
            raise LookupError(f"{self.element} is about no family")
        return self.family

    @property
    def today(self) -> str:
        """The day in Jilin."""
        return day(self.now)

    def in_days(self, days: int) -> str:
        """A day from now."""
        return day(self.now, days)

    @property
    def household(self) -> Mapping[str, Any]:
        """The household as the registry knows it now, as far as the case has read it; else as it was told of at first."""
        return self.variables.get("household") or self.home.household

    @property
    def spared(self) -> bool:
        """Whether the household is not asked for income."""
        return self.variables.get("income_exempt") is True or self.household["attribute"] in SPARED

    @property
    def kind(self) -> str:
        """As what the household is monitored where no rule has said it."""
        return "脱贫不稳定户" if self.household["kind"] == "脱贫户" else "边缘易致贫户"
