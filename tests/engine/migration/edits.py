"""Random edits of random drawings, with what each element and flow became; and the token game carried over to the new drawing."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from random import Random

from tests.engine.drawing import Drawing
from tests.engine.random_drawings import bpmn
from tests.engine.token_game import Game, Node, Plan, Token


@dataclass
class Edited:
    """A plan whose flows have lasting ids, and what its elements are called in the plan that it was edited from."""

    plan: Plan
    flows: list[str]
    names: dict[str, str]
    origin: dict[str, str] = field(default_factory=dict)

    @classmethod
    def first(cls, plan: Plan) -> Edited:
        names = {id: f"名{id}" for id in plan.nodes}
        return cls(plan, [f"f{i}" for i in range(len(plan.flows))], names, {id: id for id in plan.nodes})

    def copy(self) -> Edited:
        plan = copy.deepcopy(self.plan)
        return Edited(plan, list(self.flows), dict(self.names), {id: id for id in plan.nodes})

    def drawing(self) -> Drawing:
        """As BPMN, with names and the lasting ids of flows."""
        drawing = bpmn(self.plan)
        ids = {f"flow{i + 1}": id for i, id in enumerate(self.flows)}
        drawing.flows = [(ids[id], source, target, when) for id, source, target, when in drawing.flows]
        for element in drawing.elements.values():
            host = element.attrs.get("attachedToRef")
            # what undoes an activity hangs on an event that the plan does not have
            known = element.id in self.names
            element.attrs["name"] = self.names[element.id] if known else f"撤{self.names[host]}"
            if "default" in element.attrs:
                element.attrs["default"] = ids[element.attrs["default"]]
        return drawing

    @property
    def truth(self) -> dict[str, str]:
        """Old element → new element."""
        named = {old: new for new, old in self.origin.items()}
        undone = {f"{old}_undo": f"{new}_undo" for old, new in named.items() if self.plan.nodes[new].undo}
        return named | undone


class Editor:
    """Makes edits; `standing` are the elements at which tokens are, which are not taken away."""

    def __init__(self, random: Random, old: Edited, standing: set[str]) -> None:
        self.random, self.made, self.standing, self.count = random, old.copy(), standing, 0

    def edit(self, times: int) -> Edited:
        kinds = [
            self.insert, self.rename, self.watch, self.listen, self.unwatch, self.branch, self.bridge, self.wrap, self.unwrap,
        ]  # fmt: skip
        for _ in range(times):
            self.random.choice(kinds)()
        return self.made

    @property
    def plan(self) -> Plan:
        return self.made.plan

    def insert(self) -> None:
        """A user task in the middle of a flow; either half keeps the flow's id."""
        ways = [
            i for i, (source, _, _) in enumerate(self.plan.flows) if self.plan.nodes[source].kind != "race"
        ]
        i = self.random.choice(ways)
        source, target, condition = self.plan.flows[i]
        made = self._node("user", self.plan.nodes[source].parent)
        if self.random.random() < 0.5:
            self.plan.flows[i] = (source, made, condition)
            self._flow(made, target)
        else:
            self.plan.flows[i] = (made, target, None)
            self._flow(source, made, condition)

    def rename(self) -> None:
        """Another id, the same name."""
        old = self.random.choice(list(self.plan.nodes))
        new = f"{old}_r{self._next()}"
        renamed = {old: new}
        nodes = {}
        for id, node in self.plan.nodes.items():
            node.id = renamed.get(id, id)
            node.parent = renamed.get(node.parent, node.parent)
            node.host = renamed.get(node.host, node.host)
            node.undo = renamed.get(node.undo, node.undo)
            nodes[node.id] = node
        self.plan.nodes = nodes
        self.plan.flows = [(renamed.get(s, s), renamed.get(t, t), c) for s, t, c in self.plan.flows]
        self.made.names[new] = self.made.names.pop(old)
        if old in self.made.origin:
            self.made.origin[new] = self.made.origin.pop(old)

    def watch(self) -> None:
        """A boundary event on an activity, with a task of its own."""
        undoing = {n.undo for n in self.plan.nodes.values()}  # what undoes another has no events of its own
        hosts = [n.id for n in self.plan.nodes.values() if n.kind in ("user", "sub") and n.id not in undoing]
        if not hosts:
            return
        host = self.plan.nodes[self.random.choice(hosts)]
        kind, interrupting = self.random.choice(["timer", "message"]), self.random.random() < 0.5
        times = 1 if interrupting else 2
        event = self._node(
            "boundary", host.parent, host=host.id, catches=kind, interrupting=interrupting, times=times
        )
        after, end = self._node("user", host.parent), self._node("end", host.parent)
        self._flow(event, after)
        self._flow(after, end)

    def listen(self) -> None:
        """An event subprocess in the process or in a subprocess."""
        scopes = ["p", *(n.id for n in self.plan.nodes.values() if n.kind == "sub")]
        made = self._node("event_sub", self.random.choice(scopes))
        kind = self.random.choice(["timer", "message"])
        start = self._node("start", made, catches=kind, interrupting=self.random.random() < 0.5)
        user, end = self._node("user", made), self._node("end", made)
        self._flow(start, user)
        self._flow(user, end)

    def unwatch(self) -> None:
        """Take a boundary event away, with the task that it leads to."""
        events = [
            n.id
            for n in self.plan.nodes.values()
            if n.kind == "boundary" and n.catches in ("timer", "message")
        ]
        self.random.shuffle(events)
        for event in events:
            ((_, after, _),) = self.plan.out(event)
            if self.plan.nodes[after].kind != "user" or self._stands(after) or len(self.plan.into(after)) > 1:
                continue
            if self.plan.nodes[after].undo:
                continue
            if any(n.host == after for n in self.plan.nodes.values()):
                continue
            ((_, last, _),) = self.plan.out(after)
            gone = {event, after} | (
                {last} if self.plan.nodes[last].kind == "end" and len(self.plan.into(last)) == 1 else set()
            )
            self._remove(gone)
            return

    def branch(self) -> None:
        """Another way between a parallel split and its join."""
        splits = [
            (n.id, f"par{int(n.id[3:]) + 1}")
            for n in self.plan.nodes.values()
            if n.kind == "par" and n.id[3:].isdigit() and len(self.plan.out(n.id)) > 1
        ]
        splits = [
            (split, join)
            for split, join in splits
            if join in self.plan.nodes and len(self.plan.into(join)) > 1
        ]
        if splits:
            split, join = self.random.choice(splits)
            made = self._node("user", self.plan.nodes[split].parent)
            self._flow(split, made)
            self._flow(made, join)

    def bridge(self) -> None:
        """Take a task out of its row; one of its flows goes on in its place."""
        users = [n.id for n in self.plan.nodes.values() if n.kind == "user" and not self._stands(n.id)]
        self.random.shuffle(users)
        for user in users:
            into, out = self.plan.into(user), self.plan.out(user)
            if len(into) != 1 or len(out) != 1 or any(n.host == user for n in self.plan.nodes.values()):
                continue
            if self.plan.nodes[user].undo:
                continue
            source, _, condition = self.plan.flows[into[0]]
            if self.plan.nodes[source].kind in ("xor", "inclusive", "race", "boundary", "start"):
                continue
            if any((s, t) == (source, out[0][1]) for s, t, _ in self.plan.flows):
                continue  # two flows between the same elements cannot be told apart
            kept = self.random.choice([into[0], out[0][0]])
            self.plan.flows[kept] = (source, out[0][1], condition)
            self._remove({user})
            return

    def wrap(self) -> None:
        """A subprocess around a task; what led to the task leads to it."""
        users = [n.id for n in self.plan.nodes.values() if n.kind == "user" and self._alone(n)]
        if not users:
            return
        user = self.plan.nodes[self.random.choice(users)]
        box = self._node("sub", user.parent)
        flows = [(box if s == user.id else s, box if t == user.id else t, c) for s, t, c in self.plan.flows]
        self.plan.flows = flows
        user.parent = box
        self._flow(self._node("start", box), user.id)
        self._flow(user.id, self._node("end", box))

    def unwrap(self) -> None:
        """Take the line away that a subprocess draws around a row of steps."""
        for box in [n for n in self.plan.nodes.values() if n.kind == "sub"]:
            inside = list(self.plan.inside(box.id))
            starts, ends = ([n.id for n in inside if n.kind == kind] for kind in ("start", "end"))
            plain = not (box.items or box.items == [] or box.again or box.inputs or box.outputs)
            if (
                not plain
                or not self._alone(box)
                or len(ends) != 1
                or any(n.kind == "event_sub" for n in inside)
            ):
                continue
            ((_, first, _),) = self.plan.out(starts[0])
            out, into = self.plan.out(box.id), self.plan.into(ends[0])
            if (
                self.plan.nodes[first].kind != "user"
                or self.plan.nodes[ends[0]].code
                or len(into) != 1
                or len(out) != 1
            ):
                continue
            last, _, condition = self.plan.flows[into[0]]
            for i in self.plan.into(box.id):
                source, _, when = self.plan.flows[i]
                self.plan.flows[i] = (source, first, when)
            self.plan.flows[out[0][0]] = (last, out[0][1], condition)
            for node in inside:
                node.parent = box.parent
            self._remove({box.id, starts[0], ends[0]})
            return

    def _alone(self, node: Node) -> bool:
        """Whether nothing hangs on it, it undoes nothing, and it is always left by all its ways."""
        others = self.plan.nodes.values()
        hangs = any(n.host == node.id or n.undo == node.id for n in others)
        return not (hangs or node.undo or any(when for _, _, when in self.plan.out(node.id)))

    def _stands(self, id: str) -> bool:
        return self.made.origin.get(id) in self.standing

    def _remove(self, gone: set[str]) -> None:
        for id in gone:
            del self.plan.nodes[id]
            self.made.origin.pop(id, None)
        kept = [i for i, (s, t, _) in enumerate(self.plan.flows) if not {s, t} & gone]
        self.plan.flows = [self.plan.flows[i] for i in kept]
        self.made.flows = [self.made.flows[i] for i in kept]

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _node(self, kind: str, parent: str, **info) -> str:
        id = f"new_{kind}{self._next()}_{self.random.randrange(10**9)}"
        self.plan.nodes[id] = Node(id, kind, parent, **info)
        self.made.names[id] = f"名{id}"
        return id

    def _flow(self, source: str, target: str, condition=None) -> None:
        self.plan.flows.append((source, target, condition))
        self.made.flows.append(f"g{self._next()}_{self.random.randrange(10**9)}")


