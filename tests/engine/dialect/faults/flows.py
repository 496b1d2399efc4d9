"""Flows, gateways, joins."""

from tests.engine.dialect.faults import choice, fault, plain
from tests.engine.drawing import Drawing


@fault("flow_without_source", "e")
def _():
    return (
        plain().xml().replace(b"</process>", b'<sequenceFlow id="z" sourceRef="no" targetRef="e"/></process>')
    )


@fault("flow_without_target", "u")
def _():
    return (
        plain().xml().replace(b"</process>", b'<sequenceFlow id="z" sourceRef="u" targetRef="no"/></process>')
    )


@fault("flow_crosses", "u")
def _():
    d = plain()
    d.flow("u", d.sub("x"), "e")
    d.row("start:s1", "user:in", "end:e1", parent="x")
    d.flow("u", "in")
    return d


@fault("flow_into_start", "s")
def _():
    d = plain()
    d.flow("u", "s")
    return d


@fault("flow_out_of_end", "e")
def _():
    d = plain()
    d.flow("e", "u")
    return d


@fault("no_start", "p")
def _():
    d = Drawing()
    d.row("user:u", "end:e")
    d.flow("u", "u")
    return d


@fault("many_starts", "p")
def _():
    d = plain()
    d.flow(d.start("s2"), "u")
    return d


def foreign(d: Drawing) -> bytes:
    """The same drawing as another maker would save it."""
    return d.xml().replace(b'isExecutable="true"', b'isExecutable="false"')


@fault("several_starts", "p")
def _():
    d = plain()
    d.flow(d.start("s2"), "u")
    return foreign(d)


@fault("unused_element", "x")
def _():
    d = plain()
    d.flow(d.user("x"), "e")
    return foreign(d)


@fault("implied_default", "x")
def _():
    return foreign(choice("a", None))


@fault("one_start", "x")
def _():
    d = plain()
    d.flow("u", d.sub("x"), "e")
    d.row("start:s1", "user:in", "end:e1", parent="x")
    d.flow(d.start("s2", parent="x"), "in")
    return d


@fault("no_end", "p")
def _():
    d = Drawing()
    d.row("start:s", "user:u")
    d.flow("u", "u")
    return d


@fault("dead_end", "x")
def _():
    d = plain()
    d.flow("u", d.user("x"))
    return d


@fault("unreachable", "x")
def _():
    d = plain()
    d.flow(d.user("x"), "e")
    return d


@fault("unreachable", "y")
def _():
    d = plain()
    d.flow(d.user("x"), d.user("y"), "x")
    return d


@fault("bad_default", "x")
def _():
    d = plain()
    d.flow("u", d.xor("x", default="flow1"), "e")
    return d


@fault("no_condition", "x")
def _():
    return choice("a", None)


@fault("no_default", "x")
def _():
    return choice("a", "b")


@fault("stray_condition", "s")
def _():
    d = plain()
    d.flow("s", "e", condition="a")
    return d


@fault("condition_not_feel", "x")
def _():
    d = choice("approved", default="flow3")
    return d.xml().replace(b">=approved<", b">approved == true<")


@fault("join_stalls", "x")
def _():
    d = Drawing()
    d.row("start:s", "par:split", "user:a", "par:x", "user:b", "xor:more", "end:e")
    d.flow("split", d.user("c"), "x")
    d.flow("more", "x", condition="again")
    return d


@fault("join_never_filled", "x")
def _():
    d = Drawing()
    d.row("start:s", "xor:g", "par:x", "end:e")
    d.flow("g", "x", condition="a")
    d.elements["g"].attrs["default"] = "flow2"
    return d


@fault("few_events", "x")
def _():
    d = plain()
    d.flow("u", d.race("x"), d.catch("t", d.timer("P1D")), "e")
    return d


@fault("not_an_event", "y")
def _():
    d = plain()
    d.flow("u", d.race("x"), d.user("y"), "e")
    return d
