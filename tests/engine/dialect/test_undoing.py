"""Compensation and cancelled transactions, stored and loaded between all steps."""

import pytest

from tests.engine.drawing import Case, Drawing


def booking(then: str, event: str = "<compensateEventDefinition/>") -> Drawing:
    """Two tasks that can be undone, a third that cannot; then an event that may undo them."""
    d = Drawing()
    d.row("start:s", "user:hotel", "user:flight", "user:car")
    d.undo("hotel", "no_hotel")
    d.undo("flight", "no_flight")
    d.add(then, "undo", event)
    d.flow("car", "undo")
    if then == "intermediateThrowEvent":
        d.flow("undo", d.end("e"))
    return d


@pytest.mark.parametrize("then", ["intermediateThrowEvent", "endEvent"])
def test_what_is_done_is_undone_in_reverse_order(then):
    case = Case(booking(then).process())
    for step in ("hotel", "flight", "car"):
        assert case.waiting == [step]
        case.complete(step)
    assert case.waiting == ["no_flight"]
    case.complete("no_flight", refund=1)
    assert case.waiting == ["no_hotel"]
    case.complete("no_hotel")
    assert case.ended == ("undo" if then == "endEvent" else "e")
    assert case.root == {"refund": 1}


def test_only_the_named_activity_is_undone():
    d = booking("intermediateThrowEvent", '<compensateEventDefinition activityRef="hotel"/>')
    case = Case(d.process())
    for step in ("hotel", "flight", "car"):
        case.complete(step)
    assert case.waiting == ["no_hotel"]
    case.complete("no_hotel")
    assert case.ended == "e"


def test_what_was_not_done_is_not_undone():
    d = Drawing()
    d.row("start:s", "user:a", "par:split")
    d.undo("a", "no_a")
    d.flow("split", d.user("b"), d.end("e1"))
    d.undo("b", "no_b")
    d.flow("split", d.user("c"), d.throw("undo", "<compensateEventDefinition/>"), d.end("e2"))
    case = Case(d.process())
    case.complete("a")
    case.complete("c")
    assert case.waiting == ["b", "no_a"]
    case.complete("no_a")
    case.complete("b")
    assert case.ended


def test_each_pass_of_a_loop_is_undone():
    d = Drawing()
    d.row("start:s", "xor:again", "user:a", "xor:more")
    d.undo("a", "no_a")
    d.flow("more", "again", condition="on")
    d.elements["more"].attrs["default"] = d.flow(
        "more", d.throw("undo", "<compensateEventDefinition/>"), d.end("e")
    )
    case = Case(d.process())
    for on in (True, True, False):
        case.complete("a", on=on)
    for _ in range(3):
        assert case.waiting == ["no_a"]
        case.complete("no_a")
    assert case.ended == "e"


def test_a_finished_subprocess_is_undone_by_what_was_done_in_it_or_by_its_own_handler():
    for own in (False, True):
        d = Drawing()
        d.start("s")
        d.sub("trip")
        d.row("start:s1", "user:a", "user:b", "end:e1", parent="trip")
        d.undo("a", "no_a", parent="trip")
        d.undo("b", "no_b", parent="trip")
        if own:
            d.undo("trip", "no_trip")
        d.flow("s", "trip", d.throw("undo", '<compensateEventDefinition activityRef="trip"/>'), d.end("e"))
        case = Case(d.process())
        case.complete("a")
        case.complete("b")
        expected = ["no_trip"] if own else ["no_b", "no_a"]
        for handler in expected:
            assert case.waiting == [handler]
            case.complete(handler)
        assert case.ended == "e"


def test_an_event_subprocess_undoes_what_is_done_around_it():
    d = Drawing()
    d.row("start:s", "user:a", "user:b", "end:e")
    d.undo("a", "no_a")
    d.sub("aside", on_event=True)
    d.start("bad", d.error("bad"), parent="aside")
    d.flow(
        "bad", d.throw("undo", "<compensateEventDefinition/>", parent="aside"), d.end("over", parent="aside")
    )
    case = Case(d.process())
    case.complete("a")
    [token] = case.tokens("b")
    case.step(lambda m: m.throw_error(token, "bad", "", {}))
    assert case.waiting == ["no_a"]
    case.complete("no_a")
    assert case.ended == "over"


def test_a_cancelled_transaction_is_undone_and_left_by_its_cancel_event():
    d = Drawing()
    d.start("s")
    d.sub("t")
    d.elements["t"].type = "transaction"
    d.row("start:s1", "user:pay", "par:split", parent="t")
    d.undo("pay", "pay_back", parent="t")
    d.flow("split", d.user("wait", parent="t"), d.end("e1", parent="t"))
    d.flow("split", d.user("check", parent="t"), d.end("cancel", "<cancelEventDefinition/>", parent="t"))
    d.boundary("cancelled", "t", "<cancelEventDefinition/>")
    d.flow("s", "t", d.end("e"))
    d.flow("cancelled", d.user("tell"), d.end("f"))
    case = Case(d.process())
    case.complete("pay")
    case.complete("check")
    assert case.waiting == ["pay_back"]
    case.complete("pay_back")
    assert case.waiting == ["tell"]
    case.complete("tell")
    assert case.ended == "f"


def test_a_cancelled_transaction_with_nothing_to_undo_is_left_at_once():
    d = Drawing()
    d.start("s")
    d.sub("t")
    d.elements["t"].type = "transaction"
    d.row("start:s1", "user:check", parent="t")
    d.flow("check", d.end("cancel", "<cancelEventDefinition/>", parent="t"))
    d.boundary("cancelled", "t", "<cancelEventDefinition/>")
    d.flow("s", "t", d.end("e"))
    d.flow("cancelled", d.end("f"))
    case = Case(d.process())
    case.complete("check")
    assert case.ended == "f"
