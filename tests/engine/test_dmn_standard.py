"""DMN 1.1 to 1.5 and FEEL as the standard has them, case by case: what it says, and what it leaves null."""

from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import decisions
from engine.decisions import DecisionReading
from engine.feel import Evaluator, FeelError

NOW = datetime(2020, 5, 30, 16, 30, tzinfo=UTC)
NEWEST = "https://www.omg.org/spec/DMN/20230324/MODEL/"
NAMESPACES = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.1 of the first modelers": "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": NEWEST,
}
TYPES = """
<itemDefinition name="Grade"><typeRef>string</typeRef><allowedValues><text>"甲", "乙"</text></allowedValues></itemDefinition>
<itemDefinition name="SameGrade"><typeRef>Grade</typeRef></itemDefinition>
<itemDefinition name="OtherGrade"><typeRef>Grade</typeRef><allowedValues><text>"丙"</text></allowedValues></itemDefinition>
<itemDefinition name="Grades" isCollection="true"><typeRef>Grade</typeRef></itemDefinition>
<itemDefinition name="Numbers" isCollection="true"><typeRef>number</typeRef></itemDefinition>
<itemDefinition name="Well"><itemComponent name="name"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="depth"><typeRef>number</typeRef></itemComponent></itemDefinition>
<itemDefinition name="Rating"><functionItem outputTypeRef="Grade"><parameters name="a" typeRef="number"/></functionItem></itemDefinition>
"""


def file(*parts: str, namespace: str = "n", model: str = NEWEST) -> bytes:
    return f'<definitions xmlns="{model}" id="d" name="d" namespace="{namespace}">{"".join(parts)}</definitions>'.encode()


def literal(text: str, type_: str = "") -> str:
    typed = f' typeRef="{type_}"' if type_ else ""
    return f"<literalExpression{typed}><text>{escape(text)}</text></literalExpression>"


def decision(key: str, logic: str, *requires: str, type_: str = "") -> str:
    typed = f' typeRef="{type_}"' if type_ else ""
    return f'<decision id="{key}" name="{key}"><variable name="{key}"{typed}/>{"".join(requires)}{logic}</decision>'


def needs(kind: str, href: str) -> str:
    relation = "knowledgeRequirement" if kind == "Knowledge" else "informationRequirement"
    return f'<{relation}><required{kind} href="{href if "#" in href else "#" + href}"/></{relation}>'


def input_data(key: str, type_: str = "", required: bool = False) -> str:
    typed = f' typeRef="{type_}"' if type_ else ""
    mark = '<extensionElements><x:property xmlns:x="x" name="required" value="true"/></extensionElements>'
    return f'<inputData id="{key}" name="{key}">{mark if required else ""}<variable name="{key}"{typed}/></inputData>'


def knowledge(key: str, parameters: dict[str, str], logic: str, *requires: str, type_: str = "") -> str:
    drawn = "".join(
        f'<formalParameter name="{name}"' + (f' typeRef="{of}"/>' if of else "/>")
        for name, of in parameters.items()
    )
    typed = f' typeRef="{type_}"' if type_ else ""
    return (
        f'<businessKnowledgeModel id="{key}" name="{key}"><variable name="{key}"{typed}/>'
        f"<encapsulatedLogic>{drawn}{logic}</encapsulatedLogic>{''.join(requires)}</businessKnowledgeModel>"
    )


def service(key: str, output: str, *inside: str, type_: str = "") -> str:
    typed = f' typeRef="{type_}"' if type_ else ""
    return (
        f'<decisionService id="{key}" name="{key}"><variable name="{key}"{typed}/>'
        f'<outputDecision href="#{output}"/>{"".join(inside)}</decisionService>'
    )


def context(*entries: tuple[str, str]) -> str:
    drawn = (
        "<contextEntry>" + (f'<variable name="{name}"/>' if name else "") + logic + "</contextEntry>"
        for name, logic in entries
    )
    return f"<context>{''.join(drawn)}</context>"


def read(evaluator: Evaluator, xml: bytes, **others: bytes) -> DecisionReading:
    reading = decisions.read(evaluator, "a.dmn", xml, {"a.dmn": xml, **others})
    assert [finding.text for finding in reading.findings if finding.severity == "error"] == []
    return reading


