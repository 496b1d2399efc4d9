"""`/v2/variables`: what a case knows.

Values are sealed in the store, so a search names the instance it is about and looks among that instance's variables.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from flask import Blueprint
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import values, worklist
from engine.errors import NotFound
from engine.identity import Viewer
from engine.models.instances import Instance
from engine.scopes import ROOT
from web.api import search, shapes
from web.api.gate import reads
from web.api.problem import BadRequest
from web.api.process_instances import visible
from web.api.told import TENANT, inner_key, key, outer_key, page

routes = Blueprint("variables", __name__)

SORTABLE = ("name", "value", "variableKey", "scopeKey")


@dataclass(frozen=True)
class Variable:
    """One variable in force, as the API tells it."""

    told: Mapping[str, Any]

    def fits(self, wanted: Mapping[str, Any]) -> bool:
        """Whether it is among what is asked for."""
        return all(_fits(name, self.told[name], given) for name, given in wanted.items())


@routes.post("/variables/search")
@reads("case.see", search.Query, tells=shapes.Found[shapes.VariableFound])
def search_variables(session: Session, viewer: Viewer, asked: search.Query) -> dict[str, Any]:
    """The variables of one instance; `filter.processInstanceKey` names it."""
    wanted = {name: given for name, given in asked.filter.items() if name != "tenantId"}
    given = wanted.pop("processInstanceKey", None)
    try:
        instance_key = search.key(given.get("$eq") if isinstance(given, dict) else given)
    except ValueError as error:
        raise BadRequest("filter.processInstanceKey", _("要写明是哪个流程")) from error
    instance = visible(session, viewer, instance_key)
    return _page(_all(session, instance), wanted, asked)


@routes.get("/variables/<variable_key>")
@reads("case.see", tells=shapes.Variable)
def get_variable(session: Session, viewer: Viewer, variable_key: str) -> dict[str, Any]:
    """One variable."""
    if not re.fullmatch(r"[0-9]{7,25}", variable_key):
        raise NotFound("变量", variable_key)
    instance = visible(session, viewer, outer_key(variable_key))
    for found in _all(session, instance):
        if found.told["variableKey"] == variable_key:
            return {name: value for name, value in found.told.items() if name != "isTruncated"}
    raise NotFound("变量", variable_key)


@routes.post("/user-tasks/<key:task_key>/variables/search")
@routes.post("/user-tasks/<key:task_key>/effective-variables/search")
@reads("task.see", search.Query, tells=shapes.Found[shapes.VariableFound])
def search_task_variables(
    session: Session, viewer: Viewer, asked: search.Query, task_key: int
) -> dict[str, Any]:
    """The variables that a task sees; those of inner scopes hide outer ones of the same name."""
    task = worklist.get(session, viewer, task_key)
    instance = session.get_one(Instance, task.instance_key)
    found = {v.told["name"]: v for v in _all(session, instance, values.around(instance, task.token))}
    return _page(list(found.values()), asked.filter, asked)


def _all(session: Session, instance: Instance, scopes: list[str] | None = None) -> list[Variable]:
    """The instance's variables, outer scopes first; keys are given in that order, so that no two are alike."""
    reader = values.Values(session, instance.case_key)
    taken: set[int] = set()
    found = []
    for scope in sorted(instance.values, key=lambda each: (each != ROOT, each)):
        for name, value in sorted(reader.load(instance, scope, None).items()):
            number = crc32(f"{scope}\0{name}".encode()) % 1_000_000
            while number in taken:
                number = (number + 1) % 1_000_000
            taken.add(number)
            if scopes is None or scope in scopes:
                found.append(Variable(_told(instance, scope, name, value, number)))
    return found


def _told(instance: Instance, scope: str, name: str, value: Any, number: int) -> dict[str, Any]:
    return {
        "variableKey": inner_key(instance.key, number),
        "name": name,
        "value": json.dumps(value, ensure_ascii=False),
        "isTruncated": False,
        "scopeKey": key(instance.key)
        if scope == ROOT
        else inner_key(instance.key, int(scope.rstrip("!"), 36)),
        "processInstanceKey": key(instance.key),
        "rootProcessInstanceKey": key(instance.case_key),
        "tenantId": TENANT,
    }


def _page(found: list[Variable], wanted: Mapping[str, Any], asked: search.Query) -> dict[str, Any]:
    unknown = set(wanted) - {*SORTABLE, "isTruncated"} | {s.field for s in asked.sort} - {*SORTABLE}
    if unknown:
        raise BadRequest(f"filter.{min(unknown)}", _("不能按此项筛选或排序"))
    fitting = [v.told for v in found if v.fits(wanted)]
    for each in reversed(asked.sort or [search.Sort(field="name")]):
        fitting.sort(key=lambda told, by=each.field: str(told[by]), reverse=each.order.upper() == "DESC")
    begin = asked.page.offset
    items = fitting[begin : begin + asked.page.limit]
    about = {"totalItems": len(fitting), "hasMoreTotalItems": False, "startCursor": None, "endCursor": None}
    return page([dict(told) for told in items], about)


def _fits(name: str, value: Any, given: Any) -> bool:
    operators = given if isinstance(given, dict) else {"$eq": given}
    try:
        return all(MATCHERS[operator](value, wanted) for operator, wanted in operators.items())
    except (KeyError, TypeError, AttributeError) as error:
        raise BadRequest(f"filter.{name}", _("此项的值不能用来筛选")) from error


def _like(value: str, pattern: str) -> bool:
    made = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(made, value, re.DOTALL) is not None


MATCHERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$eq": lambda value, wanted: value == wanted,
    "$neq": lambda value, wanted: value != wanted,
    "$in": lambda value, wanted: value in wanted,
    "$notIn": lambda value, wanted: value not in wanted,
    "$exists": lambda value, wanted: wanted is True,
    "$like": _like,
}
