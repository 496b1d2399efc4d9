"""Reminders by mail, to those for whom the task waits and who have given an address: which step, until when, nothing of
the household. What they see in their list needs no mail; this is for who does not look."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import identity, outbox, substitutes, worklist
from engine.database import Database
from engine.models.worklist import UserTask
from engine.outbox import Undeliverable
from web.delivery.channels import Letter
from web.delivery.mail import Mail
from web.words import in_shanghai

KIND = "reminder_mail"
MOST = 20
"""Addresses that one reminder goes to."""


def post(session: Session, task: UserTask, at: datetime) -> None:
    """Ask, in the transaction of the reminder, for its mail, where anybody can be reached so."""
    if _addresses(session, task, at):
        outbox.put(session, KIND, {"task": task.key, "at": at.isoformat()}, at, task.case_key)


class Reminders:
    """Carries reminders by mail."""

    def __init__(self, database: Database, mail: Mail) -> None:
        self._database, self._mail = database, mail

    def carry(self, key: int, payload: dict[str, Any]) -> None:
        """Send the mail; a task that was done meanwhile needs none."""
        with self._database.read() as session:
            task = session.get_one(UserTask, payload["task"])
            to = _addresses(session, task, datetime.fromisoformat(payload["at"]))
            if task.state != "open":
                return
        if not to:
            raise Undeliverable("已没有联系方式")
        self._mail.send(Letter(key, ", ".join(to), "催办", _text(task)))

    def settled(self, session: Session, payload: dict[str, Any], at: datetime, error: str | None) -> None:
        """Nothing more is kept: the reminder itself stands in the list and in the journal."""


def _addresses(session: Session, task: UserTask, at: datetime) -> list[str]:
    """Of who has the task, else of all for whom it waits; in the place of who is away, of who stands in."""
    waiting = identity.holding(session, worklist.waiting_places(session, task))
    names = [task.assignee] if task.assignee else [person.name for person in waiting]
    away = substitutes.away(session, at)
    return identity.mails(session, [away.get(name, name) for name in names])[:MOST]


def _text(task: UserTask) -> str:
    due = "" if task.due is None else f"，期限 {in_shanghai(task.due):%Y-%m-%d}"
    return f"“{task.name}”这一步在等您办，有人催办{due}。请登录防返，在待办里办理。"
