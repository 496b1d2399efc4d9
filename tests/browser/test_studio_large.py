"""A drawing of 300 elements stays fluid in the editor: opening, dragging, and saving with the check of everything."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from engine import deployments
from tests.browser.test_studio import begin, element

pytestmark = pytest.mark.browser

ELEMENTS, COLUMNS = 300, 20
FRAMES = """() => {
  window.frames_seen = []; let last = performance.now();
  const next = (now) => { window.frames_seen.push(now - last); last = now; requestAnimationFrame(next); };
  requestAnimationFrame(next);
}"""


def large() -> str:
    """A chain of steps, boxes and flows laid out in rows."""
    ids = ["begun", *(f"step_{n}" for n in range(ELEMENTS - 2)), "ended"]
    drawn, shapes = [], []
    for n, each in enumerate(ids):
        kind, size = ("userTask", (100, 80)) if n % 3 else ("manualTask", (100, 80))
        if each in ("begun", "ended"):
            kind, size = ("startEvent" if n == 0 else "endEvent"), (36, 36)
        form = '<zeebe:formDefinition formId="visit"/>' if kind == "userTask" else ""
        groups = '<zeebe:assignmentDefinition candidateGroups="county_office"/>' if form else ""
        inner = f"<bpmn:extensionElements>{form}{groups}</bpmn:extensionElements>" if form else ""
        drawn.append(f'<bpmn:{kind} id="{each}" name="第{n}步">{inner}</bpmn:{kind}>')
        x, y = 200 + n % COLUMNS * 160, 100 + n // COLUMNS * 140
        shapes.append(
            f'<bpmndi:BPMNShape id="{each}_di" bpmnElement="{each}"><dc:Bounds x="{x}" y="{y}" width="{size[0]}" height="{size[1]}"/></bpmndi:BPMNShape>'
        )
        if n:
            before = ids[n - 1]
            px, py = 200 + (n - 1) % COLUMNS * 160, 100 + (n - 1) // COLUMNS * 140
            drawn.append(f'<bpmn:sequenceFlow id="flow_{n}" sourceRef="{before}" targetRef="{each}"/>')
            shapes.append(
                f'<bpmndi:BPMNEdge id="flow_{n}_di" bpmnElement="flow_{n}"><di:waypoint x="{px + 100}" y="{py + 40}"/><di:waypoint x="{x}" y="{y + 40}"/></bpmndi:BPMNEdge>'
            )
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
        ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
        ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="large_definitions" targetNamespace="https://fangfan.example/processes">'
        f'<bpmn:process id="large" name="很大的流程" isExecutable="true">{"".join(drawn)}</bpmn:process>'
        f'<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="p" bpmnElement="large">{"".join(shapes)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
        "</bpmn:definitions>"
    )


def test_three_hundred_elements_stay_fluid(visitor: Callable[..., Any], world: Any) -> None:
    with world.runtime.database.begin() as session:
        deployments.deploy(world.runtime, session, {"large.bpmn": large().encode()}, "administrator")
    person = visitor().sign_in("administrator")
    began = time.perf_counter()
    page = begin(person, "large.bpmn")
    opened = time.perf_counter() - began
    shape = element(page, "step_1")
    box = shape.bounding_box()
    page.evaluate(FRAMES)
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(box["x"] + 30 + step * 2, box["y"] + 30 + step)
    page.mouse.up()
    frames = sorted(page.evaluate("window.frames_seen"))
    began = time.perf_counter()
    expect(page.locator("[data-step='studio.difference_page']")).to_contain_text("1 个", timeout=30_000)
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "works", timeout=30_000)
    checked = time.perf_counter() - began
    slow = frames[int(len(frames) * 0.95)]
    print(
        f"\nopened {opened:.1f} s, 95% of the frames of a drag ≤ {slow:.0f} ms, saved and checked {checked:.1f} s"
    )
    person.picture("studio-large")
    assert slow < 250, frames[-10:]
    assert opened < 30
    assert checked < 30
