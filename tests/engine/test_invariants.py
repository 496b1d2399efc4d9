"""`fangfan check` finds what does not agree, and nothing where all does."""

import pytest
import sqlalchemy as sa

from engine import invariants
from engine.runtime import Runtime
from tests.engine.cases import answer, deploy, start
from tests.engine.drawing import Drawing


@pytest.fixture
def case(sqlite_runtime: Runtime) -> int:
    """A case with a task, a timer, a subscription, a job, a call and something done."""
    drawing = Drawing()
    drawing.start("s")
    drawing.user("apply")
    drawing.par("fork")
    drawing.user("visit", candidateUsers="clerk")
    drawing.boundary("late", "visit", drawing.timer("P1D"), interrupting=False)
    drawing.catch("told", drawing.message("m"))
    drawing.service("ask", job="foreign")
    drawing.call("round", "inner")
    drawing.task("pass")
    drawing.flow("s", "apply", "fork")
    for step in ("visit", "told", "ask", "round"):
        drawing.end(f"end_{step}")
        drawing.flow("fork", step, f"end_{step}")
    drawing.end("end_late")
    drawing.flow("late", "pass", "end_late")
    inner = Drawing("inner")
    inner.row("start:s", "user:deep", "end:e")
    deploy(sqlite_runtime, drawing, inner)
    case = start(sqlite_runtime, name="张三")
    answer(sqlite_runtime, case, "apply", opinion="同意")
    return case


def found(runtime: Runtime) -> list[str]:
    with runtime.database.read() as session:
        return [each.reason for each in invariants.check(session)]


def test_a_sound_case_has_none(sqlite_runtime: Runtime, case: int):
    assert found(sqlite_runtime) == []
    answer(sqlite_runtime, case, "visit")
    answer(sqlite_runtime, case, "deep")
    assert found(sqlite_runtime) == []


@pytest.mark.parametrize(
    ("forgery", "word"),
    [
        ("UPDATE user_task SET state = 'cancelled' WHERE element = 'visit'", "待办任务"),
        ("DELETE FROM timer", "定时"),
        ("UPDATE timer SET due = '2030-01-01 00:00:00.000000'", "定时"),
        ("DELETE FROM subscription", "消息等候"),
        ("DELETE FROM job", "外部作业"),
        ("UPDATE instance SET state = 'completed' WHERE parent_key IS NOT NULL", "被调用的流程"),
        ("UPDATE passage SET state = 'active', left_at = NULL WHERE element = 'fork'", "经过的环节"),
        ("UPDATE user_task SET completed_by = 'other' WHERE element = 'apply'", "没有记录"),
        ("UPDATE user_task SET area = '2202/' WHERE element = 'visit'", "属性"),
        ('UPDATE instance SET "values" = \'{"0": {"opinion": 1}}\' WHERE parent_key IS NULL', "变量 opinion"),
        ("DELETE FROM entry WHERE number = 2 AND case_key != 0", "记录链"),
    ],
)
def test_each_disagreement_is_told(sqlite_runtime: Runtime, case: int, forgery: str, word: str):
    with sqlite_runtime.database.begin() as session:
        assert session.execute(sa.text(forgery)).rowcount == 1
    assert any(word in reason for reason in found(sqlite_runtime)), found(sqlite_runtime)
