"""`/v2/decision-definitions`: the rules in force, and asking one."""

import json
from typing import Any

from flask import Blueprint
from pydantic import model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import decisions, deployments, settings
from engine.identity import Viewer
from engine.keys import new_key
from engine.models.deployments import Definition
from web.api import search, shapes
from web.api.body import Body
from web.api.gate import reads
from web.api.process_definitions import definition, latest
from web.api.search import Column
from web.api.told import TENANT, key, page
from web.runtime import runtime

routes = Blueprint("decision_definitions", __name__, url_prefix="/decision-definitions")

FIELDS = {
    "decisionDefinitionKey": Column(Definition.key, search.key),
    "decisionDefinitionId": Column(Definition.id),
    "name": Column(Definition.name),
    "version": Column(Definition.version, search.number),
}


class Evaluation(Body):
    """Which decision is asked, with what."""

    decision_definition_id: str | None = None
    decision_definition_key: str | None = None
    variables: dict[str, Any] = {}
    tenant_id: str = TENANT

    @model_validator(mode="after")
    def _one_decision(self) -> "Evaluation":
        if (self.decision_definition_id is None) == (self.decision_definition_key is None):
            raise ValueError("give either decisionDefinitionId or decisionDefinitionKey")
        return self


@routes.post("/search")
@reads("drawing.see", search.Query, tells=shapes.Found[shapes.DecisionDefinition])
def search_decisions(session: Session, viewer: Viewer, asked: search.Query) -> dict[str, Any]:
    """Decisions in all their versions, or in the latest."""
    statement = select(Definition).where(Definition.kind == "decision")
    if asked.filter.pop("isLatestVersion", False):
        statement = statement.where(latest())
    rows, about = search.run(session, statement, asked, FIELDS, Definition.key)
    return page([_told(row) for row in rows], about)


@routes.get("/<key:decision_key>")
@reads("drawing.see", tells=shapes.DecisionDefinition)
def get_decision(session: Session, viewer: Viewer, decision_key: int) -> dict[str, Any]:
    """One version of a decision."""
    return _told(definition(session, decision_key, "decision"))


@routes.post("/evaluation")
@reads("decision.evaluate", Evaluation, tells=shapes.DecisionEvaluated)
def evaluate(session: Session, viewer: Viewer, asked: Evaluation) -> dict[str, Any]:
    """What a decision says to these variables, by which rules, with the settings in force today. Nothing is kept."""
    if asked.decision_definition_key is not None:
        known = definition(session, search.key(asked.decision_definition_key), "decision")
    else:
        known = deployments.definition(session, "decision", asked.decision_definition_id or "")
    found = deployments.decision(session, runtime().evaluator, known)
    now = runtime().clock.now()
    inputs = {"settings": settings.seen(session, now), **asked.variables}
    result = decisions.decide(runtime().evaluator, found.model, known.id, inputs, now, lenient=True)
    return _result(known, result)


def _told(row: Definition) -> dict[str, Any]:
    return {
        "decisionDefinitionKey": key(row.key),
        "decisionDefinitionId": row.id,
        "name": row.name,
        "version": row.version,
        "decisionRequirementsId": row.resource,
        "decisionRequirementsKey": key(row.deployment_key),
        "decisionRequirementsName": row.resource,
        "decisionRequirementsVersion": row.version,
        "tenantId": TENANT,
    }


def _result(asked: Definition, result: decisions.DecisionResult) -> dict[str, Any]:
    evaluation = key(new_key())
    return {
        "decisionDefinitionId": asked.id,
        "decisionDefinitionKey": key(asked.key),
        "decisionDefinitionName": asked.name,
        "decisionDefinitionVersion": asked.version,
        "decisionRequirementsId": asked.resource,
        "decisionRequirementsKey": key(asked.deployment_key),
        "decisionEvaluationKey": evaluation,
        "decisionInstanceKey": evaluation,
        "failedDecisionDefinitionId": None,
        "failureMessage": None,
        "output": _json(result.output),
        "evaluatedDecisions": [
            _evaluated(asked, each, f"{evaluation}-{n}") for n, each in enumerate(result.evaluated, 1)
        ],
        "tenantId": TENANT,
    }


def _evaluated(asked: Definition, each: decisions.Evaluated, instance: str) -> dict[str, Any]:
    return {
        "decisionDefinitionId": each.decision_id,
        "decisionDefinitionKey": key(asked.key),
        "decisionDefinitionName": each.name,
        "decisionDefinitionVersion": asked.version,
        "decisionDefinitionType": "DECISION_TABLE" if each.inputs or each.matched else "LITERAL_EXPRESSION",
        "decisionEvaluationInstanceKey": instance,
        "output": _json(each.output),
        "tenantId": TENANT,
        "matchedRules": [_rule(rule) for rule in each.matched],
        "evaluatedInputs": [
            {"inputId": column.id, "inputName": column.name, "inputValue": _json(column.value)}
            for column in each.inputs
        ],
    }


def _rule(rule: decisions.MatchedRule) -> dict[str, Any]:
    return {
        "ruleId": rule.rule_id,
        "ruleIndex": rule.index,
        "evaluatedOutputs": [
            {
                "outputId": name,
                "outputName": name,
                "outputValue": _json(value),
                "ruleId": rule.rule_id,
                "ruleIndex": rule.index,
            }
            for name, value in rule.outputs.items()
        ],
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