def carry_over(game: Game, old: Edited, new: Edited) -> None:
    """The token game goes on on the new plan: tokens where they were, subscriptions as the new plan has them."""
    truth = new.truth
    tokens = list(_all(game.root))
    arrivals = {id(t): {j: [old.flows[f] for f in flows] for j, flows in t.arrived.items()} for t in tokens}
    game.plan = new.plan
    for token in tokens:
        if token.scope is not None and token.node not in truth and old.plan.nodes[token.node].kind == "sub":
            _take_away(token)
            continue
        if token.scope is not None and token.node not in truth:
            token.scope.children.remove(token)
            continue
        token.node = truth.get(token.node, token.node)
        token.undoable = [
            (truth[by], {truth.get(each, each) for each in inside}) for by, inside in token.undoable
        ]
        token.arrived = {
            truth[join]: [_arrived(old, new, flow, truth[join]) for flow in flows]
            for join, flows in arrivals[id(token)].items()
            if flows
        }
    _box_in(game, tokens)
    fresh = set(new.plan.nodes) - set(new.origin)
    for token in list(_all(game.root)):
        _subscribe(game, token, fresh)
    game._settle()


def _take_away(box: Token) -> None:
    """What was in a box lies where the box lay."""
    scope = box.scope
    at = scope.children.index(box)
    scope.children[at : at + 1] = box.children
    for token in box.children:
        token.scope = scope
    scope.undoable += box.undoable
    for join, flows in box.arrived.items():
        scope.arrived.setdefault(join, []).extend(flows)


