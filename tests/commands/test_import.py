"""`fangfan import households`: from a file to households and running cases, on a real database."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from engine.models.instances import Instance
from registry.models import Household
from tests.registry.imports.sheets_made import HEAD, WIFE, changed, csv_of, rows
from web.commands import main
from web.commands.opening import opened

ROOM = Path(__file__).parents[2]


def run(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the procedure deployed."""
    url = f"sqlite:///{tmp_path_factory.mktemp('import') / 'fangfan.sqlite'}"
    done = run("deploy", ROOM / "processes", ROOM / "forms", "--database", url)
    assert done.exit_code == 0, done.output
    return url


def test_households_become_cases_once(database, tmp_path):
    file, report = tmp_path / "导出.csv", tmp_path / "结果.xlsx"
    bad = changed(HEAD, 户编号="220200000009", 姓名="赵无村", 村="乌有村", 证件号码="")
    file.write_bytes(csv_of(rows(HEAD, WIFE, bad), "gbk"))
    done = run("import", "households", file, "--report", report, "--database", database)
    assert (done.exit_code, done.exception.__class__) == (1, SystemExit), done.output
    assert "1 已接收，0 无变化，0 存疑，1 已拒绝；1 户接管为在办案件" in done.output
    assert "4行 赵无村 已拒绝：没有地区“蛟河市 杨柳渡镇 乌有村”。" in done.output
    assert HEAD["证件号码"] not in done.output
    told = CalamineWorkbook.from_path(report).get_sheet_by_index(0).to_python()
    assert [row[3] for row in told] == ["结果", "已接收", "已拒绝"]

    again = run("import", "households", file, "--database", database)
    assert "0 已接收，1 无变化，0 存疑，1 已拒绝；0 户接管为在办案件" in again.output
    with opened(database) as runtime, runtime.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Household)) == 1
        [case] = session.scalars(select(Instance).where(Instance.parent_key.is_(None))).all()
        assert (case.state, case.attributes["title"], case.attributes["level"]) == ("active", "李大山", "红")


def test_a_department_sheet_is_compared_once(database, tmp_path):
    households, file, report = tmp_path / "导出.csv", tmp_path / "参保.csv", tmp_path / "结果.xlsx"
    households.write_bytes(csv_of(rows(HEAD, WIFE), "utf-8"))
    run("import", "households", households, "--database", database)
    people = "".join(f"{row['姓名']},{row['证件号码']},终止参保\n" for row in (HEAD, WIFE))
    file.write_text(f"姓名,身份证号码,参保状态\n{people}错号,1,参保\n", "gbk")
    done = run("import", "department", file, "--report", report, "--database", database)
    assert (done.exit_code, done.exception.__class__) == (1, SystemExit), done.output
    assert (
        "基本医疗保险参保表（2020）：3 行，2 行对上户档，0 存疑，1 已拒绝；隐患 2 项，其中新发现 2 项"
        in done.output
    )
    assert HEAD["证件号码"] not in done.output
    told = CalamineWorkbook.from_path(report).get_sheet_by_index(0).to_python()
    assert [row[2] for row in told] == ["结果", "已接收", "已接收", "已拒绝"]
    again = run("import", "department", file, "--database", database)
    assert "隐患 2 项，其中新发现 0 项" in again.output
    bad = run("import", "department", households, "--database", database)
    assert (bad.exit_code, bad.output[:15]) == (1, "Error: 没有找到表头：前")


def test_a_bad_sheet_is_one_sentence(database, tmp_path):
    file = tmp_path / "x.xlsx"
    file.write_bytes(b"PK\x03\x04 nothing")
    done = run("import", "households", file, "--database", database)
    assert done.exit_code == 1
    assert done.output == "Error: 文件已损坏，或者不是 xlsx 表格，请用 Excel 或 WPS 打开后另存再导入。\n"


def test_without_the_procedure_nothing_is_taken(tmp_path):
    file = tmp_path / "x.csv"
    file.write_bytes(csv_of(rows(HEAD, WIFE)))
    url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    done = run("import", "households", file, "--database", url)
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert "monitoring" in done.output
    with opened(url) as runtime, runtime.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Household)) == 0