def say(evaluator: Evaluator, xml: bytes, key: str, **inputs: Any) -> Any:
    return evaluator.decide(read(evaluator, xml).model, key, inputs, NOW, lenient=True).output


FEEL: list[tuple[str, Any]] = [
    # types
    ("null instance of Any", False),
    ("[1, 2] instance of list<number>", True),
    ('[1, "a"] instance of Numbers', False),
    ('"丁" instance of Grade', True),  # a type's allowed values are no part of what its values are
    ('{name: "东井", depth: 4} instance of Well', True),
    ('{name: "东井"} instance of Well', False),
    ("{a: null} instance of context<a: string>", True),
    ("[1..3] instance of range<number>", True),
    ('["a".."c"] instance of range<number>', False),
    ("{a: [1..3]} instance of context<a: range<number>>", True),
    ("(function(a: number) a) instance of function<number>->number", False),  # what it gives is not known
    ('(function(a: number) "x") instance of function<number>->string', True),
    ("(function(a, b) 1) instance of function<number>->number", False),
    ('(function() {a: 1, b: "x"}) instance of function<>->context<a: number>', True),
    ("(function(a: context<b: string>) 1) instance of function<context<b: string, c: number>>->number", True),
    (
        "(function(a: context<b: string, c: number>) 1) instance of function<context<b: string>>->number",
        False,
    ),
    ("1 instance of NoSuchType", False),
    ("{range: 4}.range < 5", True),  # a name, and no type
    # functions
    ("(function(a: number) a)(3)", 3),
    ('(function(a: number) a)("x")', None),
    ("(function(a: Grade) a)(text)", None),
    ("(function(a: Numbers) a)(3)", [3]),
    ('(function(n1) external {java: {class: "java.lang.Math", method signature: "cos(double)"}})(1)', None),
    ("nowhere()", None),
    ("3(4)", None),
    # contexts and lists
    ("{a: 1, a: 2}", None),
    ("{a: 1}.b", None),
    ("[1, 2] in ([[1, 2], [3]], [4])", True),
    ("[1, 2] in ([1, 2], [4])", True),
    ("5 in (!= 5, > 9)", False),
    ("for i in 3..1 return i", [3, 2, 1]),
    ("for i in [1, 2], j in [i, 5] return i * j", [1, 5, 4, 10]),
    ("every i in [] satisfies i > 2", True),
    ("some i in [1, null] satisfies i > 2", None),
    # functions of the standard
    ('range("[1..3)") = [1..3)', True),
    ('range("[3..1]")', None),
    ('range("[1+1..3]")', None),
    ("round half down(-1.5, 0)", -1),
    ("round up(1.121, 2)", 1.13),
    ("decimal(2.5, 0)", 2),
    ("floor(-1.56, 1)", -1.6),
    ("round up(1.1, 6177)", None),
    ('matches("井\\n泉", "^泉$", "m")', True),
    ('matches("AB", "a b", "xi")', True),
    (r'matches("井 a", "井 \ s [a ] \p{ L u }?", "x")', True),
    ('replace("abc", "b", "$0$0", "q")', "a$0$0c"),
    ('matches("a", "a", "z")', None),
    ("overlaps before([1..5], [3..8])", True),
    ("finished by([1..10], 10)", True),
    ('is(@"10:00:00Z", @"10:00:00+00:00")', True),
    ('is(@"10:00:00Z", @"11:00:00+01:00")', False),
    ('is(@"10:00:00@Etc/UTC", @"10:00:00Z")', True),
    ("is([1], [1])", True),
    ("is(1)", None),
    # time
    ('@"P1D" * 1.5', "P1DT12H"),
    ('@"P1Y1M" / 2', "P6M"),
    ('@"P1Y" / @"P4M"', 3),
    ('@"P1Y" + @"P1D"', None),
    ('@"2021-03-31" - @"P1M"', "2021-02-28"),
    ('@"2021-01-01T00:00:00Z" - @"2021-01-01T00:00:00"', None),
    ('@"2021-01-02" - @"2021-01-01T00:00:00Z"', "P1D"),
    ('date("2021-02-29")', None),
    ('date("999999999-12-31")', "999999999-12-31"),
    ("date(1000000000, 1, 1)", None),
    ('date("-999999999-02-28") < date("-271000-01-01")', True),
    ('date("999999999-02-28") + @"P1D"', "999999999-03-01"),
    ('date("999999999-12-31") = date("2399-12-31")', False),
    (
        'string(date and time("999999999-12-31T23:59:59@Europe/Paris"))',
        "999999999-12-31T23:59:59@Europe/Paris",
    ),
    ('date and time("999999999-12-31T00:00:00Z").year', 999_999_999),
    ('duration("P999999999M")', "P83333333Y3M"),
    ('duration("-PT1000H")', "-P41DT16H"),
    ('duration("P1Y2D")', None),
    ('@"PT0.5S" * 3', "PT1.5S"),
    ("[100] = 100", None),
    ("[] = null", False),
]


