"""What carries each clause of the document: gathered from the drawings, rules, forms and sheets in force, from the
catalogue of measures, the ledgers and the dated settings, each of which names its clauses itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine import deployments
from engine.dialect import Process
from engine.runtime import Runtime
from processes.clauses import cited, meant, of_settings
from registry import ledger, measures
from web.casefile import title

KINDS = {
    "process": "流程",
    "step": "步骤",
    "decision": "规则",
    "form": "表单",
    "sheet": "打印表",
    "measure": "帮扶措施",
    "ledger": "台账",
    "setting": "设置",
}
"""Kinds of carriers, with their msgids."""


@dataclass(frozen=True)
class Carrier:
    """One thing that carries clauses: its kind (of `KINDS`), the file or process it is in, and its name
    as people read it (empty for a join or a turn that the drawing leaves unnamed).

    `written` are the ids as they stand on it, right or wrong; `clauses` are those of the document that they mean.
    """

    kind: str
    within: str
    name: str
    written: tuple[str, ...]
    clauses: frozenset[str]


def in_force(runtime: Runtime, session: Session) -> list[Carrier]:
    """Everything in force that names a clause, by kind. What a deployment defines is read once and kept."""
    latest = deployments.latest(session)
    files = deployments.names(session, latest)
    sheets = [name.removesuffix(".html") for name in files if name.endswith(".html")]
    titles = {sheet: title(session, latest, sheet) or sheet for sheet in sheets}
    found: list[Carrier] = []
    for each in deployments.defined(session, files):
        if each.kind == "process":
            found += _drawn(deployments.process(session, each.key), titles)
        elif each.kind == "decision":
            model = deployments.decision(session, runtime.evaluator, each).model
            found += _ruled(each.resource, model["decisions"].get(each.id))
        else:
            schema = deployments.form(session, runtime.evaluator, each)
            found += _asked(each.id, schema, titles)
    found += [
        _carrier("measure", "", f"{row.code} {row.name}", row.clause) for row in measures.catalogue().values()
    ]
    found += [
        _carrier("ledger", "", each.name, each.clause)
        for each in (ledger.monitored(), *ledger.ledgers().values())
    ]
    found += [_carrier("setting", "", label, written) for label, written in of_settings().items()]
    order = list(KINDS)
    return sorted((each for each in found if each.written or each.clauses), key=lambda c: order.index(c.kind))


def of_clause(found: Iterable[Carrier], clause: str) -> dict[tuple[str, str], list[str]]:
    """(kind, within) → names of what carries a clause, each name once."""
    groups: dict[tuple[str, str], list[str]] = {}
    for each in found:
        if clause in each.clauses and each.name:
            names = groups.setdefault((each.kind, each.within), [])
            if each.name not in names:
                names.append(each.name)
    return groups


def _drawn(process: Process, titles: dict[str, str]) -> Iterator[Carrier]:
    yield _carrier("process", "", process.name, ",".join(process.clause))
    for element in process.elements.values():
        written = ",".join(element.clause)
        yield _carrier("step", process.name, element.name or "", written)
        sheets = f"{element.properties.get('sheet', '')},{element.properties.get('also_signs', '')}"
        for sheet in _ids(sheets):
            if sheet in titles:
                yield _carrier("sheet", "", titles[sheet], written)


def _ruled(file: str, decision: dict[str, Any] | None) -> Iterator[Carrier]:
    """A decision by its property, and each of its rules by what its annotation cites."""
    if decision is None:  # a decision service: its decisions speak for it
        return
    yield _carrier("decision", file, decision["name"], ",".join(decision["clause"]))
    for rule in decision["logic"].get("rules", ()):
        note = "；".join(rule["annotations"])
        yield Carrier("decision", file, note, (), cited(note))


def _asked(form: str, schema: dict[str, Any], titles: dict[str, str]) -> Iterator[Carrier]:
    properties = schema.get("properties")
    written = str(properties.get("clause", "")) if isinstance(properties, dict) else ""
    yield _carrier("form", "", titles.get(form, form), written)
    if form in titles:
        yield _carrier("sheet", "", titles[form], written)


def _carrier(kind: str, within: str, name: str, written: str) -> Carrier:
    ids = _ids(written)
    return Carrier(kind, within, name, ids, frozenset().union(*(meant(id) for id in ids)))


def _ids(written: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in written.split(",") if part.strip())
