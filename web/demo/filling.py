"""Fills in a form as it is drawn, where no more is meant by it than that somebody has filled it in."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from math import sin
from pathlib import Path
from random import Random
from typing import Any

from engine.clock import SHANGHAI

Json = dict[str, Any]
_FORMS = Path(__file__).parents[2] / "forms"
_LATER = {"due": 20, "inspect_by": 15, "until": 300, "ends_on": 1400}
"""Days ahead of the dates that lie in the future; all others are of the day itself."""


def filled(form_id: str, known: Mapping[str, Any], now: datetime, random: Random) -> Json:
    """An answer to the form: the first of what is offered, a sentence, the day's date, a signature.

    What the form hides is filled in too: its check drops it.
    """
    return _filled(_components(form_id), known, now, random)


def day(now: datetime, days: int = 0) -> str:
    """The day in Jilin, or one so many days later."""
    return (now + timedelta(days=days)).astimezone(SHANGHAI).date().isoformat()


def strokes(random: Random) -> Json:
    """A signature, drawn by a hand that is never quite the same: three strokes across the box."""
    lines = []
    for start in (30, 130, 230):
        lean, height = random.uniform(0.2, 0.5), random.uniform(18, 34)
        lines.append(
            [
                [round(start + step * 4, 1), round(70 + height * sin(step * lean + start), 1), step * 16]
                for step in range(20)
            ]
        )
    return {"width": 340, "height": 140, "strokes": lines}


@cache
def _components(form_id: str) -> list[Json]:
    return json.loads((_FORMS / f"{form_id}.form").read_text("utf-8"))["components"]


def _filled(components: Iterable[Json], known: Mapping[str, Any], now: datetime, random: Random) -> Json:
    made: Json = {}
    for component in components:
        if component["type"] == "group":
            inside = _filled(component["components"], known, now, random)
            made.update({component["path"]: inside} if component.get("path") else inside)
        elif component["type"] == "dynamiclist":
            made[component["path"]] = [_filled(component["components"], known, now, random)]
        elif fill := _FILL.get(component["type"]):
            made[component["key"]] = fill(component, known, now, random)
    return made


def _first(component: Json, known: Mapping[str, Any], _now: datetime, _random: Random) -> Any:
    return _offered(component, known)[0]


def _first_alone(component: Json, known: Mapping[str, Any], _now: datetime, _random: Random) -> list[Any]:
    return _offered(component, known)[:1]


def _offered(component: Json, known: Mapping[str, Any]) -> list[Any]:
    return [each["value"] for each in component.get("values") or known[component["valuesKey"]]]


def _date(component: Json, _known: Mapping[str, Any], now: datetime, _random: Random) -> str:
    return day(now, _LATER.get(component["key"], 0))


def _sentence(component: Json, _known: Mapping[str, Any], _now: datetime, _random: Random) -> str:
    return f"{component['label']}：已按要求办理。"


_FILL: Mapping[str, Callable[[Json, Mapping[str, Any], datetime, Random], Any]] = {
    "radio": _first,
    "select": _first,
    "checklist": _first_alone,
    "checkbox": lambda *_: True,
    "textarea": _sentence,
    "textfield": lambda component, *_: component["label"],
    "datetime": _date,
    "number": lambda component, *_: component.get("validate", {}).get("min", 1),
    "money": lambda *_: 1000,
    "phone": lambda *_: "13843200001",
    "signature": lambda _component, _known, _now, random: strokes(random),
}
