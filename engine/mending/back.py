"""A token is put back by hand to an element that it has already passed, so that what was done since is done again.

Never forward: whoever decides at the element, or after it, decides again; what they decided before is void. A token goes back within its
scope, against the flows, to where nothing else goes on beside it: past a split only when all its branches have come together since, and
not into one branch of a join.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import deployments, incidents, instances, records
from engine.dialect.loops import MEMBER
from engine.dialect.model import Process
from engine.errors import Refusal, Stale
from engine.instances import Actor, Passed, name_of
from engine.mending.failed import checked
from engine.mending.graph import Graph
from engine.models.instances import Instance
from engine.models.journal import Entry
from engine.models.worklist import UserTask
from engine.runtime import Runtime
from engine.scopes import ROOT
from engine.step import Step, take

TARGETS = frozenset(
    {
        *("task", "manualTask", "userTask", "serviceTask", "sendTask", "scriptTask", "businessRuleTask"),
        *("receiveTask", "callActivity", "subProcess", "transaction", "adHocSubProcess"),
        *("intermediateCatchEvent", "eventBasedGateway"),
    }
)
_ACTS = ("serviceTask", "sendTask")

Stored = Mapping[str, Any]


class NotBack(Refusal):
    """The token cannot be put back there: it has not passed the element, or something else goes on beside it."""

    status, code = 409, "not_back"
    message = "不能从“{element}”移到“{target}”。"
    mend = "只能移回本案已经办过、其间没有并行分支还在办的步骤；由人办理的步骤和规则不能越过。"


@dataclass(frozen=True)
class Way:
    """Where one token may be put back. `to`: the elements, the nearest first.

    `void`: the tasks that each would make void (keys), those of called procedures too; `acted`: the elements at which the program has acted
    since, which is not undone, and acts again.
    """

    token: str
    element: str
    to: tuple[str, ...]
    void: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    acted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def ways_back(session: Session, instance: Instance) -> list[Way]:
    """The tokens of an active instance that can be put back, with where to."""
    if instance.state != "active":
        return []
    process = deployments.process(session, instance.definition_key)
    history = instances.history(session, instance)
    return _Ways(process, instance.tokens["tokens"], history, _called(session, instance)).all()


def put_back(
    runtime: Runtime, session: Session, instance_key: int, token: str, to: str, reason: str, actor: Actor
) -> Instance:
    """Put a token back. What was done since stays in the history and is void. NotFound, Stale, NotBack."""
    reason = checked(reason)
    instance, case = instances.locked_instance(session, instance_key)
    if instance.state != "active":
        raise Stale(f"流程 {instance.key} 已结束")
    process = deployments.process(session, instance.definition_key)
    stands = next((each["at"] for each in instance.tokens["tokens"] if each["id"] == token), None)
    if stands is None:
        raise Stale("案卷已经往下办理")
    way = next((each for each in ways_back(session, instance) if each.token == token), None)
    if way is None or to not in way.to:
        raise NotBack(element=process.named(stands.removesuffix(MEMBER)), target=process.named(to))

    def act(step: Step) -> None:
        step.load(instance).machine.put_back(token, to)

    step, failures = take(runtime, session, name_of(actor), case, act, about=instance.key)
    told = {
        "element": way.element,
        "token": token,
        "to": to,
        "void": [str(key) for key in way.void[to]],
        "reason": reason,
    }
    records.write(step, "put_back", {"instance": str(instance.key), **told})
    incidents.close_job(session, instance.key, token, name_of(actor), step.now)
    incidents.keep(step, failures)
    return instance


def void(session: Session, case_key: int) -> set[int]:
    """The tasks of a case that were done and then made void by putting it back (task keys)."""
    bodies = session.scalars(
        sa.select(Entry.body).where(Entry.case_key == case_key, Entry.kind == "put_back")
    )
    return {int(key) for body in bodies for key in body["void"]}


def _called(session: Session, instance: Instance) -> dict[str, list[int]]:
    """The token of each call → the tasks that were completed in what it called, however deep."""
    done: dict[int, list[int]] = {}
    of_case = sa.and_(UserTask.case_key == instance.case_key, UserTask.state == "completed")
    for key, of in session.execute(sa.select(UserTask.key, UserTask.instance_key).where(of_case)):
        done.setdefault(of, []).append(key)
    found: dict[str, list[int]] = {}
    inside = {instance.key: ""}  # the call in this instance below which another one lies
    for each in instances.of_case(session, instance.case_key):  # callers come before what they called
        if each.parent_key in inside:
            call = inside[each.parent_key] or each.parent_token or ""
            inside[each.key] = call
            found.setdefault(call, []).extend(done.get(each.key, ()))
    return found


class _Ways:
    def __init__(
        self,
        process: Process,
        tokens: Sequence[Stored],
        history: Sequence[Passed],
        called: Mapping[str, Sequence[int]],
    ) -> None:
        self.process, self.tokens, self.history, self.called = process, tokens, history, called
        self.by_id = {token["id"]: token for token in tokens}
        self.graphs: dict[str, Graph] = {}

    def all(self) -> list[Way]:
        return [way for token in self.tokens if self._stands(token) and (way := self._way(token)).to]

    def _stands(self, token: Stored) -> bool:
        """Whether a token is a position: no subscription or arrival, and not one of several done at once or that undoes."""
        if token.get("is") == "watching" or "for" in token:
            return False
        if any(other.get("for") == token["id"] for other in self.tokens):
            return False  # what it tells to undo is being undone
        at: Stored | None = token
        while at is not None:
            if at["at"].endswith(MEMBER):
                return False
            at = self.by_id.get(at.get("in", ROOT))
        return self.process.elements[token["at"]].triggered_by_event is False

    def _way(self, token: Stored) -> Way:
        here = token["at"]
        graph = self._graph(self.process.elements[here].parent)
        scope = token.get("in", ROOT)
        last = self._passed(scope)
        void: dict[str, tuple[int, ...]] = {}
        acted: dict[str, tuple[str, ...]] = {}
        for target in sorted(graph.before(here) & last.keys(), key=graph.order.__getitem__, reverse=True):
            element = self.process.elements[target]
            if (
                element.type not in TARGETS
                or graph.races(target)
                or self._by_another_way(target, last[target], graph)
            ):
                continue
            if graph.whole(target, here) and not self._beside(token, target, graph):
                void[target], acted[target] = self._since(target, last[target], here, graph)
        return Way(token["id"], here, tuple(void), void, acted)

    def _since(
        self, target: str, passed: str, here: str, graph: Graph
    ) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """What was done from the target on: the tasks, and the elements at which the program acted."""
        again = graph.between(target, here)
        since = [e for e in self.history if e.element in again and _number(e.token) >= _number(passed)]
        tasks = [each.task for each in since if each.task and each.state == "completed"]
        tasks += [task for each in since for task in self.called.get(each.token, ())]
        acted = {
            e.element
            for e in since
            if self.process.elements[e.element].type in _ACTS and e.state == "completed"
        }
        return tuple(tasks), tuple(sorted(acted, key=graph.order.__getitem__))

    def _passed(self, scope: str) -> dict[str, str]:
        """Element → the token that last completed it since the scope was entered."""
        since = 0 if scope == ROOT else _number(scope)
        return {
            each.element: each.token
            for each in self.history
            if each.state == "completed" and _number(each.token) > since
        }

    def _by_another_way(self, target: str, passed: str, graph: Graph) -> bool:
        """Whether the token has come by another way since: what leads to the target was entered again, the target was not."""
        return any(
            each.element in graph.before(target) and _number(each.token) > _number(passed)
            for each in self.history
        )

    def _beside(self, token: Stored, target: str, graph: Graph) -> bool:
        """Whether another token of the scope is where the way on from the target leads."""
        race = token.get("race")
        for other in self.tokens:
            if other is token or other.get("in", ROOT) != token.get("in", ROOT):
                continue
            if other.get("host") == token["id"] or "listens" in other or "undo" in other:
                continue
            if race and other.get("race") == race:
                continue
            if other["at"] in graph.after(target):
                return True
        return False

    def _graph(self, scope: str) -> Graph:
        if scope not in self.graphs:
            self.graphs[scope] = Graph(self.process, scope)
        return self.graphs[scope]


def _number(token: str) -> int:
    return int(token, 36)
