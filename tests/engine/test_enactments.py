"""A draft's way into force: approved by another where a setting says so, from a moment on, once, and never as something else."""

import threading
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from engine import authority, deployments, drafts, enactments, journal, settings
from engine.clock import MovableClock
from engine.errors import InvalidInput, NotDeployable, NotFound
from engine.grounds import Grounds
from engine.identity import User, Viewer
from engine.models.deployments import Deployment
from engine.runtime import Runtime
from engine.worker import Worker

NOW = datetime(2020, 7, 1, 1, tzinfo=UTC)
AUGUST = datetime(2020, 7, 31, 16, tzinfo=UTC)  # the day begins in Shanghai
FORM = b'{"type": "default", "id": "visit", "schemaVersion": 18, "components": []}'
REDRAWN = FORM.replace(b"[]", b"[ ]")
GROUNDS = Grounds("走访表", "扶办〔2020〕7号", date(2020, 6, 28))


BOTH_STORES = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite where the store makes no difference."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    return url


@pytest.fixture
def draft(runtime: Runtime) -> int:
    """Wang's draft over a form in force."""
    with runtime.database.begin() as session:
        deployments.deploy(runtime, session, {"visit.form": FORM}, "wang")
        return drawn(runtime, session)


def drawn(runtime: Runtime, session, data: bytes = REDRAWN, name: str = "visit.form") -> int:
    """A draft of Wang's with one file."""
    made = drafts.begin(session, "改走访表", "wang", NOW)
    drafts.save(session, made, name, data, 0, "wang", NOW)
    return made.key


def two_needed(runtime: Runtime, since: date = date(2020, 1, 1)) -> None:
    """The setting asks for a second administrator."""
    with runtime.database.begin() as session:
        settings.put(session, enactments.SETTING, since, True, "wang", NOW)


def ask(runtime: Runtime, key: int, due: datetime | None = None, who: str = "wang") -> bool:
    with runtime.database.begin() as session:
        return enactments.ask(runtime, session, drafts.get(session, key), who, GROUNDS, due)


def approve(runtime: Runtime, key: int, who: str, digest: str | None = None) -> bool:
    with runtime.database.begin() as session:
        draft = drafts.get(session, key)
        viewer = Viewer(User(1, who, who), (("administrator", ""),))
        return enactments.approve(runtime, session, draft, viewer, digest or drafts.digest(session, draft))


def in_force(runtime: Runtime) -> bytes | None:
    with runtime.database.read() as session:
        return drafts.in_force(session, "visit.form")


def last(runtime: Runtime) -> Deployment:
    with runtime.database.read() as session:
        return session.scalars(sa.select(Deployment).order_by(Deployment.key.desc()).limit(1)).one()


def asked(runtime: Runtime, key: int):
    with runtime.database.read() as session:
        return enactments.of(session, drafts.get(session, key))


def standing(runtime: Runtime, key: int) -> str:
    with runtime.database.read() as session:
        draft = drafts.get(session, key)
        return enactments.standing(session, draft, enactments.of(session, draft), runtime.clock.now())


def save(runtime: Runtime, key: int, data: bytes, who: str = "wang") -> None:
    with runtime.database.begin() as session:
        draft = drafts.get(session, key)
        kept = drafts.files(session, draft)["visit.form"]
        drafts.save(session, draft, "visit.form", data, kept.revision, who, NOW)


def test_where_nobody_else_is_asked_it_takes_force_at_once_on_its_grounds(runtime: Runtime, draft: int):
    assert ask(runtime, draft)
    assert in_force(runtime) == REDRAWN
    made = last(runtime)
    assert (made.note, made.document, made.document_date) == ("走访表", "扶办〔2020〕7号", date(2020, 6, 28))
    assert (made.actor, made.approved_by) == ("wang", None)


@BOTH_STORES
def test_a_second_administrator_approves_what_he_has_not_made(runtime: Runtime, draft: int):
    two_needed(runtime)
    assert not ask(runtime, draft)
    assert (in_force(runtime), standing(runtime, draft)) == (FORM, "waits")
    with pytest.raises(authority.OwnRedraw):
        approve(runtime, draft, "wang")
    assert approve(runtime, draft, "zhou")
    assert in_force(runtime) == REDRAWN
    assert (last(runtime).actor, last(runtime).approved_by) == ("wang", "zhou")


def test_nobody_approves_what_he_redrew_though_another_asked(runtime: Runtime, draft: int):
    two_needed(runtime)
    ask(runtime, draft, who="zhou")
    with pytest.raises(authority.OwnRedraw):
        approve(runtime, draft, "wang")


def test_what_was_changed_since_is_asked_for_again(runtime: Runtime, draft: int):
    two_needed(runtime)
    ask(runtime, draft)
    seen = asked(runtime, draft).digest
    save(runtime, draft, FORM.replace(b"[]", b"[  ]"))
    assert standing(runtime, draft) == "altered"
    for digest in (seen, None):
        with pytest.raises(enactments.Altered):
            approve(runtime, draft, "zhou", digest)
    ask(runtime, draft)
    with pytest.raises(enactments.Altered):
        approve(runtime, draft, "zhou", seen)  # another than he saw
    assert approve(runtime, draft, "zhou")


