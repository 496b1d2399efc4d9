"""Drafts: kept though invalid, never over another's save, and in force only whole and against what is in force now."""

from datetime import UTC, date, datetime

import pytest

from engine import deployments, drafts, settings
from engine.errors import InvalidInput, NotDeployable, NotFound
from engine.grounds import Grounds
from engine.runtime import Runtime

AT = datetime(2020, 7, 1, tzinfo=UTC)
FORM = b'{"type": "default", "id": "visit", "schemaVersion": 18, "components": []}'


@pytest.fixture
def draft(runtime: Runtime):
    """A draft of Wang's over a form in force."""
    with runtime.database.begin() as session:
        deployments.deploy(runtime, session, {"visit.form": FORM}, "wang")
        return drafts.begin(session, "改走访表", "wang", AT)


def save(runtime: Runtime, draft, data: bytes, revision: int, who: str = "wang", name: str = "visit.form"):
    with runtime.database.begin() as session:
        return drafts.save(session, drafts.get(session, draft.key), name, data, revision, who, AT)


def test_what_is_not_valid_yet_is_kept_and_nothing_in_force_changes(runtime: Runtime, draft):
    save(runtime, draft, b"{", 0)
    with runtime.database.read() as session:
        assert drafts.changes(session, draft) == {"visit.form": b"{"}
        assert drafts.in_force(session, "visit.form") == FORM
        [found] = [f for f in drafts.lint(runtime, session, draft) if f.severity == "error"]
        assert found.file == "visit.form"
    with pytest.raises(NotDeployable), runtime.database.begin() as session:
        drafts.deploy(runtime, session, drafts.get(session, draft.key), "wang", Grounds("走访表"))
    with runtime.database.read() as session:
        assert drafts.changes(session, drafts.get(session, draft.key)) == {"visit.form": b"{"}


def test_a_save_over_anothers_newer_one_is_refused_with_his_name(runtime: Runtime, draft):
    save(runtime, draft, b"1", 0)
    save(runtime, draft, b"2", 1, "zhou")
    with pytest.raises(drafts.Overtaken) as refused:
        save(runtime, draft, b"3", 1)
    assert (refused.value.by, refused.value.revision) == ("zhou", 2)
    assert save(runtime, draft, b"3", refused.value.revision).revision == 3  # the way out: knowingly


def test_a_draft_takes_force_whole_and_is_gone(runtime: Runtime, draft):
    redrawn = FORM.replace(
        b"[]", b'[{"id": "f", "type": "textfield", "key": "note", "label": "\xe8\xae\xb0"}]'
    )
    save(runtime, draft, redrawn, 0)
    listed = b'- {"name": "line", "valid_from": "2021-01-01", "value": 4600, "note": "x"}\n'
    save(runtime, draft, listed, 0, name=drafts.SETTINGS)
    with runtime.database.begin() as session:
        drafts.deploy(runtime, session, drafts.get(session, draft.key), "wang", Grounds("走访表"))
    with runtime.database.read() as session:
        assert drafts.in_force(session, "visit.form") == redrawn
        assert [(s.name, s.valid_from, s.value) for s in settings.all_settings(session)] == [
            ("line", date(2021, 1, 1), 4600)
        ]
        with pytest.raises(NotFound):
            drafts.get(session, draft.key)


def test_a_draft_that_has_fallen_behind_is_not_deployed_unseen(runtime: Runtime, draft):
    mine, other = FORM.replace(b"[]", b"[ ]"), FORM.replace(b"18", b"17")
    save(runtime, draft, mine, 0)
    with runtime.database.begin() as session:
        deployments.deploy(runtime, session, {"visit.form": other}, "zhou")
    with pytest.raises(drafts.Behind, match=r"visit\.form"), runtime.database.begin() as session:
        drafts.deploy(runtime, session, drafts.get(session, draft.key), "wang", Grounds("走访表"))
    with runtime.database.begin() as session:
        kept = drafts.get(session, draft.key)
        drafts.catch_up(session, kept)
        drafts.deploy(runtime, session, kept, "wang", Grounds("走访表"))
    with runtime.database.read() as session:
        assert drafts.in_force(session, "visit.form") == mine


@pytest.mark.parametrize("name", ["../x.form", "x.exe", "a/b.bpmn", "", "x" * 200 + ".form", "x.form\n"])
def test_a_file_that_is_none_of_a_bundle_is_refused(runtime: Runtime, draft, name: str):
    with pytest.raises(InvalidInput):
        save(runtime, draft, b"", 0, name=name)


def test_what_is_too_large_is_refused(runtime: Runtime, draft):
    with pytest.raises(InvalidInput):
        save(runtime, draft, bytes(drafts.LARGEST + 1), 0)


def test_a_bomb_of_aliases_is_no_settings_file(runtime: Runtime, draft):
    bomb = b"a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n"
    save(runtime, draft, bomb, 0, name=drafts.SETTINGS)
    with runtime.database.read() as session:
        [found] = drafts.lint(runtime, session, draft)
    assert (found.file, found.rule) == (drafts.SETTINGS, "bad_settings")


def test_settings_come_back_from_their_file_as_they_were(runtime: Runtime):
    with runtime.database.begin() as session:
        settings.put(session, "line", date(2020, 1, 1), 4000, "wang", AT, note="标准：元", local=True)
        settings.put(session, "margin", date(2020, 1, 1), 0.1, "wang", AT)
    with runtime.database.begin() as session:
        rows = settings.read("x", settings.as_yaml(settings.all_settings(session)).encode())
        assert settings.replace(session, rows, "wang", AT) == []
        assert [(r.name, r.valid_from, r.value, r.note, r.local) for r in rows] == [
            ("line", date(2020, 1, 1), 4000, "标准：元", True),
            ("margin", date(2020, 1, 1), 0.1, "", False),
        ]


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ('{name: workdays_changed, valid_from: 2021-01-01, value: "2021-02-20 班；2021-02-11 休"}', []),
        ('{name: workdays_changed, valid_from: 2021-01-01, value: "2021-02-30 班"}', ["bad_workdays"]),
        ('{name: workdays_changed, valid_from: 2021-01-01, value: "2月20日上班"}', ["bad_workdays"]),
        (
            "{name: line, valid_from: 2020-01-01, value: 4000}\n- {name: line, valid_from: 2021-01-01, value: 4.5}",
            [],
        ),
        (
            "{name: second_administrator, valid_from: 2020-01-01, value: false}\n"
            "- {name: second_administrator, valid_from: 2021-01-01, value: 是}",
            ["mixed_setting"],
        ),
    ],
)
def test_a_setting_that_would_be_passed_over_in_silence_is_an_error(
    sqlite_runtime: Runtime, listed: str, found: list[str]
):
    with sqlite_runtime.database.begin() as session:
        made = drafts.begin(session, "改数", "wang", AT)
        drafts.save(session, made, drafts.SETTINGS, f"- {listed}\n".encode(), 0, "wang", AT)
        assert [each.rule for each in drafts.lint(sqlite_runtime, session, made)] == found
