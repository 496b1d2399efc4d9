"""Spans of time as the document counts them."""

from datetime import date


def whole_months(since: date, until: date) -> int:
    """Whole months from one day to another; 0 when the second is earlier."""
    months = (until.year - since.year) * 12 + until.month - since.month
    return max(months - (until.day < since.day), 0)
