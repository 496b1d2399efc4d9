"""What stands between a draft and its taking force: 检查 → 差异 → 试办 → 重演 → 部署, each with its state."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import drafts, enactments
from engine.findings import Finding
from engine.models.drafts import DrawingDraft
from web.runtime import runtime
from web.studio.findings import of_draft
from web.words import moment


@dataclass(frozen=True)
class Step:
    """One step: its place (an endpoint), its name, how it stands (`works`, `faults` or "" for open) and that in words."""

    endpoint: str
    name: str
    state: str
    told: str
    url: str


def steps(session: Session, draft: DrawingDraft, findings: list[Finding] | None = None) -> list[Step]:
    """The steps of a draft; `findings` when the asker has them already."""
    if findings is None:
        findings = of_draft(session, draft)
    errors = sum(finding.severity == "error" for finding in findings)
    changed = len(drafts.files(session, draft))
    late = drafts.behind(session, draft)
    checked = ("faults", _("%(count)s 处错误", count=errors)) if errors else ("works", _("没有错误"))
    compared = (
        ("faults", _("现行版本已变"))
        if late
        else ("works" if changed else "", _("%(count)s 个文件", count=changed))
    )
    ready = ("works", _("可以部署")) if changed and not errors and not late else ("", _("还不能部署"))
    way = on_its_way(session, draft)
    told = (
        ("checks", _("检查"), checked),
        ("difference_page", _("差异"), compared),
        ("trial", _("试办"), _tried(session, draft)),
        ("replay", _("重演"), _replayed(session, draft)),
        ("effect", _("部署"), way if way[1] else ready),
    )
    return [
        Step(f"studio.{place}", name, state, words, url_for(f"studio.{place}", key=draft.key))
        for place, name, (state, words) in told
    ]


def on_its_way(session: Session, draft: DrawingDraft) -> tuple[str, str]:
    """How far it is on its way into force, as a state and in words; both empty where nobody has asked for it."""
    asked = enactments.of(session, draft)
    told = {
        "waits": ("", _("等另一位管理员批准")),
        "altered": ("faults", _("提出以后又改过")),
        "failed": ("faults", _("到时没能生效")),
        "due": ("works", _("%(moment)s 生效", moment=moment(asked.due)) if asked else ""),
    }
    return told.get(enactments.standing(session, draft, asked, runtime().clock.now()), ("", ""))


def _tried(session: Session, draft: DrawingDraft) -> tuple[str, str]:
    """How the scenarios went, if they were played against the draft as it is now."""
    tried = draft.tried or {}
    if "passed" not in tried:
        return "", _("还没有试办")
    if not is_current(session, draft, tried):
        return "", _("试办以后又改过")
    if tried["failed"]:
        return "faults", _("%(count)s 个场景没有照写的走", count=tried["failed"])
    return "works", _("%(count)s 个场景都走完", count=tried["passed"])


def _replayed(session: Session, draft: DrawingDraft) -> tuple[str, str]:
    """How many cases would have gone otherwise. That they would is no fault: it is what a draft is for."""
    replayed = draft.replayed or {}
    if "same" not in replayed:
        return "", _("还没有重演")
    if not is_current(session, draft, replayed):
        return "", _("重演以后又改过")
    return "works", _("%(count)s 件会不同", count=replayed["otherwise"] + replayed["needs_answers"])


def is_current(session: Session, draft: DrawingDraft, made: dict[str, Any] | None) -> bool:
    """Whether a trial or replay was made of the draft as it is now."""
    return bool(made) and made.get("digest") == drafts.digest(session, draft)
