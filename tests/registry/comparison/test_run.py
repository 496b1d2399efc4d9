"""A department's sheet compared with the registry: every row told, each problem once, on each store."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.database import Database
from registry import areas, comparison, history, households
from registry.comparison import reading
from registry.imports import BadSheet
from registry.models import ComparedSheet, HiddenProblem
from tests.registry.conftest import VILLAGE, member, number

AT = datetime(2020, 7, 2, 1, tzinfo=UTC)
QUARTER = "2020年第3季度"
FATHER, MOTHER, CHILD = number("22029919680101101"), number("22029919700202102"), number("22029920080303103")
STRANGER = number("22029919900404105")
HEADINGS = ["姓名", "身份证号码", "是否参保", "年度自付"]


@pytest.fixture
def begin(database: Database) -> Callable:
    """Transactions of a clerk on 2 July 2020; one family of three lives in the village."""

    @contextmanager
    def transaction(at: datetime = AT) -> Iterator[Session]:
        with database.begin() as session:
            history.act(session, "王敏", at)
            yield session

    people = [
        member("李大山", id_number=FATHER, birth="1968-01-01"),
        member("周桂兰", "配偶", sex="女", id_number=MOTHER, birth="1970-02-02"),
        member("李小川", "之子", id_number=CHILD, birth="2008-03-03", student="小学", education=""),
    ]
    with transaction() as session:
        areas.load(session)
        households.save(session, None, VILLAGE, {"kind": "脱贫户"}, people)
    return transaction


def written(path: Path, *rows: list, encoding: str = "utf-8-sig") -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def insured(path: Path, **others: list) -> Path:
    rows = [
        HEADINGS,
        ["李大山", FATHER, "正常参保", "12,000.00"],
        ["周桂兰", MOTHER, "终止参保", "9999.99"],
        ["李小川", CHILD, "正常参保", ""],
        ["外乡人", STRANGER, "否", "50000"],
    ]
    return written(path, *rows, **others)


def compared(begin: Callable, path: Path, within: str = areas.ROOT) -> tuple[comparison.Counts, dict]:
    """The counts, and of each name its status and reason."""
    run = comparison.compare(begin, comparison.open_sheet(path), within)
    told = {name: (status, reason) for part in run for _, name, status, reason in part.iter_rows()}
    return run.counts, told


def leads(begin: Callable, area: str = "2202/220281/") -> list[dict]:
    with begin() as session:
        return comparison.problems(session, area, QUARTER)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_every_row_is_told_and_a_problem_is_found_at_its_border(begin, tmp_path, encoding):
    counts, told = compared(begin, insured(tmp_path / "a.csv", encoding=encoding))
    assert told == {
        "李大山": ("已接收", "支出骤增：年度医疗自付达到1万元"),
        "周桂兰": ("已接收", "基本医疗：未参加基本医疗保险"),
        "李小川": ("已接收", "没有发现隐患"),
        "外乡人": ("已接收", "不在户档中"),
    }
    assert counts == comparison.Counts(rows=4, matched=3, problems=2, new_problems=2)
    [lead] = leads(begin)
    assert lead["title"] == "李大山"
    assert lead["lead"].splitlines() == [
        "医保数据（周桂兰）：基本医疗，未参加基本医疗保险。",
        "医保数据（李大山）：支出骤增，年度医疗自付达到1万元。",
    ]
    assert leads(begin, "2202/220202/") == []


def test_the_same_sheet_twice_changes_nothing(begin, tmp_path):
    path = insured(tmp_path / "a.csv")
    first, _ = compared(begin, path)
    again, told = compared(begin, path)
    assert (again.problems, again.new_problems) == (first.problems, 0)
    assert [status for status, _ in told.values()] == ["无变化", "无变化", "已接收", "已接收"]
    with begin() as session:
        assert session.scalar(select(func.count()).select_from(HiddenProblem)) == 2
        [sheet] = session.scalars(select(ComparedSheet)).all()
        assert (sheet.rows, sheet.matched, sheet.problems, sheet.compared_by) == (4, 3, 2, "王敏")
        assert comparison.sheets(session, QUARTER)[0]["name"] == "基本医疗保险参保表（2020）"


def test_who_is_not_listed_is_uninsured_within_the_area_alone(begin, tmp_path):
    path = written(tmp_path / "a.csv", HEADINGS, ["李大山", FATHER, "是", "0"])
    counts, told = compared(begin, path, "2202/220202/")
    assert (counts.matched, counts.problems) == (0, 0), "another county's households are not looked at"
    counts, told = compared(begin, path)
    assert counts == comparison.Counts(rows=1, matched=1, problems=2, new_problems=2)
    assert told["李小川"] == ("已接收", "基本医疗：不在参保名单中")


def test_a_household_is_handed_out_once(begin, tmp_path):
    compared(begin, insured(tmp_path / "a.csv"))
    with begin() as session:
        [given] = comparison.hand_out(session, "2202/220281/", QUARTER)
        assert comparison.hand_out(session, "2202/220281/", QUARTER) == []
    assert given["title"] == "李大山"
    compared(begin, insured(tmp_path / "a.csv"))
    assert leads(begin) == []


def test_wrong_and_cut_numbers_are_refused_and_another_name_is_doubted(begin, tmp_path):
    wrong = FATHER[:17] + ("1" if FATHER[17] != "1" else "2")
    rows = [
        ["错号", wrong, "否", ""],
        ["无号", "", "否", ""],
        ["非日期", number("22029919681301101"), "否", ""],
    ]
    rows += [["科学计数", "2.20299E+17", "否", ""], ["李太山", FATHER.lower(), "否", ""], ["缺列"]]
    counts, told = compared(begin, written(tmp_path / "a.csv", HEADINGS, *rows))
    refused = {name for name, (status, _) in told.items() if status == "已拒绝"}
    assert refused == {"错号", "无号", "非日期", "科学计数", "缺列"}
    assert "末几位已丢失" in told["科学计数"][1]
    assert told["李太山"] == ("存疑", "户档中这个号码的姓名是“李大山”")
    assert (counts.refused, counts.doubted) == (5, 1)


def test_a_workbook_and_parts_tell_the_same(begin, tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "参保情况")
        for place, row in enumerate(
            [HEADINGS, ["周桂兰", MOTHER, "否", 10000], ["李大山", FATHER, "是", 10000.01]]
        ):
            sheet.write_row(place + 1, 0, row)
    monkeypatch.setattr(reading, "PART", 1)
    run = comparison.compare(begin, comparison.open_sheet(path), VILLAGE)
    report = tmp_path / "report.xlsx"
    comparison.as_xlsx(run, report)
    told = CalamineWorkbook.from_path(report).get_sheet_by_index(0).to_python()
    assert told == [
        ["行号", "姓名", "结果", "说明"],
        ["3", "周桂兰", "已接收", "基本医疗：未参加基本医疗保险；支出骤增：年度医疗自付达到1万元"],
        ["4", "李大山", "已接收", "支出骤增：年度医疗自付达到1万元"],
        ["", "李小川", "已接收", "基本医疗：不在参保名单中"],
    ]


def test_a_child_out_of_school_counts_from_six_to_fifteen(begin, tmp_path):
    rows = [["李小川", CHILD, "辍学"], ["李大山", FATHER, "辍学"]]
    _, told = compared(begin, written(tmp_path / "a.csv", ["学生姓名", "身份证号码", "就学状态"], *rows))
    assert told["李小川"][1] == "义务教育：义务教育阶段辍学"
    assert told["李大山"][1] == "没有发现隐患"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        ("姓名,性别\n李,男\n".encode(), "unknown_sheet"),
        (b"PK\x03\x04 nothing", "broken"),
        (b"\xd0\xcf\x11\xe0 old", "old_excel"),
        (b"\x00\x01\x02\xff\xfe", "no_text"),
    ],
)
def test_a_bad_sheet_is_one_sentence(tmp_path, content, code):
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(BadSheet) as bad:
        comparison.open_sheet(path)
    assert bad.value.code == code
