"""The API's door: who calls, may he, and one transaction for what he asks.

A route states its verb of `engine.authority` here; the view then asks about the very case or task. Programs come with a
bearer token (looked up in the same transaction as the step, one statement), people's tools with Basic.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, jsonify, request
from flask_babel import gettext as _
from pydantic import BaseModel
from sqlalchemy.orm import Session

from engine import authority, identity, substitutes, tokens
from engine.errors import NotAllowed
from engine.identity import NotSignedIn, Viewer
from web.api.body import read_body
from web.api.problem import BadRequest
from web.runtime import runtime

View = Callable[..., Any]


def reads(
    verb: str, body: type[BaseModel] | None = None, *, tells: type[BaseModel] | None = None
) -> Callable[[View], View]:
    """A route that only reads; the view is called with `(session, viewer, [body], **path)`. `tells`: its answer's shape."""
    return _door(verb, body, tells, writing=False)


def writes(
    verb: str, body: type[BaseModel] | None = None, *, tells: type[BaseModel] | None = None
) -> Callable[[View], View]:
    """A route that changes something: the view's whole work is one transaction. Without `tells` it answers 204."""
    return _door(verb, body, tells, writing=True)


def request_id(viewer: Viewer, about: str) -> str | None:
    """The caller's `Idempotency-Key` for this deed: another caller's, or one for another thing, is not the same."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    if not 0 < len(given) <= 200:
        raise BadRequest("Idempotency-Key", _("1 至 200 个字符"))
    return f"{viewer.user.key}:{about}:{given}"


def _door(
    verb: str, body: type[BaseModel] | None, tells: type[BaseModel] | None, *, writing: bool
) -> Callable[[View], View]:
    if verb not in authority.VERBS:
        raise ValueError(f"no such verb: {verb}")

    def door(view: View) -> View:
        @wraps(view)
        def through(**path: Any) -> Response | tuple[str, int]:
            database = runtime().database
            by_password = _by_password()
            asked = [read_body(body)] if body else []
            with database.begin() if writing else database.read() as session:
                viewer = by_password or _by_token(session)
                viewer = substitutes.standing(session, viewer, runtime().clock.now())
                _refuse_without(viewer, verb)
                given = view(session, viewer, *asked, **path)
            return ("", 204) if given is None else jsonify(given) if isinstance(given, dict | list) else given

        through.authority, through.body, through.tells, through.door = verb, body, tells, door  # type: ignore[attr-defined]
        return through

    return door


def _by_token(session: Session) -> Viewer:
    credentials = request.authorization
    if credentials is None or credentials.type != "bearer" or not credentials.token:
        raise NotSignedIn()
    return tokens.viewer(session, credentials.token, runtime().clock.now())


def _by_password() -> Viewer | None:
    """Who signs in by Basic: checked before the transaction begins, for a password's check takes long."""
    credentials = request.authorization
    if credentials is None or credentials.type != "basic":
        return None
    with runtime().database.read() as session:
        return identity.sign_in(session, credentials.username or "", credentials.password or "")


def _refuse_without(viewer: Viewer, verb: str) -> None:
    rule = authority.VERBS[verb]
    if not any(viewer.has(role) for role in rule.who):
        raise NotAllowed(rule.name)
