"""Variables by scope: looked up outwards, written where the name is known, loaded when asked for."""

from engine.scopes import ROOT, Scopes, with_entry
from tests.engine.drawing import Case, Drawing, mapped


def stored(**scopes):
    """A store of scopes, and the list of what was asked of it."""
    asked = []

    def load(scope, names):
        asked.append((scope, names))
        held = scopes.get(scope, {})
        return {k: v for k, v in held.items() if names is None or k in names}

    made = Scopes(load)
    made.restore()
    return made, asked


def test_a_name_is_looked_up_from_the_inside_out():
    scopes, _ = stored(**{ROOT: {"a": 1, "b": 2}, "x": {"b": 3}})
    scopes.open("x", ROOT, stored=True)
    scopes.open("y", "x")
    scopes.set("y", "c", 4)
    assert scopes.view("y").pick({"a", "b", "c", "d"}) == {"a": 1, "b": 3, "c": 4}
    assert dict(scopes.view("y")) == {"a": 1, "b": 3, "c": 4}
    assert "d" not in scopes.view("y")


def test_only_the_names_asked_for_are_loaded_and_each_once():
    scopes, asked = stored(**{ROOT: {"a": 1, "b": 2, "big": "x" * 1000}})
    view = scopes.view()
    assert view["a"] == 1
    assert view["a"] == 1
    assert "nothing" not in view
    assert "nothing" not in view
    assert view.pick({"a", "b"}) == {"a": 1, "b": 2}
    assert asked == [(ROOT, {"a"}), (ROOT, {"nothing"}), (ROOT, {"b"})]


def test_a_scope_of_this_step_and_one_without_variables_are_never_asked_for():
    scopes, asked = stored(**{ROOT: {"a": 1}})
    scopes.open("x", ROOT)
    scopes.open("y", "x")
    assert scopes.view("y")["a"] == 1
    assert [scope for scope, _ in asked] == [ROOT]


def test_a_result_goes_to_the_nearest_scope_that_has_the_name_else_to_the_root():
    scopes, _ = stored(x={"local": 1})
    scopes.open("x", ROOT, stored=True)
    scopes.open("y", "x")
    scopes.propagate("y", {"local": 2, "new": 3})
    assert scopes.changed == [("x", "local", 2), (ROOT, "new", 3)]


def test_a_scope_that_ends_leaves_nothing_to_write():
    scopes, _ = stored(x={"local": 1})
    scopes.open("x", ROOT, stored=True)
    scopes.open("y", "x")
    scopes.update({"a": 1}, "x")
    scopes.update({"b": 1}, "y")
    scopes.drop("y")
    scopes.drop("x")
    assert (scopes.changed, scopes.dropped) == ([], ["x"])


def test_a_value_that_does_not_change_is_not_written_again():
    scopes, _ = stored(**{ROOT: {"a": 1, "facts": [1]}})
    assert scopes.view().pick({"a", "facts"})
    scopes.update({"a": 1})
    assert scopes.changed == []
    scopes.update({"a": True})
    assert scopes.changed == [(ROOT, "a", True)]


def test_a_list_changed_in_place_is_written():
    scopes, _ = stored(**{ROOT: {"facts": [1]}})
    facts = scopes.view()["facts"]
    facts.append(2)
    scopes.update({"facts": facts})
    assert scopes.changed == [(ROOT, "facts", [1, 2])]


def test_names_that_mean_something_to_python_are_names():
    scopes = Scopes()
    odd = {"typename": 1, "__class__": 2, "__dict__": 3, "self": 4, "": 5, "户主 姓名": 6}
    scopes.update(odd)
    assert dict(scopes.view()) == odd


def test_an_entry_is_set_in_a_copy():
    whole = {"a": {"b": 1, "c": 2}, "d": 3}
    assert with_entry(whole, ["a", "b"], 9) == {"a": {"b": 9, "c": 2}, "d": 3}
    assert with_entry(whole, ["d", "x", "y"], 9) == {"a": {"b": 1, "c": 2}, "d": {"x": {"y": 9}}}
    assert with_entry(None, ["a"], 9) == {"a": 9}
    assert whole == {"a": {"b": 1, "c": 2}, "d": 3}


def test_what_an_element_reads_is_loaded_at_once():
    d = Drawing()
    d.start("s")
    d.user("u", mappings=mapped({"a": "=x", "b": "=y.z", "c": "=1"}))
    d.xor("g")
    d.end("e")
    d.end("f")
    d.flow("s", "u", "g")
    d.elements["g"].attrs["default"] = d.flow("g", "e")
    d.flow("g", "f", condition="x = p")
    d.flow("g", "f", condition="y = q")
    case = Case(d.process(), x=1, y={"z": 2}, p=3, q=4)
    case.complete("u")
    root = [names for scope, names in case.loads if scope == ROOT]
    assert root == [{"x", "y", "p", "q"}]
