"""What people do: user tasks. (A plain or manual task is passed through: `Node` as it is.)"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.dialect import timers
from engine.dialect.failures import DrawingFailed
from engine.dialect.node import Node, Token

if TYPE_CHECKING:
    from engine.machine import Machine


class UserTask(Node):
    """Waits until a person has answered its form. Its settings are evaluated once, when it is entered."""

    waits_as = "user_task"

    def enter(self, machine: Machine, token: Token) -> bool:
        element = self.element
        text = _Settings(self, machine, token)
        token.internal_data["wait"] = {
            "form_id": element.form_id,
            "assignee": text.text("assignmentDefinition", "assignee"),
            "candidate_groups": text.list("assignmentDefinition", "candidateGroups"),
            "candidate_users": text.list("assignmentDefinition", "candidateUsers"),
            "due_date": text.moment("taskSchedule", "dueDate"),
            "follow_up_date": text.moment("taskSchedule", "followUpDate"),
            "priority": machine.whole_number(
                element.setting("priorityDefinition", "priority") or "50", token.id
            ),
            "properties": dict(element.properties),
        }
        return False


class _Settings:
    """A user task's settings: text as it stands, or the result of a FEEL expression."""

    def __init__(self, spec: Node, machine: Machine, token: Token) -> None:
        self._element = spec.element
        self._machine = machine
        self._scope: str = token.id

    def text(self, extension: str, attribute: str) -> str | None:
        """Text, or None when it is not set or comes out as null."""
        drawn = self._element.setting(extension, attribute)
        value = None if drawn is None else self._machine.evaluate(drawn, self._scope)
        if value is None or isinstance(value, str):
            return value or None
        raise DrawingFailed("not_text", setting=drawn, value=value)

    def moment(self, extension: str, attribute: str) -> datetime | None:
        """A moment in UTC."""
        text = self.text(extension, attribute)
        try:
            return None if text is None else timers.parse_date(text)
        except ValueError as error:
            raise DrawingFailed("bad_timer", setting=text) from error

    def list(self, extension: str, attribute: str) -> list[str]:
        """Several texts: parted by commas where they stand, a list where they are evaluated."""
        drawn = self._element.setting(extension, attribute)
        value: Any = None if drawn is None else self._machine.evaluate(drawn, self._scope)
        if isinstance(value, str):
            value = value.split(",") if drawn == value else [value]
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise DrawingFailed("not_texts", setting=drawn, value=value)
        return [item.strip() for item in value if item.strip()]
