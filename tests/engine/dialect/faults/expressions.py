"""Expressions."""

from tests.engine.dialect.faults import choice, fault, plain, with_inner, zeebe
from tests.engine.drawing import Drawing, each, mapped


@fault("no_feel", "u")
def _():
    return with_inner("u", each("people"))


@fault("bad_expression", "u")
def _():
    d = choice("1 +", default="flow4")
    d.elements["u"].type = "exclusiveGateway"
    d.flow("u", "e", condition="1 +")
    d.elements["u"].attrs["default"] = "flow2"
    return d


@fault("bad_expression", "u")
def _():
    return with_inner("u", zeebe(mapped(None, {"x": "=1 +"})))


@fault("bad_expression", "u")
def _():
    return with_inner("u", zeebe('<zeebe:script expression="=1 +" resultVariable="x"/>'), "scriptTask")


@fault("bad_expression", "u")
def _():
    return with_inner("u", Drawing().timer("=1 +"), "intermediateCatchEvent")


@fault("bad_expression", "u")
def _():
    return with_inner("u", each("=1 +"))


@fault("bad_expression", "p")
def _():
    inner = '<zeebe:property name="attribute.area" value="1 +"/>'
    d = Drawing("p", zeebe(f"<zeebe:properties>{inner}</zeebe:properties>"))
    d.row("start:s", "user:u", "end:e")
    return d


@fault("bad_expression", "u")
def _():
    return with_inner("u", zeebe('<zeebe:assignmentDefinition assignee="=1 +"/>'))


@fault("bad_expression", "x")
def _():
    d = plain()
    d.flow("u", d.catch("x", d.message("m", "=1 +")), "e")
    return d
