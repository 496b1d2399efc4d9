"""Forms: a ``.form`` file is read and checked here; answers are checked in V8 by the code that the browser runs.

The browser's verdict is never trusted. What a form may hold is told in docs/forms.md.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.findings import Finding, Rule, rule

if TYPE_CHECKING:
    from engine.feel import Evaluator

Json = dict[str, Any]

MAX_FORM_BYTES = 1_000_000
MAX_ANSWER_BYTES = 512 * 1024
MAX_DEPTH = 20

OPTIONS = frozenset({"radio", "select", "checklist", "taglist"})
TEXTS = frozenset({"textfield", "textarea", "idnumber", "phone"})
SINGLE = TEXTS | {"number", "datetime", "checkbox", "radio", "select", "money", "area"}
FIELDS = SINGLE | OPTIONS | {"members", "income", "signature", "files", "known"}
CONTAINERS = frozenset({"group", "dynamiclist"})
SHOWN = frozenset({"text", "separator", "spacer", "facts"})
FACT_KINDS = frozenset({"text", "money", "date"})
KEY = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
FORBIDDEN_NAMES = frozenset({"__proto__", "constructor", "prototype"})

UNREADABLE = rule("form_unreadable", "无法读取表单：{reason}")
NO_ID = rule("form_no_id", "表单没有编号（id）")
TYPE = rule("form_type", "不支持“{type}”这种组件")
COMPONENT_ID = rule("form_component_id", "组件编号“{id}”缺失或重复")
BAD_KEY = rule("form_key", "“{key}”不能作为变量名")
TWICE = rule("form_key_twice", "变量“{key}”在表单中出现多次")
NO_LABEL = rule("form_no_label", "“{key}”没有标题，填表人和读屏软件无法辨认")
NO_OPTIONS = rule("form_no_options", "“{key}”没有可选项")
KNOWN_OF = rule("form_known_of", "“{key}”未说明是哪种字段（of）")
FACTS = rule("form_facts", "“{id}”应列出要显示的情况：每行有标题（label）和以等号开头的式子（value）")
SYNTAX = rule("form_syntax", "{property}“{expression}”有语法错误：{reason}")
PATTERN = rule("form_pattern", "格式“{pattern}”不是正则表达式")

MESSAGES = {
    "required": "请填写",
    "required_choice": "请选择",
    "required_tick": "请勾选确认",
    "required_signature": "请签名",
    "required_file": "请上传",
    "not_text": "应为文字",
    "too_long": "不能超过{limit}个字",
    "too_short": "不能少于{limit}个字",
    "bad_characters": "含有不能使用的控制字符",
    "bad_pattern": "格式不对",
    "bad_email": "电子邮箱格式不对",
    "not_a_number": "应为数字",
    "not_whole": "应为整数",
    "too_many_decimals": "小数不能超过{limit}位",
    "bad_step": "应为{limit}的倍数",
    "too_small": "不能小于{limit}",
    "too_large": "不能大于{limit}",
    "not_a_date": "应为日期，如 2020-05-30",
    "not_a_time": "应为时间，如 08:30",
    "date_past": "不能早于今天",
    "date_future": "不能晚于今天",
    "not_boolean": "应为是或否",
    "not_offered": "不在可选项中",
    "not_a_list": "格式不对，应为列表",
    "not_an_object": "格式不对",
    "too_many": "不能超过{limit}项",
    "too_few": "至少要有{limit}项",
    "twice": "重复选择",
    "id_length": "证件号码应为18位（残疾人证20或22位）",
    "id_characters": "证件号码应为数字，末位可为X",
    "id_birth": "证件号码中的出生日期不对",
    "id_check": "证件号码校验位不对，请核对",
    "id_twice": "与第{other}位成员的证件号码重复",
    "id_sex": "性别与证件号码第17位不符",
    "id_birth_differs": "出生日期与证件号码不符",
    "bad_phone": "电话应为11位手机号，或带区号的固定电话",
    "money_decimals": "金额最多两位小数",
    "money_negative": "金额不能为负数",
    "head_missing": "须有一位户主",
    "head_twice": "户主只能有一位，第{other}位成员已是户主",
    "member_unknown": "不是已登记的成员，请填写证件号码",
    "education_xor_student": "文化程度和在校生状况只填一项",
    "healthy_alone": "“健康”不能与其他状况同时选择",
    "work_both": "务工地点和务工月数要么都填，要么都不填",
    "bad_signature": "签名数据不对，请重新签名",
    "signature_large": "签名笔画过多，请重新签名",
    "bad_file": "文件信息不对，请重新上传",
    "bad_area": "不是行政区划",
    "answer_large": "填写内容过大，请减少附件或文字",
}
"""What is said beside a field, by code: Chinese, and the gettext msgids."""


class FieldError(str):
    """What is wrong with a field, in Chinese; `message` and `params` for another language."""

    message: str
    params: Mapping[str, Any]

    def __new__(cls, code: str, params: Mapping[str, Any] | None = None) -> FieldError:
        message = MESSAGES[code]
        error = super().__new__(cls, message.format_map(params or {}))
        error.message, error.params = message, dict(params or {})
        return error


@dataclass(frozen=True, slots=True)
class FormReading:
    """What came of reading one form. `schema` is form-js JSON; `keys` are the variables that it asks for."""

    id: str
    schema: Json
    keys: tuple[str, ...]
    clause: tuple[str, ...]
    findings: list[Finding]

    @property
    def works(self) -> bool:
        """Whether the form can be deployed."""
        return not any(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer after its check: `data` is what the form asks and shows, nothing else; `errors` by path of the field."""

    data: Json
    errors: dict[str, FieldError]

    @property
    def valid(self) -> bool:
        """Whether the answer may be taken."""
        return not self.errors


