"""What the program does: service, script and business rule tasks."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from engine.dialect.node import Node, Token

if TYPE_CHECKING:
    from engine.machine import Machine


class ServiceTask(Node):
    """Calls the operation of its job type; what no operation serves waits as a job for a worker outside.

    An operation that raises an exception with a `code` that the drawing names as a BPMN error throws that error;
    its catcher is given `error_code` and `error_message`.
    """

    waits_as = "job"

    def enter(self, machine: Machine, token: Token) -> bool:
        task_type = machine.text(self.element.setting("taskDefinition", "type") or "", token.id)
        inputs = self._given(machine, token)
        headers = dict(self.element.headers)
        try:
            result = machine.host.operate(self.bpmn_id, task_type, copy.deepcopy(inputs), headers)
        except Exception as error:
            if self._thrown(machine, token, error):
                return True
            raise
        if result is None:
            retries = machine.whole_number(self.element.setting("taskDefinition", "retries") or "3", token.id)
            job = {"type": task_type, "inputs": inputs, "headers": headers, "retries": retries}
            token.internal_data["wait"] = job
            return False
        self.finish(machine, token, result)
        return True

    def _given(self, machine: Machine, token: Token) -> dict[str, Any]:
        """The mapped inputs, or all variables in sight when nothing is mapped."""
        if self.element.mappings.inputs:
            return machine.scopes.own(token.id)
        return machine.scopes.view(token.id).all()

    @staticmethod
    def _thrown(machine: Machine, token: Token, error: Exception) -> bool:
        code = getattr(error, "code", None)
        if not isinstance(code, str) or code not in machine.process.error_codes:
            return False
        told = {"error_code": code, "error_message": str(error)}
        return machine.throw("error", code, token, told, str(error))


class ScriptTask(Node):
    """Evaluates one FEEL expression into one variable."""

    def enter(self, machine: Machine, token: Token) -> bool:
        expression = self.element.setting("script", "expression") or ""
        value = machine.feel(expression.removeprefix("=").strip(), token.id)
        self.finish(machine, token, {self.element.setting("script", "resultVariable") or "result": value})
        return True


class RuleTask(Node):
    """Asks a decision; its result goes into one variable, what it matched into the history."""

    def enter(self, machine: Machine, token: Token) -> bool:
        drawn = self.element.setting("calledDecision", "decisionId") or ""
        decision = machine.text(drawn, token.id)
        binding = self.element.setting("calledDecision", "bindingType") or "latest"
        tag = self.element.setting("calledDecision", "versionTag")
        made = machine.host.decide(decision, binding, tag, machine.scopes.view(token.id))
        machine.tell("decided", token, {"decision": decision, "result": made})
        self.finish(
            machine,
            token,
            {self.element.setting("calledDecision", "resultVariable") or "result": made.output},
        )
        return True
