"""The server's check of an answer: types, options, conditions, members, signatures; and what is no form."""

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from engine import forms
from engine.feel import Evaluator, FeelError
from engine.forms import Checked

NOW = datetime(2020, 5, 30, 16, 30, tzinfo=UTC)  # the 31st in China


def form(*components: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "default",
        "id": "f",
        "components": [{"id": f"c{at}", **c} for at, c in enumerate(components)],
    }


def field(
    kind: str, key: str = "x", *, required: bool = False, validate: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "type": kind,
        "key": key,
        "label": key,
        "validate": {"required": required, **(validate or {})},
        **more,
    }


def check(
    evaluator: Evaluator, schema: dict[str, Any], answer: Any, known: dict[str, Any] | None = None
) -> Checked:
    return forms.check(evaluator, schema, answer, known or {}, NOW)


def id_number(body: str) -> str:
    """A number of 17 digits with its check digit, by python-stdnum."""
    return body + ric.calc_check_digit(body + "0")


YES_NO = [{"label": "是", "value": "是"}, {"label": "否", "value": "否"}]
STROKES = {"width": 300, "height": 150, "strokes": [[[1, 2, 0], [3, 4, 16]]]}
FILE = {"sha256": "a" * 64, "name": "照片.png", "media_type": "image/png", "size": 3}

CASES: list[tuple[dict[str, Any], Any, str | None]] = [
    (field("textfield"), "文字", None),
    (field("textfield"), 5, "not_text"),
    (field("textfield"), "字" * 10_001, "too_long"),
    (field("textfield"), "a\x00b", "bad_characters"),
    (field("textfield"), "\ud800", "bad_characters"),
    (field("textfield", required=True), "", "required"),
    (field("textfield", validate={"maxLength": 3}), "四个汉字", "too_long"),
    (field("textfield", validate={"minLength": 3}), "两字", "too_short"),
    (field("textfield", validate={"pattern": "^\\d+$"}), "a1", "bad_pattern"),
    (field("textfield", validate={"validationType": "email"}), "a", "bad_email"),
    (field("number"), 5.5, None),
    (field("number"), "5", "not_a_number"),
    (field("number"), True, "not_a_number"),
    (field("number"), 1e300, "not_a_number"),
    (field("number", decimalDigits=0), 5.5, "not_whole"),
    (field("number", decimalDigits=1), 5.55, "too_many_decimals"),
    (field("number", validate={"min": 1}), 0, "too_small"),
    (field("number", validate={"max": 9}), 10, "too_large"),
    (field("number", increment=5), 7, "bad_step"),
    (field("datetime", subtype="date"), "2020-02-29", None),
    (field("datetime", subtype="date"), "2021-02-29", "not_a_date"),
    (field("datetime", subtype="date"), "2020-02-29T10:00", "not_a_date"),
    (field("datetime", subtype="date", disallowPassedDates=True), "2020-05-30", "date_past"),
    (field("datetime", subtype="date", disallowPassedDates=True), "2020-05-31", None),
    (field("datetime", subtype="time"), "08:30", None),
    (field("datetime", subtype="time"), "25:30", "not_a_time"),
    (field("datetime", subtype="datetime"), "2020-05-30T08:30:00+08:00", None),
    (field("checkbox"), True, None),
    (field("checkbox"), "true", "not_boolean"),
    (field("checkbox", required=True), False, "required_tick"),
    (field("radio", values=YES_NO), "是", None),
    (field("radio", values=YES_NO), "也许", "not_offered"),
    (field("select", values=YES_NO, required=True), None, "required_choice"),
    (field("select", valuesKey="list"), "乙", None),
    (field("select", valuesKey="list"), "丙", "not_offered"),
    (field("select", valuesKey="nosuch"), "丙", "not_offered"),
    (field("checklist", values=YES_NO), ["是", "否"], None),
    (field("checklist", values=YES_NO), ["是", "是"], "twice"),
    (field("checklist", values=YES_NO), ["也许"], "not_offered"),
    (field("checklist", values=YES_NO), "是", "not_a_list"),
    (field("idnumber"), "11010519491231002X", None),
    (field("idnumber"), "110105194912310021", "id_check"),
    (field("idnumber"), "11010519491331002X", "id_birth"),
    (field("idnumber"), "11010519491231002x", "id_characters"),
    (field("idnumber"), "1101051949123100", "id_length"),
    (field("idnumber"), "11010519491231002X4411", None),
    (field("phone"), "13812345678", None),
    (field("phone"), "0432-62012345", None),
    (field("phone"), "1381234567", "bad_phone"),
    (field("money"), 4000.01, None),
    (field("money"), 0, None),
    (field("money"), 0.001, "money_decimals"),
    (field("money"), 1e-7, "money_decimals"),
    (field("money"), -1, "money_negative"),
    (field("money"), 1e10, "too_large"),
    (field("money"), "4,000", "not_a_number"),
    (field("money", validate={"min": 5}), 4, "too_small"),
    (field("area"), "2202/220281/", None),
    (field("area"), "../etc/", "bad_area"),
    (field("area", valuesKey="areas"), "2202/220282/", "not_offered"),
    (field("signature", "s_signature"), STROKES, None),
    (field("signature", "s_signature", required=True), {**STROKES, "strokes": []}, "required_signature"),
    (field("signature", "s_signature", required=True), {**STROKES, "strokes": [[]]}, "required_signature"),
    (field("signature", "s_signature"), {**STROKES, "strokes": [[[1, 2]]]}, "bad_signature"),
    (field("signature", "s_signature"), {**STROKES, "strokes": [[[1, "<svg>", 2]]]}, "bad_signature"),
    (field("signature", "s_signature"), {**STROKES, "width": -1}, "bad_signature"),
    (field("signature", "s_signature"), {**STROKES, "strokes": [[[1, 2, 3]] * 5001]}, "signature_large"),
    (field("signature", "s_signature"), {**STROKES, "strokes": [[[1, 2, 3]]] * 201}, "signature_large"),
    (field("files", "files"), [FILE], None),
    (field("files", "files", required=True), [], "required_file"),
    (field("files", "files"), [{**FILE, "sha256": "../../x"}], "bad_file"),
    (field("files", "files", maximum=1), [FILE, FILE], "too_many"),
    (field("income", "income"), {"this_year": {"wage": 1.5}}, None),
    (field("income", "income"), [1], "not_an_object"),
    (field("known", of="phone"), "1", "bad_phone"),
]  # fmt: skip
KNOWN = {"list": ["甲", {"label": "乙", "value": "乙"}]}


