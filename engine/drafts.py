"""Drafts: files of the procedure as they are being changed, on top of what is in force.

A draft may hold what is not valid yet and never touches a case. Each save says which revision it goes on from, so that
two administrators on one file never overwrite each other unseen.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import deployments, journal, settings, styles, workdays
from engine.errors import InvalidInput, NotDeployable, NotFound, Refusal
from engine.findings import Finding, Rule, rule
from engine.grounds import Grounds
from engine.keys import new_key
from engine.models.drafts import DraftFile, DrawingDraft, Enactment
from engine.runtime import Runtime

SETTINGS = settings.FILE
"""The dated settings among a draft's files: all values there are, as `settings.as_yaml` writes them."""
LARGEST = 5_000_000  # bytes of one file
MOST_FILES = 200
BAD_WORKDAYS = rule("bad_workdays", "调休“{text}”读不懂：写作 2021-02-20 班；2021-02-11 休")
MIXED_SETTING = rule("mixed_setting", "{name} 前后的值种类不同：数、文字、true/false 只能是一种")
BAD_SETTINGS = rule("bad_settings", "带日期的数读不懂：{detail}")
_NAME = re.compile(r"[\w.-]{1,180}\.(bpmn|dmn|form|html|scenario\.yaml)")


class Overtaken(Refusal):
    """Somebody saved the file after the asker had read it: `by`, `at` and the newer `revision` tell of it."""

    status, code = 409, "overtaken"
    message = "{file} 已由{by}另行保存。"
    mend = "可以打开对方保存的内容，或仍用自己的覆盖。"

    def __init__(self, file: DraftFile) -> None:
        super().__init__(file.name, file=file.name, by=file.saved_by)
        self.by, self.at, self.revision = file.saved_by, file.saved_at, file.revision


class Behind(Refusal):
    """Files of the draft have a newer version in force than the one that their change began from."""

    status, code = 409, "behind"
    message = "起草以后，{files} 又有新版本生效。"
    mend = "请在“差异”中核对，确认仍以本稿为准后再部署。"

    def __init__(self, files: Sequence[str]) -> None:
        super().__init__(None, files="、".join(files))
        self.files = list(files)


def begin(session: Session, title: str, owner: str, at: datetime) -> DrawingDraft:
    """A new draft, empty: everything in it is as in force. InvalidInput without a title."""
    made = DrawingDraft(key=new_key(), title=_title(title), owner=owner, began_at=at, saved_at=at)
    session.add(made)
    session.flush()
    return made


def of_files(
    session: Session, title: str, found: Mapping[str, bytes], owner: str, at: datetime
) -> DrawingDraft:
    """A new draft of those of the files that differ from what is in force. InvalidInput where none does."""
    new = {name: data for name, data in found.items() if in_force(session, name) != data}
    if not new:
        raise InvalidInput("files", detail="没有和现行的不同的文件")
    made = begin(session, title, owner, at)
    for name, data in new.items():
        save(session, made, name, data, 0, owner, at)
    return made


def get(session: Session, key: int) -> DrawingDraft:
    """A draft. NotFound once it was deployed or dropped."""
    found = session.get(DrawingDraft, key)
    if found is None:
        raise NotFound("草稿", key)
    return found


def every(session: Session) -> Sequence[DrawingDraft]:
    """All drafts, the one saved last first."""
    return session.scalars(sa.select(DrawingDraft).order_by(DrawingDraft.saved_at.desc())).all()


def rename(session: Session, draft: DrawingDraft, title: str) -> None:
    """Give a draft another title. InvalidInput without one."""
    draft.title = _title(title)


def files(session: Session, draft: DrawingDraft) -> dict[str, DraftFile]:
    """The files that the draft changes or adds, by name."""
    rows = sa.select(DraftFile).where(DraftFile.draft_key == draft.key).order_by(DraftFile.name)
    return {row.name: row for row in session.scalars(rows)}


