"""What a migration would do, told beforehand: for each position how many carry on, stay, or need a choice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import deployments
from engine.dialect.loops import MEMBER
from engine.dialect.model import Process
from engine.dialect.node import Container
from engine.migration.mapping import Mapping
from engine.migration.tokens import Obstacle, move
from engine.models.instances import Instance

BATCH = 500


@dataclass(frozen=True)
class Position:
    """Where cases stand. `verdict`: `carries_on` at `target`; `stays`, since nothing is named for it; `needs_choice`, since
    what is named does not do (`obstacle` says why)."""

    element: str
    name: str
    target: str | None
    target_name: str | None
    verdict: str
    tokens: int
    cases: int
    obstacle: Obstacle | None


@dataclass(frozen=True)
class Plan:
    """How a migration from one definition to another would go. A case moves only whole: it stays if one of its tokens does."""

    positions: list[Position]
    moving: int
    staying: int


@dataclass
class _Count:
    tokens: int = 0
    cases: int = 0
    obstacle: Obstacle | None = None


@dataclass
class _Counts:
    by_element: dict[str, _Count] = field(default_factory=dict)
    verdicts: Counter[bool] = field(default_factory=Counter)


def plan(session: Session, left: int, to: int, mapping: Mapping) -> Plan:
    """Count all active instances of definition `left` by where they stand, as they would go over to `to`."""
    old, new = deployments.process(session, left), deployments.process(session, to)
    counts = _Counts()
    for instance in standing(session, left):
        moved = move(instance.tokens, old, new, mapping)
        counts.verdicts[not moved.obstacles] += 1
        _count(counts, instance, old, {each.token: each for each in moved.obstacles})
    return Plan(
        [_position(old, new, mapping, element, count) for element, count in _in_order(old, counts)],
        counts.verdicts[True],
        counts.verdicts[False],
    )


def standing(session: Session, definition_key: int, after: int = 0) -> Iterator[Instance]:
    """The active instances of a definition with keys beyond `after`, in the order of their keys."""
    active = sa.select(Instance).where(Instance.definition_key == definition_key, Instance.state == "active")
    while batch := session.scalars(
        active.where(Instance.key > after).order_by(Instance.key).limit(BATCH)
    ).all():
        yield from batch
        after = batch[-1].key


def _count(counts: _Counts, instance: Instance, old: Process, obstacles: dict[str, Obstacle]) -> None:
    seen = set()
    for token in instance.tokens["tokens"]:
        element = token["at"].removesuffix(MEMBER)
        obstacle = obstacles.get(token["id"])
        if obstacle is None and (token.get("is") == "watching" or _holds_others(old, token["at"])):
            continue
        count = counts.by_element.setdefault(element, _Count())
        count.tokens += 1
        count.cases += element not in seen
        count.obstacle = count.obstacle or obstacle
        seen.add(element)


def _holds_others(old: Process, at: str) -> bool:
    """Whether a token is only the scope of others: a subprocess, the body of a multi-instance."""
    return isinstance(old.spec.task_specs[at], Container) or at + MEMBER in old.spec.task_specs


def _in_order(old: Process, counts: _Counts) -> list[tuple[str, _Count]]:
    return [(element, counts.by_element[element]) for element in old.elements if element in counts.by_element]


def _position(old: Process, new: Process, mapping: Mapping, element: str, count: _Count) -> Position:
    target = mapping.elements.get(element)
    verdict = "carries_on" if count.obstacle is None else "stays" if target is None else "needs_choice"
    name = None if target is None else new.named(target)
    return Position(
        element, old.named(element), target, name, verdict, count.tokens, count.cases, count.obstacle
    )
