"""DMN: hit policies against a plain model, requirements, faults of drawings and of inputs."""

from collections.abc import Sequence
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
MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def definitions(*parts: str, extra: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{extra}<definitions xmlns="{MODEL}" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"'
        f' xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" id="d" name="d" namespace="n">{"".join(parts)}'
        '<dmndi:DMNDI><dmndi:DMNDiagram><dmndi:DMNShape dmnElementRef="level"><dc:Bounds x="120" y="80" width="1" height="1"/>'
        "</dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI></definitions>"
    ).encode()


def cell(tag: str, text: str) -> str:
    return f"<{tag}><text>{escape(text)}</text></{tag}>"


Rule = tuple[Sequence[str], Sequence[str]]


def table(
    inputs: Sequence[tuple[str, str]],
    outputs: Sequence[tuple[str, str]],
    rules: Sequence[Rule],
    hit: str = 'hitPolicy="UNIQUE"',
    output_values: str = "",
) -> str:
    columns = "".join(
        f'<input id="in{i}" label="{name}"><inputExpression typeRef="{type_}"><text>{name}</text></inputExpression></input>'
        for i, (name, type_) in enumerate(inputs)
    )
    columns += "".join(
        f'<output id="out{i}" name="{name}" typeRef="{type_}">{cell("outputValues", output_values) if output_values else ""}</output>'
        for i, (name, type_) in enumerate(outputs)
    )
    rows = "".join(
        f'<rule id="r{i}"><description>说明{i}</description>'
        + "".join(cell("inputEntry", text) for text in conditions)
        + "".join(cell("outputEntry", text) for text in results)
        + "</rule>"
        for i, (conditions, results) in enumerate(rules, start=1)
    )
    return f'<decisionTable id="t" {hit}>{columns}{rows}</decisionTable>'


def decision(key: str, logic: str, requires: str = "") -> str:
    return f'<decision id="{key}" name="决策{key}"><variable id="v{key}" name="{key}"/>{requires}{logic}</decision>'


def needs(kind: str, key: str) -> str:
    relation = "knowledgeRequirement" if kind == "requiredKnowledge" else "informationRequirement"
    return f'<{relation} id="need_{key}"><{kind} href="#{key}"/></{relation}>'


def read(evaluator: Evaluator, *parts: str) -> DecisionReading:
    reading = decisions.read(evaluator, "test.dmn", definitions(*parts))
    assert reading.findings == []
    return reading


def output(evaluator: Evaluator, reading: DecisionReading, key: str, **inputs: Any) -> Any:
    return evaluator.decide(reading.model, key, inputs, NOW).output


LEVELS = table(
    [("income", "number"), ("destitute", "boolean")],
    [("level", "string")],
    [
        (("< 6000", "-"), ['"红"']),
        ((">= 6000", "true"), ['"黄"']),
        ((">= 6000", "false"), ['"蓝"']),
    ],
)


def test_the_border_of_a_rule(evaluator: Evaluator) -> None:
    reading = read(evaluator, decision("level", LEVELS))
    assert output(evaluator, reading, "level", income=5999.99, destitute=False) == "红"
    assert output(evaluator, reading, "level", income=6000, destitute=False) == "蓝"
    assert output(evaluator, reading, "level", income=6000, destitute=True) == "黄"


def test_matched_rules_are_told_with_their_annotations(evaluator: Evaluator) -> None:
    reading = read(evaluator, decision("level", LEVELS))
    result = evaluator.decide(reading.model, "level", {"income": 7000, "destitute": True}, NOW)
    (rule,) = result.matched
    assert (rule.rule_id, rule.index, rule.annotations, rule.outputs) == (
        "r2",
        2,
        ("说明2",),
        {"level": "黄"},
    )
    assert (result.decision_id, result.name) == ("level", "决策level")


def test_a_missing_input_is_named(evaluator: Evaluator) -> None:
    reading = read(evaluator, decision("level", LEVELS))
    assert reading.decisions["level"].inputs == ("destitute", "income")
    with pytest.raises(FeelError, match="destitute"):
        evaluator.decide(reading.model, "level", {"income": 1}, NOW)