def content(file: DraftFile) -> bytes:
    """What a file of a draft holds."""
    return zlib.decompress(file.content)


def changes(session: Session, draft: DrawingDraft) -> dict[str, bytes]:
    """The files that the draft changes or adds, with their content."""
    return {name: content(file) for name, file in files(session, draft).items()}


def in_force(session: Session, name: str) -> bytes | None:
    """A file as it is in force, None when there is none of that name."""
    if name == SETTINGS:
        return settings.as_yaml(settings.all_settings(session)).encode()
    try:
        return deployments.resource(session, deployments.latest(session), name)
    except NotFound:
        return None


def may_hold(name: str) -> bool:
    """Whether a file of this name can be in a draft."""
    return name in (SETTINGS, styles.FILE) or _NAME.fullmatch(name) is not None


def save(
    session: Session, draft: DrawingDraft, name: str, data: bytes, revision: int, actor: str, at: datetime
) -> DraftFile:
    """Keep a file as it stands now, valid or not; `revision` is the one that it goes on from, 0 for the file in force.

    Overtaken when somebody saved it since; InvalidInput for a name or size that no file may have.
    """
    lock(session, draft)
    _refuse_unfit(session, draft, name, data)
    kept = session.get(DraftFile, (draft.key, name), populate_existing=True)
    if (kept.revision if kept else 0) != revision:
        if kept is None:
            raise NotFound("草稿里的文件", name)  # it was reverted meanwhile
        raise Overtaken(kept)
    if kept is None:
        before = in_force(session, name)
        base = None if before is None else hashlib.sha256(before).hexdigest()
        kept = DraftFile(draft_key=draft.key, name=name, base=base, revision=0)
        session.add(kept)
    kept.content, kept.revision = zlib.compress(data), revision + 1
    kept.saved_by = actor
    kept.saved_at = draft.saved_at = at
    session.flush()
    return kept


def revert(session: Session, draft: DrawingDraft, name: str) -> None:
    """Take a file out of the draft: it is as in force again, or not there."""
    session.execute(sa.delete(DraftFile).where(DraftFile.draft_key == draft.key, DraftFile.name == name))


def behind(session: Session, draft: DrawingDraft) -> list[str]:
    """The files of the draft that have changed in force since their change began."""
    return [name for name, file in files(session, draft).items() if file.base != _hash(session, name)]


def catch_up(session: Session, draft: DrawingDraft) -> None:
    """Let the draft stand against what is in force now: somebody has compared both and keeps to the draft."""
    for name, file in files(session, draft).items():
        file.base = _hash(session, name)


def drop(session: Session, draft: DrawingDraft, actor: str, at: datetime) -> None:
    """Forget a draft; that it was dropped is journaled."""
    body = {"draft": str(draft.key), "title": draft.title, "files": sorted(files(session, draft))}
    journal.append(session, journal.HOUSE, "draft_dropped", actor, body, at)
    _remove(session, draft)


def bundle(session: Session) -> dict[str, bytes]:
    """Every file as it is in force."""
    return deployments.overlaid(session, {})


def overlaid(session: Session, draft: DrawingDraft) -> tuple[dict[str, bytes], bytes]:
    """Every file as it would be with the draft in force, and the dated settings likewise."""
    changed = changes(session, draft)
    listed = changed.pop(SETTINGS, None) or in_force(session, SETTINGS) or b""
    return deployments.overlaid(session, changed), listed


