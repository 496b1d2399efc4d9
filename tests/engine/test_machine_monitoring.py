"""The monitoring of one household as it is really drawn, with all open that can be, over 500 follow-up rounds."""

import json
from pathlib import Path
from types import SimpleNamespace

from engine.dialect import read
from tests.engine.drawing import Case, World
from tests.engine.test_state import count_calls

DRAWING = Path(__file__).parents[2] / "processes" / "monitoring.bpmn"
SETTINGS = {"choose_days": 7, "long_open_days": 180, "follow_up_red": 30}
MEASURES = [{"key": "1", "code": "岗位"}, {"key": "2", "code": "医疗救助"}]
OPEN = [
    "assist",
    "assist",
    "household_changed",
    "household_closed",
    "measures_long_open",
    "sudden_risk_told",
    "turned_red",
    "visit_date",
]

KNOWN = {
    "household_key": "7", "household": {"level": "红", "disqualified": False}, "area": "2202/", "title": "户主", "search": "hz", "stage": "帮扶",
    "labour": None, "round": 0, "next_visit": None, "seen_on": None, "level": "红", "warning": {"level": "红", "reasons": []}, "next_step": "继续跟踪",
    "measures": [], "advice": {"categories": [], "departments": []},
}  # fmt: skip


class Real(World):
    """The real evaluator; decisions and operations as they would answer."""

    def __init__(self, evaluator):
        super().__init__(
            follow_up_interval=lambda names: 30, **{"measures.open": lambda inputs: {"measures": MEASURES}}
        )
        self.evaluator = evaluator

    def evaluate(self, expression, names):
        wanted = set(self.evaluator.names(expression))
        return self.evaluator.evaluate(expression, {"settings": SETTINGS, **names.pick(wanted)}, self.time)

    def decide(self, decision_id, binding, tag, names):
        return SimpleNamespace(output=self.operations[decision_id](names), matched=[])


def monitored(evaluator) -> Case:
    """A case in follow-up: two measures open, one watched for being open long, the household's changes listened for."""
    process = read(DRAWING.name, DRAWING.read_bytes()).processes["monitoring"]
    case = Case(process, Real(evaluator), at="choose_measures", **KNOWN)
    case.complete("choose_measures", measures=MEASURES)
    return case


def follow_up(case: Case, exit_outcome: str = "继续监测") -> None:
    """One round: the date comes, the visit is made, the exit is checked."""
    case.fire("visit_date")
    process = case.process
    drawn = {target: None for target, _ in process.elements["follow_up"].mappings.outputs}
    case.complete("follow_up", **{**drawn, "next_step": "继续跟踪", "level": "黄", "income": {"wage": 1000}})
    case.complete(
        "check_exit", exit_outcome=exit_outcome, exit_check={"outcome": exit_outcome, "reasons": []}
    )


def test_five_hundred_rounds_of_the_real_drawing(evaluator):
    case = monitored(evaluator)
    assert case.waiting == OPEN
    sizes, calls = [], []
    for i in range(500):
        if i in (1, 498):
            calls.append(count_calls(lambda: follow_up(case)))
        else:
            follow_up(case)
        sizes.append(len(case.stored))
        assert case.waiting == OPEN
        assert case.ended is None
    assert case.root["round"] == 500
    assert max(sizes) <= 1.1 * sizes[0]
    assert calls[1] <= 1.1 * calls[0]

    case.deliver("household_changed")  # nobody serves household.read here: it waits as a job
    case.complete("assist")
    assert sorted(case.waiting) == sorted([*OPEN[1:], "read_changes"])
    follow_up(case, "移出")
    assert (case.ended, case.waiting) == ("exited", [])
    assert json.loads(case.stored)["tokens"] == []
