"""Everything that is to be said of a draft: what the engine's check finds, and what the change does to clauses and people."""

from collections.abc import Iterator, Mapping

from sqlalchemy.orm import Session

from engine import drafts, usage
from engine.difference import drawings, questions, rules
from engine.findings import Finding, rule
from engine.models.drafts import DrawingDraft
from processes.clauses import cited, clauses, meant, of_settings
from registry import measures
from web.runtime import runtime
from web.studio import doers

LOST = rule("clause_lost", "条款 {clause}“{title}”原来在这里承载，改了以后没有哪里承载它", "warning")


def of_draft(session: Session, draft: DrawingDraft) -> list[Finding]:
    """Errors first. What cannot be read is not measured any further."""
    found = drafts.lint(runtime(), session, draft)
    changed = drafts.changes(session, draft)
    if changed and not any(finding.severity == "error" for finding in found):
        after, _figures = drafts.overlaid(session, draft)
        before = drafts.bundle(session)
        found += usage.findings(runtime().evaluator, before, after)
        found += _lost(before, after)
        found += doers.findings(session, before, after)
    return sorted(found, key=lambda each: each.severity != "error")


def _lost(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[Finding]:
    """Clauses that a changed file carried and nothing carries any more."""
    changed = [name for name, data in before.items() if after.get(name) != data]
    carried = [(name, *each) for name in changed for each in dict(carried_by(name, before[name])).items()]
    kept = {clause for name in changed if name in after for clause, _ in carried_by(name, after[name])}
    if all(clause in kept for _, clause, _ in carried):
        return
    still = {clause for name, data in after.items() for clause, _ in carried_by(name, data)}
    still |= {clause for row in measures.catalogue().values() for clause in meant(row.clause)}
    still |= {
        clause for written in of_settings().values() for one in written.split(",") for clause in meant(one)
    }
    for name, clause, element in carried:
        if clause not in still:
            params = {"clause": clause, "title": clauses()[clause].title}
            yield Finding(name, element, None, LOST.name, LOST.message, params, LOST.severity)


_READERS = {"bpmn": drawings.nodes, "dmn": rules.nodes, "form": questions.nodes}


def carried_by(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """(clause, id of what carries it) of a drawing, rule or form."""
    reader = _READERS.get(name.rpartition(".")[2])
    for key, node in reader(data).items() if reader else ():
        for path, text in node.facts.items():
            if path in ("property.clause", "properties.clause"):
                yield from ((clause, key) for one in text.split(",") for clause in meant(one.strip()))
            elif node.sort == "rule" and path.startswith("cell."):
                yield from ((clause, key) for clause in cited(text))
