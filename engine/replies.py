"""What operations told a step, as its journal entry keeps it: enough to play the case again without asking them.

    {"instance": key, "element": id, "type": task type, "asked": digest of the inputs, "echoes": [...], "names": [...], "other": {...}}

`names` were written to variables as they were, `other` were not (`engine.values`). `echoes` are what an operation only
handed back of what it was asked. An operation that refused with a code has `error` and `message` instead.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What one operation told in one step; `asked` is a digest of its inputs. `error`: (code, message) when it refused."""

    instance: int
    element: str
    type: str
    asked: str
    echoes: tuple[str, ...] = ()
    result: Mapping[str, Any] | None = None
    error: tuple[str, str] | None = None

    def now(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The result as it would be had these been the inputs: what was only handed back goes along with them."""
        return {**(self.result or {}), **{name: inputs[name] for name in self.echoes if name in inputs}}

    def kept(self) -> dict[str, Any]:
        """As the journal keeps it, beside the result."""
        found: dict[str, Any] = {
            "instance": str(self.instance),
            "element": self.element,
            "type": self.type,
            "asked": self.asked,
        }
        if self.echoes:
            found["echoes"] = list(self.echoes)
        if self.error is not None:
            found["error"], found["message"] = self.error
        return found


def told(
    instance: int, element: str, kind: str, inputs: Mapping[str, Any], result: Mapping[str, Any]
) -> Reply:
    """What an operation returned."""
    echoes = tuple(name for name, value in result.items() if name in inputs and inputs[name] == value)
    return Reply(instance, element, kind, digest(inputs), echoes, result)


def refused(instance: int, element: str, kind: str, inputs: Mapping[str, Any], error: Exception) -> Reply:
    """That an operation refused: an error with a code, which the drawing may catch."""
    return Reply(instance, element, kind, digest(inputs), error=(str(getattr(error, "code", "")), str(error)))


def digest(inputs: Mapping[str, Any]) -> str:
    """Tells what one operation was asked from what another was."""
    plain = json.dumps(inputs, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
