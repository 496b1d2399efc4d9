"""A draft's way into force: asked for on its grounds, approved where a dated setting asks for a second administrator, at
once or from a moment on.

What was asked for and approved is told by the draft's hash: what has changed since is asked for again. At its moment
whichever worker comes first puts it in force, in the one transaction that also ends the waiting, so that it happens
once whatever dies; what stands against it then is kept as its problem until somebody mends it or withdraws it.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from engine import authority, drafts, journal, settings
from engine.errors import InvalidInput, NotFound, Refusal
from engine.grounds import Grounds
from engine.identity import Viewer
from engine.models.drafts import DrawingDraft, Enactment
from engine.runtime import Runtime

SETTING = "second_administrator"
"""The dated setting by which a redraw needs the approval of an administrator who did not make it."""
log = structlog.get_logger()


class Altered(Refusal):
    """The draft is no longer what was asked for, or what the asker has seen."""

    status, code = 409, "altered"
    message = "提出以后，草稿又改过。"
    mend = "请核对差异，重新提出。"


class NotApproved(Refusal):
    """The moment has come, and nobody has approved the draft."""

    status, code = 409, "not_approved"
    message = "还没有另一位管理员批准。"
    mend = "请另一位管理员核对差异后批准。"


class NeedsApproval(Refusal):
    """A way into force that shows nobody the difference is shut where a second administrator has to approve."""

    status, code = 403, "needs_approval"
    message = "部署要另一位管理员批准，不能从这里直接部署。"
    mend = "请在“图纸”页面把文件放进草稿，提请批准。"


def second_asked(session: Session, at: datetime) -> bool:
    """Whether what takes force at `at` needs a second administrator."""
    return settings.in_force(session, at).get(SETTING) is True


def of(session: Session, draft: DrawingDraft) -> Enactment | None:
    """What is asked for the draft, None where nothing is."""
    return session.get(Enactment, draft.key, populate_existing=True)


def failed(session: Session) -> list[tuple[DrawingDraft, Enactment]]:
    """What could not take force at its moment, the oldest first."""
    both = sa.select(DrawingDraft, Enactment).join(Enactment, Enactment.draft_key == DrawingDraft.key)
    rows = session.execute(both.where(Enactment.problem.is_not(None)).order_by(Enactment.due))
    return [(draft, asked) for draft, asked in rows]


def standing(session: Session, draft: DrawingDraft, asked: Enactment | None, now: datetime) -> str:
    """How it stands: `altered` since it was asked for, `failed`, `waits` for approval, `due` later, or "" for not asked."""
    if asked is None:
        return ""
    if asked.digest != drafts.digest(session, draft):
        return "altered"
    if asked.problem is not None:
        return "failed"
    return "waits" if unapproved(session, asked, now) else "due"


def unapproved(session: Session, asked: Enactment, now: datetime) -> bool:
    """Whether another administrator has to approve it, by what is in force when it takes force, and nobody has."""
    takes_force = max(now, asked.due or now)
    return asked.approved_by is None and second_asked(session, takes_force)


def ask(
    runtime: Runtime,
    session: Session,
    draft: DrawingDraft,
    actor: str,
    grounds: Grounds,
    due: datetime | None = None,
) -> bool:
    """Ask for the draft to take force, from `due` on if that is told; whether it has, since nothing is waited for.

    What was asked before is replaced and its approval void. Behind, NotDeployable, InvalidInput for a past moment.
    """
    drafts.lock(session, draft)
    now = runtime.clock.now()
    if due is not None and due <= now:
        raise InvalidInput("due", detail="生效日期要在今天以后；要马上生效的，请空着")
    if due is None and not second_asked(session, now):
        drafts.deploy(runtime, session, draft, actor, grounds)
        return True
    drafts.refuse_unready(runtime, session, draft)
    session.execute(sa.delete(Enactment).where(Enactment.draft_key == draft.key))
    asked = Enactment(
        draft_key=draft.key,
        digest=drafts.digest(session, draft),
        note=grounds.note,
        document=grounds.document,
        document_date=grounds.document_date,
        asked_by=actor,
        asked_at=now,
        due=due,
    )
    session.add(asked)
    more = {"due": due.isoformat()} if due else {}
    _journal(session, "enactment_asked", asked, actor, now, note=grounds.note, **more)
    return False


def approve(runtime: Runtime, session: Session, draft: DrawingDraft, viewer: Viewer, digest: str) -> bool:
    """Approve what was asked for, as it was seen (`digest`); whether it took force by that.

    OwnRedraw for whoever asked or redrew, Altered if the draft is another by now.
    """
    asked = _locked(session, draft)
    if digest != asked.digest:
        raise Altered()
    _refuse_altered(session, draft, asked)
    authority.permit_approval(viewer, {asked.asked_by, *_makers(session, draft)})
    now = runtime.clock.now()
    asked.approved_by, asked.approved_at = viewer.name, now
    _journal(session, "enactment_approved", asked, viewer.name, now)
    if asked.due is not None and asked.due > now:
        return False
    _put_in_force(runtime, session, draft, asked)
    return True


def may_approve(session: Session, draft: DrawingDraft, asked: Enactment, viewer: Viewer) -> bool:
    """Whether the viewer is another than those who asked or redrew."""
    return authority.may_approve(viewer, {asked.asked_by, *_makers(session, draft)})


def try_again(runtime: Runtime, session: Session, draft: DrawingDraft) -> None:
    """Put in force what could not be at its moment. Refused for what still stands against it."""
    asked = _locked(session, draft)
    if asked.due is None or asked.due > runtime.clock.now():
        raise NotFound("到了时间没能生效的部署", draft.key)
    _put_in_force(runtime, session, draft, asked)


def withdraw(session: Session, draft: DrawingDraft, actor: str, at: datetime) -> None:
    """Ask no longer; the draft stays. NotFound once it is in force or nothing was asked."""
    asked = _locked(session, draft)
    _journal(session, "enactment_withdrawn", asked, actor, at)
    session.delete(asked)


def put_due(runtime: Runtime) -> int:
    """Put in force every draft whose moment has come; how many. What fails is told by its `problem`, and not tried again."""
    now = runtime.clock.now()
    due = sa.select(Enactment.draft_key).where(Enactment.due <= now, Enactment.problem.is_(None))
    with runtime.database.read() as session:  # most looks find nothing, and shall keep no writer waiting
        keys = session.scalars(due.order_by(Enactment.due)).all()
    return sum(_put(runtime, key) for key in keys)


def _put(runtime: Runtime, key: int) -> bool:
    try:
        with runtime.database.begin() as session:
            draft = _still_due(runtime, session, key)
            if draft is not None:
                _put_in_force(runtime, session, *draft)
            return draft is not None
    except sa.exc.OperationalError:
        log.exception("enactment_interrupted")  # the store was away: the next look finds it as it was
        return False
    except Refusal as refusal:
        problem, code = str(refusal), refusal.code
        log.warning("enactment_refused", code=code)
    except Exception as error:
        problem, code = f"程序出错：{type(error).__name__}", type(error).__name__
        log.exception("enactment_failed")
    with runtime.database.begin() as session:
        draft = _still_due(runtime, session, key)
        if draft is not None:
            draft[1].problem = problem
            _journal(session, "enactment_failed", draft[1], "worker", runtime.clock.now(), code=code)
    return False


def _still_due(runtime: Runtime, session: Session, key: int) -> tuple[DrawingDraft, Enactment] | None:
    """The draft and what is asked for it, locked; None if another worker was as quick, or somebody withdrew it."""
    draft = session.get(DrawingDraft, key, with_for_update=True)
    asked = of(session, draft) if draft else None
    if draft is None or asked is None or asked.due is None or asked.problem is not None:
        return None
    return (draft, asked) if asked.due <= runtime.clock.now() else None


def _put_in_force(runtime: Runtime, session: Session, draft: DrawingDraft, asked: Enactment) -> None:
    _refuse_altered(session, draft, asked)
    if unapproved(session, asked, runtime.clock.now()):
        raise NotApproved()
    grounds = Grounds(asked.note, asked.document, asked.document_date, asked.approved_by)
    drafts.deploy(runtime, session, draft, asked.asked_by, grounds)


def _refuse_altered(session: Session, draft: DrawingDraft, asked: Enactment) -> None:
    if asked.digest != drafts.digest(session, draft):
        raise Altered()


def _locked(session: Session, draft: DrawingDraft) -> Enactment:
    drafts.lock(session, draft)
    asked = of(session, draft)
    if asked is None:
        raise NotFound("部署申请", draft.key)
    return asked


def _makers(session: Session, draft: DrawingDraft) -> set[str]:
    return {file.saved_by for file in drafts.files(session, draft).values()}


def _journal(session: Session, kind: str, asked: Enactment, actor: str, at: datetime, **more: str) -> None:
    body = {"draft": str(asked.draft_key), "digest": asked.digest, **more}
    journal.append(session, journal.HOUSE, kind, actor, body, at)
