"""Notices leave the house: a real mail server and a real gateway take them, once each, and no more than may leave."""

import hashlib
import hmac
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from engine import identity, outbox, substitutes
from engine.worker import Worker
from registry import households, notices
from registry.history import act
from tests.conftest import KEY
from tests.web.receivers import Gateway, Mailbox, listening
from tests.web.world import PASSWORD, ROOT, World
from web import delivery
from web.app import create_app
from web.commands import main
from web.config import Config
from web.delivery import NotConfigured

SECRET = "a secret of some length"
MAIL = "zhang@example.cn"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with listening(Mailbox()) as server:
        yield server


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with listening(Gateway()) as server:
        yield server


def mail(mailbox: Mailbox) -> dict[str, str]:
    return {"FANGFAN_SMTP": mailbox.url, "FANGFAN_MAIL_FROM": "防返 <office@jiaohe.example.cn>"}


def short_messages(gateway: Gateway) -> dict[str, str]:
    return {"FANGFAN_WEBHOOK": gateway.url, "FANGFAN_WEBHOOK_SECRET": SECRET}


class House:
    """A household with a phone and an account with a mail address; its notices leave as `environment` says."""

    def __init__(self, world: World, environment: dict[str, str], phone: str = "13800000000") -> None:
        self.world, self.channels = world, delivery.from_environment(environment)
        family = world.family()
        with world.runtime.database.begin() as session:
            act(session, "clerk", world.clock.now())
            facts = {**family.household, "phone": phone}
            self.key = households.save(session, None, family.area, facts, family.members).key
            identity.add_user(session, "zhang", "张家", "correct horse", [("applicant", f"={self.key}")])
            identity.set_mail(session, "zhang", MAIL)

    def write(self, text: str, kind: str = "纳入") -> None:
        with self.world.runtime.database.begin() as session:
            act(session, "clerk", self.world.clock.now())
            told = {"household_key": str(self.key), "kind": kind, "text": text}
            delivery.posting(self.channels)["notice.send"](session, told)

    def worker(self) -> Worker:
        return Worker(self.world.runtime, delivery.carriers(self.world.runtime.database, self.channels))

    def notice(self) -> notices.Notice:
        with self.world.runtime.database.read() as session:
            return notices.of(session, self.key)[0]


def test_a_mail_comes_once_and_the_notice_says_so(world, mailbox):
    house = House(world, mail(mailbox))
    house.write("您家已于2020-07-01纳入防止返贫监测范围。")
    workers = [house.worker(), house.worker()]
    for each in workers * 2:
        each.run_once()
    (came,) = mailbox.mails
    assert came["To"] == MAIL and came["Subject"] == "防止返贫监测通知：纳入"
    assert came.get_content().strip() == "您家已于2020-07-01纳入防止返贫监测范围。"
    told = house.notice()
    assert (told.delivered_how, told.delivered_by, str(told.delivered_on)) == ("邮件", "worker", "2020-07-01")
    page = world.client("village_committee").get(f"/households/{house.key}").text
    assert "已告知" in page and "邮件" in page


def test_a_gateway_gets_the_text_signed_and_nothing_else(world, gateway):
    house = House(world, short_messages(gateway))
    house.write("您家已纳入防止返贫监测范围。")
    house.worker().run_once()
    ((path, headers, body),) = gateway.got
    told = gateway.told[0]
    assert path == "/send" and told == {
        "id": headers["Idempotency-Key"],
        "to": "13800000000",
        "kind": "纳入",
        "text": "您家已纳入防止返贫监测范围。",
    }
    signed = hmac.new(SECRET.encode(), headers["X-Fangfan-Timestamp"].encode() + b"." + body, hashlib.sha256)
    assert headers["X-Fangfan-Signature"] == f"sha256={signed.hexdigest()}"
    assert house.notice().delivered_how == "短信"


@pytest.mark.parametrize(
    "text",
    [
        "您家的申请经审核不予纳入。理由：户主患病",
        "理由：人均收入5200高于标准",
        "请核对证件号码 220281 19500101 1234",
        "请核对证件号码２２０２８１１９５００１０１１２３４",
        "共发放3000元，已办结。",
    ],
)
def test_what_must_stay_stays(world, gateway, text):
    house = House(world, short_messages(gateway))
    house.write(text, "不予纳入")
    house.worker().run_once()
    told = gateway.told[0]
    assert told["kind"] == "不予纳入" and "“不予纳入”的通知" in told["text"] and "询问" in told["text"]
    assert not set(text) & set("病收0３") & set(told["text"])


def test_what_fails_is_tried_again_with_the_same_key(world, gateway):
    gateway.replies = [500, 302, 429]  # broken, leading elsewhere, busy
    house = House(world, short_messages(gateway))
    house.write("您家已纳入防止返贫监测范围。")
    for _ in range(6):
        house.worker().run_once()
        world.clock.advance(timedelta(minutes=5))
    assert [path for path, _headers, _body in gateway.got] == ["/send"] * 4  # it follows nowhere
    assert len({headers["Idempotency-Key"] for _path, headers, _body in gateway.got}) == 1
    assert house.notice().delivered_how == "短信"


