"""The document clause by clause, and what carries each: how an office sees that nothing of it was left out."""

from flask import Blueprint, render_template

from processes.clauses import KINDS, clauses
from web import carriers
from web.runtime import runtime
from web.signed_in import requires

blueprint = Blueprint("clauses", __name__, url_prefix="/clauses")


@blueprint.get("/")
@requires("clause.see")
def page() -> str:
    """Every clause with the steps, rules, forms, sheets, measures and settings in force that carry it."""
    with runtime().database.read() as session:
        found = carriers.in_force(runtime(), session)
    shown = [(each, carriers.of_clause(found, each.id)) for each in clauses().values()]
    asked = [groups for each, groups in shown if each.needs_carrier]
    return render_template(
        "clauses.html",
        shown=shown,
        asked=len(asked),
        carried=sum(1 for groups in asked if groups),
        kinds=KINDS,
        carrier_kinds=carriers.KINDS,
    )
