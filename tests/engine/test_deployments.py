"""Deployments: refused whole or in force whole, numbered, never changed; running cases stay as they began."""

import json

import pytest
import sqlalchemy as sa

from engine import deployments, instances, journal
from engine.errors import NotDeployable, NotFound
from engine.models.deployments import Deployment
from engine.runtime import Runtime
from tests.engine.cases import answer, at, deploy, get, open_tasks, start, values
from tests.engine.drawing import Drawing, extension


def form(form_id: str, label: str) -> bytes:
    field = {
        "id": "f1",
        "type": "textfield",
        "key": "opinion",
        "label": label,
        "validate": {"required": True},
    }
    return json.dumps({"type": "default", "id": form_id, "schemaVersion": 18, "components": [field]}).encode()


def asking(steps: int = 1) -> Drawing:
    drawing = Drawing()
    drawing.start("s")
    names = [f"u{n}" for n in range(steps)]
    for name in names:
        drawing.add("userTask", name, extension('<zeebe:formDefinition formId="visit"/>'))
    drawing.end("e")
    drawing.flow("s", *names, "e")
    return drawing


def version(runtime: Runtime, key: str = "p", kind: str = "process") -> int:
    with runtime.database.read() as session:
        return deployments.definition(session, kind, key).version


def test_a_bundle_with_a_fault_is_refused_whole_with_every_fault(sqlite_runtime: Runtime):
    bad = Drawing("bad")
    bad.start("s")
    bad.user("u")
    bad.flow("s", "u")
    with pytest.raises(NotDeployable) as refused:
        deploy(sqlite_runtime, asking(), bad, good__form=b"{", other__txt=b"")
    files = {finding.file for finding in refused.value.findings}
    assert {"bad.bpmn", "p.bpmn", "good.form", "other.txt"} <= files
    missing = [f for f in refused.value.findings if f.rule == "missing_form"]
    assert [(f.element_id, f.params["wanted"]) for f in missing] == [("u0", "visit")]
    with sqlite_runtime.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Deployment)) == 0


def test_what_a_drawing_needs_may_be_given_with_it_or_be_in_force(sqlite_runtime: Runtime):
    alone = {"p.bpmn": asking().xml()}
    assert [f.rule for f in deployments.lint(sqlite_runtime, alone)] == ["missing_form"]
    with_it = {**alone, "visit.form": form("visit", "意见")}
    assert deployments.lint(sqlite_runtime, with_it) == []
    deploy(sqlite_runtime, visit__form=form("visit", "意见"))
    with sqlite_runtime.database.read() as session:
        assert deployments.lint(sqlite_runtime, alone, session) == []


def linted(runtime: Runtime, files: dict[str, bytes]) -> dict[str, list[str]]:
    return {name: [f.rule for f in found] for name, found in deployments.lint_each(runtime, files)}


def test_each_file_of_a_collection_is_checked_by_itself(sqlite_runtime: Runtime):
    """A judge's folder holds thousands of drawings that were never meant to be deployed together."""
    caller = Drawing("caller")
    caller.row("start:s", "task:t")
    caller.flow("t", caller.call("c", "p"), caller.end("e"))
    files = {
        "a/p.bpmn": asking().xml(),
        "a/visit.form": form("visit", "意见"),
        "b/caller.bpmn": caller.xml(),
        "c/notes.txt": b"",
    }
    assert linted(sqlite_runtime, files) == {
        "a/p.bpmn": [], "a/visit.form": [], "b/caller.bpmn": [], "c/notes.txt": ["unknown_file"],
    }  # fmt: skip
    files["d/p.bpmn"] = asking().xml()
    assert linted(sqlite_runtime, files)["d/p.bpmn"] == ["also_defined"]
    assert linted(sqlite_runtime, files)["b/caller.bpmn"] == ["missing_process"], (
        "which of the two is not known"
    )


def test_whatever_goes_wrong_inside_is_told_of_the_file_alone(sqlite_runtime: Runtime, monkeypatch):
    def broken(*args: object, **kwargs: object) -> None:
        raise RecursionError("a secret of our code")

    monkeypatch.setattr("engine.bundles.read", broken)
    [(name, [finding])] = deployments.lint_each(sqlite_runtime, {"p.bpmn": asking().xml()})
    assert (name, finding.rule, finding.severity) == ("p.bpmn", "unreadable", "error")
    assert "secret" not in finding.text