@pytest.mark.parametrize("wrong", ["5999", True, [1], {"a": 1}])
def test_an_input_of_another_type_is_refused(evaluator: Evaluator, wrong: Any) -> None:
    reading = read(evaluator, decision("level", LEVELS))
    with pytest.raises(FeelError) as raised:
        evaluator.decide(reading.model, "level", {"income": wrong, "destitute": True}, NOW)
    assert raised.value.kind == "wrong_input_type"
    assert "income" in str(raised.value)
    assert "决策level" in str(raised.value)


def test_a_known_null_is_no_missing_input(evaluator: Evaluator) -> None:
    reading = read(evaluator, decision("level", LEVELS))
    assert output(evaluator, reading, "level", income=None, destitute=True) is None


def test_overlap_under_unique_is_an_error(evaluator: Evaluator) -> None:
    rules: list[Rule] = [(["< 10"], ["1"]), (["> 5"], ["2"])]
    reading = read(evaluator, decision("level", table([("x", "number")], [("y", "number")], rules)))
    assert output(evaluator, reading, "level", x=3) == 1
    with pytest.raises(FeelError) as raised:
        evaluator.decide(reading.model, "level", {"x": 7}, NOW)
    assert raised.value.kind == "overlap"
    assert raised.value.params["rules"] == "1, 2"


Row = tuple[int, int, int]  # a rule: matches x in low..high, and gives a value
rows = st.lists(
    st.builds(lambda a, b, value: (min(a, b), max(a, b), value), *[st.integers(0, 9)] * 2, st.integers(0, 3)),
    min_size=1,
    max_size=5,
)


def expected(policy: str, values: list[int]) -> Any:
    """What a table says when its matching rules give these values; "error" where it must not say anything."""
    first = values[0] if values else None
    match policy:
        case "UNIQUE":
            return "error" if len(values) > 1 else first
        case "ANY":
            return "error" if len(set(values)) > 1 else first
        case "FIRST":
            return first
        case "PRIORITY":
            return max(values, default=None)
        case "OUTPUT ORDER":
            return sorted(values, reverse=True)
        case "COLLECT SUM":
            return sum(values) if values else None
        case "COLLECT MIN":
            return min(values, default=None)
        case "COLLECT MAX":
            return max(values, default=None)
        case "COLLECT COUNT":
            return len(set(values))
    return values  # COLLECT, RULE ORDER


POLICIES = [
    "UNIQUE", "ANY", "FIRST", "PRIORITY", "OUTPUT ORDER", "RULE ORDER", "COLLECT",
    "COLLECT SUM", "COLLECT MIN", "COLLECT MAX", "COLLECT COUNT",
]  # fmt: skip


@pytest.mark.parametrize("policy", POLICIES)
@settings(max_examples=8, deadline=None)
@given(rows=rows, asked=st.integers(0, 9))
def test_hit_policies_agree_with_a_plain_model(
    evaluator: Evaluator, policy: str, rows: list[Row], asked: int
) -> None:
    name, _, aggregation = policy.partition(" ") if policy.startswith("COLLECT") else (policy, "", "")
    hit = f'hitPolicy="{name}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    drawn = table(
        [("x", "number")],
        [("y", "number")],
        [([f"[{low}..{high}]"], [str(value)]) for low, high, value in rows],
        hit,
        output_values="3, 2, 1, 0",
    )
    reading = read(evaluator, decision("level", drawn))
    values = [value for low, high, value in rows if low <= asked <= high]
    try:
        result = output(evaluator, reading, "level", x=asked)
    except FeelError as error:
        assert error.kind in ("overlap", "any_differs")
        result = "error"
    assert result == expected(policy, values)


def test_several_outputs_make_a_context_and_defaults_stand_in(evaluator: Evaluator) -> None:
    drawn = table([("x", "number")], [("a", "number"), ("b", "string")], [(["1"], ["10", '"一"'])])
    reading = read(evaluator, decision("level", drawn))
    assert output(evaluator, reading, "level", x=1) == {"a": 10, "b": "一"}
    assert output(evaluator, reading, "level", x=2) is None
    drawn = drawn.replace(
        '<output id="out1" name="b" typeRef="string">',
        '<output id="out1" name="b" typeRef="string"><defaultOutputEntry><text>"人工判断"</text></defaultOutputEntry>',
    )
    assert output(evaluator, read(evaluator, decision("level", drawn)), "level", x=2) == {
        "a": None,
        "b": "人工判断",
    }


