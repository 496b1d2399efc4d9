"""Signing in, sessions, headers, refusals; and that no route is open by accident."""

from urllib.parse import unquote

import pytest

from engine import authority, identity
from tests.web.world import PASSWORD, World
from web import signed_in
from web.app import create_app
from web.config import Config


def test_every_route_states_its_authority(world):
    stateless = [
        rule.endpoint
        for rule in world.app.url_map.iter_rules()
        if rule.endpoint != "static" and signed_in.stated(world.app.view_functions[rule.endpoint]) is None
    ]
    assert stateless == []


def test_what_is_public_is_known_by_name(world):
    public = {
        rule.endpoint
        for rule in world.app.url_map.iter_rules()
        if rule.endpoint != "static" and signed_in.stated(world.app.view_functions[rule.endpoint]) == ""
    }
    pages = {endpoint for endpoint in public if not endpoint.startswith(("v2.", "openapi"))}
    assert pages == {
        "field.worker",
        "field.manifest",
        "sign_in.page",
        "sign_in.enter",
        "sign_in.first",
        "sign_in.enter_by_code",
        "sign_in.leave",
        "sign_in.language",
    }


def test_a_stranger_is_led_to_the_door_and_back(world):
    client = world.app.test_client()
    led = client.get("/cases/?q=张")
    assert led.status_code == 302 and led.location.startswith("/sign-in?next=")
    entered = client.post(
        led.location, data={"name": "work_team", "password": PASSWORD, "next": "/cases/?q=张"}
    )
    assert unquote(entered.location) == "/cases/?q=张"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_the_door_leads_to_no_other_site(world, elsewhere):
    client = world.app.test_client()
    entered = client.post("/sign-in", data={"name": "work_team", "password": PASSWORD, "next": elsewhere})
    assert entered.location == "/"


def test_a_wrong_password_says_how_to_mend_it_and_keeps_the_name(world):
    refused = world.app.test_client().post("/sign-in", data={"name": "work_team", "password": "wrong"})
    assert refused.status_code == 401
    assert (
        "用户名或密码不对" in refused.text
        and 'value="work_team"' in refused.text
        and "wrong" not in refused.text
    )


def test_too_many_tries_from_one_address_must_wait(world):
    app = create_app(world.runtime, Config(sign_ins="3 per minute"))
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    codes = [client.post("/sign-in", data={"name": "x", "password": "y"}).status_code for _ in range(4)]
    assert codes == [401, 401, 401, 429]


def test_a_new_password_ends_every_other_session(world):
    mine, other = world.client("work_team"), world.client("work_team")
    sent = {"old": PASSWORD, "new": "battery staple"}
    assert mine.post("/account", data=sent).status_code == 302
    assert mine.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    refused = world.client("township_cadre").post("/account", data={"old": "wrong", "new": "battery staple"})
    assert "用户名或密码不对" in refused.text


def test_who_left_is_out_at_once(world):
    client = world.client("work_team")
    with world.runtime.database.begin() as session:
        identity.deactivate(session, "work_team")
    assert client.get("/").status_code == 302


def test_a_form_without_its_token_is_refused_in_words(world):
    world.app.config["WTF_CSRF_ENABLED"] = True
    refused = world.app.test_client().post("/sign-in", data={"name": "x", "password": "y"})
    assert refused.status_code == 400 and "页面已过期" in refused.text


def test_every_answer_carries_the_safety_headers(world):
    for path in ("/sign-in", "/nowhere", "/v2/topology"):
        headers = world.app.test_client().get(path).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"].split("style-src")[0]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(world):
    sent = world.app.test_client().post("/sign-in", data={"name": "work_team", "password": PASSWORD})
    cookie = sent.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_refusals_are_a_page_for_people_and_a_problem_for_programs(world):
    client = world.client("work_team")
    page = client.get("/nowhere")
    assert page.status_code == 404 and "没有这个页面" in page.text and "<html" in page.text
    told = client.get("/nowhere", headers={"Accept": "application/json"})
    assert told.content_type == "application/problem+json"
    assert (told.json["status"], told.json["code"]) == (404, "no_such_page")


def test_an_unforeseen_fault_shows_no_trace(world, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError("secret detail")

    client = world.client("work_team")
    monkeypatch.setattr("engine.worklist.search", broken)
    world.app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = client.get("/")
    assert answer.status_code == 500 and "secret" not in answer.text and "系统出了差错" in answer.text


def test_a_verb_that_the_role_lacks_is_refused_before_the_page_runs(world):
    refused = world.client("work_team").get("/incidents/")
    assert refused.status_code == 403 and authority.VERBS["incident.see"].name in refused.text
    assert world.client("administrator").get("/incidents/").status_code == 200


def test_the_demo_lists_its_accounts_and_no_other_server_does(world):
    demo = create_app(world.runtime, Config(demo=True, demo_password=PASSWORD))
    assert "village_committee" in demo.test_client().get("/sign-in").text
    assert "village_committee" not in world.app.test_client().get("/sign-in").text


def test_the_readers_language_is_kept(world: World):
    client = world.app.test_client()
    assert "用户名" in client.get("/sign-in").text
    client.post("/language/en")
    page = client.get("/sign-in").text
    assert '<html lang="en">' in page and "User name" in page
    assert client.post("/language/xx").status_code == 404
