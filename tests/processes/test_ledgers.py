"""A contract that becomes due is a case once, and what is decided stands in the ledger."""

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from engine import instances
from engine.models.instances import Instance
from engine.worker import Worker
from registry import history, ledger
from registry.ledger import entries
from registry.models import LedgerEntry
from tests.web.conftest import county_template, quick_passwords, world
from tests.web.world import COUNTY, World

__all__ = ["county_template", "quick_passwords", "world"]


def month(world: World, day: str) -> list[str]:
    """The titles of the cases that the timer begins on the first of a month."""
    world.clock.set(datetime.fromisoformat(f"{day}T00:00:00+00:00").astimezone(UTC))
    with world.runtime.database.read() as session:
        known = set(session.scalars(sa.select(Instance.key)))
    Worker(world.runtime).run_once()
    with world.runtime.database.read() as session:
        begun = session.scalars(sa.select(Instance).where(Instance.key.not_in(known)))
        return sorted(each.title for each in begun if each.area == COUNTY)


def test_each_contract_is_taken_up_once_in_time(world):
    of = ledger.ledgers()["contracts"]

    def enter(name: str, ends_on: str) -> None:
        with world.runtime.database.begin() as session:
            history.act(session, "county_office", world.clock.now())
            told = {"enterprise": name, "project": "木耳", "households": 12, "ends_on": ends_on}
            entries.add(session, of, told, area=COUNTY)

    for name, ends_on in (("八月底", "2020-08-31"), ("九月底", "2020-09-30"), ("十月底", "2020-10-31")):
        enter(name, ends_on)
    begun = month(world, "2020-08-01")
    assert begun == ["九月底 木耳", "八月底 木耳"], "60 days ahead, and what was entered too late for that"
    world.clock.advance(timedelta(days=3))
    enter("补登", "2020-08-20")
    assert month(world, "2020-09-01") == ["十月底 木耳", "补登 木耳"]
    assert month(world, "2020-10-01") == []
    waiting = {task.title: task for task in world.tasks() if task.element == "renew"}
    told = {"outcome": "续签", "ends_on": "2024-08-31", "renewed_years": 4, "opinion": "愿意续签。"}
    with world.runtime.database.begin() as session:
        instances.complete(world.runtime, session, waiting["八月底 木耳"].key, told, "county_office")
    with world.runtime.database.read() as session:
        old, new = session.scalars(
            sa.select(LedgerEntry)
            .where(LedgerEntry.fields["enterprise"].as_string() == "八月底")
            .order_by(LedgerEntry.key)
        )
    assert (old.valid_to, old.ended_because) == (date(2020, 10, 1), "已续签")
    assert (new.fields["ends_on"], new.fields["renewed_years"], new.fields["households"]) == (
        "2024-08-31",
        4,
        12,
    )
