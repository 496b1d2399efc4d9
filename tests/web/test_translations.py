"""Every sentence that people read has its English, with the same parameters in it."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import engine
import registry
import web
from engine import authority, background, feel, forms, roles
from engine.dialect import DrawingFailed
from engine.difference import words
from engine.errors import Refusal
from engine.findings import RULES
from engine.mending import bearing, failed
from engine.migration import tokens as migrating
from web import typed

WEB = Path(web.__file__).parent
CATALOGUE = WEB / "translations" / "en" / "LC_MESSAGES" / "messages.po"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FIELD = re.compile(r"%\((\w+)\)s|\{(\w+)\}")


def load_all() -> None:
    """Import every module, so that every refusal and rule is known."""
    for package in (engine, registry, web):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from refusals(narrower)


def sentences() -> set[str]:
    """Every msgid: of templates and pages, refusals, findings, fields, verbs and roles."""
    load_all()
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    found = {row[2] for row in extract_from_dir(str(WEB), methods, keywords={"_": None, "gettext": None})}
    for kind in refusals():
        found |= {text for text in (kind.message, kind.mend) if isinstance(text, str)}
    found |= {rule.message for rule in RULES.values()}
    found |= {
        *forms.MESSAGES.values(),
        *feel.MESSAGES.values(),
        *DrawingFailed.MESSAGES.values(),
        *migrating.MESSAGES.values(),
        *bearing.REASONS.values(),
        *failed.TOLD,
        *typed.KINDS.values(),
    }
    found |= {*words.WHATS.values(), *words.SORTS.values(), *words.PARTS.values(), *words.BY_FIRST}
    found |= {verb.name for verb in authority.VERBS.values()} | {role.name for role in roles.ROLES.values()}
    kinds = [kind for kind in background.KINDS.values() if not kind.do.__module__.startswith("tests.")]
    found |= {
        background.BROKEN,
        *background.STATES.values(),
        *(kind.name for kind in kinds),
    }
    return {text for text in found if isinstance(text, str) and CHINESE.search(text)}


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {message.id: message.string for message in read_po(file) if message.id}


def test_the_english_catalogue_is_complete(english):
    missing = sorted(text for text in sentences() if not english.get(text))
    assert missing == []


def test_translations_keep_their_parameters(english):
    wrong = [text for text, told in english.items() if set(FIELD.findall(text)) != set(FIELD.findall(told))]
    assert wrong == []


def test_no_template_says_anything_that_cannot_be_translated():
    for template in (WEB / "templates").rglob("*.html"):
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", template.read_text(), flags=re.DOTALL)
        left = set(CHINESE.findall(text)) - set("防返")
        assert not left, f"{template.name}: {''.join(left)}"
