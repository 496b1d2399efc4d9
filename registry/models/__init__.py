"""The registry's tables, by topic."""

from registry.models.area import Area
from registry.models.base import Base, Fact
from registry.models.change import FactChange
from registry.models.comparison import ComparedSheet, HiddenProblem
from registry.models.duty import Disqualification, SupportDuty
from registry.models.household import DoubtConfirmed, Household, Member
from registry.models.income import IncomePeriod, IncomeSheet
from registry.models.ledger import ColumnSet, LedgerEntry
from registry.models.measure import Measure, Notice
from registry.models.monitoring import GuaranteeCheck, LivingExpenses, Monitoring, Warning
from registry.models.problem import Problem
from registry.models.relief import Payment, Relief
from registry.models.sudden import SuddenRisk

__all__ = [
    "Area",
    "Base",
    "ColumnSet",
    "ComparedSheet",
    "Disqualification",
    "DoubtConfirmed",
    "Fact",
    "FactChange",
    "GuaranteeCheck",
    "HiddenProblem",
    "Household",
    "IncomePeriod",
    "IncomeSheet",
    "LedgerEntry",
    "LivingExpenses",
    "Measure",
    "Member",
    "Monitoring",
    "Notice",
    "Payment",
    "Problem",
    "Relief",
    "SuddenRisk",
    "SupportDuty",
    "Warning",
]
