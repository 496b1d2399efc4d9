"""The people's pages: accounts, roles, codes, absences, sheets, and who can do a step."""

import io
import re

import pytest

from engine import identity, journal, people
from registry import areas, households
from registry.history import act
from registry.imports.report import workbook
from tests.web.world import COUNTY, PASSWORD, World


@pytest.fixture
def admin(world: World):
    """An administrator's browser."""
    return world.client("administrator")


def key(world: World, name: str) -> int:
    with world.runtime.database.read() as session:
        return identity.find(session, name).key


def code_in(page: str) -> str:
    return re.search(r'class="code">([A-Z2-9-]+)<', page)[1]


def test_nobody_else_manages_people(world: World) -> None:
    office = world.client("county_office")
    for path in (
        "/people/",
        f"/people/{key(world, 'work_team')}",
        "/people/steps/",
        "/people/sheet/blank.xlsx",
    ):
        assert office.get(path).status_code == 403, path
    assert office.post("/people/", data={"name": "x", "display_name": "x"}).status_code == 403


def test_a_new_clerk_from_the_form_to_his_first_list(world: World, admin) -> None:
    sent = {"name": "wu", "display_name": "吴文书", "group": "village_committee", "area": world.village}
    code = code_in(admin.post("/people/", data=sent).text)
    assert "还没有用一次性代码登录" in admin.get("/people/?q=吴").text
    client = world.app.test_client()
    wrong = client.post("/sign-in/first", data={"name": "wu", "code": "AAAA", "new": "well-water-1"})
    assert wrong.status_code == 401 and "一次性代码不对" in wrong.text
    short = client.post("/sign-in/first", data={"name": "wu", "code": code, "new": "short"})
    assert short.status_code == 422 and "密码至少8位" in short.text
    entered = client.post("/sign-in/first", data={"name": "wu", "code": code, "new": "well-water-1"})
    assert entered.location == "/" and "待办" in client.get("/").text
    assert "村民委员会" in client.get("/account").text
    again = world.app.test_client().post(
        "/sign-in/first", data={"name": "wu", "code": code, "new": "well-water-2"}
    )
    assert again.status_code == 401


def test_roles_relations_and_name_are_changed_and_told(world: World, admin) -> None:
    family = world.family()
    world.begin(family)
    path = f"/people/{key(world, 'newcomer')}"
    place = {"group": "township_cadre", "area": areas.parent(world.village)}
    assert admin.post(f"{path}/grants", data=place).status_code == 302
    assert admin.post(f"{path}/grants", data={"group": "township_cadre", "area": COUNTY}).status_code == 422
    assert admin.post(f"{path}/grants", data={"group": "township_cadre"}).status_code == 400
    found = admin.get(path, query_string={"q": family.head["name"]}).text
    household = re.search(r'name="household" value="(\d+)"', found)[1]
    assert admin.post(f"{path}/grants", data={"group": "helper", "household": household}).status_code == 302
    admin.post(f"{path}/name", data={"display_name": "新来的周"})
    newcomer = world.client("newcomer")
    assert newcomer.get(f"/households/{household}").status_code == 200
    page = admin.get(path).text
    assert "新来的周" in page and f"{family.head['name']}（" in page and "授予：包村干部" in page
    admin.post(f"{path}/withdrawals", data={"group": "helper", "place": f"={household}"})
    admin.post(f"{path}/withdrawals", data={"group": "township_cadre", "place": place["area"]})
    assert newcomer.get(f"/households/{household}").status_code == 403
    assert "收回：帮扶责任人" in admin.get(path).text
    with world.runtime.database.read() as session:
        assert journal.verify(session) == []


def test_disabling_signs_out_at_once_and_a_code_lets_in_again(world: World, admin) -> None:
    family = world.family()
    task = world.play(world.begin(family), family, "accept")
    clerk, path = world.client("village_committee"), f"/people/{key(world, 'village_committee')}"
    clerk.post(f"/tasks/{task.key}/claim")
    left = admin.post(f"{path}/disable", follow_redirects=True).text
    assert "有1件退回本组" in left and "已停用" in left
    assert clerk.get("/").status_code == 302
    assert world.task(task.case_key, "accept").assignee is None
    assert "村委会 李秀兰" in admin.get("/people/?state=left").text
    code = code_in(admin.post(f"{path}/enable").text)
    sent = {"name": "village_committee", "code": code, "new": "well-water-1"}
    assert world.app.test_client().post("/sign-in/first", data=sent).status_code == 302
    own = f"/people/{key(world, 'administrator')}"
    assert admin.post(f"{own}/disable").status_code == 409
    assert admin.post(f"{own}/withdrawals", data={"group": "administrator", "place": ""}).status_code == 409


def test_a_reset_password_ends_the_session(world: World, admin) -> None:
    clerk, path = world.client("work_team"), f"/people/{key(world, 'work_team')}"
    code = code_in(admin.post(f"{path}/code").text)
    assert clerk.get("/").status_code == 302
    refused = world.app.test_client().post("/sign-in", data={"name": "work_team", "password": PASSWORD})
    assert refused.status_code == 401
    assert code not in admin.get(path).text and "发一次性代码" in admin.get(path).text


