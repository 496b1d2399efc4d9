"""Everything that a user is told when something cannot be done.

    Refusal 400
    ├── InvalidInput 400     what was sent is not of the shape that is asked for
    ├── NotAllowed 403       this person may not do this
    ├── NotFound 404         there is nothing under this key
    ├── TaskTaken 409        somebody else has claimed the task
    ├── TaskDone 409         somebody else has completed the task
    ├── Stale 409            what was seen has changed meanwhile
    ├── InvalidAnswer 422    the form's check found faults; `errors` names the fields
    └── NotDeployable 422    the drawings have faults; `findings` names the elements

Each says what (`message`), where (`where`) and how to mend it (`mend`). Sentences are Chinese and are the gettext
msgids; `{params}` are filled in after translation. The web turns a Refusal into a page or an RFC 9457 body.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.findings import Finding


class Refusal(Exception):
    """A plain no, in the user's words."""

    status = 400
    code = "refused"
    message = "不能这样做。"
    mend = ""

    def __init__(self, where: str | None = None, **params: object) -> None:
        self.params = params
        self.where = where
        super().__init__(self.code, where, params)

    def __str__(self) -> str:
        return self.message.format(**self.params)


class InvalidInput(Refusal):
    """What was sent cannot be read; `where` names the field."""

    code = "invalid_input"
    message = "提交的内容有误：{detail}"
    mend = "请按要求修改后重新提交。"


class NotAllowed(Refusal):
    """This person may not do this."""

    status = 403
    code = "not_allowed"
    message = "您没有权限：{action}。"
    mend = "如需办理，请联系管理员调整角色或辖区。"

    def __init__(self, action: str, where: str | None = None) -> None:
        super().__init__(where, action=action)


class NotFound(Refusal):
    """Nothing is kept under this key."""

    status = 404
    code = "not_found"
    message = "找不到{what}：{key}。"
    mend = "请核对编号，或返回列表重新选择。"

    def __init__(self, what: str, key: object, where: str | None = None) -> None:
        super().__init__(where, what=what, key=key)


class TaskTaken(Refusal):
    """Somebody else has claimed the task."""

    status = 409
    code = "task_taken"
    message = "任务已由{who}领取。"
    mend = "请与其联系，或由有权人员转办。"

    def __init__(self, who: str) -> None:
        super().__init__(who=who)


class TaskDone(Refusal):
    """The task is no longer open: `who` completed it at `at`."""

    status = 409
    code = "task_done"
    message = "任务已由{who}办结。"
    mend = "请返回任务列表。"

    def __init__(self, who: str, at: datetime | None = None) -> None:
        super().__init__(who=who)
        self.at = at


class TaskGone(Refusal):
    """The task was withdrawn by the procedure before anybody completed it."""

    status = 409
    code = "task_gone"
    message = "任务已随流程撤销，不必再办。"
    mend = "请返回任务列表。"


class Stale(Refusal):
    """What the user saw has changed meanwhile."""

    status = 409
    code = "stale"
    message = "内容已有变化：{what}。"
    mend = "请刷新后重新办理。"

    def __init__(self, what: str) -> None:
        super().__init__(what=what)


class InvalidAnswer(Refusal):
    """The form's check found faults: `errors` maps a field's path to what is wrong with it."""

    status = 422
    code = "invalid_answer"
    message = "填写有误，共{count}处。"
    mend = "请按各栏提示修改。"

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(count=len(errors))
        self.errors = dict(errors)


class NotDeployable(Refusal):
    """The drawings have faults and were refused whole: `findings` lists every one with its place."""

    status = 422
    code = "not_deployable"
    message = "图纸有{count}处错误，未部署。"
    mend = "请按所列位置逐一修改后重新部署。"

    def __init__(self, findings: "Sequence[Finding]") -> None:
        super().__init__(count=sum(f.severity == "error" for f in findings))
        self.findings = list(findings)
