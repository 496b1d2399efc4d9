"""The docs name what there is: every command, role, setting and form."""

import re
from pathlib import Path

import pytest
import yaml
from lxml import etree

from engine import roles
from engine.dialect.build import SPECS
from web.commands import MODULES

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
ROOT = Path(__file__).parents[1]
TESTS = list((ROOT / "tests").rglob("test_*.py"))
DOCS = "\n".join(
    file.read_text("utf-8") for file in [*ROOT.glob("docs/**/*.md"), ROOT / "processes" / "README.md"]
)


@pytest.mark.parametrize("command", MODULES)
def test_every_command_is_told(command: str) -> None:
    assert f"fangfan {command}" in DOCS


@pytest.mark.parametrize("role", roles.ROLES)
def test_every_role_has_its_page(role: str) -> None:
    assert (ROOT / "docs" / "roles" / f"{role}.md").is_file()


def test_every_page_is_a_roles() -> None:
    assert {page.stem for page in (ROOT / "docs" / "roles").glob("*.md")} <= set(roles.ROLES)


def test_every_step_is_named_on_the_page_of_each_role_that_does_it() -> None:
    missing = [
        (role, name)
        for file in (ROOT / "processes").glob("*.bpmn")
        for task in etree.parse(file).iter(BPMN + "userTask")
        for name in [task.get("name", "").removesuffix("（本地）")]
        for group in task.iter(ZEEBE + "assignmentDefinition")
        for role in set(roles.ROLES) & set(re.findall(r"[a-z_]+", group.get("candidateGroups", "")))
        if name not in (ROOT / "docs" / "roles" / f"{role}.md").read_text("utf-8")
    ]
    assert missing == []


def test_every_role_shows_its_page_in_a_small_picture_and_none_is_left_over() -> None:
    """`make pictures` takes them anew."""
    pages = {page: page.read_text("utf-8") for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]}
    shown = {page: re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", text) for page, text in pages.items()}
    pictures = {(page.parent / name).resolve() for page, names in shown.items() for name in names}
    assert pictures == set((ROOT / "docs" / "pictures").iterdir())
    assert all(picture.stat().st_size <= 100_000 for picture in pictures)
    assert [page.stem for page in (ROOT / "docs" / "roles").glob("*.md") if not shown[page]] == []


@pytest.mark.parametrize(
    "setting",
    [each["name"] for each in yaml.safe_load((ROOT / "processes" / "settings.yaml").read_text("utf-8"))],
)
def test_every_setting_is_told(setting: str) -> None:
    assert f"| `{setting}` |" in (ROOT / "docs" / "administrators.md").read_text("utf-8")


@pytest.mark.parametrize("form", sorted(file.stem for file in (ROOT / "forms").glob("*.form")))
def test_every_form_is_told(form: str) -> None:
    assert f"`{form}`" in DOCS


def test_what_is_said_to_show_that_something_works_is_a_test() -> None:
    page = (ROOT / "docs" / "bpmn-dmn.md").read_text("utf-8")
    written = {
        name
        for file in TESTS
        for name in re.findall(r"^ *(?:async )?def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    }
    assert set(re.findall(r"`(test_\w+)`", page)) - written - {path.stem for path in TESTS} == set()


@pytest.mark.parametrize("kind", SPECS)
def test_every_element_that_runs_is_in_the_table(kind: str) -> None:
    page = (ROOT / "docs" / "bpmn-dmn.md").read_text("utf-8")
    assert kind in page or kind.endswith("Event"), "events have a table of their own"
