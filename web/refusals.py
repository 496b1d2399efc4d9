"""Every refusal becomes a page, or an RFC 9457 body for programs, here; nobody ever reads a stack trace."""

import structlog
from flask import Flask, Response, g, render_template, request
from flask_babel import gettext
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from engine.errors import Refusal
from registry.errors import Impossible
from registry.imports.sheets import BadSheet

log = structlog.get_logger()


class Expired(Refusal):
    """The page's CSRF token is not of this session."""

    status, code = 400, "page_expired"
    message = "页面已过期，没有提交。"
    mend = "请重新打开这一页再试；草稿还在。"


class TooOften(Refusal):
    """More sign-ins than one address may try in a minute."""

    status, code = 429, "too_often"
    message = "试的次数太多。"
    mend = "请等一分钟再试。"


class NoSuchPage(Refusal):
    """The address leads nowhere."""

    status, code = 404, "no_such_page"
    message = "没有这个页面。"
    mend = "请核对网址，或回到待办。"


class TooBig(Refusal):
    """The request is larger than a photograph of 10 MB with its form."""

    status, code = 413, "too_big"
    message = "内容太大。"
    mend = "照片和附件每件不超过10 MB，数据表不超过64 MB；请压缩或分成几份后再传。"


class WrongRequest(Refusal):
    """HTTP that no page of ours sends."""

    code = "wrong_request"
    message = "这个请求不能这样发。"
    mend = "请从页面上的按钮或链接进入。"


class StoreAway(Refusal):
    """The database cannot be reached, or its disk is full: the transaction was undone whole, or its end is not known."""

    status, code = 503, "store_away"
    message = "数据库暂时不能用，这一步没有确认保存。"
    mend = "请过一会儿再交一次：已经保存的不会重复。一直这样的，请告诉管理员查看数据库和磁盘空间。"


class NotRecorded(Refusal):
    """What the registry found impossible, in its own sentence."""

    status, code = 422, "not_recorded"
    message = "没有办成：{reason}"
    mend = "请返回上一页，按提示改正后再试。"


class Broken(Refusal):
    """A fault of the program: logged with its trace, told without it."""

    status, code = 500, "broken"
    message = "系统出了差错，刚才的操作没有生效。"
    mend = "请稍后再试；仍不行的，请把时间告诉管理员。"


def install(app: Flask) -> None:
    """Answer refusals, HTTP errors and unforeseen exceptions alike."""
    app.register_error_handler(Refusal, answer)
    for kind in (Impossible, BadSheet):
        app.register_error_handler(kind, lambda error: answer(NotRecorded(reason=str(error))))
    app.register_error_handler(CSRFError, lambda _: answer(Expired()))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _away)
    app.register_error_handler(Exception, _unforeseen)


def answer(refusal: Refusal) -> Response:
    """The refusal as the asker can read it: JSON for programs and scripts, else a page."""
    if for_program():
        from web.api import problem

        return problem.answer(refusal)
    page = render_template(
        "refusal.html",
        refusal=refusal,
        message=told(refusal.message, refusal),
        mend=told(refusal.mend, refusal),
    )
    return Response(page, refusal.status, mimetype="text/html")


def told(sentence: str, refusal: Refusal) -> str:
    """A sentence of a refusal in the reader's language, its parameters filled in: those that are words of ours too."""
    params = {
        name: gettext(value) if isinstance(value, str) and value else value
        for name, value in refusal.params.items()
    }
    return gettext(sentence).format(**params) if sentence else ""


def for_program() -> bool:
    """Whether a program asks: the API's paths, or whoever sends or prefers JSON."""
    wants = request.accept_mimetypes
    prefers_json = wants["application/json"] > wants["text/html"]
    return request.path.startswith(("/v2/", "/api/")) or request.is_json or prefers_json


def _http(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:
        return Response(status=error.code, headers=error.get_headers())
    refusal = {404: NoSuchPage, 413: TooBig, 429: TooOften}.get(error.code or 500, WrongRequest)()
    refusal.status = error.code or 400
    return answer(refusal)


def _away(error: DBAPIError) -> Response:
    if not (error.connection_invalidated or isinstance(error, OperationalError)):
        return _unforeseen(error)
    log.error("store_away", path=request.path, error=str(error.orig))
    if "_login_user" not in g:  # the page's head must not ask the database who is reading
        g._login_user = AnonymousUserMixin()
    return answer(StoreAway())


def _unforeseen(error: Exception) -> Response:
    log.exception("unforeseen", path=request.path, exc_info=error)
    return answer(Broken())
