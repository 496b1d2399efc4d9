"""The pages that look at the county as a whole: at three widths, in two languages, with rows and without."""

import pytest

from registry import areas, fiction, history, households, income, ledger, measures, monitoring
from registry.fiction.families import LINE
from registry.ledger import entries
from tests.browser.test_pages import look
from tests.web.world import COUNTY

pytestmark = pytest.mark.browser


@pytest.fixture
def monitored(world):
    """Sixty families in all villages of the county; two of three monitored, graded, helped."""
    with world.runtime.database.begin() as session:
        history.act(session, "county_office", world.clock.now())
        villages = [area.path for area in areas.below(session, COUNTY, "village")]
        for number, family in enumerate(fiction.families(60, villages, seed=4)):
            facts = {**family.household, "causes": family.causes}
            key = households.save(session, None, family.area, facts, family.members).key
            income.assess(session, key, len(family.members), family.income, "认定", LINE)
            if number % 3 == 0:
                continue
            kind = monitoring.KINDS[number % 2]
            monitoring.include(session, key, kind, [1], "农户申请")
            if number % 5:
                monitoring.warn(session, key, monitoring.LEVELS[number % 3], ["核实"], "county_office")
            chosen = {"code": ("CY02", "JY01", "BZ05")[number % 3], "planned_amount": 1500 + number}
            done = measures.open_one(session, key, {**chosen, "due": "2020-06-01"})
            if number % 4 == 0:
                measures.deliver(session, done.key, {"delivery": "已发放", "paid_amount": 1000})
        gone = households.all_within(session, villages[0])[1].key
        if monitoring.open_period(session, gone):
            monitoring.exit_from(session, gone, ["收入稳定"])
    return world


@pytest.mark.parametrize(("size", "language"), [("desk", "zh-CN"), ("laptop", "en-US"), ("phone", "zh-CN")])
def test_the_ledger(visitor, monitored, size, language):
    person = visitor(size, language).sign_in("county_office")
    end = f"{size}-{language[:2]}"
    look(person, f"ledger-{end}", "/ledger/?has.household_kind=脱贫户&sort=-net")
    look(person, f"ledger-groups-{end}", "/ledger/?group=township&set=帮扶和资金")
    person.go("/ledger/")
    for opener in person.page.query_selector_all("details.whole > summary"):
        opener.click()
    person.picture(f"ledger-choices-{end}")
    assert person.barriers() == [] and not person.overflows()
    look(person, f"ledger-empty-{end}", "/ledger/?has.head=无此人")


@pytest.mark.parametrize(("size", "language"), [("desk", "zh-CN"), ("phone", "en-US")])
def test_the_other_ledgers(visitor, monitored, size, language):
    with monitored.runtime.database.begin() as session:
        history.act(session, "county_office", monitored.clock.now())
        told = {
            "enterprise": "青禾木耳专业合作社",
            "project": "黑木耳",
            "ends_on": "2020-07-30",
            "households": 12,
        }
        row = entries.add(session, ledger.ledgers()["contracts"], told, area=COUNTY)
        entries.correct(session, ledger.ledgers()["contracts"], row.key, {**told, "households": 15})
    person = visitor(size, language).sign_in("county_office")
    for name, path in (
        ("ledgers", "/ledgers/"),
        ("plain-ledger", "/ledgers/contracts"),
        ("plain-ledger-empty", "/ledgers/workshops"),
        ("plain-entry", f"/ledgers/contracts/{row.key}"),
    ):
        look(person, f"{name}-{size}-{language[:2]}", path)


@pytest.mark.parametrize(("size", "language"), [("desk", "zh-CN"), ("laptop", "en-US"), ("phone", "zh-CN")])
def test_the_figures(visitor, monitored, size, language):
    person = visitor(size, language).sign_in("city_office")
    end = f"{size}-{language[:2]}"
    look(person, f"figures-{end}", f"/figures/?area={COUNTY}")
    assert person.page.locator(".chart svg").count() >= 3
    look(person, f"figures-city-{end}", "/figures/")
    if size == "desk":
        person.go(f"/figures/?area={COUNTY}")
        person.page.emulate_media(media="print")
        person.page.set_viewport_size({"width": 794, "height": 1123})  # A4
        person.picture("figures-print")
        assert not person.overflows()


@pytest.mark.parametrize(("size", "language"), [("desk", "zh-CN"), ("phone", "en-US")])
def test_the_calendar(visitor, monitored, size, language):
    look(visitor(size, language).sign_in("county_office"), f"calendar-{size}-{language[:2]}", "/calendar/")


@pytest.mark.parametrize(("size", "language"), [("desk", "zh-CN"), ("phone", "en-US")])
def test_history_doubts_and_public_notice(visitor, monitored, size, language):
    with monitored.runtime.database.begin() as session:
        history.act(session, "township_cadre", monitored.clock.now(), reason="入户核对")
        everybody = [each.key for each in households.all_within(session, COUNTY)]
        first = next(key for key in everybody if monitoring.open_period(session, key))
        households.save(session, first, None, {"address": "2组9号", "phone": "139"}, None)
    person = visitor(size, language).sign_in("county_office")
    for name, path in (
        ("history", f"/households/{first}/history"),
        ("household-ledgers", f"/households/{first}"),
        ("doubts", "/doubts/"),
        ("public", "/public-notice/"),
        ("ledgers", "/ledgers/"),
        ("calendar", "/calendar/"),
    ):
        look(person, f"{name}-{size}-{language[:2]}", path)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_corrections_are_brought_back_and_shown(visitor, monitored, tmp_path, size):
    with monitored.runtime.database.read() as session:
        of = ledger.monitored()
        wanted = ledger.Wanted(of.chosen(["head", "address", "attribute"]), monitored.clock.now().date())
        rows = list(ledger.rows(session, wanted))[:6]
        versions = ledger.versions(session, [row["key"] for row in rows])
    for row in rows[:3]:
        row["address"] = "村东头新建安置小区3号楼2单元501室"
    rows[4]["attribute"] = "富裕户"
    (tmp_path / "台账.xlsx").write_bytes(ledger.as_xlsx("台账", wanted.columns, rows, versions))
    person = visitor(size).sign_in("county_office")
    page = person.go("/ledger/")
    page.set_input_files("#sheet", tmp_path / "台账.xlsx")
    page.click("button:has-text('看改了什么')")
    page.wait_for_selector("text=不能更正的行")
    person.picture(f"ledger-corrections-{size}")
    assert person.barriers() == [] and not person.overflows()
    page.fill("#reason", "入户核对")
    page.click("button.primary")
    page.wait_for_selector("text=已更正 3 处。")
