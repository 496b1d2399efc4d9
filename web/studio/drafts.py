"""A draft: begun, saved while it is edited, taken back file by file, or dropped."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy.orm import Session

from engine import drafts, styles
from engine.errors import InvalidInput, NotFound
from engine.models.drafts import DrawingDraft
from web.api.body import Body, read_body
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.studio import blanks
from web.studio.door import routes
from web.studio.overview import download
from web.words import moment


class Saved(Body):
    """A file as it stands in the editor, and the revision that it goes on from."""

    content: str = Field(max_length=drafts.LARGEST)
    revision: int = Field(ge=0)


@routes.post("/drafts")
@requires("drawing.deploy")
def begin() -> Any:
    """Begin a draft; with `file` at that file."""
    file = request.form.get("file", "")
    title = request.form.get("title", "") or (_("改 %(file)s", file=file) if file else "")
    with runtime().database.begin() as session:
        made = drafts.begin(session, title, viewer().name, runtime().clock.now())
    return redirect(
        url_for("studio.editor", key=made.key, file=file) if file else url_for("studio.draft", key=made.key)
    )


@routes.post("/drafts/<int:key>/title")
@requires("drawing.deploy")
def rename(key: int) -> Any:
    """Give the draft another title."""
    with runtime().database.begin() as session:
        drafts.rename(session, drafts.get(session, key), request.form.get("title", ""))
    return redirect(url_for("studio.draft", key=key))


@routes.post("/drafts/<int:key>/drop")
@requires("drawing.deploy")
def drop(key: int) -> Any:
    """Forget the draft."""
    with runtime().database.begin() as session:
        drafts.drop(session, drafts.get(session, key), viewer().name, runtime().clock.now())
    flash(_("草稿已丢弃，现行图纸没有变化。"))
    return redirect(url_for("studio.index"))


@routes.post("/drafts/<int:key>/files")
@requires("drawing.deploy")
def add(key: int) -> Any:
    """A new file in the draft, of the kind that its ending says, as empty as its kind can be."""
    name = request.form.get("name", "").strip() + request.form.get("ending", "")
    with runtime().database.begin() as session:
        draft = drafts.get(session, key)
        if drafts.in_force(session, name) is not None or name in drafts.files(session, draft):
            raise InvalidInput("name", detail=_("已有文件 %(name)s", name=name))
        content = blanks.of(name)
        drafts.save(session, draft, name, content.encode(), 0, viewer().name, runtime().clock.now())
    return redirect(url_for("studio.editor", key=key, file=name))


@routes.get("/drafts/<int:key>/files/<file>/content")
@requires("drawing.deploy")
def content(key: int, file: str) -> Response:
    """The file as the draft has it, else as in force; the header `Revision` says which save that is."""
    with runtime().database.read() as session:
        draft = drafts.get(session, key)
        data = current(session, draft, file)
        kept = drafts.files(session, draft).get(file)
    answer = download(file, data)
    answer.headers["Revision"] = str(kept.revision if kept else 0)
    return answer


@routes.post("/drafts/<int:key>/files/<file>/content")
@requires("drawing.deploy")
def save(key: int, file: str) -> Any:
    """Keep the file as it stands in the editor, valid or not."""
    asked = read_body(Saved, drafts.LARGEST * 3)
    try:
        with runtime().database.begin() as session:
            kept = drafts.save(
                session,
                drafts.get(session, key),
                file,
                asked.content.encode(),
                asked.revision,
                viewer().name,
                runtime().clock.now(),
            )
            return {"revision": kept.revision, "saved": _saved_at(kept.saved_at)}
    except drafts.Overtaken as overtaken:
        from web.api import problem

        told = {"revision": overtaken.revision, "by": overtaken.by, "at": moment(overtaken.at)}
        return problem.problem(409, "OVERTAKEN", problem.sentence(overtaken), code=overtaken.code, **told)


@routes.post("/drafts/<int:key>/files/<file>/revert")
@requires("drawing.deploy")
def revert(key: int, file: str) -> Any:
    """Take the file out of the draft."""
    with runtime().database.begin() as session:
        drafts.revert(session, drafts.get(session, key), file)
    flash(_("%(file)s 已还原为现行的。", file=file))
    return redirect(url_for("studio.draft", key=key))


def current(session: Session, draft: DrawingDraft, file: str) -> bytes:
    """A file as the draft has it, else as in force. NotFound."""
    kept = drafts.files(session, draft).get(file)
    data = drafts.content(kept) if kept else drafts.in_force(session, file)
    if data is None and file == styles.FILE:
        return b""  # the program's style alone
    if data is None:
        raise NotFound(_("文件"), file)
    return data


def _saved_at(at: Any) -> str:
    return _("已保存 %(time)s", time=moment(at).rpartition(" ")[2])