def test_a_drawing_that_marks_nothing_executable_is_deployed_and_runs(sqlite_runtime: Runtime):
    drawing = Drawing()
    drawing.row("start:s", "user:u", "end:e")
    theirs = drawing.xml().replace(b'isExecutable="true"', b'isExecutable="false"')
    with sqlite_runtime.database.begin() as session:
        deployments.deploy(sqlite_runtime, session, {"vendor.bpmn20.xml": theirs}, "administrator")
    case = start(sqlite_runtime)
    answer(sqlite_runtime, case, "u")
    assert get(sqlite_runtime, case).state == "completed"


def test_what_is_in_force_already_changes_nothing(sqlite_runtime: Runtime):
    for _ in range(2):
        deploy(sqlite_runtime, asking(), visit__form=form("visit", "意见"))
    assert version(sqlite_runtime) == 1
    with sqlite_runtime.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Deployment)) == 1


def test_a_changed_form_makes_a_new_version_of_the_process_that_asks_it(sqlite_runtime: Runtime):
    other = Drawing("other")
    other.row("start:s", "user:u", "end:e")
    deploy(sqlite_runtime, asking(2), other, visit__form=form("visit", "意见"))
    case = start(sqlite_runtime)
    deploy(sqlite_runtime, visit__form=form("visit", "走访意见"))
    assert (version(sqlite_runtime), version(sqlite_runtime, "other")) == (2, 1)
    newer = start(sqlite_runtime)
    assert (get(sqlite_runtime, case).version, get(sqlite_runtime, newer).version) == (1, 2)
    labels = []
    with sqlite_runtime.database.read() as session:
        for key in (case, newer):
            asked = deployments.asked(session, get(sqlite_runtime, key).definition_key, "u0")
            schema = deployments.form(session, sqlite_runtime.evaluator, asked)
            labels.append(schema["components"][0]["label"])
    assert labels == ["意见", "走访意见"]


def test_running_cases_stay_on_their_drawing_and_new_ones_follow(sqlite_runtime: Runtime):
    old, new = Drawing(), Drawing()
    old.row("start:s", "user:one", "user:two", "end:e")
    new.row("start:s", "user:one", "user:three", "end:e")
    deploy(sqlite_runtime, old)
    first = start(sqlite_runtime)
    deploy(sqlite_runtime, new)
    second = start(sqlite_runtime)
    answer(sqlite_runtime, first, "one")
    answer(sqlite_runtime, second, "one")
    assert (at(sqlite_runtime, first), at(sqlite_runtime, second)) == (["two"], ["three"])
    with sqlite_runtime.database.begin() as session:
        third = instances.start(sqlite_runtime, session, "p", {}, "clerk", version=1)
    assert third.version == 1


def test_files_are_found_as_they_were(sqlite_runtime: Runtime):
    deploy(sqlite_runtime, asking(), visit__form=form("visit", "甲"), visit__html=b"<p>1</p>")
    deploy(sqlite_runtime, visit__html=b"<p>2</p>")
    with sqlite_runtime.database.read() as session:
        first, second = session.scalars(sa.select(Deployment.key).order_by(Deployment.key)).all()
        assert deployments.resource(session, first, "visit.html") == b"<p>1</p>"
        assert deployments.resource(session, second, "visit.html") == b"<p>2</p>"
        assert deployments.resource(session, second, "visit.form") == form("visit", "甲")
        assert deployments.names(session, second) == ["p.bpmn", "visit.form", "visit.html"]
        with pytest.raises(NotFound):
            deployments.resource(session, second, "nothing.html")
        assert journal.verify(session) == []
        assert [e.kind for e in journal.entries(session, journal.HOUSE)] == ["deployed", "deployed"]
    assert version(sqlite_runtime) == 2  # the sheet belongs to the form's step


