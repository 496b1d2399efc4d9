"""Nothing in a drawing or in the data is ever run as Python; what is too much is stopped."""

import pytest
from SpiffWorkflow.bpmn.script_engine import python_environment

from engine.dialect import read
from engine.machine import StepFailed, Tree
from engine.unreachable import NO_PYTHON, PythonRefused
from tests.engine.drawing import Case, Drawing, World, each, mapped


@pytest.fixture
def payload(tmp_path, monkeypatch):
    """Python that would leave a mark; and SpiffWorkflow's `eval` and `exec` are watched."""
    mark = tmp_path / "mark"
    called = []
    monkeypatch.setattr(python_environment, "eval", lambda *a: called.append(a), raising=False)
    monkeypatch.setattr(python_environment, "exec", lambda *a: called.append(a), raising=False)
    yield f"__import__('pathlib').Path({str(mark)!r}).write_text('ran')"
    assert not mark.exists()
    assert called == []


class Literal(World):
    """A host that takes every expression for what it is: text."""

    def evaluate(self, expression, names):
        super_ = self.asked
        super_.append(expression)
        return expression


def test_python_in_every_place_that_an_expression_can_stand(payload):
    hostile = "=" + payload
    d = Drawing()
    d.start("s")
    d.script("script", hostile, "x")
    d.user(
        "u", assignee=hostile, candidateGroups="=" + payload, mappings=mapped({"i": hostile}, {"o": hostile})
    )
    d.service("w", job=hostile, mappings=mapped({"i": hostile}))
    d.end("e")
    d.flow("s", "script", "u", "w", "e")
    world = Literal()
    case = Case(d.process(), world)
    case.complete("u", **{payload: payload})
    assert case.waiting == ["w"]
    case.complete("w", a=payload)
    assert case.ended == "e"
    assert world.asked == [payload] * 7  # never answered by anything else


@pytest.mark.parametrize("where", ["condition", "collection", "timer", "message"])
def test_python_where_its_result_is_of_the_wrong_kind_fails_the_step(payload, where):
    hostile = "=" + payload
    d = Drawing()
    d.start("s")
    d.end("e")
    if where == "condition":
        d.xor("x")
        d.end("f")
        d.flow("s", "x")
        d.flow("x", "e", condition=payload)
        d.elements["x"].attrs["default"] = d.flow("x", "f")
    elif where == "collection":
        d.user("x", loop=each(hostile))
        d.flow("s", "x", "e")
    elif where == "timer":
        d.catch("x", d.timer(hostile))
        d.flow("s", "x", "e")
    else:
        d.catch("x", d.message("m", hostile))
        d.flow("s", "x", "e")
    process = d.process()
    if where == "message":
        assert Case(process, Literal()).machine.waits()[0].data["correlation_key"] == payload
    else:
        with pytest.raises(StepFailed):
            Case(process, Literal())


def test_python_scripts_of_bpmn_itself_are_refused_or_only_remarks(payload):
    inside = Drawing()
    inside.row("start:s", "task:t", "end:e")
    inside.add("scriptTask", "x", f"<script>{payload}</script>")
    inside.flow("t", "x", "e")
    assert "no_script" in {f.rule for f in read("x.bpmn", inside.xml()).findings}

    d = Drawing(extra='<property id="prop"/><ioSpecification id="io"><dataInput id="di"/></ioSpecification>')
    d.row("start:s", "user:u", "end:e")
    correlation = (
        '<correlationProperty id="cp" name="k"><correlationPropertyRetrievalExpression messageRef="m">'
        f'<messagePath id="mp">{payload}</messagePath></correlationPropertyRetrievalExpression></correlationProperty>'
    )
    reading = read("x.bpmn", d.xml().replace(b"<process ", correlation.encode() + b"<process "))
    case = Case(reading.processes["p"])
    case.complete("u")
    assert case.ended == "e"


def test_the_script_engine_and_its_environment_refuse():
    process = Case(simple()).process
    tree = Tree(process, None)
    assert tree.script_engine is NO_PYTHON
    for refuse in (NO_PYTHON, NO_PYTHON.environment):
        for name in ("evaluate", "execute", "call_service"):
            with pytest.raises(PythonRefused):
                getattr(refuse, name)(None, "1")
    with pytest.raises(PythonRefused):
        NO_PYTHON.validate("1")


def simple():
    d = Drawing()
    d.row("start:s", "user:u", "end:e")
    return d.process()


def test_a_thousand_members_and_a_long_way_are_no_trouble():
    d = Drawing()
    d.start("s")
    d.user("u", loop=each("=people"))
    previous = d.add("task", "t0")
    d.flow("s", "u", "t0")
    for i in range(1, 3000):
        d.flow(previous, d.task(f"t{i}"))
        previous = f"t{i}"
    d.flow(previous, d.end("e"))
    case = Case(d.process(), people=list(range(1000)))
    assert len(case.machine.waits()) == 1000
    token = case.tokens("u")[500]
    case.step(lambda m: m.complete(token, {}))
    assert len(case.machine.waits()) == 999


def test_subprocesses_nested_deep_run():
    d = Drawing()
    scope = None
    for i in range(40):
        d.start(f"s{i}", parent=scope)
        d.sub(f"x{i}", parent=scope)
        d.end(f"e{i}", parent=scope)
        d.flow(f"s{i}", f"x{i}", f"e{i}")
        scope = f"x{i}"
    d.row("start:s", "user:u", "end:e", parent=scope)
    case = Case(d.process())
    case.complete("u")
    assert case.ended == "e0"
