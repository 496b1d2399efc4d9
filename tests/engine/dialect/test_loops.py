"""Multi-instance; each case stored and loaded between all steps."""

from tests.engine.drawing import Case, Drawing, each


def test_a_multi_instance_asks_once_for_each_item_and_collects_in_order():
    d = Drawing()
    d.start("s")
    d.user("ask", loop=each("=people", "person", "opinions", "=opinion"))
    d.row("user:after", "end:e")
    d.flow("s", "ask", "after")
    case = Case(d.process(), people=["a", "b", "c"])
    assert case.waiting == ["ask", "ask", "ask"]
    for token in reversed(case.tokens("ask")):
        person = case.value("person", token)
        case.step(lambda m, t=token, p=person: m.complete(t, {"opinion": p + "!"}))
    assert case.waiting == ["after"]
    assert case.root == {"people": ["a", "b", "c"], "opinions": ["a!", "b!", "c!"]}


def test_a_multi_instance_of_nothing_goes_on():
    d = Drawing()
    d.start("s")
    d.user("ask", loop=each("=[]", "person", "opinions", "=opinion"))
    d.row("user:after", "end:e")
    d.flow("s", "ask", "after")
    case = Case(d.process())
    assert (case.waiting, case.root) == (["after"], {"opinions": []})


def test_a_multi_instance_of_a_subprocess_in_a_loop():
    d = Drawing()
    d.row("start:s", "xor:again")
    d.sub("inner", loop=each("=[1, 2]", "n", "made", "=result"))
    d.row("start:s1", "user:a", "user:b", "end:e1", parent="inner")
    d.row("xor:more", "end:e")
    d.flow("again", "inner", "more")
    d.flow("more", "again", condition="more")
    d.elements["more"].attrs["default"] = "flow5"
    case = Case(d.process())
    for i in range(10):
        case.complete("a", 1, more=i < 9)
        case.complete("a", 0)
        assert case.waiting == ["b", "b"]
        case.complete("b", 0, result=i)
        case.complete("b", 0, result=-i)
        assert sorted(case.value("made")) == sorted([i, -i])
    assert case.ended == "e"


def test_a_boundary_event_on_a_multi_instance_ends_all_members():
    d = Drawing()
    d.start("s")
    d.user("ask", loop=each("=[1, 2, 3]"))
    d.boundary("late", "ask", d.timer("P1D"))
    d.row("end:e")
    d.row("user:f", "end:g")
    d.flow("s", "ask", "e")
    d.flow("late", "f")
    case = Case(d.process())
    case.complete("ask")
    case.fire("late")
    assert case.waiting == ["f"]
    assert set(case.variables) == {"0"}
