"""What was done for a household besides its measures: reliefs with payments, sudden hardship, support of the old, eligibility."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from registry import eligibility, reliefs, sudden, support
from registry.models import Disqualification, Payment, Relief, SuddenRisk, SupportDuty


@dataclass(frozen=True)
class Granted:
    """A relief with its payments by stage, and what was paid of it so far."""

    relief: Relief
    payments: list[Payment]

    @property
    def paid(self) -> Decimal:
        """Yuan paid so far."""
        return sum((each.paid_amount or Decimal(0) for each in self.payments), Decimal(0))


@dataclass(frozen=True)
class Matters:
    """A household's other matters, the newest first."""

    reliefs: list[Granted]
    sudden: list[SuddenRisk]
    support: list[SupportDuty]
    disqualified: Disqualification | None

    def __bool__(self) -> bool:
        return bool(self.reliefs or self.sudden or self.support or self.disqualified)


def of(session: Session, household_key: int) -> Matters:
    """What the registry knows of them."""
    granted = [
        Granted(each, reliefs.payments(session, each.key)) for each in reliefs.of(session, household_key)
    ]
    return Matters(
        granted,
        sudden.of(session, household_key),
        support.of(session, household_key),
        eligibility.lost(session, household_key),
    )
