"""What a large drawing costs: to check, to deploy, and to keep in many versions."""

import gc
import tempfile
import tracemalloc
from time import perf_counter
from typing import Any

from engine import deployments
from engine.dialect import read
from engine.runtime import Runtime
from web.runtime import open_runtime

ELEMENTS = 300
VERSIONS = 50
_HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'id="d" targetNamespace="t"><process id="large" name="{name}" isExecutable="true">'
)
_BLOCK = (
    '<parallelGateway id="split{n}"/><userTask id="a{n}" name="核查"><extensionElements>'
    '<zeebe:assignmentDefinition candidateGroups="village_committee"/></extensionElements></userTask>'
    '<userTask id="b{n}"/><boundaryEvent id="late{n}" attachedToRef="b{n}"><timerEventDefinition>'
    '<timeDuration>P3D</timeDuration></timerEventDefinition></boundaryEvent><userTask id="c{n}"/>'
    '<exclusiveGateway id="merge{n}"/><parallelGateway id="join{n}"/>'
    '<exclusiveGateway id="choice{n}" default="on{n}"/><scriptTask id="made{n}"><extensionElements>'
    '<zeebe:script expression="=amount + {n}" resultVariable="amount"/></extensionElements></scriptTask>'
    '<exclusiveGateway id="again{n}"/>'
)
_FLOWS = (
    ("split", "a"), ("split", "b"), ("late", "c"), ("b", "merge"), ("c", "merge"), ("a", "join"), ("merge", "join"),
    ("join", "choice"), ("made", "again"),
)  # fmt: skip
_IN_BLOCK = 10


def drawn(elements: int, name: str = "large") -> bytes:
    """A sound drawing of about so many elements: splits, joins, choices, timers and scripts in a row."""
    blocks = elements // _IN_BLOCK
    parts = [_HEAD.format(name=name), '<startEvent id="s"/><endEvent id="e"/>']
    for n in range(blocks):
        parts.append(_BLOCK.replace("{n}", str(n)))
        parts += [_flow(f"{one}{n}", f"{two}{n}") for one, two in _FLOWS]
        parts.append(f'<sequenceFlow id="on{n}" sourceRef="choice{n}" targetRef="again{n}"/>')
        condition = f"<conditionExpression>=amount &gt; {n}</conditionExpression>"
        parts.append(
            f'<sequenceFlow id="more{n}" sourceRef="choice{n}" targetRef="made{n}">{condition}</sequenceFlow>'
        )
        parts.append(_flow(f"again{n - 1}" if n else "s", f"split{n}"))
    parts.append(_flow(f"again{blocks - 1}", "e"))
    return ("".join(parts) + "</process></definitions>").encode()


def _flow(source: str, target: str) -> str:
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'


def measure(
    database: str | None = None, elements: int = ELEMENTS, versions: int = VERSIONS
) -> dict[str, Any]:
    """One object as `fangfan bench drawing --json` prints it. `database`: an empty one; None makes a SQLite file."""
    with tempfile.TemporaryDirectory(prefix="fangfan-bench-") as folder:
        runtime = open_runtime(database or f"sqlite:///{folder}/bench.sqlite")
        try:
            runtime.evaluator.names("1")  # V8 is up
            return {"elements": elements, **_times(runtime, elements), **_memory(elements, versions)}
        finally:
            runtime.evaluator.close()
            runtime.database.close()


def _times(runtime: Runtime, elements: int) -> dict[str, float]:
    files = {"large.bpmn": drawn(elements)}
    read("large.bpmn", files["large.bpmn"])
    started = perf_counter()
    read("large.bpmn", files["large.bpmn"])
    parsed = perf_counter()
    found = deployments.lint(runtime, files)
    linted = perf_counter()
    with runtime.database.begin() as session:
        deployments.deploy(runtime, session, files, "bench")
    deployed = perf_counter()
    if any(f.severity == "error" for f in found):
        raise AssertionError(found)
    return {
        "parse_ms": round((parsed - started) * 1000, 1),
        "lint_ms": round((linted - parsed) * 1000, 1),
        "deploy_ms": round((deployed - linted) * 1000, 1),
    }


def _memory(elements: int, versions: int) -> dict[str, Any]:
    """What a server keeps of so many versions, each read once."""
    gc.collect()
    tracemalloc.start()
    kept = [read("large.bpmn", drawn(elements, f"version {n}")).processes["large"] for n in range(versions)]
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"versions": len(kept), "versions_megabytes": round(held / 1e6, 1)}
