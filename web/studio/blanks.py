"""What a new file begins as: the least that its editor opens and its check accepts."""

import re

from flask_babel import gettext as _

from engine.errors import InvalidInput

_FORM = """{{
  "type": "default",
  "id": "{id}",
  "schemaVersion": 18,
  "components": []
}}
"""
_SHEET = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>{id}</title>
<link rel="stylesheet" href="sheet.css">
</head>
<body>
<div class="mark">{{{{mark}}}}</div>
<h1>{id}</h1>
<table>
<tbody>
<tr><th>户主姓名</th><td>{{{{household.head_name}}}}</td><th>家庭住址</th><td>{{{{household.address}}}}</td></tr>
</tbody>
</table>
</body>
</html>
"""
_DRAWING = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:modeler="http://camunda.org/schema/modeler/1.0" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="{id}_definitions" targetNamespace="https://fangfan.example/processes" modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.8.0">
  <bpmn:process id="{id}" name="{id}" isExecutable="true">
    <bpmn:startEvent id="{id}_started" name="开始"><bpmn:outgoing>{id}_goes</bpmn:outgoing></bpmn:startEvent>
    <bpmn:endEvent id="{id}_done" name="结束"><bpmn:incoming>{id}_goes</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="{id}_goes" sourceRef="{id}_started" targetRef="{id}_done"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="{id}_diagram">
    <bpmndi:BPMNPlane id="{id}_plane" bpmnElement="{id}">
      <bpmndi:BPMNShape id="{id}_started_shape" bpmnElement="{id}_started"><dc:Bounds x="160" y="120" width="36" height="36"/></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="{id}_done_shape" bpmnElement="{id}_done"><dc:Bounds x="460" y="120" width="36" height="36"/></bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="{id}_goes_edge" bpmnElement="{id}_goes"><di:waypoint x="196" y="138"/><di:waypoint x="460" y="138"/></bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
_RULES = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" id="{id}_definitions" name="{id}" namespace="https://fangfan.example/processes">
  <decision id="{id}" name="{id}">
    <variable id="{id}_variable" name="{id}"/>
    <decisionTable id="{id}_table" hitPolicy="UNIQUE">
      <input id="{id}_input"><inputExpression id="{id}_input_expression" typeRef="number"><text>value</text></inputExpression></input>
      <output id="{id}_output" name="outcome" typeRef="string"/>
    </decisionTable>
  </decision>
  <dmndi:DMNDI><dmndi:DMNDiagram id="{id}_diagram"><dmndi:DMNShape id="{id}_shape" dmnElementRef="{id}"><dc:Bounds x="160" y="100" width="180" height="80"/></dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI>
</definitions>
"""
_KINDS = {".bpmn": _DRAWING, ".dmn": _RULES, ".form": _FORM, ".html": _SHEET}
ENDINGS = tuple(_KINDS)


def of(name: str) -> str:
    """The content of a new file of that name, which gives its id. InvalidInput for a name that is no id."""
    stem, dot, kind = name.rpartition(".")
    ending = dot + kind
    if ending not in _KINDS or not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", stem):
        raise InvalidInput("name", detail=_("新文件的名称用小写字母、数字和“_”，以字母开头"))
    return _KINDS[ending].format(id=stem)
