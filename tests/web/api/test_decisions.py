"""Rules through the API: whatever a file defines is asked by its id or its key, as Camunda's client asks."""

import json
from typing import Any

import pytest

from tests.engine.test_dmn_standard import (
    decision,
    file,
    imports,
    input_data,
    knowledge,
    literal,
    needs,
    service,
)
from tests.web.api.conftest import House


def deploy(house: House, files: dict[str, bytes], status: int = 200) -> dict[str, Any]:
    with house.http("administrator") as http:
        answer = http.post("/deployments", files=[("resources", each) for each in files.items()])
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


def evaluate(house: House, by: str, value: str, **variables: Any) -> Any:
    with house.http("office") as http:
        answer = http.post("/decision-definitions/evaluation", json={by: value, "variables": variables})
    assert answer.status_code == 200, answer.text
    return json.loads(answer.json()["output"])


def test_decisions_services_and_knowledge_by_id_and_by_key(house: House) -> None:
    nameless = decision("", literal("depth + 2"), needs("Input", "depth")).replace(
        'id="" name=""', 'name="加 二"'
    )
    wells = file(
        input_data("depth", "number"),
        decision("plus", literal("depth + 1"), needs("Input", "depth")),
        service("whole", "plus", '<inputData href="#depth"/>'),
        knowledge("double", {"a": "number"}, literal("a * 2")),
        nameless,
    )
    told = deploy(house, {"wells.dmn": wells})["deployments"]
    keys = {
        each["decisionDefinition"]["decisionDefinitionId"]: each["decisionDefinition"][
            "decisionDefinitionKey"
        ]
        for each in told
    }
    assert set(keys) == {"plus", "whole", "double", "加 二"}
    asked: list[tuple[str, dict[str, Any], int | None]] = [
        ("plus", {"depth": 4}, 5),
        ("whole", {"depth": 4}, 5),
        ("double", {"a": 4}, 8),
        ("加 二", {"depth": 4}, 6),
        ("plus", {}, None),
    ]
    for name, variables, expected in asked:
        assert evaluate(house, "decisionDefinitionId", name, **variables) == expected
        assert evaluate(house, "decisionDefinitionKey", keys[name], **variables) == expected


@pytest.mark.parametrize(
    ("type_", "given", "expected"),
    [
        ("date", "2020-02-29", "2020-02-29"),
        ("time", "10:00:00+08:00", "10:00:00+08:00"),
        ("dateTime", "2020-02-29T10:00:00Z", "2020-02-29T10:00:00Z"),
        ("days and time duration", "PT36H", "P1DT12H"),
        ("years and months duration", "P14M", "P1Y2M"),
        ("Any", {"a b": [1, None, True]}, {"a b": [1, None, True]}),
    ],
)
def test_values_go_in_and_come_out_as_json(house: House, type_: str, given: Any, expected: Any) -> None:
    deploy(
        house,
        {"echo.dmn": file(input_data("x y", type_), decision("echo", literal("x y"), needs("Input", "x y")))},
    )
    assert evaluate(house, "decisionDefinitionId", "echo", **{"x y": given}) == expected


def test_a_file_imports_what_is_in_force_and_ids_may_meet_in_two_namespaces(house: House) -> None:
    library = file(decision("a", literal('"library"')), namespace="lib")
    user = file(
        imports("lib", "lib"), decision("b", literal("lib.a"), needs("Decision", "lib#a")), namespace="user"
    )
    told = deploy(house, {"user.dmn": user}, status=422)
    assert [finding["rule"] for finding in told["findings"]] == [
        "dmn_missing_import",
        "dmn_missing_reference",
    ]
    deploy(house, {"library.dmn": library})
    deploy(house, {"user.dmn": user})
    assert evaluate(house, "decisionDefinitionId", "b") == "library"
    other = file(imports("lib", "lib"), decision("a", literal('"other " + lib.a'), needs("Decision", "lib#a")), namespace="other")  # fmt: skip
    deploy(house, {"a_other.dmn": other, "library.dmn": library})
    assert evaluate(house, "decisionDefinitionId", "a") == "other library"


def test_a_file_takes_back_the_ids_that_another_took(house: House) -> None:
    one, two = (file(decision("a", literal(text)), namespace=f"n{text}") for text in "12")
    for name, content, expected in (
        ("1.dmn", one, 1),
        ("2.dmn", two, 2),
        ("1.dmn", one, 1),
        ("1.dmn", one, 1),
    ):
        deploy(house, {name: content})
        assert evaluate(house, "decisionDefinitionId", "a") == expected


def test_a_decision_that_is_no_feel_is_left_out_of_a_new_file_and_refuses_one_in_force(house: House) -> None:
    def wells(text: str) -> bytes:
        rests = decision("rests", literal("bad + 1"), needs("Decision", "bad"))
        return file(decision("good", literal("1")), decision("bad", literal(text)), rests)

    told = deploy(house, {"wells.dmn": wells("1, 2")})["deployments"]
    assert [each["decisionDefinition"]["decisionDefinitionId"] for each in told] == ["good"]
    assert evaluate(house, "decisionDefinitionId", "good") == 1
    with house.http("office") as http:
        for name in ("bad", "rests"):
            asked = {"decisionDefinitionId": name, "variables": {}}
            assert http.post("/decision-definitions/evaluation", json=asked).status_code == 404
    deploy(house, {"wells.dmn": wells("2")})
    assert evaluate(house, "decisionDefinitionId", "rests") == 3
    refused = deploy(house, {"wells.dmn": wells("1, 2")}, status=422)
    assert {finding["rule"] for finding in refused["findings"]} == {"dmn_syntax"}
    assert evaluate(house, "decisionDefinitionId", "rests") == 3
