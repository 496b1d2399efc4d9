"""日历: the deadlines to come with the working days that they leave, and what is late where the viewer can act on it."""

from flask import Blueprint, render_template

from engine import deadlines, lateness, sight, worklist
from registry import ledger, notices
from registry.ledger import entries
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.words import in_shanghai

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")


@blueprint.get("/")
@requires("calendar.see")
def page() -> str:
    """Deadlines, tasks that are late for the viewer and in his areas, entries of ledgers that become due."""
    now = runtime().clock.now()
    seen = sight.reach(viewer(), "calendar.see").areas
    today = in_shanghai(now).date()
    with runtime().database.read() as session:
        return render_template(
            "calendar.html",
            deadlines=deadlines.coming(session, now),
            mine=worklist.counts(session, viewer(), now).overdue,
            may_remind=bool(sight.reach(viewer(), "task.remind").areas),
            late=lateness.by_step(session, seen, now),
            due=[
                (each, count)
                for each in ledger.ledgers().values()
                if each.due and (count := entries.count_due(session, each, seen, today))
            ],
            untold=notices.count_waiting(session, sight.reach(viewer(), "notice.tell").areas),
            today=today,
        )
