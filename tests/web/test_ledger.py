"""The ledger's page: who sees which rows, what may be taken along and what is kept of that, column sets."""

import io
import re

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from engine import instances
from engine.models.journal import Entry
from registry import areas, fiction, history, households, ledger, monitoring
from tests.web.world import COUNTY
from web.commands import main


@pytest.fixture
def listed(world):
    """Two monitored families in the village, one in the next."""
    with world.runtime.database.begin() as session:
        history.act(session, "county_office", world.clock.now())
        village, neighbour = [area.path for area in areas.below(session, COUNTY, "village")][:2]
        for family in fiction.families(3, [village, neighbour], seed=4):
            key = households.save(session, None, family.area, family.household, family.members).key
            monitoring.include(session, key, "脱贫不稳定户", [1], "农户申请")
            monitoring.warn(session, key, "黄", ["核实"], "county_office")
    return world


def heads(world):
    with world.runtime.database.read() as session:
        return [each.head_name for each in households.all_within(session, COUNTY)]


def test_each_sees_the_rows_of_his_areas_only(listed):
    everybody = heads(listed)
    county = listed.client("county_office").get("/ledger/").text
    assert all(name in county for name in everybody) and "3 户" in county
    village = listed.client("village_committee").get("/ledger/").text
    assert "2 户" in village
    assert "没有符合条件的监测户" in listed.client("far_county").get("/ledger/").text
    sneaking = listed.client("far_county").get(f"/ledger/?area={COUNTY}&state=全部").text
    assert not any(name in sneaking for name in everybody)


@pytest.mark.parametrize("name", ["department_民政", "newcomer"])
def test_who_has_no_ledger_is_refused(listed, name):
    assert listed.client(name).get("/ledger/").status_code == 403


def test_groups_filters_and_wrong_words(listed):
    client = listed.client("county_office")
    grouped = client.get("/ledger/?group=village&c=head&c=population").text
    assert "按“村”分组" in grouped and "合计" in grouped
    assert "没有符合条件" in client.get("/ledger/?has.level=红").text
    refused = client.get("/ledger/?c=nosuch")
    assert refused.status_code == 422 and "没有“nosuch”这一列" in refused.text
    assert client.get("/ledger/?after=x").status_code == 422
    english = client.get("/ledger/", headers={"Accept-Language": "en"}).text
    assert "Take along as Excel" in english


def table(sent):
    assert sent.status_code == 200, sent.text
    return CalamineWorkbook.from_filelike(io.BytesIO(sent.data)).get_sheet_by_index(0).to_python()


def test_id_numbers_go_along_for_a_reason_only_and_it_is_kept(listed):
    client = listed.client("village_committee")
    masked = table(client.post("/ledger/workbook", data={"c": ["head", "id_number"]}))
    assert len(masked) == 3 and all("*" in row[2] for row in masked[1:])
    refused = client.post("/ledger/workbook", data={"c": ["head", "id_number"], "in_full": "1"})
    assert refused.status_code == 400 and "请写明为什么" in refused.text
    asked = {"c": ["head", "id_number"], "in_full": "1", "reason": "补录社保"}
    full = table(client.post("/ledger/workbook", data=asked))
    assert len(full) == 3 and not any("*" in row[2] for row in full[1:])
    with listed.runtime.database.read() as session:
        taken = session.scalars(sa.select(Entry).where(Entry.kind == "ledger_taken_along")).all()
    assert [(each.actor, each.body["in_full"], each.body["reason"]) for each in taken] == [
        ("village_committee", False, ""),
        ("village_committee", True, "补录社保"),
    ]
    administrator = listed.client("administrator").post("/ledger/workbook", data=asked)
    assert len(table(administrator)) == 1, "who decides no case reads no ID number"