@pytest.mark.parametrize(("drawn", "value", "code"), CASES)
def test_a_value_of_each_type(
    evaluator: Evaluator, drawn: dict[str, Any], value: Any, code: str | None
) -> None:
    known = (
        {**KNOWN, "areas": [{"label": "某村", "value": "2202/220281/"}]} if "valuesKey" in drawn else KNOWN
    )
    checked = check(evaluator, form(drawn), {drawn["key"]: value}, known)
    messages = {path: error.message for path, error in checked.errors.items()}
    assert messages == ({} if code is None else {drawn["key"]: forms.MESSAGES[code]})


def test_browser_and_server_say_the_same(evaluator: Evaluator) -> None:
    spoken = evaluator.call("form_messages")
    assert {code: chinese for code, (chinese, _) in spoken.items()} == forms.MESSAGES
    for chinese, english in spoken.values():
        assert re.findall(r"\{\w+\}", chinese) == re.findall(r"\{\w+\}", english)


def test_what_is_hidden_is_neither_asked_nor_kept(evaluator: Evaluator) -> None:
    schema = form(
        field("radio", "outcome", values=YES_NO, required=True),
        field("textarea", "opinion", required=True, conditional={"hide": '=outcome = "是"'}),
        field("textfield", "more", required=True, conditional={"hide": "=opinion = null"}),
    )
    checked = check(evaluator, schema, {"outcome": "是", "opinion": "旧意见", "more": "旧"})
    assert (checked.data, checked.errors) == ({"outcome": "是"}, {})
    assert set(check(evaluator, schema, {"outcome": "否"}).errors) == {"opinion"}


def test_only_what_is_asked_has_a_say(evaluator: Evaluator) -> None:
    schema = form(field("textfield", "reason", required=True, conditional={"hide": '=kind = "脱贫户"'}))
    assert set(check(evaluator, schema, {"kind": "脱贫户"}, {"kind": "一般农户"}).errors) == {"reason"}
    answer = json.loads(
        '{"reason": "有", "zz": 1, "__proto__": {"kind": "脱贫户"}, "constructor": {"prototype": {"kind": 1}}}'
    )
    checked = check(evaluator, schema, answer, {"kind": "一般农户"})
    assert (checked.data, checked.errors) == ({"reason": "有"}, {})
    assert check(evaluator, schema, {}, {}).errors != {}


