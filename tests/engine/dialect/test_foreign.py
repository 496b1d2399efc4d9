"""Drawings of other makers: what they leave open is filled in, what cannot be told is refused."""

from itertools import pairwise

import pytest

from engine.dialect import read
from engine.dialect.uel import in_feel
from tests.engine.drawing import Case, World

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:activiti="http://activiti.org/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)


def drawn(inside: str, around: str = "", process: str = "p") -> bytes:
    return f'{HEAD}{around}<bpmn:process id="{process}" isExecutable="true">{inside}</bpmn:process></bpmn:definitions>'.encode()


def row(*elements: str) -> str:
    """Elements given as XML with ids a, b, c … connected in a row, between a start and an end."""
    ids = ["s", *(chr(ord("a") + n) for n in range(len(elements))), "e"]
    flows = "".join(f'<bpmn:sequenceFlow sourceRef="{one}" targetRef="{two}"/>' for one, two in pairwise(ids))
    return f'<bpmn:startEvent id="s"/>{"".join(elements)}<bpmn:endEvent id="e"/>{flows}'


def case(xml: bytes, world: World | None = None, **variables: object) -> Case:
    reading = read("x.bpmn", xml)
    assert reading.works, [(f.rule, f.element_id) for f in reading.findings]
    assert [f.severity for f in reading.findings] == ["warning"] * len(reading.findings)
    return Case(reading.processes["p"], world, **variables)


@pytest.mark.parametrize(
    ("attribute", "job"),
    [
        ('camunda:type="external" camunda:topic="pay"', "pay"),
        ('camunda:class="org.acme.Pay"', "org.acme.Pay"),
        ('activiti:delegateExpression="${pay}"', "${pay}"),
        ("", "a"),
    ],
)
def test_a_service_task_waits_as_a_job(attribute, job):
    running = case(drawn(row(f'<bpmn:serviceTask id="a" {attribute}/>')))
    [wait] = running.machine.waits()
    assert (wait.kind, wait.data["type"]) == ("job", job)


def test_a_script_in_another_language_is_a_job_that_carries_it_and_none_is_passed():
    script = (
        '<bpmn:scriptTask id="a" scriptFormat="groovy"><bpmn:script>x = 1</bpmn:script></bpmn:scriptTask>'
    )
    assert case(drawn(row('<bpmn:scriptTask id="a"/>'))).ended == "e"
    [wait] = case(drawn(row(script))).machine.waits()
    assert wait.data["type"] == "script"
    assert wait.data["headers"] == {"language": "groovy", "script": "x = 1"}


def test_conditions_are_read_in_feel_and_methods_refused():
    def choice(condition: str) -> bytes:
        flow = f'<bpmn:sequenceFlow id="yes" sourceRef="a" targetRef="x"><bpmn:conditionExpression>{condition}</bpmn:conditionExpression></bpmn:sequenceFlow>'
        gateway = '<bpmn:exclusiveGateway id="a"/><bpmn:userTask id="x"/>'
        return drawn(row(gateway) + flow)

    assert case(choice("${kind == 1}"), kind=1).waiting == ["x"]
    assert case(choice("kind == 1"), kind=2).ended == "e"
    for condition in ("${bean.check(kind)}", "yes", "${kind", "import os"):
        assert [f.rule for f in read("x", choice(condition)).findings if f.severity == "error"] == [
            "condition_not_feel"
        ]


@pytest.mark.parametrize(
    ("text", "feel"),
    [
        ("${amount > 1000 && !refused}", "amount > 1000 and not(refused)"),
        ("#{kind eq 'a' or (n - 1) le 2.5}", 'kind = "a" or (n - 1) <= 2.5'),
        ("${order.total != null}", "order.total != null"),
        ("${nrOfCompletedInstances == 2}", "numberOfCompletedInstances = 2"),
        ("${list.size() > 1}", None),
        ("${a ? b : c}", None),
        ("${'it''s'}", None),
        ("${}", None),
        ("${" + "(" * 60 + "a" + ")" * 60 + "}", None),
        ("plain", None),
    ],
)
def test_expressions_of_other_engines_in_feel(text, feel):
    assert in_feel(text) == feel


def test_a_bare_comparison_is_a_condition_and_any_other_bare_text_none():
    assert in_feel("mode === 'left' || mode === 'right';", judged=True) == 'mode = "left" or mode = "right"'
    assert in_feel("left", judged=True) is None


