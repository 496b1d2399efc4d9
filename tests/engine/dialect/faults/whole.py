"""The file as a whole."""

from tests.engine.dialect.faults import fault, plain, zeebe
from tests.engine.drawing import Drawing


@fault("no_process")
def _():
    return plain().xml().replace(b"<process ", b"<choreography ").replace(b"</process>", b"</choreography>")


@fault("not_executable", "p")
@fault("foreign_dialect", "p")
def _():
    return plain().xml().replace(b'isExecutable="true"', b'isExecutable="false"')


@fault("left_out", "q")
def _():
    other = b'<process id="q" isExecutable="false"/></definitions>'
    return plain().xml().replace(b"</definitions>", other)


@fault("empty_process", "p")
def _():
    return Drawing().xml()


@fault("repeated_id", "u")
def _():
    return plain().xml().replace(b'id="e"', b'id="u"')


@fault("no_id", "p")
def _():
    return plain().xml().replace(b'<endEvent id="e">', b"<endEvent>")


@fault("bad_id", "u*")
def _():
    return plain().xml().replace(b'"u"', b'"u*"')


def with_property(name, value):
    d = plain()
    d.extra = zeebe(f'<zeebe:properties><zeebe:property name="{name}" value="{value}"/></zeebe:properties>')
    return d


@fault("unknown_starter", "p")
def _():
    return with_property("start.groups", "county_office, mayor")


@fault("bad_about", "p")
def _():
    return with_property("start.about", "village")


@fault("bad_expression", "p")
def _():
    return with_property("start.with.channel", "=1 +")


@fault("xml_malformed")
def _():
    return plain().xml()[:-30]


@fault("xml_malformed")
def _():
    return b""


@fault("xml_doctype")
def _():
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    return plain().xml().replace(b"?>", b"?>" + bomb, 1)


@fault("xml_doctype")
def _():
    return (
        plain().xml().decode().replace("?>", "?><!DOCTYPE d>", 1).replace("UTF-8", "UTF-16").encode("utf-16")
    )


@fault("xml_too_large")
def _():
    return plain().xml() + b" " * (9 * 1024 * 1024)


@fault("xml_too_deep")
def _():
    return plain().xml().replace(b"</process>", b"<a>" * 150 + b"</a>" * 150 + b"</process>")


@fault("xml_not_bpmn")
def _():
    return b"<html/>"


@fault("too_many_elements")
def _():
    events = "".join(
        f'<boundaryEvent id="b{i}"><errorEventDefinition/></boundaryEvent>' for i in range(20_000)
    )
    return plain().xml().replace(b"</process>", events.encode() + b"</process>")
