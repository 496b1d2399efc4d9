"""The pages by which a draft takes force: its grounds, another's approval, a day to come, and what is told of it after."""

from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient

from engine import deployments, enactments, identity, settings
from engine.clock import MovableClock
from engine.runtime import Runtime
from tests.web.test_studio import PASSWORD, administrator, begun, drawn, saved, signed_in, well_repair

__all__ = ["administrator", "drawn"]

GROUNDS = {"note": "改为下井查看", "document": "水发〔2020〕3号", "document_date": "2020-06-28"}
AUGUST = datetime(2020, 7, 31, 16, tzinfo=UTC)  # the day begins in Shanghai


@pytest.fixture
def zhou(drawn: Runtime) -> FlaskClient:
    """Another administrator's browser, where a second one has to approve."""
    with drawn.database.begin() as session:
        identity.add_user(session, "zhou", "周管理员", PASSWORD, [("administrator", "")])
        settings.put(session, enactments.SETTING, date(2020, 1, 1), True, "zhou", drawn.clock.now())
    return signed_in(drawn, "zhou")


def redrawn(client: FlaskClient, called: str = "下井查看", revision: int = 0) -> str:
    """A draft that calls a step otherwise."""
    draft = begun(client)
    saved(client, draft, well_repair(**{'name="查看水井"': f'name="{called}"'}), revision)
    return draft


def page(client: FlaskClient, address: str) -> str:
    return client.get(address, headers={"Accept": "text/html"}).get_data(as_text=True)


def version(runtime: Runtime) -> int:
    with runtime.database.read() as session:
        return deployments.definition(session, "process", "well_repair").version


def digest(runtime: Runtime, draft: str) -> str:
    """The hidden field of the page that asks for approval."""
    with runtime.database.read() as session:
        found = session.get(enactments.Enactment, int(draft.rpartition("/")[2]))
        assert found is not None
        return found.digest


def test_a_version_tells_the_document_that_it_rests_on(administrator: FlaskClient) -> None:
    draft = redrawn(administrator)
    assert administrator.post(f"{draft}/deploy", data=GROUNDS).status_code == 302
    for address in ("/studio/versions", "/studio/"):
        told = page(administrator, address)
        assert "水发〔2020〕3号" in told and "2020年6月28日" in told


def test_another_administrator_approves_by_the_difference(
    drawn: Runtime, administrator: FlaskClient, zhou: FlaskClient
) -> None:
    draft = redrawn(administrator)
    administrator.post(f"{draft}/deploy", data=GROUNDS)
    assert version(drawn) == 1
    seen = {"digest": digest(drawn, draft)}
    mine, theirs = page(administrator, f"{draft}/deploy"), page(zhou, f"{draft}/deploy")
    assert "不能自己批准" in mine and "/approve" not in mine
    assert "/approve" in theirs and "下井查看" in theirs and "水发〔2020〕3号" in theirs
    assert "等另一位管理员批准" in page(zhou, "/studio/")
    refused = administrator.post(f"{draft}/approve", data=seen, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "own_redraw")
    assert zhou.post(f"{draft}/approve", data=seen).status_code == 302
    assert version(drawn) == 2
    assert "zhou 批准" in page(zhou, "/studio/versions")


def test_what_was_edited_after_it_was_asked_for_is_not_approved(
    drawn: Runtime, administrator: FlaskClient, zhou: FlaskClient
) -> None:
    draft = redrawn(administrator)
    administrator.post(f"{draft}/deploy", data=GROUNDS)
    seen = {"digest": digest(drawn, draft)}
    saved(administrator, draft, well_repair(**{'name="查看水井"': 'name="不查看"'}), 1)
    refused = zhou.post(f"{draft}/approve", data=seen, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "altered")
    told = page(zhou, f"{draft}/deploy")
    assert "提出以后草稿又改过" in told and "/approve" not in told
    assert version(drawn) == 1


def test_it_waits_for_its_day_and_can_be_withdrawn(
    drawn: Runtime, clock: MovableClock, administrator: FlaskClient
) -> None:
    draft = redrawn(administrator)
    assert administrator.post(f"{draft}/deploy", data={**GROUNDS, "due": "2020-07-01"}).status_code == 400
    assert administrator.post(f"{draft}/deploy", data={**GROUNDS, "due": "八月"}).status_code == 400
    administrator.post(f"{draft}/deploy", data={**GROUNDS, "due": "2020-08-01"})
    assert "2020年8月1日 00:00 生效" in page(administrator, "/studio/")
    assert administrator.post(f"{draft}/withdraw").status_code == 302
    assert "还没有提出" in page(administrator, "/studio/")
    administrator.post(f"{draft}/deploy", data={**GROUNDS, "due": "2020-08-01"})
    clock.set(AUGUST)
    assert enactments.put_due(drawn) == 1
    assert version(drawn) == 2


def test_what_could_not_take_force_on_its_day_is_told_among_the_incidents(
    drawn: Runtime, clock: MovableClock, administrator: FlaskClient
) -> None:
    draft = redrawn(administrator)
    administrator.post(f"{draft}/deploy", data={**GROUNDS, "due": "2020-08-01"})
    other = redrawn(administrator, "远远一看")
    administrator.post(f"{other}/deploy", data={"note": "别的"})
    clock.set(AUGUST)
    assert enactments.put_due(drawn) == 0
    assert "well_repair.bpmn 又有新版本生效" in page(administrator, "/incidents/")
    assert f"{draft}/deploy" in page(administrator, "/incidents/")
    assert "到了时间没能生效" in page(administrator, f"{draft}/deploy")
    administrator.post(f"{draft}/catch-up")  # the draft stands after all, so that it is asked for again
    administrator.post(f"{draft}/deploy", data=GROUNDS)
    assert version(drawn) == 3
    assert "又有新版本生效" not in page(administrator, "/incidents/")
