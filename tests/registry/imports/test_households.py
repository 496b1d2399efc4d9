"""The import: households whole or not at all, twice the same, cases to take over."""

import io
from datetime import date
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from registry import areas, family, history, households, income, measures, monitoring, national
from registry.fiction import families
from registry.fiction.sheet import as_xlsx
from registry.imports import import_households, joined, read_sheet
from registry.models import Base, Household
from tests.registry.conftest import VILLAGE, member, number
from tests.registry.imports.sheets_made import HEAD, WIFE, changed, csv_of, rows

LINE = Decimal(4000)


def taken(session, *people, **options):
    return import_households(session, read_sheet(csv_of(rows(*people))), line=LINE, **options)


def counts(session) -> dict[str, int]:
    return {t.name: session.scalar(select(func.count()).select_from(t)) for t in Base.metadata.sorted_tables}


def test_a_household_with_all_that_the_sheet_says(session):
    report, (case,) = taken(session, HEAD, WIFE)
    (row,) = report.rows
    assert (row.numbers, row.national_number, row.head_name, row.status, row.reasons) == (
        [2, 3], "220200000001", "李大山", "已接收", [],
    )  # fmt: skip
    key = int(case.household_key)
    read = households.read(session, key)
    assert (read["area_names"], read["kind"], read["causes"], read["phone"]) == (
        ["蛟河市", "杨柳渡镇", "椴树村"], "脱贫户", ["因病"], "13900000001",
    )  # fmt: skip
    head, wife = read["members"]
    assert (head["health"], head["medical_insurance"], wife["relation"]) == (
        ["患有大病", "残疾"],
        "城乡居民",
        "配偶",
    )
    sheet = income.latest(session, key)
    assert (sheet.net, sheet.line) == (Decimal("5000.25"), LINE)
    assert monitoring.shortfalls(session, key) == ["饮水安全"]
    assert (case.stage, case.kind, case.level, case.title, case.included_on) == (
        "跟踪", "脱贫不稳定户", "红", "李大山", "2020-05-01",
    )  # fmt: skip
    assert monitoring.open_period(session, key).started_on == date(2020, 5, 1)
    assert [m["key"] for m in case.measures] == [str(m.key) for m in measures.of(session, key)]
    assert case.measures[0]["name"] == "大病保险和医疗救助"


@pytest.mark.parametrize(
    ("cells", "stage"),
    [({"预警级别": "", "健康帮扶": "否"}, "定级"), ({"健康帮扶": "尚未实施"}, "帮扶"), ({}, "跟踪")],
)
def test_a_case_is_taken_over_at_its_stage(session, cells, stage):
    _, (case,) = taken(session, changed(HEAD, **cells), changed(WIFE, **cells))
    assert case.stage == stage


def test_who_is_not_monitored_starts_no_case(session):
    report, cases = taken(session, changed(HEAD, 监测对象类别=""), changed(WIFE, 监测对象类别=""))
    assert (report.rows[0].status, cases) == ("已接收", [])


def test_the_same_sheet_twice_changes_nothing(session):
    villages = [area.path for area in areas.below(session, areas.ROOT, "village")]
    names = {path: areas.names(session, path) for path in villages}
    sheet = read_sheet(as_xlsx(families(24, villages), names))
    first, cases = import_households(session, sheet, line=LINE)
    assert {row.status for row in first.rows} <= {"已接收", "存疑"}
    assert len(cases) == 12
    before = counts(session)
    second, again = import_households(session, sheet, line=LINE)
    assert counts(session) == before
    assert again == []
    assert {row.status for row in second.rows} <= {"无变化", "存疑"}


def test_a_changed_cell_changes_just_that(session):
    _, (case,) = taken(session, HEAD, WIFE)
    before = len(history.changes(session, int(case.household_key)))
    report, cases = taken(session, changed(HEAD, 联系电话="13900000009"), WIFE)
    assert (report.rows[0].status, cases) == ("已接收", [])
    (change,) = history.changes(session, int(case.household_key))[before:]
    assert change.fields == {"phone": ("13900000001", "13900000009")}


@pytest.mark.parametrize(
    ("reason", "head", "wife"),
    [
        ("第2行“性别”“公”不在可填的值中", {"性别": "公"}, {}),
        ("第3行“与户主关系”“老伴”不在可填的值中", {}, {"与户主关系": "老伴"}),
        ("第2行“工资性收入”是公式", {"工资性收入": "=A1"}, {}),
        ("第2行“识别监测时间”“去年”不是日期", {"识别监测时间": "去年"}, {}),
        ("没有地区“蛟河市 杨柳渡镇 乌有村”", {"村": "乌有村"}, {}),
        ("李大山的证件号码有误", {"证件号码": "220299196801011010"}, {}),
        ("每户要有且只有一名户主", {}, {"与户主关系": "户主"}),
        ("没有户编号", {"户编号": ""}, {"户编号": ""}),
        ("只能参加一种", {"是否参加职工基本医疗保险": "是"}, {}),
        ("太长，最多 50 个字", {"姓名": "李" * 60}, {}),
        ("“预警级别”“橙”不在可填的值中", {"预警级别": "橙"}, {}),
    ],
)
def test_a_household_that_cannot_be_is_refused_whole_with_its_reason(session, reason, head, wife):
    before = counts(session)
    report, cases = taken(session, changed(HEAD, **head), changed(WIFE, **wife))
    (row,) = report.rows
    assert (row.status, cases) == ("已拒绝", [])
    assert any(reason in told for told in row.reasons), row.reasons
    assert counts(session) == before


