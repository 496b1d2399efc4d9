"""Replay: what cases would have come to on other drawings, told from their journals, with no effect on anything.

`course` reads how a case went, `answers` lets its journal stand in for operations, `player` plays it once more by the real
engine in a database of its own (`again`: each thing that happened then), `verdict` lays both side by side, `scope` says which.
"""

from engine.replay.course import Course, read
from engine.replay.player import Played, Player
from engine.replay.verdict import NEEDS_ANSWERS, OTHERWISE, SAME, Parting, Verdict, compare

__all__ = [
    "NEEDS_ANSWERS",
    "OTHERWISE",
    "SAME",
    "Course",
    "Parting",
    "Played",
    "Player",
    "Verdict",
    "compare",
    "read",
]  # fmt: skip
