"""The task's page and what it sends."""

import base64
import io
import json
import re

import pytest
import sqlalchemy as sa

from engine import documents, identity, values, worklist
from engine.models.documents import SignedPrint
from engine.models.worklist import UserTask
from tests.web.world import PASSWORD

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture
def family(world):
    return world.family()


@pytest.fixture
def case(world, family):
    return world.begin(family)


def sent(client, task, verb, **body):
    return client.post(f"/tasks/{task.key}/{verb}", json=body)


def shown(client, task, answer):
    told = sent(client, task, "preview", answer=answer)
    assert told.status_code == 200, told.text
    return told.json


def given(page):
    return json.loads(
        re.search(r'<script type="application/json" id="task">(.*?)</script>', page.text, re.S)[1]
    )


def test_the_page_gives_the_form_what_is_known_and_the_viewers_villages(world, family, case):
    page = world.client("village_committee").get(f"/tasks/{world.task(case, 'apply').key}")
    task = given(page)
    assert task["schema"]["id"] == "application"
    assert task["data"]["household"]["head_name"] == family.head["name"]
    assert [village["value"] for village in task["data"]["areas"]] == [world.village]
    assert "受理" in page.text and family.head["name"] in page.text


def test_nobody_else_opens_it(world, case):
    task = world.task(case, "apply")
    for name in ("neighbour", "far_village", "far_county", "department_民政", "newcomer"):
        assert world.client(name).get(f"/tasks/{task.key}").status_code == 403, name
        for verb in ("claim", "draft", "preview", "complete"):
            refused = sent(world.client(name), task, verb, answer={})
            assert refused.status_code == 403, (name, verb)


def test_an_answer_is_signed_as_shown_and_the_case_goes_on(world, family, case):
    task, client = world.task(case, "apply"), world.client("village_committee")
    answer = world.answer(task, family)
    preview = shown(client, task, answer)
    assert preview["pages"] and all(page.startswith("data:image/png;base64,") for page in preview["pages"])
    done = sent(client, task, "complete", answer=answer, shown=preview["shown"])
    assert done.status_code == 200, done.text
    assert done.json["next"] == f"/cases/{case}"
    assert [each.element for each in world.waiting(case)] == ["accept"]
    with world.runtime.database.read() as session:
        frozen = session.scalars(sa.select(SignedPrint).where(SignedPrint.task_key == task.key)).all()
        assert "application" in {each.sheet for each in frozen}
        for each in frozen:
            assert documents.read(session, each.sha256)[0].startswith(b"%PDF")
            assert (each.revision, each.signed_by) == (1, "village_committee")


def test_nothing_is_signed_that_was_not_shown(world, family, case):
    task, client = world.task(case, "apply"), world.client("village_committee")
    answer = world.answer(task, family)
    preview = shown(client, task, answer)
    changed = {**answer, "reason": answer["reason"] + "，另有外债。"}
    forged = {**preview["shown"], "sheets": [{"sheet": "application", "pdf": "JVBERi0="}]}
    for body in (
        {"answer": changed, "shown": preview["shown"]},
        {"answer": answer, "shown": forged},
        {"answer": answer},
        {"answer": answer, "shown": "nonsense"},
    ):
        refused = sent(client, task, "complete", **body)
        assert (refused.status_code, refused.json["code"]) == (409, "not_shown")
    assert world.task(case, "apply").state == "open"


def test_an_official_signs_by_his_password(world, family, case):
    task = world.play(case, family, "accept")
    client, answer = world.client("village_committee"), {"outcome": "受理"}
    preview = shown(client, task, answer)
    refused = sent(client, task, "complete", answer=answer, shown=preview["shown"], password="wrong")
    assert (refused.status_code, refused.json["code"]) == (401, "wrong_password")
    done = sent(client, task, "complete", answer=answer, shown=preview["shown"], password=PASSWORD)
    assert done.status_code == 200
    assert {each.element for each in world.waiting(case)} == {
        "verify_committee",
        "verify_work_team",
        "verify_township",
    }


def test_faults_name_their_fields_before_anything_is_shown(world, case):
    task = world.task(case, "apply")
    refused = sent(world.client("village_committee"), task, "preview", answer={"reason": ""})
    assert refused.status_code == 422
    assert {"reason", "applicant_signature"} <= set(refused.json["errors"])


def test_faults_are_told_in_the_readers_language(world, case):
    client = world.client("village_committee")
    client.post("/language/en")
    refused = sent(client, world.task(case, "apply"), "preview", answer={"reason": ""})
    assert refused.json["errors"]["reason"] == "Please fill this in"


