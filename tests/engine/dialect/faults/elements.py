"""Elements by themselves."""

from tests.engine.dialect.faults import fault, plain, with_inner, zeebe
from tests.engine.drawing import each, mapped


@fault("unsupported_element", "x")
def _():
    d = plain()
    d.flow("u", d.add("complexGateway", "x"), "e")
    return d


@fault("stays_in_office", "u")
def _():
    marked = (
        '<zeebe:property name="offline" value="true"/><zeebe:property name="signature" value="password"/>'
    )
    form = '<zeebe:formDefinition formId="visit"/>'
    return with_inner("u", zeebe(f"{form}<zeebe:properties>{marked}</zeebe:properties>"))


@fault("stays_in_office", "u")
def _():
    marked = '<zeebe:property name="offline" value="true"/>'
    return with_inner("u", zeebe(f"<zeebe:properties>{marked}</zeebe:properties>"))


@fault("no_job_type", "u")
def _():
    return with_inner("u", "", "serviceTask")


@fault("no_script", "u")
def _():
    return with_inner("u", "<script>import os</script>", "scriptTask")


@fault("no_decision", "u")
def _():
    return with_inner("u", zeebe('<zeebe:calledDecision decisionId="x"/>'), "businessRuleTask")


@fault("no_called_process", "u")
def _():
    return with_inner("u", "", "callActivity")


@fault("bad_binding", "u")
def _():
    return with_inner(
        "u", zeebe('<zeebe:calledElement processId="x" bindingType="yesterday"/>'), "callActivity"
    )


@fault("no_version_tag", "u")
def _():
    return with_inner(
        "u", zeebe('<zeebe:calledElement processId="x" bindingType="versionTag"/>'), "callActivity"
    )


@fault("bad_retries", "u")
def _():
    return with_inner("u", zeebe('<zeebe:taskDefinition type="x" retries="many"/>'), "serviceTask")


@fault("bad_priority", "u")
def _():
    return with_inner("u", zeebe('<zeebe:priorityDefinition priority="101"/>'))


@fault("endless_loop", "u")
def _():
    return with_inner("u", "<standardLoopCharacteristics/>")


@fault("bad_maximum", "u")
def _():
    return with_inner("u", '<standardLoopCharacteristics loopMaximum="0"/>')


@fault("bad_count", "u")
def _():
    count = "<loopCardinality>some</loopCardinality>"
    return with_inner("u", f"<multiInstanceLoopCharacteristics>{count}</multiInstanceLoopCharacteristics>")


@fault("no_collection", "u")
def _():
    return with_inner("u", "<multiInstanceLoopCharacteristics/>")


@fault("half_output", "u")
def _():
    return with_inner("u", each("=[1]", into="all"))


@fault("handler_in_flow", "u")
@fault("handler_of_nothing", "u")
def _():
    d = plain()
    d.elements["u"].attrs["isForCompensation"] = "true"
    return d


@fault("bad_target", "u")
def _():
    return with_inner("u", zeebe(mapped({"a b": "=x"})))


@fault("no_source", "u")
def _():
    return with_inner("u", zeebe(mapped({"a": "="})))


@fault("bad_date", "u")
def _():
    return with_inner("u", zeebe('<zeebe:taskSchedule dueDate="next week"/>'))


@fault("no_active_elements", "u")
def _():
    return with_inner("u", "", "adHocSubProcess")
