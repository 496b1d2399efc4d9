"""From the administrator's form to a clerk's first list on his phone; a colleague stands in for him."""


def test_a_new_clerk_and_his_stand_in(visitor, world):
    office = visitor().sign_in("administrator")
    page = office.go("/people/#add")
    page.fill("#name", "wu")
    page.fill("#display_name", "吴文书")
    page.select_option("#group", "village_committee")
    page.select_option("#area", world.village)
    page.get_by_role("button", name="建立账户").click()
    code = page.locator(".code").inner_text()
    assert office.barriers() == []

    clerk = visitor("phone")
    entry = clerk.go("/sign-in")
    entry.get_by_role("link", name="第一次登录，或忘了密码").click()
    entry.fill("#name", "wu")
    entry.fill("#code", code.lower())
    entry.fill("#new", "well-water-1")
    entry.get_by_role("button", name="定下密码并登录").click()
    entry.wait_for_url(lambda url: "sign-in" not in url)
    assert entry.locator("h1").inner_text() == "待办"

    page.get_by_role("link", name="告诉了，回到这个人").click()
    page.wait_for_selector("#stand_in")
    page.select_option("#stand_in", "work_team")
    page.fill("#first", "2020-07-01")
    page.fill("#last", "2020-07-03")
    page.get_by_role("button", name="安排代办").click()
    page.wait_for_selector("text=驻村工作队 赵刚 代 吴文书")
    office.picture("person-desk")
    assert office.barriers() == [] and not office.overflows()
    family = world.family()
    world.play(world.begin(family), family, "accept")
    stand_in = visitor("phone").sign_in("work_team")
    listed = stand_in.go("/")
    assert "您今天代 吴文书 办理" in listed.inner_text("main") and family.head["name"] in listed.inner_text(
        "main"
    )
    stand_in.picture("worklist-stand-in-phone")
    assert stand_in.barriers() == [] and not stand_in.overflows()
