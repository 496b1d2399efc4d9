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


def one_after_the_other(loop: str) -> str:
    return loop.replace("Characteristics>", 'Characteristics isSequential="true">', 1)


def asking(loop: str) -> Drawing:
    d = Drawing()
    d.start("s")
    d.user("ask", loop=loop)
    d.row("user:after", "end:e")
    d.flow("s", "ask", "after")
    return d


def test_a_sequential_multi_instance_asks_one_after_the_other():
    d = asking(one_after_the_other(each("=people", "person", "opinions", "=opinion")))
    case = Case(d.process(), people=["a", "b"])
    for person in ("a", "b"):
        assert case.waiting == ["ask"]
        [token] = case.tokens("ask")
        assert case.value("person", token) == person
        case.complete("ask", opinion=person + "!")
    assert case.waiting == ["after"]
    assert case.root["opinions"] == ["a!", "b!"]
    case.complete("after")
    assert case.ended == "e"


def test_a_sequential_multi_instance_of_nothing_goes_on():
    assert Case(asking(one_after_the_other(each("=[]"))).process()).waiting == ["after"]


def test_a_sequential_multi_instance_sees_its_list_as_it_is_now():
    case = Case(asking(one_after_the_other(each("=people"))).process(), people=[1, 2, 3])
    case.complete("ask", people=[1])
    assert case.waiting == ["after"]


def test_a_count_says_how_often():
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>=n</loopCardinality></multiInstanceLoopCharacteristics>"
    case = Case(asking(loop).process(), n=3)
    assert sorted(case.value("loopCounter", token) for token in case.tokens("ask")) == [1, 2, 3]
    for _ in range(3):
        case.complete("ask")
    assert case.waiting == ["after"]


def test_a_completion_condition_ends_the_others():
    done = "<completionCondition>=numberOfCompletedInstances = 2</completionCondition>"
    case = Case(asking(each("=[1, 2, 3, 4]").replace("</multi", done + "</multi")).process())
    case.complete("ask")
    assert case.waiting == ["ask"] * 3
    case.complete("ask")
    assert case.waiting == ["after"]
    assert set(case.variables) == {"0"}


def test_a_completion_condition_sees_what_the_member_made():
    done = "<completionCondition>=refused = true</completionCondition>"
    loop = one_after_the_other(each("=[1, 2, 3]")).replace("</multi", done + "</multi")
    case = Case(asking(loop).process())
    case.complete("ask", refused=False)
    case.complete("ask", refused=True)
    assert case.waiting == ["after"]


def test_a_standard_loop_goes_on_while_its_condition_holds():
    loop = "<standardLoopCharacteristics><loopCondition>=again = true</loopCondition></standardLoopCharacteristics>"
    case = Case(asking(loop).process())
    for turn in range(1, 6):
        [token] = case.tokens("ask")
        assert case.value("loopCounter", token) == turn
        case.complete("ask", again=turn < 5)
    assert case.waiting == ["after"]


def test_a_standard_loop_may_test_first_and_has_a_maximum():
    tested = '<standardLoopCharacteristics testBefore="true"><loopCondition>=again</loopCondition></standardLoopCharacteristics>'
    assert Case(asking(tested).process(), again=False).waiting == ["after"]
    most = Case(asking('<standardLoopCharacteristics loopMaximum="2"/>').process())
    most.complete("ask")
    most.complete("ask")
    assert most.waiting == ["after"]


def test_a_loop_of_a_subprocess_is_left_by_its_boundary_event():
    d = Drawing()
    d.start("s")
    d.sub("inner", loop=one_after_the_other(each("=[1, 2, 3]")))
    d.row("start:s1", "user:a", "end:e1", parent="inner")
    d.boundary("late", "inner", d.timer("P1D"))
    d.flow("s", "inner", d.end("e"))
    d.flow("late", d.end("f"))
    case = Case(d.process())
    case.complete("a")
    case.fire("late")
    assert case.ended == "f"