def test_a_hand_in_that_comes_twice_has_one_effect(world, family, case):
    task, client = world.play(case, family, "accept"), world.client("village_committee")
    answer = {"outcome": "受理"}
    body = {
        "answer": answer,
        "shown": shown(client, task, answer)["shown"],
        "password": PASSWORD,
        "request": "r1",
    }
    first, second = (sent(client, task, "complete", **body) for _ in range(2))
    assert first.status_code == 200 and second.status_code == 200
    with world.runtime.database.read() as session:
        assert len(session.scalars(sa.select(SignedPrint).where(SignedPrint.task_key == task.key)).all()) == 1


def test_a_stale_page_is_told_who_was_first(world, family, case):
    task = world.play(case, family, "accept")
    world.do(task, family, "village_committee")
    client = world.client("village_committee")
    refused = sent(client, task, "preview", answer={"outcome": "受理"})
    assert refused.status_code == 409 and "村委会 李秀兰" in refused.json["detail"]
    page = client.get(f"/tasks/{task.key}", follow_redirects=True)
    assert "村委会 李秀兰" in page.text and page.request.path == f"/cases/{case}"


def test_the_last_steps_outcome_does_not_stand_in_the_next_form(world, family, case):
    world.play(case, family, "accept")
    task = world.task(case, "accept")
    world.do(task, family, "village_committee", outcome="退回补正", mend="缺住院发票。")
    page = world.client("village_committee").get(f"/tasks/{world.task(case, 'apply').key}")
    assert "缺住院发票。" in page.text
    assert not {"outcome", "applicant_signature"} & set(given(page)["data"])


def test_whoever_verified_may_not_review(world, family, case):
    with world.runtime.database.begin() as session:
        person = identity.find(session, "work_team")
        identity.grant(session, person, "county_office", "2202/220281/")
    world.play(case, family, "verify_work_team")
    world.do(world.task(case, "verify_work_team"), family, "work_team")
    review = world.play(case, family, "county_review")
    client = world.client("work_team")
    refused = sent(client, review, "claim")
    assert (refused.status_code, refused.json["code"]) == (403, "separated")
    assert sent(world.client("county_office"), review, "claim").status_code == 200


def test_a_draft_is_kept_though_invalid_and_comes_back(world, case):
    task, client = world.task(case, "apply"), world.client("village_committee")
    first = sent(client, task, "draft", answer={"reason": "写了一半"}, version="")
    assert first.status_code == 200
    task_given = given(world.client("village_committee").get(f"/tasks/{task.key}"))
    assert task_given["draft"]["reason"] == "写了一半" and task_given["version"] == first.json["version"]
    second_tab = sent(client, task, "draft", answer={"reason": "别的"}, version="")
    assert (second_tab.status_code, second_tab.json["code"]) == (409, "stale")


def test_a_draft_is_gone_when_the_answer_is_in(world, family, case):
    task, client = world.play(case, family, "accept"), world.client("village_committee")
    sent(client, task, "draft", answer={"outcome": "受理"}, version="")
    answer = {"outcome": "受理"}
    sent(
        client, task, "complete", answer=answer, shown=shown(client, task, answer)["shown"], password=PASSWORD
    )
    with world.runtime.database.read() as session:
        person = identity.named(session, "village_committee")
        assert worklist.draft(session, person, task.key).data == {}


def test_a_household_is_placed_only_where_the_clerk_is_at_home(world, family, case):
    task, client = world.task(case, "apply"), world.client("village_committee")
    answer = {**world.answer(task, family), "area": "2202/220202/220202101/220202101201/"}
    refused = sent(client, task, "preview", answer=answer)
    if refused.status_code == 200:
        refused = sent(client, task, "complete", answer=answer, shown=refused.json["shown"])
    assert refused.status_code in (403, 422)


def test_files_come_with_the_answer_and_only_ones_own(world, family, case):
    task, client = world.task(case, "apply"), world.client("village_committee")
    kept = client.post("/documents", data={"file": (io.BytesIO(PNG), "房屋.png")}).json
    assert kept["media_type"] == "image/png"
    answer = {**world.answer(task, family), "files": [kept]}
    stranger = world.client("neighbour")
    assert stranger.get(f"/documents/{kept['sha256']}").status_code == 403
    done = sent(client, task, "complete", answer=answer, shown=shown(client, task, answer)["shown"])
    assert done.status_code == 200, done.text
    work_team = world.client("work_team")
    assert "房屋.png" in work_team.get(f"/cases/{case}/files").text
    seen = work_team.get(f"/documents/{kept['sha256']}?case={case}")
    assert (
        seen.status_code == 200 and seen.data == PNG and "sandbox" in seen.headers["Content-Security-Policy"]
    )
    assert stranger.get(f"/documents/{kept['sha256']}?case={case}").status_code == 403


