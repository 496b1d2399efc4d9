"""How much people type (S24, F6.3: a fact is asked once): counted at each answer, told by procedure.

What a form brought along and was left as it was counts as brought along; what is new or was changed counts as typed.
Only numbers are kept, never what was typed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.models.deployments import Definition
from engine.models.worklist import UserTask


@dataclass(frozen=True)
class Typed:
    """A procedure: how many of its instances had steps done, with fields typed and fields brought along in all of them."""

    process_id: str
    name: str
    times: int
    typed: int
    brought: int


def count(answer: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[int, int]:
    """Fields of an answer that were typed, and those that were known before and stayed."""
    found = [before == value for value, before in _fields(answer, known)]
    return found.count(False), found.count(True)


def by_procedure(session: Session, areas: Sequence[str], since: datetime, until: datetime) -> list[Typed]:
    """Of steps done in these areas (paths; `""` is everywhere) from `since` to before `until`; the most typed first."""
    inside = sa.or_(sa.false(), *(UserTask.area.startswith(path, autoescape=True) for path in areas))
    typed = sa.func.sum(UserTask.typed)
    rows = session.execute(
        sa.select(
            UserTask.process_id,
            sa.func.max(Definition.name),
            sa.func.count(UserTask.instance_key.distinct()),
            typed,
            sa.func.sum(UserTask.brought),
        )
        .join(Definition, Definition.key == UserTask.definition_key)
        .where(UserTask.typed.is_not(None), UserTask.ended_at >= since, UserTask.ended_at < until, inside)
        .group_by(UserTask.process_id)
        .order_by(typed.desc(), UserTask.process_id)
    )
    return [Typed(*row[:3], int(row[3] or 0), int(row[4] or 0)) for row in rows]


def _fields(value: Any, known: Any) -> Iterator[tuple[Any, Any]]:
    """Each field that holds something, and what was known of it. A signature, a list of words, a file are one field."""
    if isinstance(value, Mapping) and "strokes" not in value and "sha256" not in value:
        for name, inside in value.items():
            yield from _fields(inside, known.get(name) if isinstance(known, Mapping) else None)
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        for place, each in enumerate(value):
            same_place = isinstance(known, list) and place < len(known)
            yield from _fields(each, known[place] if same_place else None)
    elif value not in (None, "", []):
        yield value, known
