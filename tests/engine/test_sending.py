"""What a drawing tells other cases: in the step's own transaction, once, and not when the step fails."""

import sqlalchemy as sa

from engine import incidents
from engine.models.instances import Instance
from engine.runtime import Runtime
from tests.engine.cases import answer, at, deploy, get, start, values
from tests.engine.drawing import Drawing

MAPPINGS = (
    '<zeebe:ioMapping><zeebe:input source="={name}" target="name"/>'
    '<zeebe:input source="=household_key" target="correlation_key"/>'
    '<zeebe:input source="={{channel: channel}}" target="variables"/></zeebe:ioMapping>'
)


def sender(name: str = "&quot;included&quot;", then: str = "") -> Drawing:
    drawing = Drawing("visit")
    drawing.row("start:s", "user:u")
    drawing.service("tell", job="message.publish", mappings=MAPPINGS.format(name=name))
    steps = ["u", "tell"]
    if then:
        drawing.script("after", then, "x")
        steps.append("after")
    drawing.end("e")
    drawing.flow(*steps, "e")
    return drawing


def monitored() -> Drawing:
    """A process that begins by hand or by the message, at two start events of one drawing."""
    drawing = Drawing("monitoring")
    drawing.row("start:opened", "xor:either", "user:grade", "end:done")
    drawing.start("told", drawing.message("included", None))
    drawing.flow("told", "either")
    return drawing


def cases_of(runtime: Runtime, process_id: str) -> list[int]:
    with runtime.database.read() as session:
        return list(session.scalars(sa.select(Instance.key).where(Instance.process_id == process_id)))


def test_a_case_begins_another_one_by_a_message(runtime: Runtime):
    deploy(runtime, monitored(), sender())
    case = start(runtime, "visit", household_key="7", channel="走访排查")
    assert cases_of(runtime, "monitoring") == []
    answer(runtime, case, "u")
    [begun] = cases_of(runtime, "monitoring")
    assert get(runtime, case).state == "completed"
    assert get(runtime, begun).case_key == begun, "a case of its own, which outlives the one that told"
    assert at(runtime, begun) == ["grade"]
    assert values(runtime, begun)["channel"] == "走访排查"


def test_a_step_that_goes_on_without_a_failed_element_tells_once(runtime: Runtime):
    deploy(runtime, monitored(), sender(then="nosuch + 1"))
    case = start(runtime, "visit", household_key="7", channel="走访排查")
    answer(runtime, case, "u")
    with runtime.database.read() as session:
        assert [each.element for each in incidents.open_of(session, case)] == ["after"]
    assert len(cases_of(runtime, "monitoring")) == 1


def test_a_message_without_a_name_is_an_incident_and_tells_nobody(runtime: Runtime):
    deploy(runtime, monitored(), sender(name="null"))
    case = start(runtime, "visit", household_key="7", channel="走访排查")
    answer(runtime, case, "u")
    with runtime.database.read() as session:
        [found] = incidents.open_of(session, case)
    assert found.element == "tell"
    assert "name" in found.message
    assert cases_of(runtime, "monitoring") == []
