"""Households: found by name, pinyin or last four, and one household's page; ID numbers open for a reason only."""

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine import authority, journal, offers, sight
from engine.errors import InvalidInput, NotFound
from engine.identity import display_names
from engine.models.deployments import Definition
from engine.models.instances import Instance
from engine.models.worklist import UserTask
from registry import areas, households, ledger, measures, notices, search, told_history
from registry.errors import Impossible
from registry.ledger import entries
from registry.ledger.plain import HOUSEHOLD
from registry.models import Household
from web import matters, reading
from web.delivery.notices import WORKER
from web.pages.notices import is_own
from web.pages.worklist import place_names
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.words import in_shanghai

blueprint = Blueprint("households", __name__, url_prefix="/households")
SHOWN = 50


@blueprint.get("/")
@requires("household.see")
def index() -> str:
    """Households in the viewer's areas that fit what he types."""
    text = request.args.get("q", "").strip()
    with runtime().database.read() as session:
        found = look_for(session, text)
        return render_template(
            "households.html",
            found=found,
            text=text,
            place_names=place_names(session, {each.area for each in found}),
        )


@blueprint.get("/<int:key>")
@requires("household.see")
def page(key: int) -> str:
    """One household: its facts, its cases, its measures."""
    with runtime().database.read() as session:
        return _shown(session, key, {})


@blueprint.get("/<int:key>/history")
@requires("household.see")
def changes(key: int) -> str:
    """Every change of the household's facts: who, when, in which task, why, before and after."""
    with runtime().database.read() as session:
        household = permitted(session, key, "household.see")
        found = told_history.steps(session, key)
        return render_template(
            "household_history.html",
            key=key,
            head=household.head_name,
            steps=found,
            people=display_names(session, {step.actor for step in found}),
            within=_within(session, {step.task for step in found if step.task}),
        )


@blueprint.post("/<int:key>/reveal")
@requires("household.reveal")
def reveal(key: int) -> str:
    """The ID numbers in full, for a reason that the journal keeps."""
    reason = request.form.get("reason", "").strip()
    if len(reason) < 2:
        raise InvalidInput("reason", detail=_("请写明为什么要看证件号码"))
    with runtime().database.begin() as session:
        household = permitted(session, key, "household.reveal")
        body = {"household": str(household.key), "reason": reason[:200]}
        journal.append(session, journal.HOUSE, "id_numbers_shown", viewer().name, body, runtime().clock.now())
        full = {member["key"]: member["id_number"] for member in households.in_full(session, key)["members"]}
        return _shown(session, key, full)


def permitted(session: Session, key: int, verb: str) -> Household:
    """The household, if the viewer may do `verb` with it: nobody sees another area's. `NotFound`, `NotAllowed`."""
    try:
        household = households.get(session, key)
    except Impossible as error:
        raise NotFound(_("农户"), key) from error
    authority.permit(session, viewer(), verb, area=household.area, subject=str(household.key))
    return household


def look_for(session: Session, text: str) -> list[search.Found]:
    """Households that fit, within each of the viewer's areas and among those he is related to; each once."""
    found: dict[int, search.Found] = {}
    if not text:
        return []
    for role, area in viewer().roles:
        if not role.startswith("department"):
            for each in search.households(session, text, area or areas.ROOT, SHOWN):
                found.setdefault(each.household_key, each)
    related = {int(subject) for _role, subject in viewer().relations}
    for household in session.scalars(sa.select(Household).where(Household.key.in_(related))):
        for each in search.households(session, text, household.area, SHOWN):
            if each.household_key in related:
                found.setdefault(each.household_key, each)
    return list(found.values())[:SHOWN]


def _shown(session: Session, key: int, full: dict[str, str]) -> str:
    household = permitted(session, key, "household.see")
    cases = session.scalars(
        sa.select(Instance)
        .where(Instance.subject == str(key), Instance.parent_key.is_(None))
        .order_by(Instance.key.desc())
        .limit(SHOWN)
    ).all()
    place = {"area": household.area, "subject": str(household.key)}
    told = notices.of(session, key)
    ended = households.last_to_leave(household)
    return render_template(
        "household.html",
        facts=households.read(session, key),
        full=full,
        cases=cases,
        names=reading.process_names(session, {each.definition_key for each in cases}),
        matters=matters.of(session, key),
        notices=told,
        people=display_names(session, {each.delivered_by for each in told} - {"", WORKER}),
        own=is_own(viewer(), household),
        tells=authority.may(session, viewer(), "notice.tell", **place),
        ways=notices.BY_HAND,
        today=in_shanghai(runtime().clock.now()).date(),
        measures=[measures.shown(each) for each in measures.of(session, key)],
        marks=[
            mark
            for each in ledger.ledgers().values()
            if each.marks
            for mark in entries.marks(session, each, household.area)
        ],
        enters=[
            each
            for each in ledger.ledgers().values()
            if each.about == HOUSEHOLD
            and sight.reach(viewer(), "ledgers.keep", each.kept_by).holds(household.area)
        ],
        may_reveal=authority.may(session, viewer(), "household.reveal", **place),
        ended=ended,
        offers=[] if ended else offers.for_one(session, viewer(), **place),
    )


def _within(session: Session, keys: set[str]) -> dict[str, tuple[str, int]]:
    """The step or the process that each key of a task or an instance names, and its case."""
    numbers = {int(key) for key in keys if key.isdigit()}
    tasks = sa.select(UserTask.key, UserTask.name, UserTask.case_key).where(UserTask.key.in_(numbers))
    runs = (
        sa.select(Instance.key, Definition.name, Instance.case_key)
        .join(Definition, Definition.key == Instance.definition_key)
        .where(Instance.key.in_(numbers))
    )
    return {
        str(key): (name or "", case) for query in (runs, tasks) for key, name, case in session.execute(query)
    }