def test_one_id_in_two_files_is_refused(sqlite_runtime: Runtime):
    resources = {"a.bpmn": Drawing("p"), "b.bpmn": Drawing("p")}
    for drawing in resources.values():
        drawing.row("start:s", "user:u", "end:e")
    findings = deployments.lint(sqlite_runtime, {name: d.xml() for name, d in resources.items()})
    assert [(f.rule, f.file) for f in findings if f.severity == "error"] == [("defined_twice", "b.bpmn")]


def test_an_operation_that_nobody_serves_here_is_a_warning(sqlite_runtime: Runtime):
    drawing = Drawing()
    drawing.row("start:s", "service:save", "end:e")
    [finding] = deployments.lint(sqlite_runtime, {"p.bpmn": drawing.xml()})
    assert (finding.rule, finding.severity, finding.element_id) == ("foreign_job", "warning", "save")


def test_the_answer_is_checked_by_the_form_of_the_case(sqlite_runtime: Runtime):
    from engine.errors import InvalidAnswer

    deploy(sqlite_runtime, asking(), visit__form=form("visit", "意见"))
    case = start(sqlite_runtime)
    with pytest.raises(InvalidAnswer) as refused:
        answer(sqlite_runtime, case, "u0")
    assert list(refused.value.errors) == ["opinion"]
    assert len(open_tasks(sqlite_runtime, case)) == 1
    answer(sqlite_runtime, case, "u0", opinion="同意")
    assert get(sqlite_runtime, case).state == "completed"


def _level(said: str, tag: str) -> bytes:
    return f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
      id="d" name="d" namespace="x"><decision id="level" name="level">
      <extensionElements><zeebe:versionTag value="{tag}"/></extensionElements>
      <variable name="level"/><literalExpression><text>"{said}"</text></literalExpression>
    </decision></definitions>""".encode()


def _visit(label: str, tag: str) -> bytes:
    return json.dumps({**json.loads(form("visit", label)), "versionTag": tag}).encode()


def test_a_rule_and_a_form_may_be_asked_for_by_the_tag_of_their_version(runtime: Runtime):
    def asking_for(tag: str) -> Drawing:
        drawing = Drawing()
        bound = f'bindingType="versionTag" versionTag="{tag}"'
        rule = f'<zeebe:calledDecision decisionId="level" resultVariable="said" {bound}/>'
        ask = f'<zeebe:formDefinition formId="visit" {bound}/>'
        drawing.start("s")
        drawing.add("businessRuleTask", "r", extension(rule))
        drawing.add("userTask", "u", extension(ask))
        drawing.end("e")
        drawing.flow("s", "r", "u", "e")
        return drawing

    deploy(runtime, level__dmn=_level("red", "2020"), visit__form=_visit("old", "2020"))
    deploy(runtime, level__dmn=_level("blue", "2021"), visit__form=_visit("new", "2021"))
    with pytest.raises(NotDeployable) as refused:
        deploy(runtime, asking_for("2019"))
    missing = {(f.rule, f.element_id, f.params["wanted"]) for f in refused.value.findings}
    assert {("missing_decision", "r", "level 2019"), ("missing_form", "u", "visit 2019")} <= missing
    for tag, said, asked in (("2020", "red", "old"), ("2021", "blue", "new")):
        deploy(runtime, asking_for(tag))
        case = start(runtime)
        task = open_tasks(runtime, case)[0]
        assert values(runtime, case)["said"] == said
        with runtime.database.read() as session:
            meant = deployments.asked(session, task.definition_key, task.element)
            schema = deployments.form(session, runtime.evaluator, meant)
            assert deployments.tag_of(session, meant) == tag
        assert schema["components"][0]["label"] == asked


@pytest.mark.parametrize("written", ["=x", "(> 5)", "[1..2]", "function(a) a"])
def test_an_expression_that_can_only_be_a_range_or_a_function_is_refused(
    sqlite_runtime: Runtime, written: str
):
    drawing = Drawing()
    drawing.start("s")
    drawing.script("u", f"={written}", "y")
    drawing.end("e")
    drawing.flow("s", "u", "e")
    found = deployments.lint(sqlite_runtime, {"p.bpmn": drawing.xml()})
    assert [(f.rule, f.element_id) for f in found if f.severity == "error"] == [("bad_expression", "u")]