def test_to_stand_against_another_version_is_asked_for_again(runtime: Runtime, draft: int):
    two_needed(runtime)
    ask(runtime, draft)
    with runtime.database.begin() as session:
        deployments.deploy(runtime, session, {"visit.form": FORM.replace(b"18", b"17")}, "zhou")
    with pytest.raises(drafts.Behind):
        approve(runtime, draft, "zhou")
    with runtime.database.begin() as session:
        drafts.catch_up(session, drafts.get(session, draft))
    assert standing(runtime, draft) == "altered"


def test_what_could_not_take_force_is_not_asked_for(runtime: Runtime, draft: int):
    save(runtime, draft, b"{")
    with pytest.raises(NotDeployable):
        ask(runtime, draft, AUGUST)
    with pytest.raises(InvalidInput):
        ask(runtime, draft, NOW)


@BOTH_STORES
def test_it_takes_force_at_its_moment_and_no_sooner(runtime: Runtime, clock: MovableClock, draft: int):
    assert not ask(runtime, draft, AUGUST)
    clock.set(AUGUST - timedelta(seconds=1))
    Worker(runtime).run_once()
    assert (in_force(runtime), standing(runtime, draft)) == (FORM, "due")
    clock.set(AUGUST)
    Worker(runtime).run_once()
    assert in_force(runtime) == REDRAWN
    assert (last(runtime).actor, last(runtime).document) == ("wang", "扶办〔2020〕7号")
    with runtime.database.read() as session, pytest.raises(NotFound):
        drafts.get(session, draft)


@BOTH_STORES
def test_of_two_workers_one_puts_it_in_force(runtime: Runtime, clock: MovableClock, draft: int):
    ask(runtime, draft, AUGUST)
    clock.set(AUGUST)
    put: list[int] = []
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        put.append(enactments.put_due(runtime))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(put) == [0, 1]
    with runtime.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Deployment)) == 2
        kinds = [entry.kind for entry in journal.entries(session, journal.HOUSE)]
    assert kinds.count("deployed") == 2
    assert "enactment_failed" not in kinds


def test_it_can_be_withdrawn_until_its_moment(runtime: Runtime, clock: MovableClock, draft: int):
    ask(runtime, draft, AUGUST)
    with runtime.database.begin() as session:
        enactments.withdraw(session, drafts.get(session, draft), "zhou", NOW)
    clock.set(AUGUST)
    assert enactments.put_due(runtime) == 0
    assert (in_force(runtime), standing(runtime, draft)) == (FORM, "")


def test_what_stands_against_it_at_its_moment_is_told_and_can_be_tried_again(
    runtime: Runtime, clock: MovableClock, draft: int
):
    ask(runtime, draft, AUGUST)
    with runtime.database.begin() as session:
        deployments.deploy(runtime, session, {"visit.form": FORM.replace(b"18", b"17")}, "zhou")
    clock.set(AUGUST)
    assert [enactments.put_due(runtime), enactments.put_due(runtime)] == [0, 0]
    assert standing(runtime, draft) == "failed"
    assert "visit.form" in (asked(runtime, draft).problem or "")
    again = partial(enactments.try_again, runtime)
    with pytest.raises(drafts.Behind), runtime.database.begin() as session:
        again(session, drafts.get(session, draft))
    with runtime.database.begin() as session:  # the other redraw is taken back
        deployments.deploy(runtime, session, {"visit.form": FORM}, "zhou")
    with runtime.database.begin() as session:
        again(session, drafts.get(session, draft))
    assert in_force(runtime) == REDRAWN


def test_a_moment_that_comes_without_approval_is_a_problem_until_it_is_approved(
    runtime: Runtime, clock: MovableClock, draft: int
):
    two_needed(runtime, since=date(2020, 8, 1))  # from the very day on
    ask(runtime, draft, AUGUST)
    assert standing(runtime, draft) == "waits"
    clock.set(AUGUST)
    enactments.put_due(runtime)
    assert (in_force(runtime), standing(runtime, draft)) == (FORM, "failed")
    with pytest.raises(enactments.NotApproved), runtime.database.begin() as session:
        enactments.try_again(runtime, session, drafts.get(session, draft))
    assert approve(runtime, draft, "zhou")
    assert in_force(runtime) == REDRAWN


@BOTH_STORES
def test_dated_settings_alone_keep_their_grounds_and_are_covered_by_the_approval(
    runtime: Runtime, draft: int
):
    two_needed(runtime)
    listed = b'- {"name": "line", "valid_from": "2021-01-01", "value": 4600}\n'
    with runtime.database.begin() as session:
        key = drawn(runtime, session, listed, drafts.SETTINGS)
    ask(runtime, key)
    seen = asked(runtime, key).digest
    with runtime.database.begin() as session:
        found = drafts.get(session, key)
        drafts.save(session, found, drafts.SETTINGS, listed.replace(b"4600", b"9999"), 1, "wang", NOW)
    with pytest.raises(enactments.Altered):
        approve(runtime, key, "zhou", seen)
    ask(runtime, key)
    assert approve(runtime, key, "zhou")
    made = last(runtime)
    assert (made.note, made.document, made.approved_by) == ("走访表", "扶办〔2020〕7号", "zhou")
    with runtime.database.read() as session:
        assert b"9999" in deployments.resource(session, made.key, drafts.SETTINGS)
        assert deployments.names(session, made.key) == ["visit.form"]
        assert settings.in_force(session, datetime(2021, 2, 1, tzinfo=UTC))["line"] == 9999
