"""Drawings are laid out so that they can be read: no line crosses another or a shape, labels stand clear, lanes hold theirs."""

from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from lxml import etree

from web import rehearsal

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
HOLDERS = ("participant", "lane", "subProcess")
FILES = sorted(rehearsal.PROCESSES.glob("*.bpmn"))


@dataclass(frozen=True)
class Box:
    """Bounds on the canvas."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, other: "Box") -> bool:
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )

    def meets(self, other: "Box") -> bool:
        """Whether they share more than an edge."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


class Drawing:
    """One file's shapes, labels and lines by element id."""

    def __init__(self, file: Path) -> None:
        root = etree.parse(file).getroot()
        self.kinds = {e.get("id"): etree.QName(e).localname for e in root.iter(BPMN + "*") if e.get("id")}
        self.flows = {
            e.get("id"): (e.get("sourceRef"), e.get("targetRef")) for e in root.iter(BPMN + "sequenceFlow")
        }
        self.hosts = {e.get("id"): e.get("attachedToRef") for e in root.iter(BPMN + "boundaryEvent")}
        self.lanes = {
            ref.text: lane.get("id")
            for lane in root.iter(BPMN + "lane")
            for ref in lane.iter(BPMN + "flowNodeRef")
        }
        self.shapes = {
            shape.get("bpmnElement"): _box(shape.find(DC + "Bounds")) for shape in root.iter(DI + "BPMNShape")
        }
        self.labels = {
            parent.get("bpmnElement"): _box(label.find(DC + "Bounds"))
            for label in root.iter(DI + "BPMNLabel")
            if (parent := label.getparent()) is not None and label.find(DC + "Bounds") is not None
        }
        self.lines = {
            edge.get("bpmnElement"): [_segment(a, b) for a, b in pairwise(points)]
            for edge in root.iter(DI + "BPMNEdge")
            if (points := [(float(p.get("x")), float(p.get("y"))) for p in edge.iter(WAYPOINT)])
        }

    def nodes(self) -> dict[str, Box]:
        """Shapes that no line may run through."""
        return {name: box for name, box in self.shapes.items() if self.kinds[name] not in HOLDERS}

    def solid(self, name: str) -> Box:
        """Where the shape has ink: a gateway's corners are free."""
        box = self.shapes[name]
        if not self.kinds[name].endswith("Gateway"):
            return box
        return Box(box.x + box.width / 4, box.y + box.height / 4, box.width / 2, box.height / 2)

    def joined(self, one: str, other: str) -> bool:
        """Whether two flows leave or reach the same element, and so may share a line's piece."""
        (a, b), (c, d) = self.flows[one], self.flows[other]
        return bool({a, b} & {c, d})


def _box(bounds: etree._Element) -> Box:
    return Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))


def _segment(a: tuple[float, float], b: tuple[float, float]) -> Box:
    return Box(min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]), abs(a[1] - b[1]))


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def drawing(request: pytest.FixtureRequest) -> Drawing:
    return Drawing(request.param)


def test_every_node_and_flow_is_drawn(drawing: Drawing) -> None:
    assert set(drawing.flows) <= set(drawing.lines)
    assert set(drawing.lanes) <= set(drawing.shapes)


def test_lines_are_straight(drawing: Drawing) -> None:
    slanted = [name for name, pieces in drawing.lines.items() if any(p.width and p.height for p in pieces)]
    assert slanted == []


def test_no_line_crosses_another(drawing: Drawing) -> None:
    crossing = [
        (one, other)
        for one, other in combinations(drawing.flows, 2)
        if not drawing.joined(one, other)
        for a in drawing.lines[one]
        for b in drawing.lines[other]
        if _crosses(a, b)
    ]
    assert crossing == []


def _crosses(a: Box, b: Box) -> bool:
    return a.x <= b.x + b.width and b.x <= a.x + a.width and a.y <= b.y + b.height and b.y <= a.y + a.height


def test_no_line_runs_through_a_shape(drawing: Drawing) -> None:
    through = [
        (flow, name)
        for flow, ends in drawing.flows.items()
        for name, box in drawing.nodes().items()
        if name not in ends and name not in {drawing.hosts.get(end) for end in ends}
        for piece in drawing.lines[flow]
        if _crosses(piece, box)
    ]
    assert through == []


def test_labels_stand_clear_of_lines_shapes_and_each_other(drawing: Drawing) -> None:
    met = [
        (name, flow)
        for name, label in drawing.labels.items()
        for flow in drawing.flows
        for piece in drawing.lines[flow]
        if label.meets(Box(piece.x, piece.y, piece.width or 0.5, piece.height or 0.5))
    ]
    met += [
        (name, other)
        for name, label in drawing.labels.items()
        for other in drawing.nodes()
        if label.meets(drawing.solid(other))
    ]
    met += [
        (one, other)
        for one, other in combinations(drawing.labels, 2)
        if drawing.labels[one].meets(drawing.labels[other])
    ]
    assert met == []


def test_lanes_hold_what_is_theirs(drawing: Drawing) -> None:
    outside = [
        name for name, lane in drawing.lanes.items() if not drawing.shapes[lane].holds(drawing.shapes[name])
    ]
    assert outside == []
