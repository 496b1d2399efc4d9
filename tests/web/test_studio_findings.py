"""What a change does to clauses, people and names is told before it takes force."""

from engine import drafts
from web.app import create_app
from web.studio.findings import carried_by, of_draft

TASK = '<bpmn:userTask id="county_review"'


def said(world, *, every: bool = False, **changes: tuple[str, str]) -> list[tuple[str, str | None, dict]]:
    """(rule, element, parameters) of the warnings about a draft with these replacements (file stem → before, after)."""
    with create_app(world.runtime).test_request_context(), world.runtime.database.begin() as session:
        draft = drafts.begin(session, "试", "administrator", world.clock.now())
        for stem, (before, after) in changes.items():
            file = stem.replace("__", ".")
            text = (drafts.in_force(session, file) or b"").decode()
            assert before in text
            data = text.replace(before, after, -1 if every else 1).encode()
            drafts.save(session, draft, file, data, 0, "administrator", world.clock.now())
        found = of_draft(session, draft)
        assert [f.text for f in found if f.severity == "error"] == []
        return [(f.rule, f.file if every else f.element_id, dict(f.params)) for f in found]


def test_a_change_that_loses_nothing_says_nothing(world):
    assert said(world, application__bpmn=('name="受理申请"', 'name="收件"')) == []


def test_a_clause_that_nothing_carries_any_more_is_told(world):
    """F4.3.6 leaves its drawings, but rules carry it on; the clause that only one file carries is lost."""
    with world.runtime.database.read() as session:
        carried = {
            (clause, name)
            for name, data in drafts.bundle(session).items()
            for clause, _ in carried_by(name, data)
        }
    alone = [
        (c, f) for c, f in carried if f.endswith(".bpmn") and sum(other == c for other, _ in carried) == 1
    ]
    clause, file = min(alone)
    found = said(world, **{file.replace(".", "__"): (clause, "F4.2")}, every=True)
    assert (clause, file) in {(params["clause"], where) for _, where, params in found if "clause" in params}


def test_a_step_that_nobody_can_do_in_some_villages_is_told(world):
    found = said(
        world,
        application__bpmn=('candidateGroups="village_committee"', 'candidateGroups="work_team"'),
    )
    [(_, element, params)] = [each for each in found if each[0] == "nobody_can_do"]
    assert element == "accept"
    assert params["count"] > 1 and params["groups"] == "work_team"


def test_a_name_that_nobody_sets_is_told_at_its_element(world):
    found = said(world, application__bpmn=('=acceptance = "受理"', '=aceptance = "受理"'))
    assert ("name_not_given", "accept_result", {"name": "aceptance"}) in found


def test_a_question_whose_answer_nobody_reads_is_told(world):
    field = '"components": [{"id": "moon", "type": "textfield", "key": "moon_phase", "label": "月相"},'
    found = said(world, acceptance__form=('"components": [', field))
    assert found == [("answer_not_read", "moon_phase", {"name": "moon_phase"})]
    both = said(
        world,
        acceptance__form=('"components": [', field),
        acceptance__html=("</table>", "<tr><td>{{answer.moon_phase}}</td></tr></table>"),
    )
    assert both == []
