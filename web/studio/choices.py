"""What the drawing's editor offers: all that the draft or what is in force defines, by the names that people read."""

import json
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import deployments, drafts, roles, sending, settings
from engine.bundles import Bundle, read_bundle
from engine.difference import questions
from engine.errors import InvalidInput
from engine.models.drafts import DrawingDraft
from processes import clauses
from registry import measures
from web.runtime import runtime
from web.studio.files import File

Choice = tuple[str, str]
"""What the drawing holds, and what a person reads for it."""


def of_draft(session: Session, draft: DrawingDraft, files: list[File]) -> dict[str, Any]:
    """Choices by what they are for: pairs of (value, shown). `keys` are the fields of each form."""
    changed = drafts.changes(session, draft)
    listed = changed.pop(drafts.SETTINGS, None)
    content = deployments.overlaid(session, changed)
    bundle = read_bundle(runtime().evaluator, runtime().operations, content, lambda _kind, _key: False)
    shown = {file.file.rpartition(".")[0]: file.name for file in files if file.kind == ".html"}
    return {
        "forms": [(form, _both(shown.get(form), form)) for form in sorted(bundle.forms)],
        "sheets": [(sheet, _both(name, sheet)) for sheet, name in shown.items()],
        "decisions": [(key, _both(name, key)) for key, name in bundle.decisions.items()],
        "processes": [(key, _both(each.name, key)) for key, each in bundle.processes.items()],
        "operations": [(name, name) for name in sorted({*runtime().operations, sending.TYPE})],
        "groups": list(_groups()),
        "messages": sorted(_messages(bundle).values()),
        "clauses": _clauses(),
        "settings": _settings(session, listed),
        "keys": {form: _keys(content, bundle, form) for form in bundle.forms},
    }


def answers(session: Session, draft: DrawingDraft, form: str) -> list[Choice]:
    """What a sheet may print of its own form's answer: (name in the sheet, label). Empty where there is no such form."""
    kept = drafts.files(session, draft).get(f"{form}.form")
    data = drafts.content(kept) if kept else drafts.in_force(session, f"{form}.form")
    try:
        nodes = questions.nodes(data or b"")
    except (ValueError, RecursionError):  # it is being typed; the check tells
        return []
    return [(f"answer.{node.facts['key']}", node.name) for node in nodes.values() if node.facts.get("key")]


def _messages(bundle: Bundle) -> dict[str, tuple[str, str, str]]:
    """What the drawings wait for, by name: (name, shown, the expression that tells whose it is; "" where a case begins by it)."""
    waits = (
        (event, element)
        for process in bundle.processes.values()
        for element in process.elements.values()
        for event in element.events
        if event.kind == "message" and event.name and not event.name.startswith("=")
    )
    found: dict[str, tuple[str, str, str]] = {}
    for event, element in waits:
        name, key = str(event.name), event.correlation_key or ""
        if name not in found or (key and not found[name][2]):
            found[name] = (name, _both(element.name, name), key)
    return found


def _groups() -> Iterator[Choice]:
    """Whom a step can wait for: roles that work on cases, then each department."""
    for role in roles.ROLES.values():
        if role.key not in ("department", "administrator"):
            yield role.key, _(role.name)
    department = _(roles.ROLES["department"].name)
    codes = {code for row in measures.catalogue().values() for code in row.departments}
    yield from ((f"department:{code}", f"{department} {code}") for code in sorted(codes))


def _clauses() -> list[str]:
    """Every id that means a clause: its own, and the headings above it."""
    ids = set(clauses.clauses())
    headings = {each.rpartition(".")[0] for each in ids} | {each.partition(".")[0] for each in ids}
    return sorted(each for each in ids | headings if clauses.meant(each))


def _settings(session: Session, listed: bytes | None) -> list[Choice]:
    try:
        rows = settings.read(drafts.SETTINGS, listed) if listed else settings.all_settings(session)
    except InvalidInput:  # it is being typed; the check tells
        rows = settings.all_settings(session)
    return sorted({row.name: row.note for row in rows}.items())


def _keys(content: dict[str, bytes], bundle: Bundle, form: str) -> list[str]:
    return sorted(set(_asked(json.loads(content[bundle.files["form", form]]).get("components", []))))


def _asked(components: list[dict[str, Any]]) -> Iterator[str]:
    for component in components:
        if key := component.get("key") or component.get("path"):
            yield str(key).partition(".")[0]
        if "path" not in component:
            yield from _asked(component.get("components", []))


def _both(name: str | None, key: str) -> str:
    return f"{name}（{key}）" if name and name != key else key
