"""Other engines' expressions said in FEEL: comparisons, logic and arithmetic over variables.

Camunda 7, Activiti and Flowable write `${amount > 1000 && !refused}`. What calls a method, a bean or a script cannot be
said in FEEL; it stays as it is, and is refused like any other text that is none.
"""

from __future__ import annotations

import re

_WRAPPED = re.compile(r"\s*[$#]\{(?P<body>[^{}]*)\}\s*")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^'\\]*'|\"[^\"\\]*\")|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)"
    r"|(?P<sign>===?|!==?|<=|>=|&&|\|\||[<>!+\-*/()]))"
)
_COMPARED = {
    "==": "=", "===": "=", "eq": "=", "!=": "!=", "!==": "!=", "ne": "!=", "<": "<", "lt": "<", ">": ">", "gt": ">",
    "<=": "<=", "le": "<=", ">=": ">=", "ge": ">=",
}  # fmt: skip
_OR, _AND, _NOT = {"||", "or"}, {"&&", "and"}, {"!", "not"}
_COUNTS = {
    "nrOfInstances": "numberOfInstances",
    "nrOfActiveInstances": "numberOfActiveInstances",
    "nrOfCompletedInstances": "numberOfCompletedInstances",
}
_DEEPEST = 40


class _Untold(ValueError):
    """It has no counterpart in FEEL."""


def in_feel(text: str, *, judged: bool = False) -> str | None:
    """The FEEL of `${…}` or `#{…}`, None where it has none. `judged`: bare text will do if it is a comparison."""
    wrapped = _WRAPPED.fullmatch(text)
    if wrapped is None and not judged:
        return None
    try:
        parser = _Parser(wrapped["body"] if wrapped else text)
        feel, judges = parser.whole()
    except _Untold:
        return None
    return feel if wrapped or judges else None


class _Parser:
    """Each method gives the FEEL and whether it is a judgement (true or false)."""

    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        at = 0
        text = text.rstrip().removesuffix(";")  # some write it as a statement
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise _Untold(text)
            self._tokens.append(match[0].strip())
            at = match.end()
        self._depth = 0

    def whole(self) -> tuple[str, bool]:
        """The whole expression."""
        made = self._any_of()
        if self._tokens:
            raise _Untold(self._tokens[0])
        return made

    def _any_of(self) -> tuple[str, bool]:
        return self._joined(self._all_of, _OR, "or")

    def _all_of(self) -> tuple[str, bool]:
        return self._joined(self._compared, _AND, "and")

    def _joined(self, part, signs: set[str], word: str) -> tuple[str, bool]:  # type: ignore[no-untyped-def]
        feel, judges = part()
        while self._tokens and self._tokens[0] in signs:
            self._tokens.pop(0)
            feel, judges = f"{feel} {word} {part()[0]}", True
        return feel, judges

    def _compared(self) -> tuple[str, bool]:
        feel, judges = self._sum()
        if self._tokens and self._tokens[0] in _COMPARED:
            sign = _COMPARED[self._tokens.pop(0)]
            return f"{feel} {sign} {self._sum()[0]}", True
        return feel, judges

    def _sum(self) -> tuple[str, bool]:
        feel, judges = self._one()
        while self._tokens and self._tokens[0] in "+-*/":
            feel, judges = f"{feel} {self._tokens.pop(0)} {self._one()[0]}", False
        return feel, judges

    def _one(self) -> tuple[str, bool]:
        self._depth += 1
        if not self._tokens or self._depth > _DEEPEST:
            raise _Untold
        word = self._tokens.pop(0)
        try:
            if word in _NOT:
                return f"not({self._one()[0]})", True
            if word == "-":
                return f"-{self._one()[0]}", False
            if word == "(":
                feel, judges = self._any_of()
                if not self._tokens or self._tokens.pop(0) != ")":
                    raise _Untold
                return f"({feel})", judges
            return self._word(word)
        finally:
            self._depth -= 1

    def _word(self, word: str) -> tuple[str, bool]:
        if word[0] in "'\"":
            return f'"{word[1:-1]}"', False
        if word in ("true", "false"):
            return word, True
        if not (word[0].isalnum() or word[0] == "_") or (self._tokens and self._tokens[0] == "("):
            raise _Untold(word)
        if word in _COMPARED or word in _OR | _AND | {"empty", "div", "mod", "instanceof"}:
            raise _Untold(word)
        return _COUNTS.get(word, word), False
