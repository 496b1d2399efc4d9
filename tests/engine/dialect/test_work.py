"""What the program does: operations, jobs, scripts, rules; each case stored and loaded between all steps."""

import pytest

from engine.machine import StepFailed
from tests.engine.drawing import Case, Drawing, World, mapped


def test_a_service_task_calls_its_operation_and_one_that_nobody_serves_waits_as_a_job():
    d = Drawing()
    d.start("s")
    d.service("a", job="count", mappings=mapped({"n": "=number"}, {"total": "=sum"}))
    d.service("b", job="elsewhere", mappings=mapped({"n": "=total"}))
    d.end("e")
    d.flow("s", "a", "b", "e")
    case = Case(
        d.process(), World(count=lambda inputs: {"sum": inputs["n"] + 1, "inputs": list(inputs)}), number=41
    )
    assert case.root == {"number": 41, "total": 42}
    (wait,) = case.machine.waits()
    assert (wait.kind, wait.data["type"], wait.data["inputs"]) == ("job", "elsewhere", {"n": 42})
    case.complete("b", answer=7)
    assert case.ended == "e"
    assert case.root["answer"] == 7


def test_an_operation_cannot_change_variables_behind_the_engine():
    d = Drawing()
    d.start("s")
    d.service("a", job="mean")
    d.user("u")
    d.end("e")
    d.flow("s", "a", "u", "e")

    def mean(inputs):
        inputs["facts"].append("forged")
        return {}

    assert Case(d.process(), World(mean=mean), facts=[]).root == {"facts": []}


class NoMoney(Exception):
    code = "no_money"


def test_a_business_error_of_an_operation_goes_to_the_boundary_event():
    d = Drawing()
    d.start("s")
    d.service("a", job="pay")
    d.boundary("refused", "a", d.error("no_money"))
    d.user("mend")
    d.end("paid")
    d.end("unpaid")
    d.flow("s", "a", "paid")
    d.flow("refused", "mend", "unpaid")

    def pay(inputs):
        raise NoMoney

    case = Case(d.process(), World(pay=pay))
    assert case.waiting == ["mend"]
    assert [c.element_id for c in case.changes if c.kind == "cancelled"] == ["a"]


def test_an_exception_whose_code_the_drawing_does_not_name_is_no_business_error():
    d = Drawing()
    d.start("s")
    d.service("a", job="pay")
    d.boundary("any", "a", d.error())
    d.end("e")
    d.end("f")
    d.flow("s", "a", "e")
    d.flow("any", "f")

    def pay(inputs):
        raise NoMoney

    with pytest.raises(StepFailed):
        Case(d.process(), World(pay=pay))


def test_a_script_task_evaluates_into_one_variable_and_a_rule_tells_what_matched():
    d = Drawing()
    d.start("s")
    d.script("a", "=[1, 2]", "pair")
    d.rule("r", "grade", "level")
    d.end("e")
    d.flow("s", "a", "r", "e")
    case = Case(d.process(), World(grade=lambda names: "红" if names["pair"] else "蓝"))
    assert case.root == {"pair": [1, 2], "level": "红"}
    (decided,) = [c for c in case.changes if c.kind == "decided"]
    assert (decided.element_id, decided.data["decision"], decided.data["result"].matched) == (
        "r",
        "grade",
        ["row"],
    )
