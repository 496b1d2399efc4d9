"""The first-page tour: what this role does, with one case to follow, until the reader puts it away."""

from flask import session as browser
from flask_babel import gettext as _

from engine.identity import Viewer

_KEPT = "tour_done"


def steps(viewer: Viewer) -> list[str]:
    """The sentences for this viewer; none once he has put the tour away."""
    if browser.get(_KEPT):
        return []
    if viewer.is_administrator:
        return [
            _(
                "“图纸”里是本县办事的流程图、规则和表单：打开一张，改一步，看检查说什么，写明理由后部署为新版本。"
            ),
            _("新案按新版本办，在办的案仍按原来的版本办完。"),
            _("“故障”列出停住的步骤；处理原因后重试。"),
        ]
    return [*_own(viewer), _("任何一案都可以在“案卷”里看经过、流程图上的位置和每一张表。")]


def put_away() -> None:
    """Show the tour no more in this browser session."""
    browser[_KEPT] = True


def _own(viewer: Viewer) -> list[str]:
    if viewer.has("applicant"):
        return [
            _("点“新事项”，登记过的情况会自动带出来；填好、签名、提交。"),
            _("到了哪一步，在“案卷”里看得到。"),
        ]
    if viewer.has("village_committee"):
        return [
            _("农户不方便时，您用“新事项”代填，由农户在屏幕上签名。"),
            _("待办里出现“受理申请”，再到“村两委核实”：打开、核对、签名、提交。"),
        ]
    if viewer.has("county_office"):
        return [
            _("三方核实完了，待办里出现审核：核实意见、收入测算和规则结果并列，同意、不予纳入或退回补正。"),
            _("规则给出红黄蓝等级和每一条依据，您确认或改判，看过要签的表，输入密码。"),
            _("逾期的措施和移出审批也在这里。"),
        ]
    if viewer.has("department"):
        return [_("每项措施是一条任务线：计划、落实、县里确认、销号；到期没落实会督办。")]
    return [_("待办按期限排列，打开一条：左边填写，右边是之前各步的意见和办完以后去哪里。")]