@pytest.mark.parametrize(("text", "expected"), FEEL, ids=[text for text, _ in FEEL])
def test_feel(evaluator: Evaluator, text: str, expected: Any) -> None:
    xml = file(TYPES, input_data("text"), decision("a", literal(text), needs("Input", "text")))
    said = say(evaluator, xml, "a", text="丁")
    assert said == expected and isinstance(said, bool) == isinstance(expected, bool)


TYPED: list[tuple[str, str, Any]] = [
    ("string", "1 + 1", None),
    ("string", '["x"]', "x"),
    ("number", "[[3]]", 3),
    ("Numbers", "3", [3]),
    ("Numbers", '"x"', None),
    ("Numbers", "null", None),
    ("date and time", '@"2000-01-02"', "2000-01-02T00:00:00Z"),
    ("Well", '{name: "东井", depth: 4, dry: true}', {"name": "东井", "depth": 4, "dry": True}),
    ("Well", '{name: "东井"}', None),
    ("Grade", '"甲"', "甲"),
    ("Grade", '"丁"', None),
    ("SameGrade", '"丁"', None),
    ("OtherGrade", '"丙"', "丙"),  # its own list takes the place of what it is built on
    ("OtherGrade", '"甲"', None),
    ("Grades", '["甲", "丁"]', None),
]


@pytest.mark.parametrize(("type_", "text", "expected"), TYPED)
def test_a_result_is_made_to_fit_its_type_or_is_null(
    evaluator: Evaluator, type_: str, text: str, expected: Any
) -> None:
    boxed = "<list><literalExpression><text>1</text></literalExpression></list>"
    xml = file(
        TYPES,
        decision("variable", literal(text), type_=type_),
        decision("expression", literal(text, type_)),
        decision("entry", context(("e", boxed), ("", literal(text, type_)))),
    )
    assert {say(evaluator, xml, key) == expected for key in ("variable", "expression", "entry")} == {True}


def test_a_binding_fits_its_parameter(evaluator: Evaluator) -> None:
    binding = f'<binding><parameter name="a" typeRef="number"/>{literal("x")}</binding>'
    drawn = f"<invocation>{literal('function(a) a')}{binding}</invocation>"
    xml = file(input_data("x"), decision("a", drawn, needs("Input", "x")))
    assert [say(evaluator, xml, "a", x=value) for value in (1, [1], "1")] == [1, 1, None]


def test_knowledge_and_services_are_asked_by_their_ids(evaluator: Evaluator) -> None:
    xml = file(
        TYPES,
        knowledge("double", {"a": "number"}, literal("a * 2"), type_="number"),
        knowledge("rate", {"a": "number"}, literal('if a > 3 then "甲" else "丁"'), type_="Rating"),
        input_data("depth", "number"),
        decision("base", literal("depth + 1"), needs("Input", "depth")),
        decision("top", literal("base * 10"), needs("Decision", "base")),
        service("whole", "top", '<inputData href="#depth"/>'),
        service("given", "top", '<inputDecision href="#base"/>'),
        decision("caller", literal("given(4) + whole(1)"), needs("Knowledge", "given"), needs("Knowledge", "whole")),
        decision("wrong", literal("given(base: 4, more: 1)"), needs("Knowledge", "given")),
    )  # fmt: skip
    reading = read(evaluator, xml)
    assert {"double", "rate", "whole", "given", "top"} <= set(reading.decisions)
    assert reading.decisions["double"].inputs == ("a",)
    assert say(evaluator, xml, "double", a=4) == 8
    assert say(evaluator, xml, "double") is None
    assert (say(evaluator, xml, "rate", a=4), say(evaluator, xml, "rate", a=1)) == ("甲", None)
    assert say(evaluator, xml, "whole", depth=2) == 30
    assert say(evaluator, xml, "given", base=7) == 70
    assert say(evaluator, xml, "caller") == 60
    assert say(evaluator, xml, "wrong") is None
    with pytest.raises(FeelError, match="缺少输入“a”"):
        evaluator.decide(reading.model, "double", {}, NOW)