def check(
    evaluator: Evaluator, schema: Mapping[str, Any], answer: Any, known: Mapping[str, Any], now: datetime
) -> Checked:
    """Check an answer against a form that was read; `known` are the case's variables, for conditions and known facts.

    FeelError where the form itself cannot be evaluated in time.
    """
    if code := _unfit(answer):
        return Checked({}, {"": FieldError(code)})
    found = evaluator.call("check_form", schema=schema, answer=answer, known=known, now=now)
    errors = {path: FieldError(error["code"], error["params"]) for path, error in found["errors"].items()}
    return Checked(found["data"], errors)


def attached(components: list[Json], data: Mapping[str, Any]) -> Iterator[Json]:
    """The files in checked `data`: `{sha256, name, media_type, size}` each, wherever the form asks for files."""
    for component in components:
        if component.get("type") == "files":
            yield from _within(data, str(component["key"])) or ()
        elif component.get("components"):
            path = str(component.get("path") or "")
            held = _within(data, path) if path else data
            for each in held if isinstance(held, list) else [held]:
                if isinstance(each, Mapping):
                    yield from attached(component["components"], each)


def _within(data: Any, path: str) -> Any:
    for part in path.split("."):
        data = data.get(part) if isinstance(data, Mapping) else None
    return data


def _unfit(answer: Any) -> str | None:
    """Why something is no answer at all; None if it is one."""
    if not isinstance(answer, dict):
        return "not_an_object"
    try:
        text = json.dumps(answer, ensure_ascii=False, allow_nan=False, default=str)
    except RecursionError:
        return "not_an_object"
    except ValueError:  # Python's JSON knows NaN and Infinity
        return "not_a_number"
    return "answer_large" if len(text.encode("utf-8", "replace")) > MAX_ANSWER_BYTES else None


def read(evaluator: Evaluator, file: str, content: bytes) -> FormReading:
    """Read a ``.form`` file and find every fault of it. Never raises for a faulty file."""
    return _FormFile(evaluator, file, content).reading()


class _FormFile:
    """One form while it is read."""

    def __init__(self, evaluator: Evaluator, file: str, content: bytes) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.schema = self._parse(content)
        self.components = list(_components(self.schema.get("components", [])))
        if not self.findings:
            self._check_components()
            self._check_keys()
            self._check_feel(evaluator)

    def reading(self) -> FormReading:
        properties = self.schema.get("properties")
        clause = properties.get("clause", "") if isinstance(properties, dict) else ""
        return FormReading(
            str(self.schema.get("id", "")),
            self.schema,
            tuple(keys(self.schema)),
            tuple(part.strip() for part in str(clause).split(",") if part.strip()),
            self.findings,
        )

    def find(self, kind: Rule, component: Mapping[str, Any] | None = None, /, **params: Any) -> None:
        component = component or {}
        element_id, name = (str(component[key]) if component.get(key) else None for key in ("id", "label"))
        self.findings.append(
            Finding(self.file, element_id, name, kind.name, kind.message, params, kind.severity)
        )

    def _parse(self, content: bytes) -> Json:
        if len(content) > MAX_FORM_BYTES:
            self.find(UNREADABLE, reason=f"超过 {MAX_FORM_BYTES // 1_000_000} MB")
            return {}
        try:
            schema = json.loads(content)
        except (ValueError, RecursionError) as error:
            self.find(UNREADABLE, reason=str(error)[:200])
            return {}
        if not isinstance(schema, dict) or not _is_tree(schema.get("components"), MAX_DEPTH):
            self.find(UNREADABLE, reason="应为含有 components 的 form-js JSON")
            return {}
        if not isinstance(schema.get("id"), str) or not schema["id"]:
            self.find(NO_ID)
        return schema

    def _check_components(self) -> None:
        ids = Counter(component.get("id") for component in self.components)
        for component in self.components:
            kind, key = component.get("type"), _key(component)
            if not isinstance(component.get("id"), str) or ids[component["id"]] > 1:
                self.find(COMPONENT_ID, component, id=component.get("id") or "")
            if kind not in FIELDS | CONTAINERS | SHOWN:
                self.find(TYPE, component, type=kind)
                continue
            if kind in FIELDS and not component.get("label"):
                self.find(NO_LABEL, component, key=key or kind)
            if kind == "known" and component.get("of") not in SINGLE:
                self.find(KNOWN_OF, component, key=key or "")
            if kind == "facts" and not _has_rows(component):
                self.find(FACTS, component, id=component.get("id") or "")
            if _answers(component) in OPTIONS and not _has_options(component):
                self.find(NO_OPTIONS, component, key=key or "")

    def _check_keys(self) -> None:
        for component in self.components:
            key = _key(component)
            if key is None and component.get("type") not in FIELDS | {"dynamiclist"}:
                continue
            if key is None or not KEY.fullmatch(key) or FORBIDDEN_NAMES & set(key.split(".")):
                self.find(BAD_KEY, component, key=key or "")
        for key in _keys_twice(self.schema["components"]):
            self.find(TWICE, key=key)

    def _check_feel(self, evaluator: Evaluator) -> None:
        found = [(component, *one) for component in self.components for one in _expressions(component)]
        cells = [{"expression": text, "kind": kind, "known": []} for _, _, text, kind in found]
        for (component, name, text, _), result in zip(
            found, evaluator.call("names_many", cells=cells), strict=True
        ):
            if fault := result.get("fault"):
                self.find(SYNTAX, component, property=name, expression=text, reason=fault["reason"])
        patterns = [(c, p) for c in self.components if (p := (_validate(c)).get("pattern")) is not None]
        verdicts = evaluator.call("patterns", patterns=[str(pattern) for _, pattern in patterns])
        for (component, pattern), right in zip(patterns, verdicts, strict=True):
            if not right:
                self.find(PATTERN, component, pattern=pattern)