def test_releasing_and_handing_over(world, family, case):
    task, client = world.task(case, "apply"), world.client("village_committee")
    sent(client, task, "claim")
    assert client.post(f"/tasks/{task.key}/hand-over", data={"to": "neighbour"}).status_code == 422
    assert client.post(f"/tasks/{task.key}/release").status_code == 302
    assert world.task(case, "apply").assignee is None


@pytest.mark.parametrize("body", ["[]", "1", '{"answer": []}', "{", '{"answer": null}'])
def test_what_no_page_sends_is_refused(world, case, body):
    client = world.client("village_committee")
    for verb in ("draft", "preview", "complete"):
        refused = client.post(
            f"/tasks/{world.task(case, 'apply').key}/{verb}", data=body, content_type="application/json"
        )
        assert refused.status_code == 400, (verb, refused.text)


def test_hostile_keys_and_markup_are_data(world, family, case):
    task, client = world.task(case, "apply"), world.client("village_committee")
    evil = "<script>alert(1)</script>{{7*7}}"
    answer = {**world.answer(task, family), "reason": evil, "__class__": "x", "typename": {"a": 1}}
    preview = sent(client, task, "preview", answer=answer)
    if preview.status_code == 422:  # keys that the form does not have may be refused by name
        answer = {**world.answer(task, family), "reason": evil}
        preview = sent(client, task, "preview", answer=answer)
    done = sent(client, task, "complete", answer=answer, shown=preview.json["shown"])
    assert done.status_code == 200
    page = world.client("work_team").get(f"/cases/{case}").text
    assert "<script>alert(1)" not in page
    with world.runtime.database.read() as session:
        kept = values.answer(session, session.get(UserTask, task.key))
    assert kept["reason"] == evil


@pytest.mark.parametrize("area", [[], {"a": 1}, 7, "../../", "2202/220202/220202101/220202101201/"])
def test_the_api_places_no_household_elsewhere(world, family, case, area):
    task = world.task(case, "apply")
    answer = {**world.answer(task, family), "area": area}
    client = world.app.test_client()
    refused = client.post(
        f"/v2/user-tasks/{task.key}/completion",
        json={"variables": answer},
        headers=basic("village_committee"),
    )
    assert refused.status_code in (403, 422), refused.text
    assert refused.json["status"] == refused.status_code
    assert world.task(case, "apply").state == "open"


def test_files_go_into_the_case_by_the_api_too_and_only_ones_own(world, family, case):
    task = world.task(case, "apply")
    stranger = world.client("neighbour")
    theirs = stranger.post("/documents", data={"file": (io.BytesIO(PNG), "别人的.png")}).json
    answer = {**world.answer(task, family), "files": [theirs]}
    client, path = world.app.test_client(), f"/v2/user-tasks/{task.key}/completion"
    refused = client.post(path, json={"variables": answer}, headers=basic("village_committee"))
    assert (refused.status_code, refused.json["code"]) == (422, "foreign_file"), refused.text
    assert world.task(case, "apply").state == "open"
    own = world.client("village_committee")
    answer["files"] = [own.post("/documents", data={"file": (io.BytesIO(PNG), "房屋.png")}).json]
    done = client.post(path, json={"variables": answer}, headers=basic("village_committee"))
    assert done.status_code == 204, done.text
    assert "房屋.png" in world.client("work_team").get(f"/cases/{case}/files").text


def test_a_step_signed_by_the_api_leaves_its_frozen_papers_too(world, family, case):
    task = world.task(case, "apply")
    client, path = world.app.test_client(), f"/v2/user-tasks/{task.key}/completion"
    answer = world.answer(task, family)
    refused = client.post(
        path, json={"variables": {**answer, "reason": None}}, headers=basic("village_committee")
    )
    assert refused.status_code == 422
    with world.runtime.database.read() as session:
        assert documents.signed_prints(session, case) == []
    again = {**basic("village_committee"), "Idempotency-Key": "once"}
    assert client.post(path, json={"variables": answer}, headers=again).status_code == 204
    assert client.post(path, json={"variables": answer}, headers=again).status_code == 204  # one effect
    with world.runtime.database.read() as session:
        frozen = documents.signed_prints(session, case)
        assert {(each.sheet, each.signed_by, each.task_key) for each in frozen} == {
            ("application", "village_committee", task.key),
            ("authorization", "village_committee", task.key),
        }
        assert len(frozen) == 2
        assert documents.read(session, frozen[0].sha256)[0].startswith(b"%PDF-")


def basic(name):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()}