def test_knowledge_may_call_itself_and_stops_where_it_never_ends(evaluator: Evaluator) -> None:
    calls = needs("Knowledge", "sum_to")
    xml = file(
        knowledge("sum_to", {"n": "number"}, literal("if n <= 0 then 0 else n + sum_to(n - 1)"), calls),
        decision("a", literal("sum_to(20)"), calls),
        knowledge("loop", {"n": ""}, literal("loop(n)"), needs("Knowledge", "loop")),
        decision("never", literal("loop(1)"), needs("Knowledge", "loop")),
    )
    assert say(evaluator, xml, "a") == 210
    with pytest.raises(FeelError) as raised:
        say(evaluator, xml, "never")
    assert raised.value.kind == "too_deep"


BOXED: list[tuple[str, str, Any]] = [
    ("conditional", "<conditional><if>{0}</if><then>{1}</then><else>{2}</else></conditional>", "y"),
    ("filter", "<filter><in>{3}</in><match>{4}</match></filter>", [3, 4]),
    ("for", '<for iteratorVariable="i"><in>{3}</in><return>{5}</return></for>', [1, 4, 9, 16]),
    ("some", '<some iteratorVariable="i"><in>{3}</in><satisfies>{6}</satisfies></some>', True),
    ("every", '<every iteratorVariable="i"><in>{3}</in><satisfies>{6}</satisfies></every>', False),
    ("nested", "<conditional><if>{7}</if><then><list>{1}{1}</list></then><else>{2}</else></conditional>", ["x", "x"]),
    ("not_boolean", "<conditional><if>{1}</if><then>{1}</then><else>{2}</else></conditional>", "y"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "drawn", "expected"), BOXED, ids=[name for name, _, _ in BOXED])
def test_boxed_expressions(evaluator: Evaluator, name: str, drawn: str, expected: Any) -> None:
    texts = ["1 > 2", '"x"', '"y"', "[1, 2, 3, 4]", "item > 2", "i * i", "i > 3", "2 > 1"]
    assert say(evaluator, file(decision("a", drawn.format(*map(literal, texts)))), "a") == expected


def test_a_relation_fits_its_columns(evaluator: Evaluator) -> None:
    drawn = f'<relation><column name="n" typeRef="number"/><column name="t"/><row>{literal("1")}{literal("2")}</row><row>{literal("true")}{literal("[3]")}</row></relation>'
    assert say(evaluator, file(decision("a", drawn)), "a") == [{"n": 1, "t": 2}, {"n": None, "t": [3]}]


def test_a_filter_knows_the_entries_of_what_it_filters(evaluator: Evaluator) -> None:
    wells = literal('[{name: "东井", depth: 4}, {name: "西井", depth: 9}]')
    drawn = f"<filter><in>{wells}</in><match>{literal('depth > 5')}</match></filter>"
    xml = file(decision("a", drawn), decision("b", literal("a.name"), needs("Decision", "a")))
    assert say(evaluator, xml, "b") == ["西井"]


@pytest.mark.parametrize("version", NAMESPACES)
def test_every_version_is_read(evaluator: Evaluator, version: str) -> None:
    prefix = 'xmlns:feel="http://www.omg.org/spec/FEEL/20140401"'
    typed = "feel:number" if version == "1.1" else "number"
    xml = file(
        f'<inputData id="x" name="x"><variable name="x" typeRef="{typed}"/></inputData>',
        decision("a", literal("x + 1"), needs("Input", "n#x"), type_=typed),
        model=NAMESPACES[version],
    ).replace(b"<definitions", f"<definitions {prefix}".encode())
    assert say(evaluator, xml, "a", x=1) == 2
    with pytest.raises(FeelError):
        say(evaluator, xml, "a", x="one")