def _is_tree(components: Any, depth: int) -> bool:
    """Whether components are lists of objects all the way down, and not endlessly deep."""
    return (
        depth > 0
        and isinstance(components, list)
        and all(
            isinstance(c, dict) and ("components" not in c or _is_tree(c["components"], depth - 1))
            for c in components
        )
    )


def _components(components: list[Json]) -> Iterator[Json]:
    for component in components:
        yield component
        yield from _components(component.get("components", []))


def keys(schema: Mapping[str, Any]) -> list[str]:
    """The variables that a form asks for, each once, in its order."""
    components = _components(schema.get("components", []))
    return list(dict.fromkeys(key.split(".")[0] for each in components if (key := _key(each))))


def _key(component: Mapping[str, Any]) -> str | None:
    key = component.get("path" if component.get("type") in CONTAINERS else "key")
    return key if isinstance(key, str) and key else None


def _answers(component: Mapping[str, Any]) -> Any:
    """The type that answers: of a known fact, the field's behind it."""
    return component.get("of") if component.get("type") == "known" else component.get("type")


def _validate(component: Mapping[str, Any]) -> Mapping[str, Any]:
    validate = component.get("validate")
    return validate if isinstance(validate, dict) else {}


def _has_options(component: Mapping[str, Any]) -> bool:
    return bool(component.get("values") or component.get("valuesKey") or component.get("valuesExpression"))


def _has_rows(component: Mapping[str, Any]) -> bool:
    """Whether facts name each row and what it shows."""
    rows = component.get("rows")
    return isinstance(rows, list) and all(
        isinstance(row, dict)
        and isinstance(row.get("label"), str)
        and isinstance(row.get("value"), str)
        and row["value"].startswith("=")
        and str(row.get("as", "text")) in FACT_KINDS
        for row in rows
    )


def _keys_twice(components: list[Json]) -> Iterator[str]:
    """Keys that stand twice in the same place; a row of a list is a place of its own.

    Components that are shown on opposite conditions may share a key: only those without a condition are counted.
    """
    seen: Counter[str] = Counter()

    def visit(fields: list[Json], prefix: str) -> Iterator[str]:
        for field in fields:
            key = _key(field)
            if field.get("type") == "dynamiclist":
                yield from _keys_twice(field.get("components", []))
            elif field.get("type") == "group":
                yield from visit(field.get("components", []), f"{prefix}{key}." if key else prefix)
            elif key and not field.get("conditional"):
                seen[prefix + key] += 1
                if seen[prefix + key] == 2:
                    yield prefix + key

    yield from visit(components, "")


def _expressions(component: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The FEEL of a component: (property, expression without `=`, kind)."""
    conditional = component.get("conditional")
    if isinstance(conditional, dict) and isinstance(conditional.get("hide"), str):
        yield "conditional.hide", conditional["hide"].removeprefix("="), "unaryTest"
    candidates = {name: component.get(name) for name in ("readonly", "disabled", "valuesExpression", "text")}
    candidates |= {
        f"validate.{name}": value for name, value in _validate(component).items() if name != "pattern"
    }
    if component.get("type") == "facts" and _has_rows(component):
        candidates |= {f"rows[{at}].value": row["value"] for at, row in enumerate(component["rows"])}
    for name, value in candidates.items():
        if isinstance(value, str) and value.startswith("="):
            yield name, value.removeprefix("="), "evaluate"
