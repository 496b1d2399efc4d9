"""Random drawings for the model test: a `Plan` for the token game, and the same as BPMN."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.engine.drawing import Drawing, each, mapped
from tests.engine.token_game import Node, Plan

KINDS = {
    "row": 4,
    "parallel": 4,
    "either": 3,
    "loop": 2,
    "sub": 3,
    "members": 2,
    "race": 2,
    "watched": 1,
    "choose": 1,
    "call": 1,
    "repeated": 1,
    "signalled": 1,
    "undone": 1,
}
WEIGHTED = [kind for kind, weight in KINDS.items() for _ in range(weight)]
SIGNALS = ("sig1", "sig2")
START = {"choice": 2, "again": False, "shared": 0, "made": None}


class Maker:
    """Builds blocks with one way in and one way out, nested to a depth."""

    def __init__(self, random: Random, depth: int) -> None:
        self.random, self.plan, self.count = random, Plan(), 0
        self._body("p", depth)
        if self._chance(0.25):
            self._event_subprocess("p", 0)

    def _chance(self, p: float) -> bool:
        return self.random.random() < p

    def node(self, kind: str, parent: str, **info: Any) -> str:
        self.count += 1
        made = Node(f"{kind}{self.count}", kind, parent, **info)
        self.plan.nodes[made.id] = made
        return made.id

    def flow(self, source: str, target: str, condition: tuple[str, Any] | None = None) -> None:
        self.plan.flows.append((source, target, condition))

    def _body(self, scope: str, depth: int) -> None:
        start, end = self.node("start", scope), self.node("end", scope)
        first, last = self.block(scope, depth)
        self.flow(start, first)
        self.flow(last, end)

    def block(self, scope: str, depth: int) -> tuple[str, str]:
        if depth <= 0:
            return self.user(scope)
        kind = self.random.choice(WEIGHTED)
        made: tuple[str, str] = getattr(self, kind)(scope, depth - 1)
        return made

    # -- blocks

    def user(self, scope: str, depth: int = 0) -> tuple[str, str]:
        inputs = {"shared": "shared"} if self._chance(0.2) else {}
        outputs = {f"out{self.count}": "shared", "choice": "choice"} if self._chance(0.2) else {}
        made = self.node("user", scope, inputs=inputs, outputs=outputs)
        return made, made

    def call(self, scope: str, depth: int) -> tuple[str, str]:
        made = self.node("call", scope, outputs={"shared": "shared"} if self._chance(0.5) else {})
        return made, made

    def row(self, scope: str, depth: int) -> tuple[str, str]:
        (a, b), (c, d) = self.block(scope, depth), self.block(scope, depth)
        self.flow(b, c)
        return a, d

    def choose(self, scope: str, depth: int) -> tuple[str, str]:
        split, merge = self.node("xor", scope), self.node("xor", scope)
        for condition in (("choice", 1), None):
            first, last = self.block(scope, depth)
            self.flow(split, first, condition)
            self.flow(last, merge)
        return split, merge

    def parallel(self, scope: str, depth: int) -> tuple[str, str]:
        split, join = self.node("par", scope), self.node("par", scope)
        for _ in range(self.random.choice([2, 2, 3])):
            first, last = self.block(scope, depth)
            self.flow(split, first)
            self.flow(last, join)
        return split, join

    def either(self, scope: str, depth: int) -> tuple[str, str]:
        """An inclusive split and join: one way always, one for each choice."""
        split, join = self.node("inclusive", scope), self.node("inclusive", scope)
        conditions = self.random.choice(
            [[("choice", 1), ("choice", 2)], [("choice", 1), ("again", True), None]]
        )
        for condition in conditions:
            first, last = self.block(scope, depth)
            self.flow(split, first, condition)
            self.flow(last, join)
        return split, join

    def loop(self, scope: str, depth: int) -> tuple[str, str]:
        merge, split = self.node("xor", scope), self.node("xor", scope)
        first, last = self.user(scope)  # somebody must stop the loop from turning by itself
        inner, end = self.block(scope, depth)
        self.flow(merge, first)
        self.flow(last, inner)
        self.flow(end, split)
        self.flow(split, merge, ("again", True))
        return merge, split

    def race(self, scope: str, depth: int) -> tuple[str, str]:
        gate, merge = self.node("race", scope), self.node("xor", scope)
        for kind in ("timer", "message"):
            event = self.node(kind, scope)
            first, last = self.block(scope, depth - 1)
            self.flow(gate, event)
            self.flow(event, first)
            self.flow(last, merge)
        return gate, merge

    def sub(self, scope: str, depth: int, **info: Any) -> tuple[str, str]:
        inputs = {"choice": "choice"} if self._chance(0.3) else {}
        outputs = {f"out{self.count}": "choice"} if self._chance(0.3) else {}
        made = self.node("sub", scope, inputs=inputs, outputs=outputs, **info)
        self._body(made, depth)
        last = made
        if self._chance(0.3):
            last = self._fails(made, scope)
        if self._chance(0.3):
            self._event_subprocess(made, depth - 1)
        return made, self._watch(made, last, scope)

    def members(self, scope: str, depth: int) -> tuple[str, str]:
        items = list(range(self.random.choice([0, 1, 2, 3])))
        info: dict[str, Any] = {"items": items, "collect": f"all{self.count}" if self._chance(0.7) else None}
        info["sequential"] = self._chance(0.4)
        info["until"] = ("again", True) if self._chance(0.3) else None
        if self._chance(0.5):
            return self.sub(scope, depth, **info)
        made = self.node("user", scope, **info)
        return made, self._watch(made, made, scope)

    def repeated(self, scope: str, depth: int) -> tuple[str, str]:
        """A loop mark on a task or subprocess."""
        info: dict[str, Any] = {"again": ("again", True), "most": self.random.choice([1, 2, 3])}
        if self._chance(0.5):
            return self.sub(scope, depth, **info)
        made = self.node("user", scope, **info)
        return made, self._watch(made, made, scope)

    def signalled(self, scope: str, depth: int) -> tuple[str, str]:
        """Somebody waits for a signal, or throws one when all others stand still: else it is open who hears it."""
        made = self.node(self.random.choice(["signal", "throw"]), scope, code=self.random.choice(SIGNALS))
        if self.plan.nodes[made].kind == "signal":
            return made, made
        first, last = self.user(scope)
        self.flow(last, made)
        return first, made

    def undone(self, scope: str, depth: int) -> tuple[str, str]:
        """Something that can be undone; now and then it is, at once or after another block."""
        if self._chance(0.3):
            first, last = self.sub(scope, depth)
        else:
            first, last = self.user(scope)
            self.plan.nodes[first].undo = self.node("user", scope)
        if self._chance(0.6):
            inner, end = self.block(scope, depth - 1)
            self.flow(last, inner)
            last = self.node("throw", scope, code="undo")
            self.flow(end, last)
        return first, last

    def watched(self, scope: str, depth: int) -> tuple[str, str]:
        made, _ = self.user(scope)
        return made, self._watch(made, made, scope, always=True)

    # -- what hangs on a block

    def _watch(self, host: str, last: str, scope: str, always: bool = False) -> str:
        """A boundary timer or message: interrupting, its way merges; else it has an end of its own."""
        if not always and not self._chance(0.4):
            return last
        kind, interrupting = self.random.choice(["timer", "message", "signal"]), self._chance(0.5)
        times = 1 if interrupting else self.random.choice([1, 2, -1])
        info: dict[str, Any] = {"catches": kind, "interrupting": interrupting, "times": times}
        info["code"] = self.random.choice(SIGNALS) if kind == "signal" else None
        event = self.node("boundary", scope, host=host, **info)
        after, _ = self.user(scope)
        self.flow(event, after)
        if not interrupting:
            self.flow(after, self.node("end", scope))
            return last
        merge = self.node("xor", scope)
        self.flow(last, merge)
        self.flow(after, merge)
        return merge

    def _fails(self, sub: str, scope: str) -> str:
        """An end of the subprocess that throws or ends all of it."""
        code = self.random.choice([f"err{self.count}", f"esc{self.count}", "terminate"])
        gate, bad = self.node("xor", sub), self.node("end", sub, code=code)
        ends = [n.id for n in self.plan.nodes.values() if n.parent == sub and n.kind == "end" and not n.code]
        index = next(i for i, (_, t, _) in enumerate(self.plan.flows) if t == ends[0])
        source, _, condition = self.plan.flows[index]
        self.plan.flows[index] = (source, gate, condition)
        self.flow(gate, bad, ("choice", 1))
        self.flow(gate, ends[0])
        return sub if code == "terminate" else self._caught(sub, scope, code)

    def _caught(self, sub: str, scope: str, code: str) -> str:
        """Who catches what the subprocess throws: its boundary, or now and then an event subprocess around it."""
        kind = _kind(code)
        interrupting = kind == "error" or self._chance(0.5)
        if self._chance(0.3):
            made = self.node("event_sub", scope)
            self._body(made, 0)
            (start,) = (n for n in self.plan.inside(made) if n.kind == "start")
            start.catches, start.code, start.interrupting = kind, code, interrupting
            return sub
        merge = self.node("xor", scope)
        self.flow(sub, merge)
        event = self.node("boundary", scope, host=sub, catches=kind, code=code, interrupting=interrupting)
        self.flow(event, merge if interrupting else self.node("end", scope))
        return merge

    def _event_subprocess(self, scope: str, depth: int) -> None:
        made = self.node("event_sub", scope)
        self._body(made, min(depth, 1))
        (start,) = (n for n in self.plan.inside(made) if n.kind == "start")
        start.catches = self.random.choice(["timer", "message", "signal"])
        start.code = self.random.choice(SIGNALS) if start.catches == "signal" else None
        start.interrupting = self._chance(0.5)


def bpmn(plan: Plan) -> Drawing:
    """The plan as a drawing."""
    d = Drawing()
    for n in plan.nodes.values():
        _draw(d, n)
        if n.undo:
            d.undo(n.id, n.undo, n.parent)
    for source, target, condition in plan.flows:
        when = f"{condition[0]} = {json.dumps(condition[1])}" if condition else None
        flow = d.flow(source, target, condition=when)
        if plan.nodes[source].kind in ("xor", "inclusive") and condition is None:
            d.elements[source].attrs["default"] = flow
    return d


def _draw(d: Drawing, n: Node) -> None:
    mappings = mapped({t: f"={s}" for t, s in n.inputs.items()}, {t: f"={s}" for t, s in n.outputs.items()})
    made = "=made" if n.collect else None
    loop = "" if n.items is None else each(f"={json.dumps(n.items)}", "item", n.collect, made)
    if n.sequential:
        loop = loop.replace("Characteristics>", 'Characteristics isSequential="true">', 1)
    if n.until:
        done = f"<completionCondition>={n.until[0]} = {json.dumps(n.until[1])}</completionCondition>"
        loop = loop.replace("</multi", done + "</multi")
    if n.again:
        inner = f"<loopCondition>={n.again[0]} = {json.dumps(n.again[1])}</loopCondition>"
        loop = f'<standardLoopCharacteristics loopMaximum="{n.most}">{inner}</standardLoopCharacteristics>'
    event = {
        "timer": d.timer("P1D") if n.interrupting and n.times == 1 else d.timer(_cycle(n.times), "timeCycle"),
        "message": d.message(n.id),
        "signal": d.signal(n.code or ""),
        "error": d.error(n.code),
        "escalation": d.escalation(n.code),
    }
    event |= {"undo": "<compensateEventDefinition/>", "terminate": "<terminateEventDefinition/>"}
    thrown = event[_kind(n.code)] if n.code else ""
    match n.kind:
        case "start":
            is_interrupting = None if n.interrupting else "false"
            d.start(n.id, event.get(n.catches or "", ""), n.parent, isInterrupting=is_interrupting)
        case "end":
            d.end(n.id, thrown, n.parent)
        case "throw":
            d.throw(n.id, thrown, n.parent)
        case "user" if n.id in d.elements:
            pass  # what undoes another was drawn with it
        case "user":
            d.user(n.id, n.parent, mappings, loop)
        case "call":
            d.call(n.id, "other", n.parent, mappings)
        case "timer" | "message" | "signal":
            d.catch(n.id, event[n.kind], n.parent)
        case "boundary":
            d.boundary(n.id, n.host or "", event[n.catches or ""], n.interrupting, n.parent)
        case "sub" | "event_sub":
            d.sub(n.id, n.parent, mappings, loop, on_event=n.kind == "event_sub")
        case _:
            getattr(d, n.kind)(n.id, n.parent)


def _kind(code: str) -> str:
    kinds = {"err": "error", "esc": "escalation", "sig": "signal", "und": "undo", "ter": "terminate"}
    return kinds[code[:3]]


def _cycle(times: int) -> str:
    return f"R{times if times > 0 else ''}/P1D"
