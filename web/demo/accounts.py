"""The demo's people: an account for each role, named by it; further villages' people carry the village's number."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import identity
from registry import areas
from registry.models import Area

PASSWORD = "fangfan-demo"  # noqa: S105 - printed at the start, for a database of made-up people
COUNTY, OTHER_COUNTY = "2202/220281/", "2202/220202/"
FAMILIES_OF_A_HELPER = 10
DEPARTMENTS = [
    "教育",
    "住建",
    "卫健",
    "医保",
    "水利",
    "民政",
    "农业农村",
    "应急",
    "残联",
    "人社",
    "科技",
    "科协",
    "文广旅",
    "团委",
    "妇联",
    "银保监",
    "社保",
    "慈善总会",
    "组织部",
    "宣传部",
    "法院",
    "扶贫办",
]


@dataclass(frozen=True)
class Account:
    """One who may sign in: his name, what is shown of him, what he is where."""

    name: str
    shown: str
    grants: tuple[tuple[str, str], ...]


def accounts(session: Session) -> Iterator[Account]:
    """Everybody of the two counties, from the administrator down to the villages."""
    city = areas.ROOT
    yield Account("administrator", "系统管理员", (("administrator", ""),))
    yield Account("city_office", "市扶贫办 高远", (("city_office", city),))
    yield Account("city_group", "市领导小组 督导组", (("city_group", city),))
    yield from _county(session, COUNTY, "")
    yield from _county(session, OTHER_COUNTY, "_昌邑")


def villages(session: Session) -> list[str]:
    """The villages whose households are made up, the tour's village first."""
    return [v.path for county in (COUNTY, OTHER_COUNTY) for v in areas.below(session, county, "village")][:8]


def _county(session: Session, county: str, mark: str) -> Iterator[Account]:
    office = (("county_office", county),)
    yield Account(f"county_office{mark}", "县扶贫办 林主任", office)
    yield Account(f"county_office{mark}_2", "县扶贫办 周科长", office)
    yield Account(f"county_group{mark}", "县领导小组 韩组长", (("county_group", county),))
    for code in DEPARTMENTS:
        yield Account(f"department_{code}{mark}", f"{code}部门", ((f"department:{code}", county),))
    # Whoever approves 临时救助 may not pay it out.
    yield Account(f"department_民政{mark}_2", "民政部门出纳", (("department:民政", county),))
    for number, township in enumerate(areas.below(session, county, "township"), 1):
        yield _local("township_cadre", "包村干部", township, mark, number)
    for number, village in enumerate(areas.below(session, county, "village"), 1):
        yield _local("village_committee", "村委会", village, mark, number)
        yield _local("work_team", "驻村工作队", village, mark, number)


def _local(role: str, shown: str, area: Area, mark: str, number: int) -> Account:
    suffix = "" if number == 1 else f"_{number}"
    return Account(f"{role}{mark}{suffix}", f"{area.name}{shown}", ((role, area.path),))


class People:
    """The accounts by what they may do; each is looked up once."""

    def __init__(self, session: Session) -> None:
        self.by_grant: dict[tuple[str, str], list[identity.Viewer]] = {}
        self.related: dict[str, identity.User] = {}
        self.password = identity.hashed(PASSWORD)
        for account in accounts(session):
            self._add(session, account)

    def relate(self, session: Session, role: str, shown: str, household_key: str, number: int = 1) -> None:
        """Gives the account of this role and number, made when it is first needed, a relation to a household."""
        name = role if number == 1 else f"{role}_{number}"
        grant = (role, f"={household_key}")
        if name in self.related:
            identity.grant(session, self.related[name], *grant)
            self.by_grant[grant] = [identity.named(session, name)]
        else:
            self.related[name] = self._add(session, Account(name, shown, (grant,)))

    def help(self, session: Session, number: int, household_key: str) -> None:
        """Gives the household its 帮扶责任人: each looks after ten families, by their numbers from 0."""
        helper = number // FAMILIES_OF_A_HELPER + 1
        self.relate(session, "helper", f"帮扶责任人{helper}", household_key, helper)

    def _add(self, session: Session, account: Account) -> identity.User:
        user = identity.add_user(session, account.name, account.shown, self.password, account.grants)
        for grant in account.grants:
            self.by_grant.setdefault(grant, []).append(identity.named(session, account.name))
        return user

    def who(self, places: list[tuple[str, str]]) -> list[identity.Viewer]:
        """Everybody for whom a task that waits at these places waits."""
        return [viewer for place in places for viewer in self.by_grant.get(place, [])]