def test_the_clock_of_conditions_is_ours(evaluator: Evaluator) -> None:
    schema = form(
        field("textfield", "late", required=True, conditional={"hide": '=today() <= date("2020-05-31")'})
    )
    assert check(evaluator, schema, {}).errors == {}


def test_known_facts_stand_in_and_others_do_not(evaluator: Evaluator) -> None:
    schema = form(
        field("known", "household.phone", of="phone", required=True),
        field("textfield", "outcome", required=True),
    )
    known = {"household": {"phone": "13812345678"}, "outcome": "属实"}
    checked = check(evaluator, schema, {}, known)
    assert (checked.data, set(checked.errors)) == (
        {"household": {"phone": "13812345678"}, "outcome": None},
        {"outcome"},
    )
    assert check(evaluator, schema, {"household": {"phone": ""}, "outcome": "x"}, known).errors == {
        "household.phone": "请填写"
    }


def test_readonly_fields_are_never_taken(evaluator: Evaluator) -> None:
    schema = form(
        field("number", "line", readonly=True),
        field("number", "two", readonly="=line > 1"),
        field("number", "three", disabled=True),
    )
    assert check(evaluator, schema, {"line": 1, "two": 2, "three": 3}, {"line": 4000}).data == {}


def test_groups_and_rows(evaluator: Evaluator) -> None:
    rows = {
        "type": "dynamiclist", "id": "rows", "path": "measures",
        "components": [
            {"id": "code", **field("textfield", "code", required=True)},
            {"id": "amount", **field("money", "amount", required=True, conditional={"hide": '=this.code = "无"'})},
        ],
    }  # fmt: skip
    group = {"type": "group", "id": "g", "path": "plan", "components": [rows]}
    checked = check(
        evaluator,
        form(group),
        {"plan": {"measures": [{"code": "甲", "amount": "x", "q": 1}, {"code": "无", "amount": 5}, {}]}},
    )
    assert checked.errors == {
        "plan.measures[0].amount": "应为数字",
        "plan.measures[2].code": "请填写",
        "plan.measures[2].amount": "请填写",
    }
    assert checked.data["plan"]["measures"][1] == {"code": "无"}
    assert check(evaluator, form(group), {"plan": {"measures": "x"}}).errors == {
        "plan.measures": "格式不对，应为列表"
    }
    assert check(evaluator, form(group), {"plan": {"measures": [{}] * 201}}).errors == {
        "plan.measures": "不能超过200项"
    }


def member(number: str = id_number("22028119650312001"), **changes: Any) -> dict[str, Any]:
    whole = {
        "name": "王大明", "sex": "男", "id_number": number, "birth": "1965-03-12", "relation": "户主",
        "education": "初中", "health": ["健康"], "labour": "普通劳动力", "medical_insurance": "城乡居民",
    }  # fmt: skip
    return {key: value for key, value in {**whole, **changes}.items() if value is not ...}


WIFE = member(id_number("22028119680101452"), name="李秀英", sex="女", birth="1968-01-01", relation="配偶")

MEMBER_CASES: list[tuple[list[Any], dict[str, str]]] = [
    ([member(), WIFE], {}),
    ([WIFE], {"members": "head_missing"}),
    ([member(), {**WIFE, "relation": "户主"}], {"members[1].relation": "head_twice"}),
    (
        [member(), {**WIFE, "id_number": member()["id_number"], "sex": "男", "birth": "1965-03-12"}],
        {"members[1].id_number": "id_twice"},
    ),
    ([member(sex="女")], {"members[0].sex": "id_sex"}),
    ([member(birth="1965-03-13")], {"members[0].birth": "id_birth_differs"}),
    ([member(birth="2020-06-01", id_number=..., key="7")], {"members[0].birth": "date_future"}),
    ([member(id_number=..., key="7")], {}),
    ([member(id_number=..., key="8")], {"members[0].id_number": "member_unknown"}),
    ([member(id_number=...)], {"members[0].id_number": "required"}),
    ([member(student="小学")], {"members[0].education": "education_xor_student"}),
    ([member(education=...)], {"members[0].education": "education_xor_student"}),
    ([member(health=["健康", "残疾"])], {"members[0].health": "healthy_alone"}),
    ([member(health=[])], {"members[0].health": "required_choice"}),
    ([member(health="健康")], {"members[0].health": "not_a_list"}),
    ([member(labour="很强")], {"members[0].labour": "not_offered"}),
    ([member(work_place="长春")], {"members[0].work_months": "work_both"}),
    ([member(work_place="长春", work_months=13)], {"members[0].work_months": "too_large"}),
    ([member(work_place="长春", work_months=2.5)], {"members[0].work_months": "not_whole"}),
    ([member(phone="12")], {"members[0].phone": "bad_phone"}),
    ([member(name="字" * 51)], {"members[0].name": "too_long"}),
    (["x"], {"members": "head_missing", "members[0]": "not_an_object"}),
    ([member()] * 31, {"members": "too_many"}),
]


