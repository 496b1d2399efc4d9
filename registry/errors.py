"""What the registry refuses."""

from typing import Any


class Impossible(Exception):
    """What was told cannot be recorded. `code` names the kind; `message` is a Chinese sentence with `{params}`."""

    def __init__(self, code: str, message: str, **params: Any) -> None:
        super().__init__(message.format(**params))
        self.code = code
        self.message = message
        self.params = params
