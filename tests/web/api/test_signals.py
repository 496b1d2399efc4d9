"""Signals by the unmodified public client: heard by the cases that wait, refused where one is beyond the caller."""

import httpx
import pytest
from camunda_orchestration_sdk.models import ProcessCreationById, SignalBroadcastRequest

from engine import deployments
from tests.engine.drawing import Drawing
from tests.web.api.conftest import VILLAGE, House


@pytest.fixture
def rain(wells: House) -> House:
    """A process of the village that waits for a signal."""
    drawing = Drawing(
        "rain", '<extensionElements><zeebe:properties><zeebe:property name="attribute.area" value="=area"/>'
        "</zeebe:properties></extensionElements>",
    )  # fmt: skip
    drawing.start("s")
    drawing.flow("s", drawing.catch("c", drawing.signal("flood")), drawing.user("u"), drawing.end("e"))
    runtime = wells.runtime
    with runtime.database.begin() as session:
        deployments.deploy(runtime, session, {"rain.bpmn": drawing.xml()}, "administrator")
    return wells


def test_a_broadcast_reaches_every_case_that_waits(rain: House) -> None:
    asked = {"processDefinitionId": "rain", "variables": {"area": VILLAGE}}
    for _ in range(2):
        rain.client("clerk").create_process_instance(data=ProcessCreationById.from_dict(asked))
    heard = {"signalName": "flood", "variables": {"metres": 2}}
    told = rain.client("office").broadcast_signal(data=SignalBroadcastRequest.from_dict(heard))
    assert int(told.signal_key) > 0
    with rain.http("clerk") as http:
        found = http.post("/user-tasks/search", json={"filter": {"elementId": "u"}}).json()
    assert len(found["items"]) == 2


def test_a_stranger_may_not_signal_into_another_area(rain: House) -> None:
    asked = {"processDefinitionId": "rain", "variables": {"area": VILLAGE}}
    rain.client("clerk").create_process_instance(data=ProcessCreationById.from_dict(asked))
    with rain.http("stranger") as http:
        refused: httpx.Response = http.post("/signals/broadcast", json={"signalName": "flood"})
        nameless = http.post("/signals/broadcast", json={"signalName": ""})
    assert (refused.status_code, nameless.status_code) == (403, 400)
    with rain.http("clerk") as http:
        assert http.post("/user-tasks/search", json={"filter": {"elementId": "u"}}).json()["items"] == []
