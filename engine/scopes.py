"""Variables by scope, as Zeebe has them.

Each token of an instance is a scope; the instance itself is the root scope. A name is looked up from the token's own
scope outwards. A result that is not mapped goes to the nearest scope that already has the name, else to the root.
Nothing is loaded that nobody asked for, and what a step wrote is told as `changed` and `dropped`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

ROOT = "0"
_ABSENT = object()

Load = Callable[[str, set[str] | None], Mapping[str, Any]]


def _nothing(scope: str, names: set[str] | None) -> Mapping[str, Any]:
    return {}


class Scopes:
    """The variables of one instance, loaded on demand.

    `load(scope, names)` returns those of `names` that are stored in exactly that scope; `names=None` asks for all.
    It is called once for each scope and set of names; a scope that was made in this step is never asked for.
    """

    def __init__(self, load: Load = _nothing) -> None:
        self._load = load
        self._parents: dict[str, str | None] = {ROOT: None}
        self._values: dict[str, dict[str, Any]] = {ROOT: {}}
        self._stored: set[str] = set()
        self._whole: set[str] = set()
        self._dirty: dict[tuple[str, str], None] = {}
        self.dropped: list[str] = []
        self.writes = 0
        """How often a value was written."""

    # -- the tree of scopes, kept by the machine

    def open(self, scope: str, parent: str, stored: bool = False) -> None:
        """Tell that `scope` lies in `parent`; `stored`: it may have variables in the store."""
        self._parents[scope] = parent
        if stored:
            self._stored.add(scope)

    def restore(self) -> None:
        """Tell that the root scope's variables are in the store (the instance is not new)."""
        self._stored.add(ROOT)

    def drop(self, scope: str) -> None:
        """End a scope with all that it holds."""
        self._parents.pop(scope, None)
        for name in self._values.pop(scope, ()):
            self._dirty.pop((scope, name), None)
        if scope in self._stored:
            self._stored.discard(scope)
            self.dropped.append(scope)

    def holds(self, scope: str) -> bool:
        """Whether the scope has, or may have, variables of its own."""
        return scope in self._stored or any(v is not _ABSENT for v in self._values.get(scope, {}).values())

    # -- reading

    def view(self, scope: str = ROOT) -> View:
        """What an expression in this scope sees."""
        return View(self, scope)

    def chain(self, scope: str) -> list[str]:
        """The scope and those around it, the nearest first, that hold variables; the root last."""
        found: list[str] = []
        at: str | None = scope
        while at is not None:
            if at == ROOT or at in self._values or at in self._stored:
                found.append(at)
            at = self._parents.get(at)
        return found

    def own(self, scope: str, names: set[str] | None = None) -> dict[str, Any]:
        """The variables of exactly this scope: those of `names`, or all."""
        held = self._values.setdefault(scope, {})
        if scope in self._stored and scope not in self._whole:
            self._fetch(scope, held, names)
        wanted = held if names is None else [n for n in names if n in held]
        return {name: held[name] for name in wanted if held[name] is not _ABSENT}

    def _fetch(self, scope: str, held: dict[str, Any], names: set[str] | None) -> None:
        missing = None if names is None else {n for n in names if n not in held}
        if missing is not None and not missing:
            return
        loaded = self._load(scope, missing)
        for name, value in loaded.items():
            held.setdefault(name, value)
        if missing is None:
            self._whole.add(scope)
        else:
            for name in missing:
                held.setdefault(name, _ABSENT)

    # -- writing

    def set(self, scope: str, name: str, value: Any) -> None:
        """Write a variable of exactly this scope."""
        held = self._values.setdefault(scope, {})
        if _same(held.get(name, _ABSENT), value):
            return
        held[name] = value
        self._dirty[scope, name] = None
        self.writes += 1

    def update(self, variables: Mapping[str, Any], scope: str = ROOT) -> None:
        """Write several variables of exactly this scope."""
        for name, value in variables.items():
            self.set(scope, name, value)

    def propagate(self, scope: str, variables: Mapping[str, Any]) -> None:
        """Write each variable to the nearest scope around `scope` (itself too) that has it, else to the root."""
        left = dict(variables)
        for at in self.chain(scope):
            if not left:
                return
            here = list(left) if at == ROOT else list(self.own(at, set(left)))
            for name in here:
                self.set(at, name, left.pop(name))

    @property
    def changed(self) -> list[tuple[str, str, Any]]:
        """What was written and is still alive: (scope, name, value), in the order of first writing."""
        return [(scope, name, self._values[scope][name]) for scope, name in self._dirty]


def with_entry(whole: Any, path: list[str], value: Any) -> dict[str, Any]:
    """A copy of `whole` with `value` at the path; what is no dict on the way becomes one."""
    copied = dict(whole) if isinstance(whole, dict) else {}
    first, *rest = path
    copied[first] = with_entry(copied.get(first), rest, value) if rest else value
    return copied


def _same(before: Any, value: Any) -> bool:
    """Whether nothing changes. Lists and dicts are always written: they may have been changed in place."""
    return type(before) is type(value) and not isinstance(value, (list, dict)) and bool(before == value)


class View(Mapping[str, Any]):
    """The variables seen from one scope, outwards. Reading one name loads it; iterating loads all."""

    def __init__(self, scopes: Scopes, scope: str) -> None:
        self._scopes = scopes
        self.scope = scope

    def pick(self, names: Iterable[str]) -> dict[str, Any]:
        """Those of `names` that exist, with at most one load for each scope."""
        found: dict[str, Any] = {}
        left = set(names)
        for at in self._scopes.chain(self.scope):
            if not left:
                break
            here = self._scopes.own(at, left)
            found.update(here)
            left -= here.keys()
        return found

    def all(self) -> dict[str, Any]:
        """Every variable that is seen from here."""
        found: dict[str, Any] = {}
        for at in reversed(self._scopes.chain(self.scope)):
            found.update(self._scopes.own(at))
        return found

    def __getitem__(self, name: str) -> Any:
        return self.pick({name})[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.all())

    def __len__(self) -> int:
        return len(self.all())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.pick({name}))