def test_required_decisions_inputs_and_knowledge(evaluator: Evaluator) -> None:
    reading = read(
        evaluator,
        '<inputData id="i_income" name="人均可支配收入"><variable id="vi" name="income" typeRef="number"/></inputData>',
        '<inputData id="i_since" name="since"><variable id="vs" name="since" typeRef="date"/></inputData>',
        '<businessKnowledgeModel id="k" name="k"><variable id="vk" name="margin"/><encapsulatedLogic><formalParameter name="n" typeRef="number"/>'
        "<literalExpression><text>n * settings.factor</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>",
        decision(
            "border", cell("literalExpression", "margin(settings.line)"), needs("requiredKnowledge", "k")
        ),
        decision(
            "level",
            '<context><contextEntry><variable name="below"/><literalExpression><text>income &lt; border</text></literalExpression></contextEntry>'
            '<contextEntry><variable name="year"/><literalExpression><text>since.year</text></literalExpression></contextEntry>'
            "<contextEntry><literalExpression><text>[below, year]</text></literalExpression></contextEntry></context>",
            needs("requiredDecision", "border")
            + needs("requiredInput", "i_income")
            + needs("requiredInput", "i_since"),
        ),
    )
    assert reading.decisions["level"].inputs == ("income", "settings", "since")
    assert reading.decisions["level"].required == ("border",)
    given_ = {"income": 5999.99, "since": "2020-05-30", "settings": {"line": 4000, "factor": 1.5}}
    result = evaluator.decide(reading.model, "level", given_, NOW)
    assert result.output == [True, 2020]
    assert [(one.decision_id, one.output) for one in result.evaluated] == [
        ("border", 6000),
        ("level", [True, 2020]),
    ]
    with pytest.raises(FeelError) as raised:
        evaluator.decide(reading.model, "level", {**given_, "since": "yesterday"}, NOW)
    assert raised.value.kind == "wrong_input_type"
    del given_["income"]
    with pytest.raises(FeelError, match="缺少输入“income”"):
        evaluator.decide(reading.model, "level", given_, NOW)


def test_only_what_the_graph_needs_is_needed(evaluator: Evaluator) -> None:
    reading = read(
        evaluator,
        decision("a", cell("literalExpression", "x + 1")),
        decision("b", cell("literalExpression", "y")),
    )
    assert output(evaluator, reading, "a", x=1) == 2


def test_lists_in_cells(evaluator: Evaluator) -> None:
    drawn = table(
        [("shortfalls", "Any")],
        [("y", "boolean")],
        [(['list contains(?, "住房安全")'], ["true"]), (["count(?) = 0"], ["false"])],
    )
    reading = read(evaluator, decision("level", drawn))
    assert output(evaluator, reading, "level", shortfalls=["吃", "住房安全"]) is True
    assert output(evaluator, reading, "level", shortfalls=[]) is False


def test_invocation_list_and_relation(evaluator: Evaluator) -> None:
    reading = read(
        evaluator,
        decision(
            "f",
            '<functionDefinition><formalParameter name="a"/><formalParameter name="b"/><literalExpression><text>a - b</text></literalExpression></functionDefinition>',
        ),
        decision(
            "level",
            '<invocation><literalExpression><text>f</text></literalExpression><binding><parameter name="b"/><literalExpression><text>1</text></literalExpression></binding>'
            '<binding><parameter name="a"/><literalExpression><text>x</text></literalExpression></binding></invocation>',
            needs("requiredDecision", "f"),
        ),
        decision(
            "rows",
            '<relation><column name="a"/><column name="b"/><row><literalExpression><text>1</text></literalExpression><literalExpression><text>x</text></literalExpression></row></relation>',
        ),
        decision(
            "list",
            "<list><literalExpression><text>x</text></literalExpression><literalExpression><text>2</text></literalExpression></list>",
        ),
    )
    with pytest.raises(FeelError):  # a function is no value for a case
        output(evaluator, reading, "f")
    assert output(evaluator, reading, "rows", x=9) == [{"a": 1, "b": 9}]
    assert output(evaluator, reading, "list", x=9) == [9, 2]


def rules_found(evaluator: Evaluator, xml: bytes) -> list[str]:
    return [finding.rule for finding in decisions.read(evaluator, "test.dmn", xml).findings]