def digest(session: Session, draft: DrawingDraft) -> str:
    """Tells one state of the draft from another: what its files hold, and what they were compared with."""
    parts = sorted(
        f"{name} {hashlib.sha256(content(file)).hexdigest()} {file.base}"
        for name, file in files(session, draft).items()
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def lint(runtime: Runtime, session: Session, draft: DrawingDraft) -> list[Finding]:
    """What would keep the draft from taking force, or is worth a look: in all its files and all they are used by."""
    changed = changes(session, draft)
    found = []
    if (listed := changed.pop(SETTINGS, None)) is not None:
        found = _settings_findings(listed)
    if changed:
        found += deployments.lint(runtime, deployments.overlaid(session, changed), session)
    return found


def refuse_unready(runtime: Runtime, session: Session, draft: DrawingDraft) -> None:
    """Refuse a draft that could not take force as things are now. Behind, NotDeployable, InvalidInput for an empty one."""
    refuse_behind(session, draft)
    if not files(session, draft):
        raise InvalidInput("draft", detail="草稿里还没有改动")
    found = lint(runtime, session, draft)
    if any(finding.severity == "error" for finding in found):
        raise NotDeployable(found)


def refuse_behind(session: Session, draft: DrawingDraft) -> None:
    """Refuse a draft of which a file has changed in force since its change began. Behind."""
    if late := behind(session, draft):
        raise Behind(late)


def deploy(runtime: Runtime, session: Session, draft: DrawingDraft, actor: str, grounds: Grounds) -> None:
    """Put the draft into force: its files as one deployment, its settings by their days. Behind, NotDeployable, InvalidInput."""
    lock(session, draft)
    deployments.lock(session)
    refuse_behind(session, draft)
    changed = changes(session, draft)
    if not changed:
        raise InvalidInput("draft", detail="草稿里还没有改动")
    listed = changed.pop(SETTINGS, None)
    if listed is not None:
        settings.replace(session, settings.read(SETTINGS, listed), actor, runtime.clock.now())
    deployments.deploy(runtime, session, changed, actor, grounds, dated=listed)
    _remove(session, draft)


def _settings_findings(listed: bytes) -> list[Finding]:
    try:
        rows = settings.read(SETTINGS, listed)
    except InvalidInput as refusal:
        return [_of_settings(BAD_SETTINGS, **refusal.params)]
    sorts: dict[str, set[type]] = {}
    for row in rows:
        sorts.setdefault(row.name, set()).add(float if type(row.value) is int else type(row.value))
    mixed = [_of_settings(MIXED_SETTING, name=name) for name, found in sorts.items() if len(found) > 1]
    changed = [str(row.value) for row in rows if row.name == workdays.SETTING]
    unread = [left for text in changed if (left := workdays.unread(text))]
    return mixed + [_of_settings(BAD_WORKDAYS, text=text) for text in unread]


def _of_settings(why: Rule, **params: object) -> Finding:
    return Finding(SETTINGS, None, None, why.name, why.message, params)


def lock(session: Session, draft: DrawingDraft) -> None:
    """One save at a time; NotFound once the draft is gone."""
    if (
        session.scalar(sa.select(DrawingDraft.key).where(DrawingDraft.key == draft.key).with_for_update())
        is None
    ):
        raise NotFound("草稿", draft.key)


def _remove(session: Session, draft: DrawingDraft) -> None:
    for table in (Enactment, DraftFile):
        session.execute(sa.delete(table).where(table.draft_key == draft.key))
    session.delete(draft)
    session.flush()


def _hash(session: Session, name: str) -> str | None:
    data = in_force(session, name)
    return None if data is None else hashlib.sha256(data).hexdigest()


def _title(title: str) -> str:
    title = title.strip()
    if not 0 < len(title) <= 200:
        raise InvalidInput("title", detail="请写明这次改什么（200字以内）")
    return title


def _refuse_unfit(session: Session, draft: DrawingDraft, name: str, data: bytes) -> None:
    if not may_hold(name):
        raise InvalidInput(
            "name", detail="文件名只能有字母、数字、“_”“-”“.”，以 .bpmn、.dmn、.form 或 .html 结尾"
        )
    if len(data) > LARGEST:
        raise InvalidInput("content", detail=f"{name} 超过 {LARGEST // 1_000_000} MB")
    if len(files(session, draft).keys() | {name}) > MOST_FILES:
        raise InvalidInput("name", detail=f"一份草稿最多 {MOST_FILES} 个文件")