def test_what_is_left_out_is_null_only_for_who_asks_and_never_where_it_is_required(
    evaluator: Evaluator,
) -> None:
    xml = file(
        input_data("x", "number"),
        input_data("y", "number", required=True),
        decision("a", literal("x = null"), needs("Input", "x")),
        decision("b", literal("y = null"), needs("Input", "y")),
        decision("c", literal("nowhere = null")),
    )
    model = read(evaluator, xml).model
    assert say(evaluator, xml, "a") is True
    assert say(evaluator, xml, "c") is True
    for key, lenient in (("a", False), ("c", False), ("b", True)):
        with pytest.raises(FeelError):
            evaluator.decide(model, key, {}, NOW, lenient=lenient)


def test_what_gives_null_is_told_before_it_takes_force(evaluator: Evaluator) -> None:
    java = '<functionDefinition kind="Java"><formalParameter name="a"/><context/></functionDefinition>'
    xml = file(decision("undecided", ""), decision("java", context(("f", java), ("", literal("f(1)")))))
    reading = read(evaluator, xml)
    told = {(finding.element_id, finding.rule, finding.severity) for finding in reading.findings}
    assert told == {("undecided", "dmn_undecided", "warning"), ("java", "dmn_external", "warning")}
    assert (say(evaluator, xml, "undecided"), say(evaluator, xml, "java")) == (None, None)


def imports(namespace: str, name: str) -> str:
    return f'<import namespace="{namespace}" name="{name}" importType="{NEWEST}"/>'


def test_an_import_with_a_name_keeps_its_types_and_ids_apart(evaluator: Evaluator) -> None:
    grade = '<itemDefinition name="Grade"><typeRef>number</typeRef></itemDefinition>'
    library = file(grade, decision("a", literal("7", "Grade")), decision("other", literal("a", "Grade"), needs("Decision", "a")), namespace="lib")  # fmt: skip
    xml = file(
        imports("lib", "the lib"),
        TYPES,
        decision("a", literal('"甲"', "Grade")),
        decision("b", literal("[a, the lib.a, the lib.other]"), needs("Decision", "a"), needs("Decision", "lib#a"), needs("Decision", "lib#other")),
        decision("c", literal("the lib.a", "the lib.Grade"), needs("Decision", "lib#a")),
    )  # fmt: skip
    reading = read(evaluator, xml, **{"lib.dmn": library})
    assert set(reading.decisions) == {"a", "b", "c"}
    said = [evaluator.decide(reading.model, key, {}, NOW).output for key in ("b", "c")]
    assert said == [["甲", 7, 7], 7]


def test_an_import_without_a_name_is_as_if_it_stood_here_and_what_stands_here_comes_first(
    evaluator: Evaluator,
) -> None:
    inner = file(TYPES, input_data("x"), decision("a", literal('"inner"')), decision("b", literal("a"), needs("Decision", "a")), knowledge("k", {}, literal('"k"')), imports("outer", ""), namespace="inner")  # fmt: skip
    between = file(imports("inner", ""), namespace="between")
    xml = file(
        imports("between", ""),
        decision("a", literal('"outer"')),
        decision("c", literal('b + " " + k()'), needs("Decision", "b"), needs("Knowledge", "k")),
        decision("d", literal("x", "Grade"), needs("Input", "x")),
        namespace="outer",
    )
    reading = read(evaluator, xml, **{"b.dmn": between, "i.dmn": inner})
    assert set(reading.decisions) == {"a", "c", "d"}
    assert {finding.rule for finding in reading.findings} == {"dmn_import_cycle"}
    said = [evaluator.decide(reading.model, key, {"x": "丁"}, NOW).output for key in ("c", "d")]
    assert said == ["outer k", None]


def test_files_that_all_import_each_other_are_refused_in_time(evaluator: Evaluator) -> None:
    spaces = [f"n{at}" for at in range(12)]
    files = {
        f"{space}.dmn": file(*(imports(other, other) for other in spaces if other != space), decision("a", literal("1")), namespace=space)
        for space in spaces
    }  # fmt: skip
    reading = decisions.read(evaluator, "n0.dmn", files["n0.dmn"], files)
    assert "dmn_too_many_imports" in {finding.rule for finding in reading.findings}


