"""What is read from a drawing, what is normalized, and that nothing in a file makes the reader fall over."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dialect import read
from tests.engine.drawing import Case, Drawing, each, mapped

PROCESSES = Path(__file__).parents[3] / "processes"

RICH = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">
 <bpmn:message id="m1" name="withdraw"><bpmn:extensionElements>
   <zeebe:subscription correlationKey="=household_key"/></bpmn:extensionElements></bpmn:message>
 <bpmn:collaboration id="c"><bpmn:participant id="pool" processRef="visiting"/></bpmn:collaboration>
 <bpmn:process id="visiting" name="入户" isExecutable="true">
  <bpmn:documentation>为什么</bpmn:documentation>
  <bpmn:extensionElements><zeebe:properties>
   <zeebe:property name="clause" value="F4.3.2"/><zeebe:property name="attribute.area" value="=area"/>
   <zeebe:property name="attribute.title" value="title"/></zeebe:properties></bpmn:extensionElements>
  <bpmn:laneSet id="ls"><bpmn:lane id="l1" name="村委会"><bpmn:flowNodeRef>visit</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
  <bpmn:startEvent id="Start"><bpmn:timerEventDefinition>
    <bpmn:timeCycle>R/2026-01-10T00:00:00+08:00/P3M</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>
  <bpmn:sequenceFlow id="a" sourceRef="Start" targetRef="visit"/>
  <bpmn:userTask id="visit" name="入户核查"><bpmn:documentation>看什么</bpmn:documentation><bpmn:extensionElements>
    <zeebe:userTask/><zeebe:formDefinition formId="visit" bindingType="deployment"/>
    <zeebe:properties><zeebe:property name="clause" value="F4.3.2, S12"/>
     <zeebe:property name="signature" value="strokes"/></zeebe:properties></bpmn:extensionElements></bpmn:userTask>
  <bpmn:sequenceFlow id="b" sourceRef="visit" targetRef="grade"/>
  <bpmn:businessRuleTask id="grade"><bpmn:extensionElements>
    <zeebe:calledDecision decisionId="graded_warning" resultVariable="warning"/></bpmn:extensionElements></bpmn:businessRuleTask>
  <bpmn:sequenceFlow id="c1" sourceRef="grade" targetRef="next"/>
  <bpmn:callActivity id="next"><bpmn:extensionElements>
    <zeebe:calledElement processId="follow_up" propagateAllChildVariables="false"/></bpmn:extensionElements></bpmn:callActivity>
  <bpmn:sequenceFlow id="c2" sourceRef="next" targetRef="wait"/>
  <bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition messageRef="m1"/></bpmn:intermediateCatchEvent>
  <bpmn:sequenceFlow id="c3" sourceRef="wait" targetRef="tell"/>
  <bpmn:serviceTask id="tell"><bpmn:extensionElements><zeebe:taskDefinition type="notice.send" retries="2"/>
    <zeebe:taskHeaders><zeebe:header key="kind" value="受理"/></zeebe:taskHeaders></bpmn:extensionElements></bpmn:serviceTask>
  <bpmn:sequenceFlow id="c4" sourceRef="tell" targetRef="End"/>
  <bpmn:endEvent id="End"/>
  <bpmn:textAnnotation id="note"><bpmn:text>注</bpmn:text></bpmn:textAnnotation>
  <bpmn:association id="assoc" sourceRef="visit" targetRef="note"/>
  <bpmn:dataObjectReference id="dor" dataObjectRef="do"/><bpmn:dataObject id="do"/>
  <bpmn:dataStoreReference id="dsr"/>
 </bpmn:process>
 <bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="pl" bpmnElement="c">
  <bpmndi:BPMNShape id="vs" bpmnElement="visit"><dc:Bounds x="160" y="80" width="100" height="80"/></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="ws" bpmnElement="wait"><dc:Bounds x="far" y="80" width="36" height="36"/></bpmndi:BPMNShape>
 </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>""".encode()


def test_a_process_tells_its_elements_and_what_it_needs():
    reading = read("visiting.bpmn", RICH)
    assert reading.findings == []
    process = reading.processes["visiting"]
    assert (process.name, process.file, process.documentation) == ("入户", "visiting.bpmn", "为什么")
    assert process.clause == ["F4.3.2"]
    assert process.attributes == {"area": "area", "title": "title"}
    visit = process.elements["visit"]
    assert (visit.name, visit.type, visit.lane, visit.form_id) == ("入户核查", "userTask", "村委会", "visit")
    assert (visit.clause, visit.properties["signature"]) == (["F4.3.2", "S12"], "strokes")
    assert (visit.x, visit.y, visit.width, visit.height) == (160, 80, 100, 80)
    assert (visit.incoming, visit.outgoing, visit.documentation) == (["a"], ["b"], "看什么")
    assert process.elements["wait"].x is None
    assert process.elements["tell"].headers == {"kind": "受理"}
    needs = process.references
    assert (needs.forms, needs.decisions, needs.called) == ({"visit"}, {"graded_warning"}, {"follow_up"})
    assert (needs.job_types, needs.messages) == ({"notice.send"}, {"withdraw"})
    (start,) = process.starts
    assert (start.element_id, start.kind) == ("Start", "timer")
    assert (start.event.timer_kind, start.event.value) == ("cycle", "R/2026-01-10T00:00:00+08:00/P3M")
    assert (process.named("visit"), process.named("grade")) == ("入户核查", "grade")


