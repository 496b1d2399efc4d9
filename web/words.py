"""What people read: language, dates, money, levels and masked numbers as the pages write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from flask import Flask, request, session
from flask_babel import gettext

from engine.clock import SHANGHAI
from web.config import LANGUAGES

LEVELS = {"红": "red", "黄": "amber", "蓝": "blue"}


def language() -> str:
    """The reader's choice, else what his browser asks for, else Chinese."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(list(LANGUAGES), default="zh")


def in_shanghai(moment: datetime) -> datetime:
    """A stored moment as clocks in Jilin show it."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(SHANGHAI)


def day(value: datetime | date | str | None) -> str:
    """`2020年5月30日`, in English `30 May 2020`; nothing for nothing."""
    value = _moment(value)
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = in_shanghai(value).date()
    if language() == "en":
        return f"{value.day} {value:%b} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime | str | None) -> str:
    """A day with its time of day."""
    value = _moment(value)
    return f"{day(value)} {in_shanghai(value):%H:%M}" if isinstance(value, datetime) else day(value)


def days_left(due: datetime, now: datetime) -> int:
    """Days in Jilin's calendar until it is due: 0 today, negative when late."""
    return (in_shanghai(due).date() - in_shanghai(now).date()).days


def money(value: object) -> str:
    """`4,000.00`; nothing for nothing. The page writes 元 beside it."""
    return "" if value is None or value == "" else f"{Decimal(str(value)):,.2f}"


def duration(value: timedelta | None) -> str:
    """`3.5 天`, `5.2 小时`, `12 分钟`: as precise as it matters; nothing for nothing."""
    if value is None:
        return ""
    minutes = value.total_seconds() / 60
    if minutes >= 2 * 1440:
        return str(gettext("%(number)s 天", number=f"{minutes / 1440:.1f}"))
    if minutes >= 120:
        return str(gettext("%(number)s 小时", number=f"{minutes / 60:.1f}"))
    if minutes >= 1:
        return str(gettext("%(number)s 分钟", number=f"{minutes:.0f}"))
    return str(gettext("不到 1 分钟"))


def install(app: Flask) -> None:
    """Give templates these words, and every page its language."""
    app.jinja_env.filters.update(day=day, moment=moment, money=money, duration=duration)
    app.jinja_env.globals.update(days_left=days_left, LEVELS=LEVELS, LANGUAGES=LANGUAGES)

    @app.context_processor
    def reader() -> dict[str, object]:
        return {"language": language(), "_": gettext}


def _moment(value: datetime | date | str | None) -> datetime | date | None:
    if isinstance(value, str) and value:
        return datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    return value or None
