"""Taking over what a county already has: households of the national system's export, and a running case for each that is monitored."""

from decimal import Decimal

from sqlalchemy.orm import Session

from engine import instances, settings
from engine.offers import AlreadyRunning
from engine.runtime import Runtime
from registry import history
from registry.imports import Report, Sheet, import_households
from web.following import followed

PROCESS = "monitoring"


def take(runtime: Runtime, session: Session, part: Sheet, area: str, actor: str) -> tuple[Report, int]:
    """Facts and cases of one part, in one transaction: a household is never taken without its case; how many began.

    A household whose application is running already keeps that case; running cases hear of what has changed.
    """
    now = runtime.clock.now()
    history.act(session, actor, now)
    line = Decimal(str(settings.in_force(session, now)["line"]))
    with followed(runtime, session, actor):
        report, cases = import_households(session, part, line=line, within=area)
    begun = 0
    for case in cases:
        try:
            with session.begin_nested():
                instances.start(runtime, session, PROCESS, case.variables(), actor)
            begun += 1
        except AlreadyRunning:
            continue
    return report, begun