def test_elements_named_start_and_end_run():
    """The stock parser's own specs have these names."""
    d = Drawing()
    d.row("start:Start", "user:u", "end:End")
    case = Case(d.process())
    case.complete("u")
    assert case.ended == "End"


def test_a_process_not_marked_executable_is_read_on_request():
    d = Drawing()
    d.row("start:s", "user:u", "end:e")
    xml = d.xml().replace(b'"true"', b'"false"')
    other = d.xml().replace(b'"p"', b'"q"').replace(b"</definitions>", b"")
    both = other + xml[xml.index(b"<process") :]
    both = (
        both.replace(b'id="s"', b'id="s2"', 1)
        .replace(b'id="u"', b'id="u2"', 1)
        .replace(b'id="e"', b'id="e2"', 1)
    )
    both = both.replace(b'id="flow', b'id="way', 2).replace(b'Ref="s"', b'Ref="s2"', 1)
    both = both.replace(b'Ref="u"', b'Ref="u2"', 2).replace(b'Ref="e"', b'Ref="e2"', 1)
    assert read("x", xml).processes.keys() == {"p"}
    assert [f.rule for f in read("x", xml).findings] == ["not_executable", "foreign_dialect"]
    assert read("x", both).processes.keys() == {"q"}
    assert read("x", both, all_processes=True).processes.keys() == {"p", "q"}
    assert read("x", both, only="p").processes.keys() == {"p"}


def test_a_finding_has_its_place_on_the_canvas():
    broken = RICH.replace(b'targetRef="grade"', b'targetRef="gone"')
    (target,) = [f for f in read("x", broken).findings if f.rule == "flow_without_target"]
    assert (target.element_id, target.element_name, target.x, target.y) == ("visit", "入户核查", 160, 80)
    assert target.text == "流“b”的终点“gone”不存在"


def test_every_expression_is_shown_to_the_check():
    seen = []
    d = Drawing()
    d.start("s")
    d.user(
        "u",
        assignee="=who",
        mappings=mapped({"i": "=in"}, {"o": "=out"}),
        loop=each("=all", "x", "made", "=one"),
    )
    d.script("t", "=calc", "r")
    d.xor("g")
    d.end("e")
    d.end("f")
    d.flow("s", "u", "t", "g")
    d.elements["g"].attrs["default"] = d.flow("g", "e")
    d.flow("g", "f", condition="cond")
    d.boundary("b", "u", d.timer("=when"))
    d.flow("b", "e")
    assert read("x", d.xml(), lambda e: seen.append(e)).works
    assert sorted(seen) == sorted(["who", "in", "out", "all", "one", "calc", "cond", "when"])


@pytest.mark.parametrize("file", sorted(PROCESSES.glob("*.bpmn")), ids=lambda path: path.name)
def test_the_procedure_as_drawn_can_be_read(file):
    reading = read(file.name, file.read_bytes())
    assert reading.works, [f"{f.element_id}: {f.text}" for f in reading.findings]
    assert reading.processes


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_read_but_never_raises(data):
    damaged = bytearray(RICH)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        length = data.draw(st.sampled_from([0, 1, 5, 40, 400]))
        damaged[at : at + length] = data.draw(
            st.sampled_from([b"", b"x", b"<", b'"', b"&amp;", b"visit", b"subProcess"])
        )
    read("x.bpmn", bytes(damaged), lambda expression: None)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_swapped_words_are_refused_or_read_but_never_raise(data):
    """Damage that stays well-formed: ids, references and element names exchanged for others."""
    words = [
        "startEvent", "endEvent", "userTask", "businessRuleTask", "callActivity", "intermediateCatchEvent", "serviceTask",
        "visit", "grade", "wait", "tell", "Start", "End", "next", "sequenceFlow", "messageEventDefinition",
        "timerEventDefinition", "timeCycle", "processId", "decisionId", "subProcess", "boundaryEvent", "parallelGateway",
        "exclusiveGateway", "eventBasedGateway", "process", "id", "sourceRef", "targetRef", "triggeredByEvent",
    ]  # fmt: skip
    text = RICH.decode()
    for _ in range(data.draw(st.integers(1, 3))):
        old, new = data.draw(st.sampled_from(words)), data.draw(st.sampled_from(words))
        text = text.replace(old, new)
    reading = read("x.bpmn", text.encode(), lambda expression: None)
    assert reading.works == bool(reading.processes)


def test_only_a_subprocess_can_be_one_of_events():
    d = Drawing()
    d.row("start:s", "user:u", "end:e")
    d.elements["u"].attrs["triggeredByEvent"] = "true"
    assert Case(d.process()).waiting == ["u"]
