"""Which variables a decision of the case hangs on, read off the drawing: nobody types these into a stuck case.

Decided: what a person answered, a rule gave, a called procedure gave back or a message brought, and what scripts and mappings make of it.
Steering: what a rule or the condition of a way reads, and what scripts and mappings make that of. Both reach into what is called. Whose: what says whose case it is and who does it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import deployments, direct, forms, values
from engine.dialect.checks.expressions import texts
from engine.dialect.loops import MEMBER
from engine.dialect.model import Element, Process
from engine.feel import Evaluator, FeelError
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from engine.runtime import Runtime

DECIDED, STEERS, WHOSE = "decided", "steers", "whose"
REASONS = {
    DECIDED: "是办理人的结论、规则的结果，或由它们算出",
    STEERS: "是规则或走向要看的",
    WHOSE: "说明是谁的案卷、由谁办理",
}
"""What is said of a variable that is not typed by hand: msgids."""


@dataclass(frozen=True)
class Bearing:
    """What hangs on which variable. `all_steer`: a rule is asked that only the case itself names, so that any may steer."""

    reasons: dict[str, str] = field(default_factory=dict)
    all_steer: bool = False

    def why(self, name: str) -> str | None:
        """Why this variable is not typed by hand (a key of `REASONS`); None for one that may be."""
        return self.reasons.get(name) or (STEERS if self.all_steer else None)


def bearing(runtime: Runtime, session: Session, instance: Instance) -> Bearing:
    """What hangs on the variables of an instance, by the version of the drawing that it follows."""
    return _Reading(runtime, session, instance).done()


def names(evaluator: Evaluator, expressions: Iterable[str]) -> set[str]:
    """All that may be a variable's name in some expressions."""
    found: set[str] = set()
    for expression in expressions:
        try:
            found |= evaluator.names(expression).possible
        except FeelError:
            found |= direct.words([expression])
    return found


def reads(evaluator: Evaluator, process: Process, element: Element, seen: Collection[str]) -> set[str]:
    """The names that an element's own expressions, and the conditions on its ways out, read.

    What its output mappings read is mostly its result: of these names only those that are `seen` from it already.
    """
    results = {source for _, source in element.mappings.outputs}
    written = [text.removeprefix("=") for text in texts(element) if text and text.startswith("=")]
    own = [text for text in written if f"={text}" not in results]
    found = names(evaluator, [*own, *_script(element), *_conditions(process, element)])
    return found | names(evaluator, [source.removeprefix("=") for source in results]) & set(seen)


def writes(element: Element) -> set[str] | None:
    """The variables that a completed element writes; None where only its worker knows."""
    if element.mappings.outputs:
        return {target.partition(".")[0] for target, _ in element.mappings.outputs}
    for extension in ("script", "calledDecision"):
        if extension in element.zeebe:
            return {element.setting(extension, "resultVariable", "result") or ""}
    return None


