"""What a drawing lets people start: whose it is, where, with what; and one running case for each subject."""

import pytest

from engine import instances, offers
from engine.errors import InvalidInput, NotAllowed
from engine.identity import User, Viewer
from engine.offers import AlreadyRunning
from tests.engine.cases import deploy, start, values
from tests.engine.drawing import Drawing
from tests.engine.test_concurrency import at_once

COUNTY, VILLAGE = "2202/220281/", "2202/220281/220281101/220281101201/"
TOWN, OTHER = "2202/220281/220281101/", "2202/220282/"


def visits(**properties: str) -> Drawing:
    """A process with these properties (`_` stands for `.`), that waits for somebody."""
    drawn = {"attribute.area": "=area", "attribute.subject": "=thing"}
    drawn |= {name.replace("_", "."): value for name, value in properties.items()}
    lines = "".join(
        f'<zeebe:property name="{name}" value="{value.replace(chr(34), "&quot;")}"/>'
        for name, value in drawn.items()
    )
    drawing = Drawing(
        extra=f"<extensionElements><zeebe:properties>{lines}</zeebe:properties></extensionElements>"
    )
    drawing.row("start:s", "user:wait", "end:e")
    return drawing


def someone(*grants: tuple[str, str]) -> Viewer:
    return Viewer(User(1, "someone", "某人"), grants)


def begin(runtime, viewer, element=None, **variables):
    with runtime.database.begin() as session:
        return instances.start(runtime, session, "p", variables, viewer, element=element).key


@pytest.mark.parametrize(
    ("groups", "grant", "about", "may"),
    [
        ("county_group,county_office", ("county_office", COUNTY), {"area": COUNTY}, True),
        ("county_group,county_office", ("county_office", COUNTY), {"area": TOWN}, True),
        ("county_group,county_office", ("county_office", COUNTY), {"area": OTHER}, False),
        ("county_group,county_office", ("county_office", COUNTY), {"area": "2202/"}, False),
        ("county_group", ("county_office", COUNTY), {"area": COUNTY}, False),
        ("department", ("department:民政", COUNTY), {"area": VILLAGE}, True),
        ("department", ("department:民政", "2202/"), {"area": COUNTY}, True),
        ("department", ("department:民政", COUNTY), {"area": OTHER}, False),
        ("department:教育", ("department:民政", COUNTY), {"area": COUNTY}, False),
        ("city_group", ("city_group", "2202/"), {"area": "2202/"}, True),
        ("applicant", ("applicant", "=71"), {"area": VILLAGE, "thing": "71"}, True),
        ("applicant", ("applicant", "=71"), {"area": VILLAGE, "thing": "72"}, False),
        ("applicant", ("administrator", ""), {"area": VILLAGE, "thing": "72"}, False),
        ("", ("county_office", COUNTY), {"area": COUNTY}, False),
        ("", ("administrator", ""), {"area": COUNTY}, False),
        (None, ("administrator", ""), {}, True),
        (None, ("county_office", COUNTY), {"area": VILLAGE}, True),
        (None, ("work_team", VILLAGE), {"area": VILLAGE}, False),
    ],
)
def test_who_starts_is_what_the_drawing_says(sqlite_runtime, groups, grant, about, may):
    deploy(sqlite_runtime, visits(**({} if groups is None else {"start_groups": groups})))
    if may:
        assert begin(sqlite_runtime, someone(grant), **about)
    else:
        with pytest.raises(NotAllowed):
            begin(sqlite_runtime, someone(grant), **about)


def test_the_area_that_counts_is_the_cases_own_not_what_was_sent(sqlite_runtime):
    deploy(sqlite_runtime, visits(start_groups="county_office", attribute_area='="2202/220282/"'))
    with pytest.raises(NotAllowed):
        begin(sqlite_runtime, someone(("county_office", COUNTY)), area=COUNTY)


def test_the_drawing_gives_what_a_case_begins_with_and_nobody_sends_another(sqlite_runtime):
    drawn = {
        "start_groups": "county_group, county_office",
        "start_with_channel": '=if group = "county_group" then "走访排查" else "入户走访"',
        "start_with_stage": "=null",
        "start_with_by": "=starter",
    }
    deploy(sqlite_runtime, visits(**drawn))
    both = someone(("county_office", COUNTY), ("county_group", OTHER))
    case = begin(sqlite_runtime, both, area=COUNTY, stage="跟踪", channel="走访排查", note="看饮水")
    known = values(sqlite_runtime, case)
    assert known == {"area": COUNTY, "stage": None, "channel": "入户走访", "by": "某人", "note": "看饮水"}
    with pytest.raises(InvalidInput):
        begin(sqlite_runtime, both, element="wait", area=COUNTY)


def test_what_is_offered_to_whom(sqlite_runtime):
    deploy(sqlite_runtime, visits(start_groups="department", start_name="报送", start_about="area"))
    with sqlite_runtime.database.read() as session:
        [offer] = offers.of(session, someone(("department:民政", COUNTY)))
        assert (offer.process_id, offer.name, offer.about) == ("p", "报送", "area")
        assert offers.of(session, someone(("county_office", COUNTY))) == []
        assert offers.of(session, someone(("administrator", ""))) == []


def test_a_second_running_case_of_one_subject_is_refused(sqlite_runtime):
    deploy(sqlite_runtime, visits(single="true"))
    start(sqlite_runtime, area=VILLAGE, thing="71")
    with pytest.raises(AlreadyRunning):
        start(sqlite_runtime, area=VILLAGE, thing="71")
    start(sqlite_runtime, area=VILLAGE, thing="72")
    start(sqlite_runtime, area=VILLAGE)
    start(sqlite_runtime, area=VILLAGE)


def test_of_two_filings_at_once_one_begins_a_case(runtime):
    deploy(runtime, visits(single="true", start_groups="village_committee"))
    clerk = someone(("village_committee", VILLAGE))

    def file() -> int:
        return begin(runtime, clerk, area=VILLAGE, thing="71")

    for _ in range(3):
        results = at_once(file, file, file)
        cases = [each for each in results if isinstance(each, int)]
        assert len(cases) == 1, results
        assert all(isinstance(each, int | AlreadyRunning) for each in results)
        with runtime.database.begin() as session:
            instances.cancel(runtime, session, cases[0], "clerk", "again")
