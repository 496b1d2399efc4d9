"""Cases from start to end, one transaction a step, on both stores."""

from engine import instances
from engine.runtime import Runtime
from tests.engine.cases import answer, at, deploy, get, open_tasks, start, values
from tests.engine.drawing import Drawing


def two_steps() -> Drawing:
    drawing = Drawing()
    drawing.row("start:s", "user:apply", "xor:good", "user:review", "end:e")
    return drawing


def test_a_case_goes_from_start_to_end(runtime: Runtime):
    drawing = Drawing()
    drawing.row("start:s", "user:apply", "user:review", "end:done")
    deploy(runtime, drawing)
    case = start(runtime, title="张三")
    assert at(runtime, case) == ["apply"]
    answer(runtime, case, "apply", amount=3)
    assert at(runtime, case) == ["review"]
    answer(runtime, case, "review", outcome="同意")
    ended = get(runtime, case)
    assert (ended.state, ended.end_event) == ("completed", "done")
    assert values(runtime, case) == {"title": "张三", "amount": 3, "outcome": "同意"}
    assert open_tasks(runtime, case) == []
    with runtime.database.read() as session:
        passed = instances.history(session, instances.get(session, case))
    assert [(p.element, p.state) for p in passed] == [
        ("s", "completed"),
        ("apply", "completed"),
        ("review", "completed"),
        ("done", "completed"),
    ]