def table(hit: str, rows: list[tuple[str, str, str]], values: tuple[str, str]) -> str:
    columns = "".join(
        f'<output name="{name}"><outputValues><text>{text}</text></outputValues></output>'
        for name, text in zip("ab", values, strict=True)
    )
    drawn = "".join(
        f"<rule><inputEntry><text>{escape(test)}</text></inputEntry>"
        f"<outputEntry><text>{a}</text></outputEntry><outputEntry><text>{b}</text></outputEntry></rule>"
        for test, a, b in rows
    )
    return f'<decisionTable hitPolicy="{hit}"><input><inputExpression><text>x</text></inputExpression></input>{columns}{drawn}</decisionTable>'


several = st.lists(st.tuples(st.integers(0, 9), st.sampled_from("321"), st.sampled_from("65")), max_size=6)


@pytest.mark.parametrize("hit", ["PRIORITY", "OUTPUT ORDER", "RULE ORDER", "COLLECT", "FIRST"])
@settings(max_examples=8, deadline=None)
@given(rows=several, asked=st.integers(0, 9))
def test_tables_of_several_outputs_agree_with_a_plain_model(
    evaluator: Evaluator, hit: str, rows: list[tuple[int, str, str]], asked: int
) -> None:
    drawn = table(hit, [(f">= {least}", a, b) for least, a, b in rows], ("3, 2, 1", "6, 5"))
    matching = [(int(a), int(b)) for least, a, b in rows if asked >= least]
    if hit in ("PRIORITY", "OUTPUT ORDER"):
        matching.sort(reverse=True)  # both lists of values go down
    expected: Any = [{"a": a, "b": b} for a, b in matching]
    if hit in ("PRIORITY", "FIRST"):
        expected = expected[0] if expected else None
    assert say(evaluator, file(input_data("x", "number"), decision("a", drawn, needs("Input", "x"))), "a", x=asked) == expected  # fmt: skip


COLUMNS = """<decisionTable><input label="x"><inputExpression{0}><text>x</text></inputExpression><inputValues><text>"a", "b"</text></inputValues></input>
<output name="a" typeRef="number"/><output name="b"><outputValues><text>"a"</text></outputValues></output>
<rule><inputEntry><text>null, "a"</text></inputEntry><outputEntry><text>x</text></outputEntry><outputEntry typeRef="string"><text>x</text></outputEntry></rule></decisionTable>"""


def test_what_a_column_does_not_take_is_null_or_refused_where_inputs_are_marked(evaluator: Evaluator) -> None:
    for required in (False, True):
        drawn = decision("a", COLUMNS.format(' typeRef="string"'), needs("Input", "x"))
        xml = file(input_data("x"), input_data("y", required=required), drawn)
        model = read(evaluator, xml).model
        # not allowed, not of the type, and one that the number of the output does not take
        for value in ("c", 1, "a"):
            for lenient in (False, True):
                asked = {"x": value}
                if lenient and not required:
                    said = evaluator.decide(model, "a", asked, NOW, lenient=True).output
                    assert said == {"a": 1 if value == 1 else None, "b": "a" if value == "a" else None}
                    continue
                with pytest.raises(FeelError) as raised:
                    evaluator.decide(model, "a", asked, NOW, lenient=lenient)
                assert raised.value.kind in ("not_allowed_value", "wrong_input_type")


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("wanted", False, False),  # not "is `wanted` true", but "is the value what is wanted"
        ("wanted", True, True),
        ("not(wanted)", False, True),
        ("true, false", False, True),
        ("? = wanted", True, True),
        ("? or wanted", False, True),
        ("-", False, True),
    ],
)
def test_a_cell_compares_a_true_or_false(
    evaluator: Evaluator, cell: str, value: bool, expected: bool
) -> None:
    drawn = (
        "<decisionTable><input><inputExpression><text>x</text></inputExpression></input><output/>"
        f"<rule><inputEntry><text>{cell}</text></inputEntry><outputEntry><text>true</text></outputEntry></rule></decisionTable>"
    )
    requires = needs("Input", "x"), needs("Input", "wanted")
    xml = file(input_data("x", "boolean"), input_data("wanted", "boolean"), decision("a", drawn, *requires))
    assert (say(evaluator, xml, "a", x=value, wanted=True) is True) == expected
