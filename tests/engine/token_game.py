"""BPMN's token game, as plainly as it can be played: the reference that the engine is compared with.

It shares nothing with the engine: it plays on a `Plan` (nodes, flows), depth first, holds everything in memory, and does
not know SpiffWorkflow. Variables follow Zeebe's rules. Conditions are `(variable, value)`; a mapping is name → name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Node:
    id: str
    kind: str  # start end throw user call timer message signal xor par inclusive race sub event_sub boundary
    parent: str
    catches: str | None = None  # boundary, start of an event_sub: timer, message, signal, error, escalation
    code: str | None = None  # error, escalation or signal thrown or caught; terminate, undo
    host: str | None = None
    interrupting: bool = True
    times: int = 1  # firings of a timer that interrupts nothing
    items: list[Any] | None = None  # multi-instance over these
    collect: str | None = None  # … collecting each member's `made` here
    sequential: bool = False  # … one after the other
    until: tuple[str, Any] | None = None  # … or until this holds when a member ends
    again: tuple[str, Any] | None = None  # loop mark: once more while this holds
    most: int = 0  # … at most so often
    undo: str | None = None  # the activity that undoes this one
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass
class Plan:
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[tuple[str, str, tuple[str, Any] | None]] = field(default_factory=list)

    def out(self, node: str) -> list[tuple[int, str, tuple[str, Any] | None]]:
        return [(i, t, c) for i, (s, t, c) in enumerate(self.flows) if s == node]

    def into(self, node: str) -> list[int]:
        return [i for i, (_, t, _) in enumerate(self.flows) if t == node]

    def inside(self, scope: str) -> Iterator[Node]:
        return (n for n in self.nodes.values() if n.parent == scope)


class Token:
    def __init__(self, game: Game, node: str, scope: Token | None, **notes: Any) -> None:
        game.born += 1
        self.born, self.node, self.scope, self.notes = game.born, node, scope, notes
        self.vars: dict[str, Any] = {}
        self.children: list[Token] = []
        self.undoable: list[tuple[str, set[str]]] = []
        self.arrived: dict[str, list[int]] = {}
        self.waits: str | None = None
        self.shut = False
        if scope is not None:
            scope.children.append(self)

    @property
    def alive(self) -> bool:
        at = self
        while at.scope is not None:
            if at not in at.scope.children:
                return False
            at = at.scope
        return True

    @property
    def path(self) -> tuple[Any, ...]:
        if self.scope is None:
            return ()
        return (*self.scope.path, (self.node, self.notes.get("index")))


class Game:
    def __init__(self, plan: Plan, variables: dict[str, Any]) -> None:
        self.plan, self.born, self.ended, self.uncaught = plan, 0, None, None
        self.root = Token(self, "p", None)
        self.root.vars.update(variables)
        self._open(self.root)
        self._settle()

    # -- what can happen, and its happening

    def waiting(self) -> list[Token]:
        found, stack = [], [self.root]
        while stack:
            token = stack.pop()
            stack.extend(token.children)
            if token.waits:
                found.append(token)
        return sorted(found, key=lambda t: t.born)

    def happen(self, token: Token, result: dict[str, Any]) -> None:
        self._happen(token, result)
        self._settle()

    def _happen(self, token: Token, result: dict[str, Any]) -> None:
        node = self.plan.nodes[token.node]
        if node.kind in ("boundary", "start"):
            at = token.notes["at"]
            token.notes["left"] -= node.catches == "timer"
            if token.notes["left"] == 0:
                token.scope.children.remove(token)
            self._trigger(node, at, result)
            return
        if "race" in token.notes:
            for other in [t for t in token.scope.children if t.notes.get("race") is token.notes["race"]]:
                if other is not token:
                    self._remove(other)
        self._finish(token, result)

    # -- moving

    def _put(self, node_id: str, scope: Token, flow: int | None = None, **notes: Any) -> None:
        node = self.plan.nodes[node_id]
        ways_in = self.plan.into(node_id)
        if node.kind == "par" and len(ways_in) > 1:
            arrived = scope.arrived.setdefault(node_id, [])
            arrived.append(flow)
            if not set(ways_in) <= set(arrived):
                return
            for way in ways_in:
                arrived.remove(way)
        if node.kind == "inclusive" and len(ways_in) > 1:
            scope.arrived.setdefault(node_id, []).append(flow)
            return
        token = Token(self, node_id, scope, **notes)
        if not node.items and node.items != [] and node.again is None:
            self._start(token)
            return
        token.notes["done"] = 0
        token.vars.update({node.collect: [None] * len(node.items or [])} if node.collect else {})
        at_once = 1 if node.again or (node.sequential and node.items) else len(node.items or [])
        self._watch(token)
        members = [self._member(token, i) for i in range(at_once)]
        for member in members:
            if member.alive:
                self._start(member)
        if token.alive:
            self._check(token)

    def _member(self, body: Token, index: int) -> Token:
        node, member = self.plan.nodes[body.node], Token(self, body.node, body, index=index)
        member.vars.update({"item": node.items[index]} if node.items else {}, loopCounter=index + 1)
        member.vars.update({"made": None} if node.collect else {})
        return member

    def _goes_on(self, body: Token) -> bool:
        """Whether one more member follows those that are over."""
        node, done = self.plan.nodes[body.node], body.notes["done"]
        if node.again:
            return done < node.most and self._look(body, node.again[0]) == node.again[1]
        return node.sequential and done < len(node.items or []) and not body.notes.get("enough")

    def _settle(self) -> None:
        """Let inclusive joins go on, one after another, while there is one that nothing more can come to."""
        stack = [self.root]
        while stack:
            scope = stack.pop()
            stack.extend(scope.children)
            for join in [n for n, flows in scope.arrived.items() if flows and self._is_due(scope, n)]:
                for flow in set(scope.arrived[join]):
                    scope.arrived[join].remove(flow)
                self._start(Token(self, join, scope))
                stack = [self.root]
                break

    def _is_due(self, scope: Token, join: str) -> bool:
        if self.plan.nodes[join].kind != "inclusive":
            return False
        filled = set(scope.arrived[join])
        standing = [t.node for t in scope.children] + [n for n, f in scope.arrived.items() if f and n != join]
        return not any(
            (come := self._can_come(node, join)) - filled and not come & filled for node in standing
        )

    def _can_come(self, node: str, join: str) -> set[int]:
        """The flows into the join that a token standing at `node` might take, by walking every way onwards."""
        came, walked, stack = set(), set(), [node]
        while stack:
            at = stack.pop()
            ways = [(i, t) for i, t, _ in self.plan.out(at)]
            ways += [(-1, n.id) for n in self.plan.nodes.values() if n.host == at]
            for flow, target in ways:
                if target == join:
                    came.add(flow)
                elif target not in walked:
                    walked.add(target)
                    stack.append(target)
        return came

    def _start(self, token: Token) -> None:
        node = self.plan.nodes[token.node]
        for target, source in node.inputs.items():
            token.vars[target] = self._look(token, source)
        if node.kind in ("user", "call", "timer", "message", "signal"):
            token.waits = {"user": "user_task"}.get(node.kind, node.kind)
        elif node.kind in ("sub", "event_sub"):
            if token.notes.get("index") is None:
                self._watch(token)
            self._open(token)
            return
        elif node.kind == "race":
            for flow, target, _ in self.plan.out(node.id):
                self._put(target, token.scope, flow, race=token)
            token.scope.children.remove(token)
            return
        elif node.code == "undo":
            self._undo(token)
            return
        elif node.kind in ("throw", "end") and (node.code or "").startswith("sig"):
            self._signal(node.code or "")
            if token.alive:
                self._leave(token)
            return
        elif node.kind == "end" and node.code == "terminate":
            token.scope.children[:] = [token]
            token.scope.undoable.clear()
            token.scope.arrived.clear()
            self._leave(token)
            return
        elif node.kind == "end" and node.code:
            self._throw(token, node.code)
            return
        else:
            self._leave(token)
            return
        if token.alive and token.notes.get("index") is None:
            self._watch(token)

    def _finish(self, token: Token, result: dict[str, Any]) -> None:
        node = self.plan.nodes[token.node]
        token.waits = None
        if node.outputs:
            token.vars.update(result)
            for target, source in node.outputs.items():
                token.vars[target] = self._look(token, source)
                self._write(token.scope, target, token.vars[target])
        else:
            for name, value in result.items():
                self._write(token, name, value)
        self._leave(token)

    def _leave(self, token: Token) -> None:
        node, scope = self.plan.nodes[token.node], token.scope
        self._unwatch(token)
        if "undoes" in token.notes:
            scope.children.remove(token)
            if token.notes["undoes"].alive:
                self._undo(token.notes["undoes"])
            return
        is_member = token.notes.get("index") is not None
        scope.undoable += [(node.undo, {node.id})] if node.undo and not is_member else []
        if not node.undo or is_member:
            scope.undoable += [(by, inside | {node.id}) for by, inside in token.undoable]
        if is_member:
            scope.notes["done"] += 1
            if node.collect:
                collected = list(scope.vars[node.collect])
                collected[token.notes["index"]] = token.vars["made"]
                scope.vars[node.collect] = collected
            if node.until and self._look(token, node.until[0]) == node.until[1]:
                scope.notes["enough"] = True
                scope.children[:] = [token]
        else:
            for flow, target in self._taken(node, token):
                self._put(target, scope, flow)
        if token in scope.children:
            scope.children.remove(token)
            self._check(scope)

    def _taken(self, node: Node, token: Token) -> list[tuple[int, str]]:
        ways = self.plan.out(node.id)
        true = [(f, t) for f, t, c in ways if c is not None and self._look(token, c[0]) == c[1]]
        plain = [(f, t) for f, t, c in ways if c is None]
        if node.kind == "xor":
            return (true + plain)[:1]
        return true or plain

    def _check(self, scope: Token) -> None:
        """Is everything in this scope over?"""
        idle = [t for t in scope.children if t.notes.get("listens")]
        if len(idle) < len(scope.children) or any(scope.arrived.values()) or not scope.alive or self.ended:
            return
        if scope.scope is None:
            self.ended = True
            scope.children.clear()
            return
        scope.children.clear()
        node = self.plan.nodes[scope.node]
        if self._is_body(scope):
            if self._goes_on(scope):
                self._start(self._member(scope, scope.notes["done"]))
                return
            if node.collect:
                self._write(scope.scope, node.collect, scope.vars[node.collect])
            self._leave(scope)
        else:
            self._finish(scope, {})

    # -- events

    def _open(self, scope: Token) -> None:
        for inner in self.plan.inside(scope.node):
            if inner.kind == "event_sub":
                (start,) = (n for n in self.plan.inside(inner.id) if n.kind == "start")
                if start.catches in ("timer", "message", "signal"):
                    self._listen(start, scope, scope, listens=True)
        if scope.node == "p" or self.plan.nodes[scope.node].kind == "sub":
            (first,) = (n for n in self.plan.inside(scope.node) if n.kind == "start")
            self._put(first.id, scope)
        else:
            (first,) = (n for n in self.plan.inside(scope.node) if n.kind == "start")
            token = Token(self, first.id, scope)
            self._finish(token, scope.notes["brought"])

    def _listen(self, event: Node, at: Token, scope: Token, **notes: Any) -> None:
        left = event.times if event.catches == "timer" else -1
        Token(self, event.id, scope, at=at, left=left, **notes).waits = event.catches

    def _watch(self, host: Token) -> None:
        for event in self.plan.nodes.values():
            if (
                event.kind == "boundary"
                and event.host == host.node
                and event.catches in ("timer", "message", "signal")
            ):
                self._listen(event, host, host.scope, host=host)

    def _unwatch(self, host: Token) -> None:
        if host.scope is not None:
            host.scope.children[:] = [t for t in host.scope.children if t.notes.get("host") is not host]

    def _trigger(self, event: Node, at: Token, result: dict[str, Any]) -> None:
        if event.kind == "boundary":
            scope = at.scope
            token = Token(self, event.id, scope)
            if event.interrupting:
                self._remove(at)
            self._finish(token, result)
            return
        if event.interrupting:
            at.children.clear()
            at.arrived.clear()
            at.shut = True
        token = Token(self, event.parent, at, brought=result)
        self._open(token)

    def _throw(self, token: Token, code: str) -> None:
        kind = "error" if code.startswith("err") else "escalation"
        at = token.scope
        while at is not None:
            for event in self.plan.nodes.values():
                mine = event.kind == "boundary" and event.host == at.node and at.notes.get("index") is None
                if event.kind == "start" and event.catches and not at.shut:
                    mine = self.plan.nodes[event.parent].parent == at.node and not self._is_body(at)
                if mine and event.catches == kind and event.code == code:
                    self._trigger(event, at, {})
                    if token.alive:
                        self._leave(token)
                    return
            at = at.scope
        self.uncaught = code
        if kind == "error":
            self.root.children.clear()
            self.ended = True
        else:
            self._leave(token)

    def _is_body(self, token: Token) -> bool:
        node = self.plan.nodes.get(token.node)
        loops = node is not None and (node.items is not None or node.again is not None)
        return loops and token.notes.get("index") is None

    def _signal(self, name: str) -> None:
        for token in self.waiting():
            if token.waits == "signal" and self.plan.nodes[token.node].code == name and token.alive:
                self._happen(token, {})

    def _undo(self, thrower: Token) -> None:
        """Undo what was done last; once there is nothing more, the thrower goes on."""
        scope = thrower.scope
        while scope.scope is not None and self.plan.nodes[scope.node].kind == "event_sub":
            scope = scope.scope
        if not scope.undoable:
            self._leave(thrower)
            return
        by, _ = scope.undoable.pop()
        self._start(Token(self, by, scope, undoes=thrower))

    def _remove(self, token: Token) -> None:
        self._unwatch(token)
        if token in token.scope.children:
            token.scope.children.remove(token)

    # -- variables

    def _look(self, token: Token | None, name: str) -> Any:
        while token is not None:
            if name in token.vars:
                return token.vars[name]
            token = token.scope
        raise KeyError(name)

    def _write(self, token: Token, name: str, value: Any) -> None:
        while token.scope is not None and name not in token.vars:
            token = token.scope
        token.vars[name] = value
