"""Signals and conditional events inside one instance, stored and loaded between all steps."""

from tests.engine.drawing import Case, Drawing


def test_a_signal_reaches_all_who_wait_and_is_told_to_the_others():
    d = Drawing()
    d.row("start:s", "par:split")
    d.flow("split", d.catch("c1", d.signal("go")), d.end("e1"))
    d.flow("split", d.catch("c2", d.signal("go")), d.user("u2"), d.end("e2"))
    d.flow("split", d.user("u"), d.throw("t", d.signal("go")), d.catch("later", d.signal("go")), d.end("e3"))
    case = Case(d.process())
    case.complete("u")
    assert case.waiting == ["later", "u2"]  # it waits only since the signal was thrown
    assert case.world.signals == [("go", {})]
    assert not case.hear("other")
    assert case.hear("go", found=7)
    assert case.root == {"found": 7}


def test_a_signal_on_a_boundary_interrupts_or_not():
    d = Drawing()
    d.row("start:s", "user:u", "end:e")
    d.boundary("stop", "u", d.signal("stop"))
    d.boundary("note", "u", d.signal("note"), interrupting=False)
    d.flow("stop", d.end("stopped"))
    d.flow("note", d.user("noted"), d.end("n"))
    case = Case(d.process())
    case.hear("note")
    case.hear("note")
    assert case.waiting == ["note", "noted", "noted", "stop", "u"]
    case.hear("stop")
    assert case.waiting == ["noted", "noted"]


def test_a_signal_starts_an_event_subprocess_and_ends_its_scope():
    d = Drawing()
    d.row("start:s", "user:u", "end:e")
    d.sub("aside", on_event=True)
    d.start("heard", d.signal("alarm"), parent="aside")
    d.row("user:act", "end:done", parent="aside")
    d.flow("heard", "act")
    case = Case(d.process())
    case.hear("alarm")
    assert case.waiting == ["act"]
    case.complete("act")
    assert case.ended == "done"


def test_an_end_event_throws_its_signal():
    d = Drawing()
    d.row("start:s", "user:u")
    d.flow("u", d.end("e", d.signal("over")))
    case = Case(d.process())
    case.complete("u")
    assert (case.ended, case.world.signals) == ("e", [("over", {})])


def test_a_conditional_event_waits_until_its_condition_becomes_true():
    d = Drawing()
    d.row("start:s", "par:split")
    d.flow("split", d.user("u"), d.user("v"), d.end("e1"))
    d.flow("split", d.catch("c", d.condition("level = 2")), d.user("w"), d.end("e2"))
    case = Case(d.process())
    assert case.waiting == ["c", "u"]  # there is no such variable yet
    case.complete("u", level=1)
    assert case.waiting == ["c", "v"]
    case.complete("v", level=2)
    assert case.waiting == ["w"]


def test_a_condition_that_holds_already_does_not_wait():
    d = Drawing()
    d.start("s")
    d.flow("s", d.catch("c", d.condition("level = 2")), d.user("u"), d.end("e"))
    assert Case(d.process(), level=2).waiting == ["u"]


def test_a_condition_that_stays_true_happens_once_each_time_it_becomes_so():
    d = Drawing()
    d.row("start:s", "xor:again", "user:u", "xor:more", "end:e")
    d.elements["more"].attrs["default"] = "flow4"
    d.flow("more", "again", condition="on")
    d.sub("aside", on_event=True)
    d.start("high", d.condition("level = 2"), parent="aside", isInterrupting="false")
    d.row("user:act", "end:done", parent="aside")
    d.flow("high", "act")
    case = Case(d.process(), on=True)
    for level, acts in ((1, 0), (2, 1), (2, 1), (1, 1), (2, 2)):
        case.complete("u", level=level)
        assert case.waiting.count("act") == acts


def test_a_condition_on_a_boundary_ends_the_activity():
    d = Drawing()
    d.row("start:s", "par:split")
    d.flow("split", d.user("u"), d.end("e1"))
    d.boundary("c", "u", d.condition("refused = true"))
    d.flow("c", d.user("w"), d.end("e2"))
    d.flow("split", d.user("v"), d.end("e3"))
    case = Case(d.process())
    case.complete("v", refused=True)
    assert case.waiting == ["w"]


def test_a_race_is_won_by_a_signal_or_a_condition():
    for winner in ("signal", "condition"):
        d = Drawing()
        d.row("start:s", "par:split")
        d.flow("split", d.race("r"), d.catch("a", d.signal("go")), d.end("e1"))
        d.flow("r", d.catch("b", d.condition("ready = true")), d.user("w"), d.end("e2"))
        d.flow("split", d.user("u"), d.end("e3"))
        case = Case(d.process())
        if winner == "signal":
            case.hear("go")
            assert case.waiting == ["u"]
        else:
            case.complete("u", ready=True)
            assert case.waiting == ["w"]
