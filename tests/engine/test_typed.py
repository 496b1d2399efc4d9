"""How many fields people type: only what a form did not bring along, and only numbers are kept."""

from datetime import timedelta

import pytest

from engine import typed
from engine.models.worklist import UserTask
from tests.engine import cases
from tests.engine.drawing import Drawing

KNOWN = {
    "household": {"head": "张三", "kind": "脱贫户", "phone": ""},
    "members": [{"name": "张三"}, {"name": "李四"}],
}


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        ({"household": {"head": "张三", "kind": "脱贫户"}}, (0, 2)),
        ({"household": {"head": "张三", "phone": "13800000000"}}, (1, 1)),
        ({"members": [{"name": "张三"}, {"name": "李五"}, {"name": "王六", "age": 3}]}, (3, 1)),
        ({"signature": {"width": 1, "strokes": [[1, 2]]}, "files": [{"sha256": "x", "name": "y"}]}, (2, 0)),
        ({"causes": ["因病", "因残"], "note": "", "amount": None, "sure": False}, (2, 0)),
        ({}, (0, 0)),
    ],
)
def test_counted(answer, counted):
    assert typed.count(answer, KNOWN) == counted


def test_told_by_procedure_and_time(runtime, clock):
    drawing = Drawing()
    drawing.start("s")
    drawing.user("ask")
    drawing.end("e")
    drawing.flow("s", "ask", "e")
    cases.deploy(runtime, drawing)
    began = clock.now()
    for told in ({"name": "张三"}, {"name": "李四", "phone": "1"}):
        cases.answer(runtime, cases.start(runtime), "ask", **told)
    with runtime.database.begin() as session:
        for task in session.query(UserTask):
            task.area = "2202/220281/"
        session.flush()
        [found] = typed.by_procedure(session, ["2202/"], began, began + timedelta(days=1))
        assert (found.process_id, found.times, found.typed, found.brought) == ("p", 2, 3, 0)
        assert typed.by_procedure(session, ["2202/220202/"], began, began + timedelta(days=1)) == []
        assert typed.by_procedure(session, [""], began - timedelta(days=1), began) == []
