"""Reads what came with a request. Nothing that was sent is trusted until it has passed here."""

import json
from typing import Any, TypeVar

from flask import request
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from web.api.problem import BadRequest, TooLarge

LARGEST = 512 * 1024  # bytes of JSON; files go to /v2/documents and the like, not into answers
DEEPEST = 32


class Body(BaseModel):
    """A request's body: camelCase outside; a field that nobody knows is refused, not ignored."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=False)


B = TypeVar("B", bound=BaseModel)


def read_body(model: type[B], largest: int = LARGEST) -> B:
    """The request's JSON as `model`, at most `largest` bytes; `BadRequest` names the field that is wrong."""
    try:
        return model.model_validate(read_json(largest))
    except ValidationError as error:
        raise BadRequest.of(error) from error


def read_json(largest: int = LARGEST) -> dict[str, Any]:
    """The request's JSON object; an empty body is an empty object."""
    raw = b"" if (request.content_length or 0) > largest else request.stream.read(largest + 1)
    if len(raw) > largest or (request.content_length or 0) > largest:
        raise TooLarge(limit=largest)
    try:
        found = json.loads(raw or b"{}", parse_constant=_no_constant, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise BadRequest("body", _("不是能读懂的 JSON")) from error
    if not isinstance(found, dict):
        raise BadRequest("body", _("要的是一个 JSON 对象"))
    if _deeper(found, DEEPEST):
        raise BadRequest("body", _("嵌套太深"))
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper(each, levels - 1) for each in inner)
