"""Read a BPMN file: outline, check, build."""

from __future__ import annotations

from collections.abc import Callable

from engine.dialect.build import Drawing
from engine.dialect.checks import check
from engine.dialect.model import Element, Process, Reading, References, StartEvent
from engine.dialect.node import ProcessSpec
from engine.dialect.outline import ProcessOutline, outline
from engine.dialect.xml import BPMN, Unreadable, parse
from engine.findings import Finding

CheckExpression = Callable[[str], str | None]


def read(
    file: str,
    xml: bytes,
    check_expression: CheckExpression | None = None,
    *,
    all_processes: bool = False,
    only: str | None = None,
) -> Reading:
    """Read a drawing. Never raises for what is in the file: all that is wrong is a finding.

    `check_expression` tells what is wrong with a FEEL expression (without its `=`), None when nothing is.
    `all_processes`: those marked `isExecutable="false"` too; a file that marks none as executable is read as if it marked
    all. `only`: the id of the one process that is wanted, as it was accepted before.
    A process is only in the reading if nothing in the file refuses it.
    """
    try:
        root = parse(xml)
    except Unreadable as why:
        return Reading(
            {}, [Finding(file, None, None, why.rule.name, why.rule.message, why.params, why.rule.severity)]
        )
    drawn = outline(root)
    chosen = drawn.chosen(all_processes)
    if only is not None:
        chosen = [process for process in drawn.processes if process.element.id == only]
    findings = check(file, drawn, chosen, check_expression or (lambda expression: None))
    reading = Reading({}, findings)
    if not reading.works:
        return reading
    outlines = {process.element.id: process for process in drawn.processes}
    drawing = Drawing(outlines)
    for node in root.findall(f"{{{BPMN}}}process"):
        process = outlines[node.get("id") or ""]
        if process in chosen:
            reading.processes[process.element.id] = _process(file, process, drawing.process_spec(node, file))
    return reading


def _process(file: str, drawn: ProcessOutline, spec: ProcessSpec) -> Process:
    return Process(
        id=drawn.element.id,
        name=drawn.element.name or drawn.element.id,
        file=file,
        spec=spec,
        elements=drawn.elements,
        flows=drawn.flows,
        starts=[
            _start(e)
            for e in drawn.elements.values()
            if e.type == "startEvent" and e.parent == drawn.element.id
        ],
        references=_references(drawn),
        properties=drawn.element.properties,
        error_codes={
            v.name for e in drawn.elements.values() for v in e.events if v.kind == "error" and v.name
        },
        documentation=drawn.element.documentation,
        foreign=drawn.foreign,
    )


def _start(element: Element) -> StartEvent:
    event = element.event
    return StartEvent(element.id, event.kind if event else "none", event)


def _references(drawn: ProcessOutline) -> References:
    """What is named outright; what an expression will name is not known yet."""
    needs = References()
    wanted = (
        (needs.forms, "formDefinition", "formId"),
        (needs.decisions, "calledDecision", "decisionId"),
        (needs.called, "calledElement", "processId"),
        (needs.job_types, "taskDefinition", "type"),
    )
    for element in drawn.elements.values():
        named = [(names, element.setting(extension, attribute)) for names, extension, attribute in wanted]
        named += [(needs.messages, event.name) for event in element.events if event.kind == "message"]
        for names, name in named:
            if name and not name.startswith("="):
                names.add(name)
    return needs
