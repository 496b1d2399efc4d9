"""What will come to an empty worklist, and when: one sentence a role."""

from flask_babel import lazy_gettext as lazy

from engine.identity import Viewer

AWAITED = {
    "applicant": lazy(
        "要申请，点上面的“新事项”。申请交上去以后，村里或县里退回补正时，“填写申请表”会回到这里。"
    ),
    "village_committee": lazy(
        "农户交了申请，来“受理”；受理以后，来“入户核实”；一户达到标准准备移出时，来“核实移出条件”。"
    ),
    "work_team": lazy("村里受理申请以后，来“入户核实”；上级安排走访排查时，来“入户走访”。"),
    "township_cadre": lazy(
        "村里受理申请以后，来“入户核实”；定了预警级别，来“确定帮扶措施”；到走访的日子，来“入户走访”；准备移出时，来核实。"
    ),
    "helper": lazy("您结对的户纳入监测以后，按预警级别的间隔，到走访的日子来“入户走访”。"),
    "county_office": lazy(
        "三方核实完，来“审核确认”；规则给出级别，来“确认预警”；部门落实了，来“核查措施成效”；措施或走访逾期，来督办；达到标准，来“审核移出”。"
    ),
    "county_group": lazy("措施迟迟不定、超期或久不销号时，来督办；走访排查由您安排，存疑的户由您研判。"),
    "department": lazy(
        "分给本部门的措施，来“制定实施计划”，计划定了来“落实措施”；每季度第一天，来“提供行业数据”；别的部门通报预警时也会来。"
    ),
    "city_office": lazy("县里督办以后仍然逾期的措施，来“市级督办”。"),
    "city_group": lazy("没有交给您办的步骤；全市的案卷在“案卷”里看。"),
    "administrator": lazy("管理员改图、管用户、处理故障，不办理案件，所以这里没有任务。"),
}


def sentences(viewer: Viewer) -> list[str]:
    """What comes to this viewer, by his roles."""
    return [str(told) for role, told in AWAITED.items() if viewer.has(role)]
