"""Files: sent from a form, seen again by who may see their case."""

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _

from engine import documents
from engine.errors import InvalidInput, NotAllowed
from web import reading
from web.runtime import runtime
from web.signed_in import requires, viewer

blueprint = Blueprint("documents", __name__, url_prefix="/documents")


@blueprint.post("")
@requires("document.add")
def add() -> Response:
    """Keep a photograph or PDF; it belongs to its sender until an answer carries it into a case."""
    sent = request.files.get("file")
    if sent is None:
        raise InvalidInput("file", detail=_("没有收到文件"))
    data = sent.stream.read(documents.MAXIMUM_SIZE + 1)
    with runtime().database.begin() as session:
        kept = documents.attach(session, data, sent.filename or "", viewer().name, runtime().clock.now())
    return jsonify(kept)


@blueprint.get("/<sha256>")
@requires("document.see")
def see(sha256: str) -> Response:
    """A file of a case (`?case=KEY`) that the viewer may see, or one that he sent himself."""
    case_key = request.args.get("case", type=int)
    with runtime().database.read() as session:
        cases = [reading.case(session, viewer(), case_key, "document.see").key] if case_key else []
        if not documents.may_read(session, sha256, actor=viewer().name, case_keys=cases):
            raise NotAllowed(_("看附件"))
        data, media_type = documents.read(session, sha256)
    answer = Response(data, mimetype=media_type)
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; sandbox"  # somebody's file, never our page
    )
    return answer
