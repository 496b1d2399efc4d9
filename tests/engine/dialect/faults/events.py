"""Events."""

from tests.engine.dialect.faults import fault, plain


@fault("many_events", "s")
def _():
    d = plain()
    d.elements["s"].inner = d.timer("P1D") + d.message("m")
    return d


@fault("no_event", "x")
def _():
    d = plain()
    d.flow("u", d.catch("x", ""), "e")
    return d


@fault("bad_event", "x")
def _():
    d = plain()
    d.flow("u", d.throw("x", "<cancelEventDefinition/>"), "e")
    return d


@fault("loose_link", "x")
def _():
    d = plain()
    d.flow("u", d.throw("x", '<linkEventDefinition name="nowhere"/>'))
    return d


@fault("no_message", "u")
def _():
    d = plain()
    d.elements["u"].type = "receiveTask"
    return d


@fault("no_signal", "x")
def _():
    d = plain()
    d.flow("u", d.throw("x", "<signalEventDefinition/>"), "e")
    return d


@fault("no_event_condition", "x")
def _():
    d = plain()
    d.flow(
        "u",
        d.catch("x", "<conditionalEventDefinition><condition>a</condition></conditionalEventDefinition>"),
        "e",
    )
    return d


@fault("starts_on_request", "s")
def _():
    d = plain()
    d.elements["s"].inner = "<conditionalEventDefinition/>"
    return d.xml().replace(b'isExecutable="true"', b'isExecutable="false"')


@fault("no_handler", "x")
def _():
    d = plain()
    d.boundary("x", "u", "<compensateEventDefinition/>")
    return d


@fault("undoes_nothing", "x")
def _():
    d = plain()
    d.flow("u", d.throw("x", '<compensateEventDefinition activityRef="u"/>'), "e")
    return d


@fault("not_cancelled", "x")
def _():
    d = plain()
    d.flow("u", d.sub("t"), "e")
    d.elements["t"].type = "transaction"
    d.row("start:ts", "end:x", parent="t")
    d.elements["x"].inner = "<cancelEventDefinition/>"
    return d


@fault("unresolved_reference", "x")
def _():
    d = plain()
    d.flow("u", d.end("x", '<errorEventDefinition errorRef="nowhere"/>'))
    return d


@fault("no_message", "x")
def _():
    d = plain()
    d.flow("u", d.catch("x", "<messageEventDefinition/>"), "e")
    return d


@fault("no_correlation_key", "x")
def _():
    d = plain()
    d.flow("u", d.catch("x", d.message("m", None)), "e")
    return d


@fault("no_code", "x")
def _():
    d = plain()
    d.flow("u", d.end("x", d.error()))
    return d


@fault("code_expression", "x")
def _():
    d = plain()
    d.flow("u", d.end("x", d.error("=code")))
    return d


@fault("no_timer", "x")
def _():
    d = plain()
    d.flow("u", d.catch("x", "<timerEventDefinition/>"), "e")
    return d


def timed(text, kind="timeDuration"):
    d = plain()
    d.flow("u", d.catch("x", d.timer(text, kind)), "e")
    return d


for text, kind in [
    ("30 days", "timeDuration"), ("P", "timeDuration"), ("PT", "timeDuration"), ("2026-13-01", "timeDate"),
    ("P99999999999D", "timeDuration"),
]:  # fmt: skip
    fault("bad_timer", "x")(lambda text=text, kind=kind: timed(text, kind))

for cycle in ["R0/P1D", "R/PT0S", "0 0 9 * * MONDAY", "R/2026-01-01T00:00:00Z"]:

    @fault("bad_timer", "s")
    def _(cycle=cycle):
        d = plain()
        d.elements["s"].inner = d.timer(cycle, "timeCycle")
        return d


@fault("no_cycle", "x")
def _():
    return timed("R3/P1D", "timeCycle")


@fault("attached_to_nothing", "x")
def _():
    d = plain()
    d.boundary("x", "s", d.timer("P1D"))
    d.flow("x", "e")
    return d


@fault("error_interrupts", "x")
def _():
    d = plain()
    d.boundary("x", "u", d.error("bad"), interrupting=False)
    d.flow("x", "e")
    return d


@fault("caught_twice", "y")
def _():
    d = plain()
    for i in ("x", "y"):
        d.boundary(i, "u", d.error("bad"))
        d.flow(i, "e")
    return d


@fault("uncaught_error", "x")
def _():
    d = plain()
    d.flow("u", d.end("x", d.error("lost")))
    return d