def test_one_that_is_refused_leaves_the_others_alone(session):
    bad = [
        changed(person, 户编号="220200000002", 村="乌有村", 证件号码=number(f"2202991970010111{n}"))
        for n, person in ((1, HEAD), (2, WIFE))
    ]
    report, cases = taken(session, *bad, HEAD, WIFE)
    assert [row.status for row in report.rows] == ["已拒绝", "已接收"]
    assert len(cases) == 1
    assert session.scalar(select(func.count()).select_from(Household)) == 1


def test_doubts_are_told_and_the_household_is_taken(session):
    report, cases = taken(session, changed(HEAD, 家庭人口数="5", 家庭纯收入="99", 联系电话="1390"), WIFE)
    assert report.rows[0].status == "存疑"
    assert [reason[:4] for reason in report.rows[0].reasons] == ["联系电话", "家庭纯收", "家庭人口"]
    assert len(cases) == 1


def test_only_the_importers_own_area(session):
    report, _ = taken(session, HEAD, WIFE, within="2202/220282/")
    assert (report.rows[0].status, "不在您的地区内" in report.rows[0].reasons[0]) == ("已拒绝", True)
    taken(session, HEAD, WIFE)
    moved = [changed(person, 县="桦甸市", 乡="长林镇", 村="布谷村") for person in (HEAD, WIFE)]
    names = {
        tuple(areas.names(session, a.path)): a.path for a in areas.below(session, "2202/220282/", "village")
    }
    (county, township, village), _path = next(iter(names.items()))
    moved = [changed(person, 县=county, 乡=township, 村=village) for person in moved]
    report, _ = taken(session, *moved, within="2202/220282/")
    assert "登记在您的地区之外" in report.rows[0].reasons[0]


def test_a_household_that_a_clerk_entered_before_is_known_by_its_head(session):
    village = "2202/220281/220281101/220281101201/"
    saved = households.save(session, None, village, {}, [member(id_number=HEAD["证件号码"])])
    _, (case,) = taken(session, HEAD, WIFE)
    assert case.household_key == str(saved.key)
    other = [changed(person, 户编号="220200000077") for person in (HEAD, WIFE)]
    report, _ = taken(session, *other)
    assert report.rows[0].reasons == ["户主已登记在另一个户编号下，请先核对。"]


def test_a_risk_that_is_gone_there_but_not_here_is_refused(session):
    taken(session, HEAD, WIFE)
    gone = ["风险是否已消除", "是", "是"]
    lines = [[*line, cell] for line, cell in zip(rows(HEAD, WIFE), gone, strict=True)]
    report, _ = import_households(session, read_sheet(csv_of(lines)), line=LINE)
    assert "请先办理移出" in report.rows[0].reasons[0]


def test_a_sheet_in_parts_is_the_same_sheet(session):
    other = [
        changed(person, 户编号="220200000002", 证件号码=number(f"2202991971010110{n}"))
        for n, person in ((1, HEAD), (2, WIFE))
    ]
    sheet = read_sheet(csv_of(rows(HEAD, *other, WIFE)))
    parts = list(sheet.parts(1))
    assert [number for part in parts for number, _ in part.households] == ["220200000001", "220200000002"]
    report = joined(import_households(session, part, line=LINE)[0] for part in parts)
    assert [(row.numbers, row.status) for row in report.rows] == [([2, 5], "已接收"), ([3, 4], "已接收")]


def test_an_older_sheet_brings_back_neither_the_dead_nor_a_household_that_is_no_more(session):
    taken(session, HEAD, WIFE)
    household = session.scalars(select(Household)).one()
    head, wife = households.present(household)
    gone = {"happened_on": "2020-05-19", "person": wife.key}
    family.record(session, household.key, "死亡", gone)
    report, _ = taken(session, HEAD, WIFE)
    assert (report.rows[0].status, report.rows[0].reasons) == (
        "已拒绝",
        ["王芳已不在本户（死亡），请从名单中去掉。"],
    )
    away = {"happened_on": "2020-05-20", "away": True, "destination": "辽宁省沈阳市"}
    family.record(session, household.key, "迁移", away)
    report, cases = taken(session, HEAD)
    assert (report.rows[0].reasons, cases) == (["该户已注销（迁出本市），不再导入。"], [])
    assert households.present(household) == []
    data, count = national.as_xlsx(session, VILLAGE)
    lines = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    told = dict(zip(*lines, strict=True))
    assert (count, told["姓名"], told["风险是否已消除"]) == (1, head.name, "是")