class _Reading:
    def __init__(self, runtime: Runtime, session: Session, instance: Instance) -> None:
        self.runtime, self.evaluator = runtime, runtime.evaluator
        self.session, self.instance = session, instance
        self.process = deployments.process(session, instance.definition_key)
        self.elements = list(self.process.elements.values())
        self.all_steer = False

    def done(self) -> Bearing:
        drawn = self.process.attributes
        whose = names(self.evaluator, [drawn[name] for name in ("area", "subject") if name in drawn])
        reasons = (
            dict.fromkeys(whose, WHOSE)
            | dict.fromkeys(self.steers, STEERS)
            | dict.fromkeys(self.decided, DECIDED)
        )
        return Bearing(reasons, self.all_steer)

    @cached_property
    def decided(self) -> set[str]:
        """What somebody or some rule decided, here or in the case that calls this one, and what is made of it."""
        found = {name for element in self.elements for name in self._decides(element)} | set(
            self._handed_down()
        )
        while more := {target for target, sources in self.made if sources & found} - found:
            found |= more
        return found

    @cached_property
    def steers(self) -> set[str]:
        """What a rule or a way reads, here or in the case that calls this one, and what that is made of."""
        found = {name for element in self.elements for name in self._steers(element)} | set(self._handed_up())
        while more := {name for target, sources in self.made if target in found for name in sources} - found:
            found |= more
        return found

    @cached_property
    def made(self) -> list[tuple[str, set[str]]]:
        """(variable, names that it is made of)."""
        return [(target, names(self.evaluator, sources)) for target, sources in self._made()]

    @cached_property
    def above(self) -> tuple[_Reading, Element] | None:
        """The instance that calls this one, and by which element."""
        if self.instance.parent_key is None:
            return None
        caller = self.session.get_one(Instance, self.instance.parent_key)
        at = {token["id"]: token["at"] for token in caller.tokens["tokens"]}
        call = str(at.get(self.instance.parent_token, "")).removesuffix(MEMBER)
        reading = _Reading(self.runtime, self.session, caller)
        return (reading, reading.process.elements[call]) if call in reading.process.elements else None

    def _handed_down(self) -> Iterator[str]:
        """What the caller gave this instance of what was decided there."""
        if self.above is None:
            return
        caller, call = self.above
        for target, source in call.mappings.inputs:
            if names(self.evaluator, [source.removeprefix("=")]) & caller.decided:
                yield target.partition(".")[0]
        if call.setting("calledElement", "propagateAllParentVariables", "true") != "false":
            yield from caller.decided

    def _handed_up(self) -> Iterator[str]:
        """What the caller will take from this instance to steer by."""
        if self.above is None:
            return
        caller, call = self.above
        for target, source in call.mappings.outputs:
            if target.partition(".")[0] in caller.steers:
                yield from names(self.evaluator, [source.removeprefix("=")])
        if not call.mappings.outputs:
            yield from caller.steers

    def _decides(self, element: Element) -> Iterator[str]:
        told = any(event.kind in ("message", "signal") for event in element.events)
        if not told and element.type not in ("userTask", "businessRuleTask", "callActivity", "receiveTask"):
            return
        yield from writes(element) or ()
        if element.loop and element.loop.output_collection:
            yield element.loop.output_collection
        if element.type == "userTask" and not element.mappings.outputs:
            yield from self._asked(element)

    def _asked(self, element: Element) -> Iterator[str]:
        """What a user task's form asks; where it has none, what was answered so far."""
        if element.form_id:
            found = deployments.asked(self.session, self.instance.definition_key, element.id)
            yield from forms.keys(deployments.form(self.session, self.evaluator, found))
            return
        of_element = sa.select(UserTask).where(
            UserTask.instance_key == self.instance.key, UserTask.element == element.id
        )
        for task in self.session.scalars(of_element):
            yield from values.answer(self.session, task)

    def _steers(self, element: Element) -> Iterator[str]:
        yield from names(self.evaluator, _conditions(self.process, element))
        if element.type == "businessRuleTask":
            yield from self._ruled(element)

    def _ruled(self, element: Element) -> Iterator[str]:
        """What the rule is asked with."""
        wanted = element.setting("calledDecision", "decisionId") or ""
        if wanted.startswith("=") or not wanted:
            self.all_steer = True
            return
        found = deployments.bound(
            self.session,
            "decision",
            wanted,
            deployments.deployment_of(self.session, self.instance.definition_key),
            element.setting("calledDecision", "bindingType") or "latest",
            element.setting("calledDecision", "versionTag"),
        )
        yield from deployments.decision(self.session, self.evaluator, found).names

    def _made(self) -> Iterator[tuple[str, list[str]]]:
        """(variable, expressions that it is made of): scripts, mappings, items and collections of loops."""
        for element in self.elements:
            if element.type == "scriptTask":
                yield element.setting("script", "resultVariable", "result") or "", list(_script(element))
            for target, source in element.mappings.inputs + element.mappings.outputs:
                yield target.partition(".")[0], [source.removeprefix("=")] if source.startswith("=") else []
            if loop := element.loop:
                for made, of in (
                    (loop.input_element, loop.input_collection),
                    (loop.output_collection, loop.output_element),
                ):
                    if made and of:
                        yield made, [of.removeprefix("=")]


def _script(element: Element) -> Iterator[str]:
    script = element.setting("script", "expression")
    if element.type == "scriptTask" and script:
        yield script.removeprefix("=").strip()


def _conditions(process: Process, element: Element) -> Iterator[str]:
    """The conditions on an element's ways out, or on its happening, going on or being done again."""
    drawn = [process.flows[flow].condition for flow in element.outgoing]
    drawn += [event.value for event in element.events if event.kind == "conditional"]
    if element.loop:
        drawn += [element.loop.completion_condition, element.loop.again]
    drawn.append(element.setting("adHoc", "completionCondition"))
    yield from (text.removeprefix("=").strip() for text in drawn if text)