def test_a_multi_instance_over_another_engines_collection():
    loop = '<bpmn:multiInstanceLoopCharacteristics isSequential="true" camunda:collection="people" camunda:elementVariable="person"><bpmn:completionCondition>${nrOfCompletedInstances == 2}</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>'
    running = case(drawn(row(f'<bpmn:userTask id="a">{loop}</bpmn:userTask>')), people=["甲", "乙", "丙"])
    assert running.value("person", running.tokens("a")[0]) == "甲"
    running.complete("a")
    running.complete("a")
    assert running.ended == "e"


def test_what_is_waited_for_without_a_name_has_its_events():
    catch = '<bpmn:intermediateCatchEvent id="a" name="Order&#10;received"><bpmn:messageEventDefinition/></bpmn:intermediateCatchEvent>'
    running = case(drawn(row(catch, '<bpmn:receiveTask id="b"/>')))
    assert [w.data for w in running.machine.waits()] == [{"name": "Order received", "correlation_key": ""}]
    running.deliver("a")
    assert [w.data["name"] for w in running.machine.waits()] == ["b"]


def test_a_message_flow_tells_the_other_pool_by_its_own_name():
    around = (
        '<bpmn:collaboration id="c"><bpmn:participant id="one" processRef="p"/><bpmn:participant id="two" processRef="q"/>'
        '<bpmn:messageFlow id="m" sourceRef="a" targetRef="heard"/></bpmn:collaboration>'
        '<bpmn:process id="q"><bpmn:startEvent id="heard" name="Order"><bpmn:messageEventDefinition/></bpmn:startEvent>'
        '<bpmn:userTask id="u"/><bpmn:sequenceFlow id="f" sourceRef="heard" targetRef="u"/></bpmn:process>'
    )
    told = []
    world = World(**{"message.publish": lambda inputs: told.append(inputs) or {}})
    running = case(drawn(row('<bpmn:sendTask id="a" name="Send it"/>'), around), world)
    assert running.ended == "e"
    assert [(each["name"], each["correlation_key"]) for each in told] == [("Order", "")]


def test_an_error_of_another_maker_may_be_named_by_its_reference():
    throws = '<bpmn:subProcess id="a"><bpmn:startEvent id="s1"/><bpmn:endEvent id="bad"><bpmn:errorEventDefinition errorRef="E1"/></bpmn:endEvent><bpmn:sequenceFlow id="f1" sourceRef="s1" targetRef="bad"/></bpmn:subProcess>'
    catches = '<bpmn:boundaryEvent id="caught" attachedToRef="a"><bpmn:errorEventDefinition errorRef="E1"/></bpmn:boundaryEvent><bpmn:userTask id="u"/><bpmn:sequenceFlow id="f2" sourceRef="caught" targetRef="u"/>'
    assert case(drawn(row(throws) + catches)).waiting == ["u"]


def test_what_is_only_sketched_is_passed():
    loop = "<bpmn:multiInstanceLoopCharacteristics/>"
    assert (
        case(drawn(row(f'<bpmn:task id="a">{loop}</bpmn:task>', '<bpmn:callActivity id="b"/>'))).ended == "e"
    )
    asked = read("x", drawn(row(f'<bpmn:userTask id="a">{loop}</bpmn:userTask>')))
    assert [f.rule for f in asked.findings if f.severity == "error"] == ["no_collection"]


def test_blank_lines_before_the_file_do_no_harm():
    assert case(b"\n  " + drawn(row('<bpmn:userTask id="a"/>'))).waiting == ["a"]


def test_every_kind_of_thing_that_only_explains_is_passed_over():
    data = (
        '<bpmn:dataObject id="d1"/><bpmn:dataObjectReference id="d2" dataObjectRef="d1"/><bpmn:dataStoreReference id="d3"/>'
        '<bpmn:textAnnotation id="n"><bpmn:text>see</bpmn:text></bpmn:textAnnotation><bpmn:group id="g"/>'
        '<bpmn:association id="l" sourceRef="a" targetRef="n"/><bpmn:laneSet id="ls"><bpmn:lane id="l1"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    )
    task = '<bpmn:userTask id="a"><bpmn:ioSpecification id="io"/><bpmn:dataOutputAssociation id="o"/></bpmn:userTask>'
    around = '<bpmn:collaboration id="c"><bpmn:participant id="one" processRef="p"/><bpmn:participant id="black" name="Bank"/></bpmn:collaboration>'
    running = case(drawn(data + row(task), around))
    running.complete("a")
    assert running.ended == "e"