def _box_in(game: Game, tokens: list[Token]) -> None:
    """Tokens around which the new plan draws boxes lie in them."""
    boxes: dict[tuple[int, str], Token] = {}
    for token in tokens:
        node = game.plan.nodes.get(token.node)
        if (
            node is None
            or token.scope is None
            or node.kind in ("boundary", "start")
            or token not in token.scope.children
        ):
            continue
        if token.notes.get("index") is not None or "undoes" in token.notes:
            continue
        way, at = [], node.parent
        while at != token.scope.node:
            way.insert(0, at)
            at = game.plan.nodes[at].parent
        for each in way:
            scope = token.scope
            box = boxes.get((id(scope), each)) or Token(game, each, scope)
            boxes[id(scope), each] = box
            scope.children.remove(token)
            box.children.append(token)
            token.scope = box


def _arrived(old: Edited, new: Edited, flow: str, join: str) -> int:
    """The flow into the join on which an arrival now lies: the same, or the last on the way from where it came."""
    if flow in new.flows and new.plan.flows[new.flows.index(flow)][1] == join:
        return new.flows.index(flow)
    source = old.plan.flows[old.flows.index(flow)][0]
    while source not in new.truth:
        (source,) = [old.plan.flows[i][0] for i in old.plan.into(source)]
    at = new.truth[source]
    while True:
        for index, target, _ in new.plan.out(at):
            if target == join:
                return index
        (at,) = [t for _, t, _ in new.plan.out(at) if t not in new.origin]


def _subscribe(game: Game, token: Token, fresh: set[str]) -> None:
    node = game.plan.nodes.get(token.node)
    watching = node is not None and (node.kind in ("boundary", "start"))
    if not watching and token.notes.get("index") is None:
        for event in game.plan.nodes.values():
            if event.id in fresh and event.kind == "boundary" and event.host == token.node:
                game._listen(event, token, token.scope, host=token)
    is_scope = token.scope is None or (node is not None and node.kind in ("sub", "event_sub"))
    if is_scope and not token.shut and not game._is_body(token) and not watching:
        for inner in list(game.plan.inside(token.node)):
            if inner.id in fresh and inner.kind == "event_sub":
                (start,) = (n for n in game.plan.inside(inner.id) if n.kind == "start")
                game._listen(start, token, token, listens=True)


def _all(token: Token):
    yield token
    for child in list(token.children):
        yield from _all(child)