def test_a_column_set_is_ones_own_until_it_is_shared(listed):
    own, other = listed.client("county_office"), listed.client("village_committee")
    kept = own.post("/ledger/sets", data={"c": ["head", "phone"], "name": "打电话"})
    key = kept.location.rpartition("=")[2]
    assert "打电话" in own.get(kept.location).text and "打电话" not in other.get("/ledger/").text
    own.post("/ledger/sets", data={"c": ["head", "phone", "village"], "name": "打电话", "shared": "1"})
    assert "打电话（共享）" in other.get("/ledger/").text
    assert other.post(f"/ledger/sets/{key}/removal").status_code == 422
    assert own.post(f"/ledger/sets/{key}/removal").status_code == 302
    own.get("/ledger/")  # says that it is gone, once
    assert "打电话" not in own.get("/ledger/").text
    assert own.post("/ledger/sets", data={"c": ["head"], "name": " "}).status_code == 422


def test_the_command_writes_the_same(listed, tmp_path, monkeypatch):
    monkeypatch.setenv("FANGFAN_KEY", bytes(range(32)).hex())
    file, url = tmp_path / "台账.xlsx", str(listed.runtime.database.engine.url)
    done = CliRunner().invoke(
        main, ["export", "ledger", "--columns", "head,id_number", "-o", str(file), "--database", url]
    )
    assert done.exit_code == 0 and "3 户" in done.output, done.output
    rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert sorted(row[1] for row in rows[1:]) == sorted(heads(listed))
    wrong = CliRunner().invoke(
        main, ["export", "ledger", "--columns", "nosuch", "-o", str(file), "--database", url]
    )
    assert wrong.exit_code == 2 and ledger.monitored().columns[0].key in wrong.output


def test_corrections_are_shown_made_for_a_reason_and_kept(listed):
    client = listed.client("township_cadre")
    taken = client.post("/ledger/workbook", data={"c": ["head", "address"]}).data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(taken)).get_sheet_by_index(0).to_python()
    rows[1][2] = "9组99号"
    with listed.runtime.database.begin() as session:
        given = {"household_key": rows[1][0], "channel": "接管", "stage": "帮扶", "measures": []}
        case = instances.start(listed.runtime, session, "monitoring", given, "county_office").key
    changed = "\n".join(",".join(map(str, row)) for row in rows).encode()

    def shown(who):
        sent = who.post("/ledger/corrections", data={"sheet": (io.BytesIO(changed), "台账.csv")})
        assert sent.status_code == 200, sent.text
        return sent.text, re.search(r'name="sealed" value="([^"]*)"', sent.text)

    text, sealed = shown(client)
    assert "要更正 1 处" in text and "9组99号" in text
    asked = {"sealed": sealed[1], "reason": "入户核对"}
    assert client.post("/ledger/corrections/confirmed", data={**asked, "reason": ""}).status_code == 400
    other = listed.client("work_team").post("/ledger/corrections/confirmed", data=asked)
    assert other.status_code == 409, "what was shown to one is not another's to confirm"
    done = client.post("/ledger/corrections/confirmed", data=asked)
    assert done.status_code == 302 and "9组99号" in client.get("/ledger/?c=head&c=address").text
    with listed.runtime.database.read() as session:
        change = history.changes(session, int(rows[1][0]))[-1]
        assert (change.actor, change.reason) == ("township_cadre", "入户核对")
        known = instances.variables(session, instances.get(session, case))
        assert known["household"]["address"] == "9组99号", "the running case hears of it"
    assert client.post("/ledger/corrections/confirmed", data=asked).status_code == 409
    assert listed.client("city_office").post("/ledger/corrections").status_code == 403
    empty = client.post("/ledger/corrections")
    assert empty.status_code == 422 and "文件是空的" in empty.text


def test_the_national_sheet_needs_a_reason_and_stays_in_ones_area(listed):
    client = listed.client("county_office")
    assert client.post("/ledger/national", data={"area": COUNTY}).status_code == 400
    asked = {"area": COUNTY, "reason": "季度上报"}
    assert len(table(client.post("/ledger/national", data=asked))) > 3
    for name in ("village_committee", "far_county", "department_民政", "administrator"):
        assert listed.client(name).post("/ledger/national", data=asked).status_code == 403, name
