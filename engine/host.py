"""What a running instance asks of the world: expressions, decisions, operations."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import decisions, deployments, replies, sending
from engine.decisions import DecisionResult
from engine.scopes import View

if TYPE_CHECKING:
    from engine.step import Step


class Host:
    """Answers one instance, in the transaction of its step. Decisions are those of the instance's deployment."""

    def __init__(self, step: Step, instance_key: int, deployment_key: int) -> None:
        self._step = step
        self._instance_key = instance_key
        self._deployment_key = deployment_key

    def now(self) -> datetime:
        """The moment of the step: the same for all that happens in it."""
        return self._step.now

    def evaluate(self, expression: str, names: View) -> Any:
        """The value of a FEEL expression over the variables in sight. FeelError."""
        evaluator = self._step.runtime.evaluator
        return evaluator.evaluate(expression, self._pick(names, evaluator.names(expression)), self._step.now)

    def evaluate_all(self, expressions: Mapping[str, str], names: View) -> dict[str, Any]:
        """The values of several expressions by name, in one call; None where a variable does not exist yet."""
        evaluator = self._step.runtime.evaluator
        used = {key: evaluator.names(expression) for key, expression in expressions.items()}
        seen = self._pick(names, {name for each in used.values() for name in each})
        ready = [key for key, each in used.items() if each.needed <= seen.keys()]
        values = (
            evaluator.evaluate_many([expressions[key] for key in ready], seen, self._step.now)
            if ready
            else []
        )
        return {**dict.fromkeys(expressions), **dict(zip(ready, values, strict=True))}

    def decide(self, decision_id: str, binding: str, tag: str | None, names: View) -> DecisionResult:
        """A decision's result with the rules that matched. FeelError, NotFound."""
        step = self._step
        meant = deployments.bound(step.session, "decision", decision_id, self._deployment_key, binding, tag)
        found = deployments.decision(step.session, step.runtime.evaluator, meant)
        inputs = self._pick(names, found.names)
        result = decisions.decide(step.runtime.evaluator, found.model, decision_id, inputs, step.now)
        self._step.decided[id(result)] = (found.definition_key, inputs)
        return result

    def operate(
        self, element_id: str, task_type: str, inputs: dict[str, Any], headers: dict[str, str]
    ) -> Mapping[str, Any] | None:
        """What the operation of this type returns, None when nobody here serves it.

        It acts behind a savepoint: one that raises leaves nothing, even where a boundary event catches its error. What it
        told is kept with the step, so that the case can be replayed without it.
        """
        if task_type == sending.TYPE:
            return sending.publish(self._step, inputs)
        operation = self._step.runtime.operations.get(task_type)
        if operation is None:
            return None
        session, step, here = self._step.session, self._step, (self._instance_key, element_id, task_type)
        asked = copy.deepcopy(inputs)
        step.guard()
        session.info["step"].update(instance=str(self._instance_key), element=element_id)
        try:
            with session.begin_nested():
                result = operation(session, inputs)
                session.flush()
        except Exception as error:
            step.replies.append(replies.refused(*here, asked, error))
            raise
        plain: dict[str, Any] = json.loads(json.dumps(result or {}, allow_nan=False))
        step.replies.append(replies.told(*here, asked, plain))
        return plain

    def signal(self, name: str, variables: Mapping[str, Any]) -> None:
        """Let all others hear a signal."""
        sending.signal(self._step, name, variables)

    def _pick(self, names: View, wanted: Any) -> dict[str, Any]:
        wanted = set(wanted)
        found = names.pick(wanted)
        if "settings" in wanted and "settings" not in found:
            found["settings"] = self._step.settings
        return found
