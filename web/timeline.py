"""The way of a case in words: who did what, when, with which outcome and why; the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import deployments, identity
from engine.models.instances import DecisionMade, Instance
from engine.models.journal import Entry
from engine.timers import WORKER
from web import reading

SHOWN = 200
_OUTSIDE = ("fired", "told", "signalled")
_BY_HAND = ("edited", "skipped", "put_back")
"""Steps of the case, the latest: a case of many years is not read from its beginning on a page."""


@dataclass(frozen=True)
class Event:
    """One thing that happened. `texts` are further sentences: the opinion, matched rules, a reason."""

    at: datetime
    title: str
    who: str = ""
    outcome: str = ""
    texts: list[str] = field(default_factory=list)
    rank: int = 1
    """Where things happen at one moment: begun (0), done by a person (1), decided by a rule from it (2)."""


def of(session: Session, case: Instance) -> list[Event]:
    """What happened in the case, the newest first."""
    events = [*_steps(session, case), *_decisions(session, case), *_else(session, case)]
    return sorted(events, key=lambda event: (event.at, event.rank), reverse=True)


def _steps(session: Session, case: Instance) -> list[Event]:
    return [
        Event(
            each.at,
            each.step + (f"（{each.title}）" if each.title not in ("", case.title) else ""),
            each.who,
            " ".join(word for word in (each.outcome, _("已作废") if each.void else "") if word),
            [text for text in (each.opinion, _("需补正：") + each.mend if each.mend else "") if text],
        )
        for each in reading.said(session, case.key, SHOWN)
    ]


def _decisions(session: Session, case: Instance) -> list[Event]:
    rows = session.scalars(
        sa.select(DecisionMade)
        .where(DecisionMade.case_key == case.key)
        .order_by(DecisionMade.at.desc(), DecisionMade.key.desc())
        .limit(SHOWN)
    )
    return [_decision(session, row) for row in rows]


def _decision(session: Session, row: DecisionMade) -> Event:
    instance = session.get_one(Instance, row.instance_key)
    name = deployments.process(session, instance.definition_key).named(row.element)
    output = session.info["vault"].unseal(row.facts)["output"]
    texts = [text for rule in row.rules for text in rule.get("texts", ()) if isinstance(text, str) and text]
    return Event(row.at, name, _("规则"), _outcome(output), list(dict.fromkeys(texts)), rank=2)


def _outcome(output: object) -> str:
    """What a decision came to, in a word: its outcome or level where it has several results."""
    if isinstance(output, dict):
        output = output.get("outcome") or output.get("level") or ""
    return output if isinstance(output, str) else str(output) if isinstance(output, int | float) else ""


def _else(session: Session, case: Instance) -> list[Event]:
    """What the journal tells besides steps: begun, handed over, told from outside, cancelled, mended."""
    titles = {
        "started": _("立案"),
        "task_handed_over": _("转办"),
        "task_carried": _("带下乡办理"),
        "task_changed": _("任务调整"),
        "task_reminded": _("催办"),
        "task_hurried": _("加急"),
        "task_relaxed": _("取消加急"),
        "told": _("收到消息"),
        "signalled": _("收到信号"),
        "fired": _("到期"),
        "cancelled": _("终止"),
        "retried": _("故障处理后继续"),
        "edited": _("手工改变量"),
        "skipped": _("跳过步骤"),
        "put_back": _("移回"),
        "migrated": _("转到新版流程图"),
        "migration_undone": _("撤回到原流程图"),
    }
    rows = session.scalars(
        sa.select(Entry)
        .where(Entry.case_key == case.key, Entry.kind.in_(titles))
        .order_by(Entry.number.desc())
        .limit(SHOWN)
    ).all()
    people = identity.display_names(session, {row.actor for row in rows} | _parties(rows)) | {
        WORKER: _("系统")
    }
    return [
        Event(
            row.at,
            titles[row.kind] + (_element(session, row) or _step(row)),
            people[row.actor],
            "",
            _texts(row, people),
            rank=0,
        )
        for row in rows
    ]


def _element(session: Session, row: Entry) -> str:
    """The name of what a timer, message or signal set going, or of what was mended by hand, and where that led back to."""
    of_element = row.kind in _OUTSIDE or row.kind in _BY_HAND
    instance = session.get(Instance, int(row.body["instance"])) if of_element else None
    if instance is None:
        return ""
    process = deployments.process(session, instance.definition_key)
    led = " → " + process.named(row.body["to"]) if row.kind == "put_back" else ""
    return "：" + process.named(row.body["element"]) + led


def _step(row: Entry) -> str:
    """The step that somebody was urged about."""
    return "：" + row.body["step"] if "step" in row.body else ""


def _parties(rows: Sequence[Entry]) -> set[str]:
    return {row.body[side] for row in rows for side in ("from", "to") if row.body.get(side)}


def _texts(row: Entry, people: dict[str, str]) -> list[str]:
    body = row.body
    if row.kind in ("started", "migrated", "migration_undone"):
        return [_("按第%(version)s版流程图办理", version=body["version"])]
    if row.kind == "task_handed_over":
        return [_("转给%(who)s", who=people[body["to"]])]
    typed = [_("变量：%(names)s", names="、".join(body["names"]))] if body.get("names") else []
    return [*typed, *(str(body[key]) for key in ("reason",) if body.get(key))]