def test_faults_are_found_with_their_place(evaluator: Evaluator) -> None:
    drawn = table([("x", "number")], [("y", "number")], [(["< "], ["1 +"]), (["1", "2"], ["1"])])
    reading = decisions.read(evaluator, "test.dmn", definitions(decision("level", drawn)))
    assert [f.rule for f in reading.findings] == ["dmn_cells"]
    drawn = table([("x", "number")], [("y", "number")], [(["< "], ["1 +"])])
    reading = decisions.read(evaluator, "test.dmn", definitions(decision("level", drawn)))
    assert not reading.works
    assert {f.rule for f in reading.findings} == {"dmn_syntax"}
    assert len(reading.findings) == 2
    for finding in reading.findings:
        assert (finding.element_id, finding.element_name, finding.x, finding.y) == (
            "level",
            "决策level",
            120,
            80,
        )
        assert "第1条规则" in finding.text


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (b"", "dmn_unreadable"),
        (b"<a>", "dmn_unreadable"),
        (b"<a/>", "dmn_unreadable"),
        (b"\xff\xfe\x00", "dmn_unreadable"),
        (b"x" * 5_000_001, "dmn_unreadable"),
        (definitions(extra='<!DOCTYPE a [<!ENTITY b "c">]>'), "dmn_unreadable"),
        (definitions(extra='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "dmn_unreadable"),
        (definitions(), "dmn_empty"),
        (definitions(decision("level", cell("literalExpression", "1")) * 2), "dmn_duplicate_id"),
        (
            definitions(
                decision("level", cell("literalExpression", "1"), needs("requiredDecision", "nosuch"))
            ),
            "dmn_missing_reference",
        ),
        (
            definitions(
                decision("level", cell("literalExpression", "1"), needs("requiredDecision", "level"))
            ),
            "dmn_cycle",
        ),
        (
            definitions(decision("level", table([], [("y", "number")], [], 'hitPolicy="BEST"'))),
            "dmn_hit_policy",
        ),
        (definitions(decision("level", table([], [], []))), "dmn_no_output"),
        (definitions(decision("level", table([], [("y", "a"), ("y", "b")], []))), "dmn_output_name"),
        (definitions(decision("level", "<conditional/>")), "dmn_no_logic"),
    ],
)
def test_what_cannot_be_read_is_refused(evaluator: Evaluator, xml: bytes, rule: str) -> None:
    assert rule in rules_found(evaluator, xml)


def test_an_unknown_decision_is_told(evaluator: Evaluator) -> None:
    reading = read(evaluator, decision("level", cell("literalExpression", "1")))
    for name in ("nosuch", "__proto__", "constructor"):
        with pytest.raises(FeelError, match="没有决策"):
            evaluator.decide(reading.model, name, {}, NOW)


def importing(namespace: str, imports: str, logic: str) -> bytes:
    requires = f'<informationRequirement><requiredDecision href="{imports}#b"/></informationRequirement>'
    drawn = f'<import namespace="{imports}" name="lib" importType="{MODEL}"/>' + decision(
        "a", logic, requires
    )
    return definitions(drawn).replace(b'namespace="n"', f'namespace="{namespace}"'.encode())


def test_a_file_takes_a_decision_from_another(evaluator: Evaluator) -> None:
    library = definitions(decision("b", cell("literalExpression", "x + 1"))).replace(
        b'namespace="n"', b'namespace="urn:b"'
    )
    files = {"a.dmn": importing("urn:a", "urn:b", cell("literalExpression", "lib.b * 2")), "b.dmn": library}
    reading = decisions.read(evaluator, "a.dmn", files["a.dmn"], files)
    assert reading.findings == []
    assert output(evaluator, reading, "a", x=2) == 6


def test_imports_that_are_missing_or_need_each_other_are_found(evaluator: Evaluator) -> None:
    one = importing("urn:a", "urn:b", cell("literalExpression", "1"))
    other = importing("urn:b", "urn:a", cell("literalExpression", "1"))
    for files, rule in (
        ({"a.dmn": one}, "dmn_missing_import"),
        ({"a.dmn": one, "b.dmn": other}, "dmn_missing_reference"),
    ):
        reading = decisions.read(evaluator, "a.dmn", one, files)
        assert rule in [finding.rule for finding in reading.findings]
        assert not reading.works