@pytest.mark.parametrize(("members", "codes"), MEMBER_CASES)
def test_members(evaluator: Evaluator, members: list[Any], codes: dict[str, str]) -> None:
    schema = form(field("members", "members", required=True))
    checked = check(evaluator, schema, {"members": members}, {"household": {"members": [{"key": "7"}]}})
    assert {path: error.message for path, error in checked.errors.items()} == {
        path: forms.MESSAGES[code] for path, code in codes.items()
    }


def test_members_keep_only_what_is_asked(evaluator: Evaluator) -> None:
    checked = check(
        evaluator, form(field("members", "members")), {"members": [{**member(), "evil": "<b>", "phone": ""}]}
    )
    assert "evil" not in checked.data["members"][0]
    assert checked.data["members"][0]["phone"] is None


def test_income_cells(evaluator: Evaluator) -> None:
    schema = form(field("income", "income", columns=["forecast"], required=True))
    checked = check(evaluator, schema, {"income": {"forecast": {"wage": -1}, "evil": 1}})
    assert checked.errors["income.forecast.wage"] == "金额不能为负数"
    assert checked.errors["income.forecast.operating"] == "请填写"
    optional = check(
        evaluator,
        form(field("income", "income", columns=["forecast"])),
        {"income": {"forecast": {"wage": 3, "x": 1}}},
    )
    assert optional.data["income"] == {
        "forecast": dict.fromkeys(optional.data["income"]["forecast"], 0) | {"wage": 3}
    }


def repr_short(value: Any) -> str:
    return type(value).__name__


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"x": value}
    return value


@pytest.mark.parametrize(
    "answer", [None, [], "x", 5, {"x": "字" * 400_000}, {"x": float("nan")}, nested(100_000)], ids=repr_short
)
def test_what_is_no_answer_is_refused_whole(evaluator: Evaluator, answer: Any) -> None:
    checked = check(evaluator, form(field("textfield")), answer)
    assert list(checked.errors) == [""]
    assert checked.data == {}


def test_a_pattern_that_never_ends_is_stopped() -> None:
    evaluator = Evaluator(seconds=0.6)
    try:
        schema = form(field("textfield", validate={"pattern": "^(a+)+$"}))
        with pytest.raises(FeelError) as raised:
            check(evaluator, schema, {"x": "a" * 40 + "b"})
        assert raised.value.kind == "timeout"
        assert check(evaluator, schema, {"x": "aaa"}).errors == {}
    finally:
        evaluator.close()


values = st.none() | st.booleans() | st.integers(-5, 15) | st.floats(allow_nan=False, allow_infinity=False, width=16) | st.text("是否ab\x00", max_size=6) | st.lists(
    st.sampled_from(["是", "否", "x"]), max_size=3
)  # fmt: skip
drawn_fields = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["textfield", "number", "checkbox", "radio", "checklist"]),
        "required": st.booleans(),
        "limit": st.integers(1, 9),
    }
)


def is_right(kind: str, required: bool, limit: int, value: Any) -> bool:
    """The plain model: whether a field takes a value."""
    if kind == "checkbox":
        return (value is True) if required else value in (None, "") or isinstance(value, bool) or value == []
    if value is None or value in ("", []):
        return not required
    match kind:
        case "textfield":
            return isinstance(value, str) and "\x00" not in value and len(value.strip()) <= limit
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool) and value <= limit
        case "radio":
            return isinstance(value, str) and value in ("是", "否")
    return isinstance(value, list) and set(value) <= {"是", "否"} and len(set(value)) == len(value)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(drawn_fields, values), min_size=1, max_size=6))
