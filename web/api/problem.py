"""Refusals as RFC 9457 problem details, in one place for the whole API."""

from typing import Any, Self

from flask import Response, json, request
from flask_babel import gettext
from pydantic import ValidationError

from engine.errors import InvalidInput, Refusal
from engine.migration.tokens import MESSAGES


class BadRequest(InvalidInput):
    """400: the body, a parameter or a filter cannot be read; `where` names the field."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field, detail=f"{field}: {problem}")

    @classmethod
    def of(cls, error: ValidationError) -> Self:
        """The first fault that pydantic found, with its place."""
        first = error.errors(include_url=False, include_input=False)[0]
        return cls(".".join(map(str, first["loc"])) or "body", first["msg"])


class TooLarge(Refusal):
    """413: the body is larger than anything this address takes."""

    status = 413
    code = "too_large"
    message = "请求超过 {limit} 字节。"
    mend = "文件和照片请先上传，答案里只写它们的编号。"


def sentence(refusal: Refusal) -> str:
    """The refusal in the reader's language: what is wrong, then how to mend it."""
    return " ".join(
        gettext(part).format(**refusal.params) for part in (refusal.message, refusal.mend) if part
    )


def answer(refusal: Refusal) -> Response:
    """A refusal as one RFC 9457 answer, with its parts for programs."""
    more: dict[str, Any] = {"code": refusal.code}
    if refusal.where:
        more["where"] = refusal.where
    if (errors := getattr(refusal, "errors", None)) is not None:
        more["errors"] = {path: _field(fault) for path, fault in errors.items()}
    if (findings := getattr(refusal, "findings", None)) is not None:
        more["findings"] = [finding_body(f) for f in findings]
    if (obstacles := getattr(refusal, "obstacles", None)) is not None:
        more["obstacles"] = [_obstacle(each) for each in obstacles]
    return problem(refusal.status, refusal.code.upper(), sentence(refusal), **more)


def _field(fault: str) -> str:
    """What is wrong with a field, in the reader's language where the check tells its parts."""
    message = getattr(fault, "message", None)
    return fault if message is None else gettext(message).format_map(fault.params)  # type: ignore[attr-defined]


def _obstacle(obstacle: Any) -> dict[str, str]:
    """Why one token of a case cannot migrate, in the reader's language."""
    message = gettext(MESSAGES[obstacle.reason]).format(**obstacle.params)
    return {"element_id": obstacle.element, "message": message}


def finding_body(finding: Any) -> dict[str, Any]:
    """One fault of a drawing, in the reader's language."""
    return {
        "file": finding.file,
        "element_id": finding.element_id,
        "element_name": finding.element_name,
        "rule": finding.rule,
        "severity": finding.severity,
        "message": gettext(finding.message).format(**finding.params),
        "x": finding.x,
        "y": finding.y,
    }


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """One RFC 9457 answer."""
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.path,
    }
    made = Response(json.dumps({**body, **more}), status, content_type="application/problem+json")
    if status == 401:
        made.headers["WWW-Authenticate"] = 'Bearer realm="fangfan", Basic realm="fangfan"'
    return made
