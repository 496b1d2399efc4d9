"""The floor of a step: the same loop in stock SpiffWorkflow in memory, and one bare commit of 1 KB."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

ROUNDS = 10
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def measure(folder: Path, drawing: bytes) -> float:
    """Milliseconds: the median of the loop's first ten rounds, where stock is fastest, plus a commit's median."""
    return median(_rounds(drawing)) + median(_commits(folder / "floor.sqlite"))


def _rounds(drawing: bytes) -> Iterator[float]:
    root = etree.fromstring(drawing)
    for condition in root.iter(f"{BPMN}conditionExpression"):
        condition.text = "outcome == '结束'"
    parser = BpmnParser()
    parser.add_bpmn_xml(root.getroottree())
    workflow = BpmnWorkflow(parser.get_spec("bench_rounds"))
    workflow.do_engine_steps()
    for number in range(ROUNDS):
        [task] = workflow.get_tasks(state=TaskState.READY, manual=True)
        started = perf_counter()
        task.data.update(outcome="继续", round=number)
        task.run()
        workflow.do_engine_steps()
        yield (perf_counter() - started) * 1000


def _commits(path: Path) -> Iterator[float]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {statement}")
        connection.execute("CREATE TABLE t (data BLOB)")
        for _ in range(50):
            started = perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO t VALUES (?)", (b"x" * 1024,))
            connection.execute("COMMIT")
            yield (perf_counter() - started) * 1000