def test_random_forms_agree_with_a_plain_model(
    evaluator: Evaluator, drawn: list[tuple[dict[str, Any], Any]]
) -> None:
    limits = {"textfield": "maxLength", "number": "max"}
    components = [
        field(
            one["kind"], f"k{at}", required=one["required"], values=YES_NO,
            validate={limits[one["kind"]]: one["limit"]} if one["kind"] in limits else {},
        )
        for at, (one, _) in enumerate(drawn)
    ]  # fmt: skip
    checked = check(evaluator, form(*components), {f"k{at}": value for at, (_, value) in enumerate(drawn)})
    wrong = {f"k{at}" for at, (one, value) in enumerate(drawn) if not is_right(**one, value=value)}
    assert set(checked.errors) == wrong


@settings(max_examples=40, deadline=None)
@given(st.integers(10**5, 10**6 - 1), st.dates(date(1850, 1, 1)), st.integers(0, 999))
def test_check_digits_agree_with_the_standard(
    evaluator: Evaluator, area: int, birth: Any, order: int
) -> None:
    number = id_number(f"{area}{birth:%Y%m%d}{order:03}")
    assert check(evaluator, form(field("idnumber")), {"x": number}).errors == {}
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    assert check(evaluator, form(field("idnumber")), {"x": wrong}).errors == {"x": forms.MESSAGES["id_check"]}


def rules(evaluator: Evaluator, content: bytes) -> set[str]:
    return {finding.rule for finding in forms.read(evaluator, "x.form", content).findings}


@pytest.mark.parametrize(
    ("drawn", "rule"),
    [
        (form(field("iframe")), "form_type"),
        (form(field("html")), "form_type"),
        (form(field("textfield", "__proto__")), "form_key"),
        (form(field("textfield", "a.constructor")), "form_key"),
        (form(field("textfield", "a b")), "form_key"),
        (form(field("textfield", "")), "form_key"),
        (form(field("textfield"), field("textfield")), "form_key_twice"),
        (form({"type": "textfield", "key": "x"}), "form_no_label"),
        (form(field("radio")), "form_no_options"),
        (form(field("known")), "form_known_of"),
        (form(field("known", of="members")), "form_known_of"),
        (form(field("textfield", conditional={"hide": "=a >"})), "form_syntax"),
        (form(field("textfield", readonly="=1 +")), "form_syntax"),
        (form(field("textfield", validate={"pattern": "("})), "form_pattern"),
        (form({"type": "facts"}), "form_facts"),
        (form({"type": "facts", "rows": [{"label": "标准", "value": "line"}]}), "form_facts"),
        (form({"type": "facts", "rows": [{"label": "标准", "value": "=line", "as": []}]}), "form_facts"),
        (form({"type": "facts", "rows": [{"label": "标准", "value": "=line *"}]}), "form_syntax"),
        (
            {"id": "f", "components": [{"type": "spacer", "id": "a"}, {"type": "spacer", "id": "a"}]},
            "form_component_id",
        ),
        ({"components": []}, "form_no_id"),
        ({"id": "f"}, "form_unreadable"),
        ({"id": "f", "components": ["x"]}, "form_unreadable"),
        ([], "form_unreadable"),
    ],
)
def test_what_is_no_form_is_found(evaluator: Evaluator, drawn: Any, rule: str) -> None:
    assert rule in rules(evaluator, json.dumps(drawn).encode())


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b" " * 1_000_001])
def test_unreadable_bytes_are_found(evaluator: Evaluator, content: bytes) -> None:
    assert rules(evaluator, content) == {"form_unreadable"}


def test_a_sound_form_is_read(evaluator: Evaluator) -> None:
    drawn = form(
        field("textfield", "a"), {"type": "group", "components": [{"id": "z", **field("money", "b.c")}]}
    )
    reading = forms.read(
        evaluator, "x.form", json.dumps({**drawn, "properties": {"clause": "F4.2, S24"}}).encode()
    )
    assert (reading.findings, reading.id, reading.keys, reading.clause) == (
        [],
        "f",
        ("a", "b"),
        ("F4.2", "S24"),
    )
