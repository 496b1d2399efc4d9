"""What sheets say of a real case: played by the roles through the drawings, read back from paper."""

import re
import subprocess
from typing import Any

import pytest

from engine import documents
from engine.errors import NotFound
from engine.models.instances import Instance
from registry import households, id_numbers, measures
from tests.forms.answers import STROKES
from tests.web.world import World
from web import prints, sheet_facts


@pytest.fixture
def paper(world: World) -> Any:
    """A sheet of a case as text, without spaces."""

    def run(case: int, sheet: str, **which: Any) -> str:
        with world.runtime.database.read() as session:
            html = prints.of_case(world.runtime, session, session.get_one(Instance, case), sheet, **which)
        command = ["pdftotext", "-raw", "-", "-"]
        text = subprocess.run(
            command, input=prints.pdf(html), capture_output=True, check=True
        ).stdout.decode()
        return re.sub(r"\s", "", text)

    return run


def names(world: World, case: int, sheet: str, **which: Any) -> dict[str, Any]:
    """What that sheet may print."""
    with world.runtime.database.read() as session:
        found = session.get_one(Instance, case)
        return sheet_facts.of_case(session, found, sheet, at=world.clock.now(), **which)


def test_the_application_says_what_was_applied_for_decided_and_by_whom(world: World, paper: Any) -> None:
    family = world.family()
    case = world.begin(family)
    world.play(case, family, "county_review")
    told = paper(case, "application")
    head = next(m for m in family.members if m["relation"] == "户主")
    assert head["name"] in told
    assert head["id_number"] in told
    assert told.count("（系统确认）") == 1
    assert "村委会李秀兰" in told
    facts = names(world, case, "application")
    assert facts["answer"]["by"] == "村委会 李秀兰"
    assert {"apply", "accept", "verify_township"} <= set(facts["steps"])
    assert facts["steps"]["verify_township"]["verifier_signature"].startswith("data:image/svg+xml;base64,")
    assert facts["answer"]["at"] == sheet_facts.chinese_date(world.clock.now())


def test_an_id_number_is_whole_only_where_the_sheet_says_so(world: World, paper: Any) -> None:
    family = world.family()
    case = world.begin(family)
    world.play(case, family, "county_review")
    number = family.members[0]["id_number"]
    assert number in paper(case, "authorization")
    told = paper(case, "verification")
    assert number not in told
    assert id_numbers.masked(number) in told


def test_what_is_about_to_be_signed_is_shown_and_its_print_stays_as_it_was(world: World, paper: Any) -> None:
    family = world.family()
    case = world.begin(family)
    task = world.task(case, "apply")
    given = {**world.answer(task, family), "reason": "因病住院，收入减少。", "applicant_signature": STROKES}
    before = names(world, case, "application", task=task)
    assert before["answer"] == {}
    facts = names(world, case, "application", task=task, given=given, actor="village_committee")
    assert facts["answer"]["reason"] == "因病住院，收入减少。"
    assert facts["answer"]["by"] == "村委会 李秀兰"
    assert facts["members"][0]["id_number"]
    assert facts["place"].startswith("蛟河市")
    assert "因病住院，收入减少。" in paper(
        case, "application", task=task, given=given, actor="village_committee"
    )
    with world.runtime.database.begin() as session:
        shown = prints.of_case(
            world.runtime, session, session.get_one(Instance, case), "application", task=task, given=given
        )
        pdf = prints.pdf(shown)
        kept = documents.freeze(session, case, "application", pdf, "village_committee", world.clock.now())
    world.do(task, family)
    with world.runtime.database.read() as session:
        assert documents.read(session, kept.sha256) == (pdf, "application/pdf")


def test_measures_and_warning_are_printed_with_their_reasons(world: World, paper: Any) -> None:
    family = world.family()
    case = world.begin(family)
    world.play(case, family, "visit")
    told = paper(case, "warning_confirmation")
    warning = names(world, case, "warning_confirmation")["warning"]
    assert warning["reasons"]
    assert names(world, case, "warning_confirmation")["kind"] in ("脱贫不稳定户", "边缘易致贫户")
    for reason in warning["reasons"]:
        assert re.sub(r"\s", "", reason) in told
    for row in names(world, case, "measure_result")["measures"][:2]:
        assert row["name"] in told
        assert row["category_name"] in measures.CATEGORIES
    done = paper(case, "measure_result")
    assert "已销号" in done or "已计划" in done or "选定" in done or "已落实" in done


def test_every_sheet_of_a_running_case_prints(world: World, paper: Any) -> None:
    family = world.family()
    case = world.begin(family)
    world.play(case, family, "visit")
    for sheet in ("acceptance", "county_review", "visit", "visit_basic", "exit_review", "overdue", "grading"):
        assert "null" not in paper(case, sheet)


def test_a_sheet_that_is_not_drawn_is_not_found(world: World) -> None:
    with world.runtime.database.read() as session, pytest.raises(NotFound):
        prints.blank(world.runtime, session, "nosuch")


def test_a_household_that_changed_later_is_printed_as_it_applied(world: World) -> None:
    family = world.family()
    case = world.begin(family)
    world.play(case, family, "accept")
    before = names(world, case, "application")["household"]["address"]
    with world.runtime.database.begin() as session:
        session.info["step"] = {"actor": "administrator", "task": None, "at": world.clock.now()}
        key = int(session.get_one(Instance, case).subject or 0)
        households.save(session, key, None, {"address": "另一处"}, None)
    assert names(world, case, "application")["household"]["address"] == before
    assert names(world, case, "visit")["household"]["address"] == "另一处"