def test_what_is_given_up_is_seen_by_who_can_tell_the_household(world, mailbox):
    mailbox.replies = ["550 no such user"]
    house = House(world, mail(mailbox))
    house.write("您家已纳入防止返贫监测范围。")
    house.worker().run_once()
    assert house.notice().failed == "邮件：对方不收" and mailbox.mails == []
    listed = world.client("county_office").get("/notices/").text
    assert "没有送到，请当面或电话告知" in listed and "对方不收" in listed
    assert "有 1 条通知还没有告知农户" in world.client("county_office").get("/calendar/").text
    assert "没有还要告知农户的通知" in world.client("far_county").get("/notices/").text


def test_a_server_that_is_away_is_given_up_at_last(world, gateway):
    house = House(world, short_messages(gateway))
    house.write("您家已纳入防止返贫监测范围。")
    gateway.replies = [503] * outbox.MOST_ATTEMPTS
    for _ in range(outbox.MOST_ATTEMPTS + 3):
        house.worker().run_once()
        world.clock.advance(timedelta(days=1))
    assert len(gateway.got) == outbox.MOST_ATTEMPTS
    assert house.notice().failed == "短信：HTTPError" and house.notice().delivered_at is None


def test_who_was_told_by_hand_gets_no_message_any_more(world, gateway):
    house = House(world, short_messages(gateway))
    house.write("您家已纳入防止返贫监测范围。")
    with world.runtime.database.begin() as session:
        act(session, "village_committee", world.clock.now())
        notices.tell(session, notices.of(session, house.key)[0], "当面")
    house.worker().run_once()
    assert gateway.got == [] and house.notice().delivered_how == "当面"


def test_where_nobody_is_reached_nothing_waits_in_the_outbox(world, gateway):
    house = House(world, short_messages(gateway), phone="")
    house.write("您家已纳入防止返贫监测范围。")
    assert house.worker().run_once() == 0 and house.notice().failed == ""


def test_a_worker_killed_between_sending_and_marking_sends_again_with_the_same_key(world, mailbox):
    """The real command, killed for real."""
    house = House(world, mail(mailbox))
    house.write("您家已纳入防止返贫监测范围。")
    told = {
        "FANGFAN_KEY": KEY.hex(),
        "FANGFAN_DATABASE": world.runtime.database.engine.url.render_as_string(hide_password=False),
        "FANGFAN_FAULT": "after_send",
        **mail(mailbox),
    }
    killed = subprocess.run(
        [sys.executable, "-c", "from web.commands import main; main()", "worker"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **told},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr.decode()
    assert house.notice().delivered_at is None and len(mailbox.mails) == 1
    world.clock.set(datetime.now(UTC))
    house.worker().run_once()
    assert len(mailbox.mails) == 1  # the dead worker's claim still holds
    world.clock.advance(outbox.CLAIM + timedelta(minutes=1))
    house.worker().run_once()
    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"] and first.get_content() == second.get_content()
    assert house.notice().delivered_how == "邮件"


@pytest.mark.parametrize(
    "environment",
    [
        {"FANGFAN_WEBHOOK": "http://gateway.example/send", "FANGFAN_WEBHOOK_SECRET": SECRET},  # not encrypted
        {"FANGFAN_WEBHOOK": "file:///etc/passwd", "FANGFAN_WEBHOOK_SECRET": SECRET},
        {"FANGFAN_WEBHOOK": "https://gateway.example/send", "FANGFAN_WEBHOOK_SECRET": "short"},
        {"FANGFAN_SMTP": "smtp://mail.example"},  # from whom?
        {"FANGFAN_SMTP": "mail.example:25", "FANGFAN_MAIL_FROM": "a@b.cn"},
    ],
)
def test_a_channel_that_is_badly_configured_is_refused_at_the_start(environment):
    with pytest.raises(NotConfigured):
        delivery.from_environment(environment)
    told = CliRunner().invoke(main, ["check", "--database", "sqlite://"], env=environment)
    assert told.exit_code == 2 and "FANGFAN_" in told.output


def test_a_reminder_goes_to_who_has_given_an_address_or_stands_in_for_him(world, mailbox):
    house = House(world, mail(mailbox))
    app = create_app(world.runtime, Config(mails=True, sign_ins="1000 per minute"))
    app.config["WTF_CSRF_ENABLED"] = False
    office = app.test_client()
    office.post("/sign-in", data={"name": "county_office", "password": PASSWORD})
    family = world.family(1)
    task = world.play(world.begin(family), family, "accept")
    with world.runtime.database.begin() as session:
        identity.set_mail(session, "village_committee", "village@example.cn")
        identity.set_mail(session, "work_team", "team@example.cn")
    for day, expected in ((0, "village@example.cn"), (1, "team@example.cn")):
        world.clock.advance(timedelta(days=day))
        assert office.post(f"/tasks/{task.key}/remind").status_code == 302
        house.worker().run_once()
        came = mailbox.mails[-1]
        assert (came["To"], came["Subject"]) == (expected, "防止返贫监测通知：催办")
        assert "受理申请" in came.get_content() and family.head["name"] not in came.get_content()
        if day == 0:
            tomorrow = substitutes.day(world.clock.now()) + timedelta(days=1)
            with world.runtime.database.begin() as session:
                substitutes.appoint(
                    session, "village_committee", "work_team", tomorrow, tomorrow, "admin", world.clock.now()
                )
    assert len(mailbox.mails) == 2
    world.clock.advance(timedelta(days=1))
    office.post(f"/tasks/{task.key}/remind")
    world.do(task, family)
    house.worker().run_once()
    assert len(mailbox.mails) == 2, "what is done needs no reminder"
