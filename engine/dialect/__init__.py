"""Reads BPMN 2.0 in the Zeebe dialect into SpiffWorkflow specs. Every refusal is a finding with its place."""

from engine.dialect.failures import DrawingFailed
from engine.dialect.model import Element, Event, Flow, Process, Reading, References, StartEvent
from engine.dialect.reader import read

__all__ = [
    "DrawingFailed",
    "Element",
    "Event",
    "Flow",
    "Process",
    "Reading",
    "References",
    "StartEvent",
    "read",
]
