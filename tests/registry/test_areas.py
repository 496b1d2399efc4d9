"""The tree of areas."""

import pytest
from sqlalchemy import func, select

from registry import areas
from registry.models import Area

REAL = {
    "昌邑区": "220202", "龙潭区": "220203", "船营区": "220204", "丰满区": "220211", "永吉县": "220221", "蛟河市": "220281",
    "桦甸市": "220282", "舒兰市": "220283", "磐石市": "220284",
}  # fmt: skip


def test_jilin_has_its_nine_counties_and_four_zones_with_local_codes(session):
    counties = areas.below(session, areas.ROOT, "county")
    assert {area.name: area.code for area in counties if not area.local} == REAL
    assert [area.name for area in counties if area.local] == ["高新区", "经开区", "北大湖", "中新食品区"]
    assert not any(area.fictional for area in counties)


def test_what_lies_below_is_made_up_and_said_so(session):
    for area in areas.below(session, areas.ROOT):
        assert area.fictional == (area.level in ("township", "village"))
        assert area.path.endswith(f"/{area.code}/") or area.path == areas.ROOT
        assert areas.LEVELS[area.path.count("/") - 1] == area.level
        assert area.parent == areas.parent(area.path)


def test_loading_again_adds_nothing_and_brings_names_to_date(session):
    village = areas.get(session, "2202/220281/220281101/220281101201/")
    village.name = "旧名村"
    assert areas.load(session) == 0
    assert village.name == "椴树村"


@pytest.mark.parametrize(
    ("path", "count"),
    [("2202/", 118), ("2202/220281/", 9), ("2202/220281/220281101/220281101201/", 1), ("2202/22028/", 0)],
)
def test_within_is_the_area_and_what_lies_below(session, path, count):
    assert session.scalar(select(func.count()).where(areas.within(Area.path, path))) == count


def test_a_place_is_named_from_the_county_down(session):
    assert areas.names(session, "2202/220281/220281101/220281101201/") == ["蛟河市", "杨柳渡镇", "椴树村"]
    assert areas.names(session, "2202/") == ["吉林市"]


def test_a_form_offers_the_villages_of_the_viewer(session):
    assert areas.labels(session, "2202/220281/220281102/") == [
        {"label": "蛟河市 石泉乡 板石村", "value": "2202/220281/220281102/220281102201/"},
        {"label": "蛟河市 石泉乡 柞树村", "value": "2202/220281/220281102/220281102202/"},
        {"label": "蛟河市 石泉乡 野鸡岭村", "value": "2202/220281/220281102/220281102203/"},
    ]
