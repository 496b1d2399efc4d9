"""What operations told a case then stands in for them: nothing outside is asked or touched."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import Refusal
from engine.replay.course import Course
from engine.replies import Reply, digest
from engine.runtime import Operation


class Unanswered(Refusal):
    """The journal does not say what this operation would have told."""

    status, code = 409, "unanswered"
    message = "办件记录里没有“{element}”的结果。"
    mend = "重演不能代替它作答，这一步起须实际办理。"


class BrokenThen(Refusal):
    """The operation failed when the case ran."""

    status, code = 409, "broken_then"
    message = "“{element}”当时也出过故障。"
    mend = "故障当时已记入案卷。"


class Refused(Exception):
    """The operation refused with a code when the case ran; a drawing may catch it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Answers(Mapping[str, Operation]):
    """Operations by task type that answer as the journal of the case at hand says; `types` are those that are served here."""

    def __init__(self, types: Collection[str]) -> None:
        self._types = types
        self._steps: dict[int, list[Reply]] = {}
        self._broken: set[str] = set()
        self._used: set[int] = set()
        self._at = 0

    def learn(self, course: Course) -> None:
        """Take over what the journal of a case holds."""
        self._steps = {
            event.number: [replace(r, element=course.named(r.instance, r.element)) for r in event.replies]
            for event in course.events
        }
        self._broken = {element for _, element in course.failed}
        self._used, self._at = set(), 0

    def at(self, number: int) -> None:
        """The entry whose step is being played."""
        self._at = number

    def __getitem__(self, kind: str) -> Operation:
        if kind not in self._types:
            raise KeyError(kind)

        def answer(session: Session, inputs: dict[str, Any]) -> dict[str, Any]:
            return self._answer(session.info["step"]["element"], kind, inputs)

        return answer

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    def _answer(self, element: str, kind: str, inputs: dict[str, Any]) -> dict[str, Any]:
        found = self._found(element, kind, digest(inputs))
        if found is None:
            raise (BrokenThen if element in self._broken else Unanswered)(element=element)
        self._used.add(id(found))
        if found.error is not None:
            raise Refused(*found.error)
        return found.now(inputs)

    def _found(self, element: str, kind: str, asked: str) -> Reply | None:
        """That of the same step before that of another one, asked the same before asked otherwise."""
        here = [reply for reply in self._steps.get(self._at, ()) if reply.type == kind]
        others = [reply for step in self._steps.values() for reply in step if reply.type == kind]
        for replies in (here,) if element in self._broken else (here, others):
            free = [reply for reply in replies if reply.element == element and id(reply) not in self._used]
            free.sort(key=lambda reply: reply.asked != asked)
            if free:
                return free[0]
            if same := [reply for reply in replies if reply.asked == asked]:
                return same[0]
        return None
