"""The county in figures: what the dashboard, the year-end report (S21) and the assessment (F6.4) count, each counted here once.

    figures.of(session, "2202/220281/", date(2020, 12, 31), since=date(2020, 1, 1))

Every group is one SELECT over the facts, by village; what is asked of it is summed up from there (`Group`).
"""

from registry.figures.count import LEVELS, UNGRADED, Figures, of
from registry.figures.group import Group

__all__ = ["LEVELS", "UNGRADED", "Figures", "Group", "of"]
