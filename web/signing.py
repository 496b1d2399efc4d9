"""What is signed is shown first: the prints of an answer, bound to that answer until it is confirmed.

The page gets the very bytes that will be frozen, with a seal of ours over them, the answer, the task and the person.
What comes back with the confirmation is frozen only if the seal holds: nobody signs what he was not shown, and nothing
needs to be kept in between.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from engine.errors import Refusal
from engine.identity import Viewer

SHOWN_FOR = 2 * 60 * 60
"""Seconds in which a shown print can be confirmed."""


class NotShown(Refusal):
    """A signature without the print it belongs to, or for another answer than was shown."""

    status, code = 409, "not_shown"
    message = "要签的表与现在填写的不一致，没有提交。"
    mend = "请重新查看要签的表，再确认。"


@dataclass(frozen=True)
class Print:
    """One sheet as it will be signed: its name and its bytes."""

    sheet: str
    pdf: bytes


def seal(viewer: Viewer, task_key: int, answer: Mapping[str, Any], prints: Sequence[Print]) -> dict[str, Any]:
    """What the page sends back with its confirmation: the prints and our seal over them."""
    return {
        "sheets": [{"sheet": each.sheet, "pdf": base64.b64encode(each.pdf).decode()} for each in prints],
        "seal": _serializer().dumps(_bound(viewer, task_key, answer, prints)),
    }


def opened(viewer: Viewer, task_key: int, answer: Mapping[str, Any], shown: object) -> list[Print]:
    """The prints that were shown to this person for this very answer; `NotShown` otherwise."""
    try:
        assert isinstance(shown, dict)
        prints = [
            Print(str(each["sheet"]), base64.b64decode(each["pdf"], validate=True))
            for each in shown["sheets"]
        ]
        bound = _serializer().loads(shown["seal"], max_age=SHOWN_FOR)
    except (AssertionError, BadData, KeyError, TypeError, ValueError) as error:
        raise NotShown() from error
    if bound != _bound(viewer, task_key, answer, prints):
        raise NotShown()
    return prints


def _bound(viewer: Viewer, task_key: int, answer: Mapping[str, Any], prints: Sequence[Print]) -> list[Any]:
    canonical = json.dumps(answer, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return [
        viewer.user.key,
        task_key,
        hashlib.sha256(canonical.encode()).hexdigest(),
        [[each.sheet, hashlib.sha256(each.pdf).hexdigest()] for each in prints],
    ]


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key, salt="prints to sign")
