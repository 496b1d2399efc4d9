"""The docs name what there is: every command, role, setting and form."""

from pathlib import Path

import pytest
import yaml

from engine import roles
from web.commands import MODULES

ROOT = Path(__file__).parents[1]
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


@pytest.mark.parametrize(
    "setting",
    [each["name"] for each in yaml.safe_load((ROOT / "processes" / "settings.yaml").read_text("utf-8"))],
)
def test_every_setting_is_told(setting: str) -> None:
    assert f"| `{setting}` |" in (ROOT / "docs" / "administrators.md").read_text("utf-8")


@pytest.mark.parametrize("form", sorted(file.stem for file in (ROOT / "forms").glob("*.form")))
def test_every_form_is_told(form: str) -> None:
    assert f"`{form}`" in DOCS
