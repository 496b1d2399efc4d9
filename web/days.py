"""Days that a page is asked with, in its address or by a form."""

from datetime import date

from flask import request
from flask_babel import gettext as _

from engine.errors import InvalidInput


def asked_day(name: str) -> date | None:
    """The day in that field; None where it was left empty. InvalidInput names the field."""
    told = request.values.get(name, "").strip()
    try:
        return date.fromisoformat(told) if told else None
    except ValueError as error:
        raise InvalidInput(name, detail=_("日期写作 2020-07-01")) from error