def test_an_administrator_lets_anybody_stand_in(world: World, admin) -> None:
    path = f"/people/{key(world, 'village_committee')}"
    sent = {"stand_in": "township_cadre", "first": "2020-07-01", "last": "2020-07-09"}
    assert (
        'value="township_cadre"' in admin.get(path).text and 'value="far_county"' not in admin.get(path).text
    )
    assert admin.post(f"{path}/absences", data=sent).status_code == 302
    assert "代 村委会 李秀兰 办理" in world.client("township_cadre").get("/").text
    ending = re.search(r"/people/absences/\d+/end", admin.get(path).text)[0]
    assert admin.post(ending).status_code == 302
    assert "代 村委会 李秀兰 办理" not in world.client("township_cadre").get("/").text


def test_a_post_is_handed_over(world: World, admin) -> None:
    family = world.family()
    task = world.play(world.begin(family), family, "accept")
    world.client("village_committee").post(f"/tasks/{task.key}/claim")
    path = f"/people/{key(world, 'village_committee')}"
    told = admin.post(f"{path}/successor", data={"successor": "work_team"}, follow_redirects=True).text
    assert "1项角色和结对，1件任务" in told and "村委会 李秀兰的工作交给驻村工作队 赵刚" in told
    assert f"/tasks/{task.key}" in world.client("work_team").get("/?box=mine").text
    assert admin.post(f"{path}/successor", data={"successor": "administrator"}).status_code == 422


def sheet(*rows: tuple) -> bytes:
    widths = dict.fromkeys(("用户名", "姓名", "角色", "部门", "地区", "户编号"), 10)
    return workbook("人员", widths, [[str(cell) for cell in row] for row in rows])


def test_a_sheet_is_taken_row_by_row(world: World, admin) -> None:
    family = world.family()
    household = {**family.household, "national_number": "220281000071"}
    with world.runtime.database.begin() as session:
        village = areas.full_names(session)[world.village]
        act(session, "clerk", world.clock.now())
        key = households.save(session, None, family.area, household, family.members).key
    data = sheet(
        ("chen", "陈会计", "村民委员会", "", village),
        ("chen", "陈会计", "驻村工作队", "", world.village),
        ("civil2", "民政 黄", "责任部门", "民政", "蛟河市"),
        ("civil3", "民政 白", "责任部门", "", "蛟河市"),
        ("work_team", "驻村工作队 赵刚", "驻村工作队", "", village),
        ("work_team", "另一个人", "驻村工作队", "", village),
        ("x y", "空格", "村民委员会", "", village),
        ("hu", "胡", "村民委员会", "", "月亮村"),
        ("gu", "顾", "帮扶责任人", "", village),
        ("chen", "陈会计", "帮扶责任人", "", "", "220281000071"),
        ("he", "何", "县扶贫办", "", village),
    )
    page = admin.post("/people/sheet/", data={"file": (io.BytesIO(data), "people.xlsx")}).text
    rows = re.findall(
        r'<tr><th scope="row" class="first">(.*?)</th>.*?<td>(已\w+|无变化)</td><td>(.*?)</td>', page
    )
    assert [status for _name, status, _why in rows] == (
        ["已接收"] * 3 + ["已拒绝", "无变化"] + ["已拒绝"] * 4 + ["已接收", "已拒绝"]
    )
    for (_name, _status, why), told in zip(
        rows[3:], ("哪个部门", "", "赵刚", "空格", "月亮村", "户编号", "", "不能绑定"), strict=True
    ):
        assert told in why, why
    assert len(re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", page)) == 2
    with world.runtime.database.read() as session:
        assert people.get(session, "chen").grants == (
            ("helper", f"={key}"),
            ("village_committee", world.village),
            ("work_team", world.village),
        )
    again = admin.post("/people/sheet/", data={"file": (io.BytesIO(data), "people.xlsx")}).text
    assert again.count("<td>已接收</td>") == 0 and again.count("<td>无变化</td>") == 5


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "请选择要上传的人员表"),
        ("姓名,年龄\n张三,5\n".encode(), "缺少这些列"),
        ("甲,乙\n1,2\n".encode("gbk"), "人员表"),
        (b"PK\x03\x04broken", "已损坏"),
        ("用户名,姓名,角色,地区\na,张,村民委员会,=A1\n".encode("gbk"), "是公式"),
    ],
)
def test_bad_sheets_of_people_are_told(world: World, admin, data: bytes, told: str) -> None:
    page = admin.post("/people/sheet/", data={"file": (io.BytesIO(data), "people.csv")})
    assert told in page.text, page.text


def test_who_can_do_a_step_and_where_nobody_can(world: World, admin) -> None:
    page = admin.get("/people/steps/", query_string={"process": "application", "village": world.village}).text
    assert "村委会 李秀兰" in page and "县扶贫办 王敏" in page
    lacking = page.split("一个流程的各步")[0]
    assert "哪些村缺人" in lacking and "驻村工作队入户核实" in lacking
    admin.post(f"/people/{key(world, 'village_committee')}/disable")
    page = admin.get("/people/steps/", query_string={"process": "application", "village": world.village}).text
    listed = page.split("一个流程的各步")[-1]
    assert "村委会 李秀兰" not in listed and "<strong>没有人</strong>" in listed
