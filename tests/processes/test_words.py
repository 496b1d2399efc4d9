"""What a drawing says to who does its steps."""

from pathlib import Path

import pytest
from lxml import etree

BPMN, ZEEBE = "{http://www.omg.org/spec/BPMN/20100524/MODEL}", "{http://camunda.org/schema/zeebe/1.0}"
DRAWINGS = sorted((Path(__file__).parents[2] / "processes").glob("*.bpmn"))


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_every_step_names_what_handing_it_in_does(path):
    for task in etree.parse(path).iter(f"{BPMN}userTask"):
        said = {each.get("name"): each.get("value") for each in task.iter(f"{ZEEBE}property")}
        assert 3 < len(said.get("submit", "")) <= 12, task.get("id")
        assert said["submit"] != "提交", task.get("id")
