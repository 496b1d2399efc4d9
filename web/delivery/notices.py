"""Between the notice in the registry and the outbox: what is asked for in the step, what is kept of how it went."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import outbox, settings
from engine.database import Database
from engine.outbox import Carrier, Undeliverable
from processes.operations import Operation, write_notice
from registry import households, leaving, notices
from registry.history import act, acting
from web.delivery import reminders
from web.delivery.channels import Channel, Letter
from web.delivery.mail import Mail

WORDS = "notice_withheld"
"""The setting that lists what a notice may not say outside the house."""

WORKER = "worker"


def posting(channels: Mapping[str, Channel]) -> dict[str, Operation]:
    """`notice.send` as it is where notices leave the house: it asks for their delivery in the same transaction."""

    def notice_send(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
        notice = write_notice(session, inputs)
        household = households.get(session, notice.household_key)
        for kind, channel in channels.items():
            if channel.address(session, household):
                outbox.put(session, kind, {"notice": notice.key}, acting(session).at)
        return {}

    return {"notice.send": notice_send}


def carriers(database: Database, channels: Mapping[str, Channel]) -> dict[str, Carrier]:
    """What the worker sends with, by the kind of parcel."""
    found: dict[str, Carrier] = {kind: _Post(database, channel) for kind, channel in channels.items()}
    mail = channels.get("notice_mail")
    return found | ({reminders.KIND: reminders.Reminders(database, mail)} if isinstance(mail, Mail) else {})


class _Post:
    """Carries notices by one channel."""

    def __init__(self, database: Database, channel: Channel) -> None:
        self._database, self._channel = database, channel

    def carry(self, key: int, payload: dict[str, Any]) -> None:
        """Send the notice as it may leave; one that the household has heard of meanwhile stays here."""
        with self._database.read() as session:
            letter = self._letter(session, key, payload["notice"])
        if letter is not None:
            self._channel.send(letter)

    def settled(self, session: Session, payload: dict[str, Any], at: datetime, error: str | None) -> None:
        """Keep on the notice how the household was told, or why it was not."""
        notice = notices.get(session, payload["notice"])
        if error is None:
            act(session, WORKER, at)
            notices.tell(session, notice, self._channel.name)
        else:
            notices.fail(notice, f"{self._channel.name}：{error}")

    def _letter(self, session: Session, key: int, notice_key: int) -> Letter | None:
        notice = notices.get(session, notice_key)
        if notice.delivered_at is not None:
            return None
        to = self._channel.address(session, households.get(session, notice.household_key))
        if not to:
            raise Undeliverable("已没有联系方式")
        words = settings.in_force(session, notice.written_at).get(WORDS)
        return Letter(key, to, *leaving.fit(notice.kind, notice.text, None if words is None else str(words)))
