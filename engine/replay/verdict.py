"""A case as it went and its replay, side by side: where they part first, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from engine.replay.course import Course, Event, Line, Part, Stop
from engine.replay.player import Played

SAME, OTHERWISE, NEEDS_ANSWERS = "same", "otherwise", "needs_answers"
LAST = 1_000_000
"""The position of what is told only where nothing else of its moment is."""


@dataclass(frozen=True)
class Parting:
    """Where case and replay part. `kind`: path, decision, refused, value, people, due or failed; `then` and `now` say
    what there was and would be: an element's id (path), what was decided (decision), names (refused, value), groups (people).
    """

    kind: str
    process: str
    element: str
    at: datetime
    line: Line = ()
    position: int = 0
    then: Any = None
    now: Any = None

    @property
    def order(self) -> tuple[datetime, int, int]:
        """What comes first: of the same moment that of the called instance, since its caller goes on after it."""
        return self.at, -len(self.line), self.position


@dataclass(frozen=True)
class Verdict:
    """How a replay compares. `needs`: the elements at which the journal has no answer; `levels` and `ends`: before and after."""

    outcome: str
    first: Parting | None = None
    needs: tuple[tuple[str, str], ...] = ()
    levels: tuple[str | None, str | None] = (None, None)
    ends: tuple[str | None, str | None] = (None, None)


def compare(then: Course, played: Played) -> Verdict:
    """Where the replay of a case parts from it."""
    now = played.course
    if now is None:
        root = then.parts[()]
        failed = Parting(
            "failed", root.process, root.stops[0].element, root.stops[0].at, now=str(played.failure)
        )
        return Verdict(OTHERWISE, failed, levels=(root.level, None), ends=(root.end, None))
    gaps = _gaps(then, played)
    partings = sorted(_partings(then, now, played), key=lambda parting: parting.order)
    first: Parting | None = partings[0] if partings else None
    needs = tuple(dict.fromkeys((now.parts[line].process, element) for line, element in gaps))
    outcome = SAME if first is None else OTHERWISE
    if needs and (first is None or _is_gap(then, first, gaps, played)):
        outcome = NEEDS_ANSWERS
    return Verdict(outcome, first, needs, _levels(then, now), _ends(then, now))


def _is_gap(then: Course, first: Parting, gaps: list[tuple[Line, str]], played: Played) -> bool:
    """Whether what comes first is a step that nobody could answer then: it is new, it asks more, or nobody knows what it tells."""
    if first.kind != "path":
        return False
    if first.now is not None:
        return (first.line, first.now) in gaps and not then.knows(first.line, first.now)
    return any(place in played.missing or place in played.unanswered for place in gaps)


def _gaps(then: Course, played: Played) -> list[tuple[Line, str]]:
    """Where the replay waits for somebody or something of which the journal does not tell."""
    now = played.course
    assert now is not None
    found: list[tuple[Line, str]] = [*played.unanswered]
    for line, part in now.parts.items():
        waiting = then.parts[line].stops if line in then.parts else []
        open_then = [stop.element for stop in waiting if stop.asks]
        for stop in part.stops:
            if not stop.asks or (line, stop.element) in played.refused:
                continue
            if stop.element in open_then:
                open_then.remove(stop.element)
            else:
                found.append((line, stop.element))
    return found


def _partings(then: Course, now: Course, played: Played) -> Iterator[Parting]:
    for line, part in then.parts.items():
        if line in now.parts:
            yield from _on_the_way(part, now.parts[line])
    for (line, element), fields in played.refused.items():
        part = now.parts[line]
        stop = next(stop for stop in reversed(part.stops) if stop.element == element)
        yield Parting("refused", part.process, element, stop.at, line, now=sorted(fields))
    yield from _values(then, now)


def _on_the_way(then: Part, now: Part) -> Iterator[Parting]:
    """The first element that another one stands for, or where something else was decided."""
    line = then.line
    for position, (before, after) in enumerate(zip_longest(then.stops, now.stops)):
        here: Stop = after or before
        if before is None or after is None or before.element != after.element:
            names = [stop and stop.element for stop in (before, after)]
            yield Parting("path", then.process, here.element, here.at, line, position, *names)
            return
        if before.decided and after.decided and _told(before) != _told(after):
            told = (_told(before), _told(after))
            yield Parting("decision", then.process, here.element, here.at, line, position, *told)
            return
        if before.task is not None and after.task is not None and before.who != after.who:
            who = (list(before.who), list(after.who))
            yield Parting("people", then.process, here.element, here.at, line, position, *who)
            return
        if before.task is not None and after.task is not None and before.due != after.due:
            due = (before.due, after.due)
            yield Parting("due", then.process, here.element, here.at, line, position, *due)
            return


def _told(stop: Stop) -> list[Any]:
    return [each["output"] for each in stop.decided]


def _values(then: Course, now: Course) -> Iterator[Parting]:
    """The first step after which a variable of an instance has another value, while both went the same way."""
    before, after = ([e for e in course.events if "written" in e.values] for course in (then, now))
    if len(before) != len(after):
        return
    for one, other in zip(before, after, strict=True):
        old, new = _written(then, one), _written(now, other)
        for line in old.keys() | new.keys():
            names = _differing(old.get(line, {}), new.get(line, {}))
            if names and line in then.parts:
                part = then.parts[line]
                element = then.named(one.instance, one.body.get("element", part.stops[0].element))
                yield Parting("value", part.process, element, one.at, (), LAST, None, names)
                return


def _written(course: Course, event: Event) -> dict[Line, Mapping[str, Any]]:
    return {course.lines[int(key)]: scopes.get("0", {}) for key, scopes in event.values["written"].items()}


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    missing = object()
    return sorted(
        name for name in old.keys() | new.keys() if old.get(name, missing) != new.get(name, missing)
    )


def _levels(then: Course, now: Course) -> tuple[str | None, str | None]:
    """The level of the first instance that has another one, else that of the case."""
    pairs = [(part.level, now.parts[line].level) for line, part in then.parts.items() if line in now.parts]
    return next(((a, b) for a, b in pairs if a != b), pairs[0])


def _ends(then: Course, now: Course) -> tuple[str | None, str | None]:
    return then.parts[()].end, now.parts[()].end
