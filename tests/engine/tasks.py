"""Rows of tasks for tests of the worklist and of authority: what a step would have written, without running one."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import roles
from engine.keys import new_key
from engine.models.deployments import Definition, Deployment, Resource
from engine.models.instances import Instance
from engine.models.worklist import NEVER, TaskCandidate, UserTask

VILLAGE = "2202/220281/220281101/220281101201/"
NEXT_VILLAGE = "2202/220281/220281101/220281101202/"
OTHER_COUNTY = "2202/220282/220282101/220282101201/"


def definition(session: Session, at: datetime) -> int:
    """A process definition to hang cases on."""
    found = session.scalar(sa.select(Definition.key).limit(1))
    if found is not None:
        return found
    deployment = Deployment(key=new_key(), digest="d", note="", document="", actor="a", at=at)
    session.add_all([deployment, Resource(sha256="s", content=b"")])
    session.flush()
    made = Definition(
        key=new_key(),
        kind="process",
        id="application",
        version=1,
        name="申请",
        fingerprint="f",
        deployment_key=deployment.key,
        resource="a.bpmn",
    )
    session.add(made)
    session.flush()
    return made.key


def case(
    session: Session, at: datetime, area: str = VILLAGE, title: str = "李秀兰", subject: str = "71"
) -> Instance:
    """A case of the household `subject`."""
    key = new_key()
    made = Instance(
        key=key,
        case_key=key,
        definition_key=definition(session, at),
        process_id="application",
        version=1,
        state="active",
        started_at=at,
        started_by="a",
        tokens={},
        values={},
        tags=[],
        journal_length=0,
        area=area,
        title=title,
        search="lixiulan lxl",
        level=None,
        subject=subject,
    )
    session.add(made)
    session.flush()
    return made


def task(session: Session, of: Instance, element: str, groups: list[str], **given: object) -> UserTask:
    """An open task of a case, waiting for these groups where the case is."""
    facts: dict[str, object] = {
        "key": new_key(),
        "case_key": of.case_key,
        "instance_key": of.key,
        "token": f"t{new_key()}",
        "definition_key": of.definition_key,
        "process_id": of.process_id,
        "element": element,
        "name": element,
        "properties": {},
        "groups": groups,
        "users": [],
        "priority": 50,
        "created_at": of.started_at,
        "state": "open",
        **of.attributes,
        **given,
    }
    made = UserTask(**facts)
    session.add(made)
    session.flush()
    if made.state == "open":
        for group in groups:
            place = roles.place(group, made.area, made.subject)
            session.add(TaskCandidate(group=group, place=place, task_key=made.key, due=made.due or NEVER))
        session.flush()
    return made
