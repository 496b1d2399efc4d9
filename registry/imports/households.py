"""Imports households from the national system's export: each whole or not at all, and the same sheet twice changes nothing.

Households already monitored come back as `TakeOver`: whoever runs cases starts one for each, at its stage.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import areas, checks, households, income, measures, monitoring
from registry.checks import Doubt, Known
from registry.errors import Impossible
from registry.history import acting
from registry.imports import columns, sheets
from registry.imports.columns import Columns
from registry.imports.entry import Entry, NumberedRow, read
from registry.imports.report import ACCEPTED, DOUBTED, REFUSED, UNCHANGED, Report, Row
from registry.models import Area, FactChange, Household

CHANNEL = "接管"


@dataclass(frozen=True)
class TakeOver:
    """A household that is monitored already, to be taken over as a running case.

    `stage` is where it stands: 定级 (no level yet), 帮扶 (graded, no measures yet) or 跟踪 (graded and helped).
    `measures` are those that it had, as after `measures.open`; they are closed.
    """

    household_key: str
    area: str
    title: str
    stage: str
    kind: str
    level: str
    included_on: str
    measures: Sequence[Mapping[str, Any]] = field(default_factory=list)

    def variables(self) -> dict[str, Any]:
        """What the case starts with (process `monitoring`)."""
        return {
            "household_key": self.household_key,
            "area": self.area,
            "title": self.title,
            "channel": CHANNEL,
            "stage": self.stage,
            "inclusion": {"grounds": [], "kind": self.kind, "outcome": "纳入"},
            "included_on": self.included_on,
            "measures": list(self.measures),
        }


@dataclass(frozen=True)
class Sheet:
    """A sheet that could be read: its kind, and the rows of each household by 户编号. No database was asked yet."""

    columns: Columns
    households: Sequence[tuple[str, Sequence[NumberedRow]]]

    def parts(self, size: int = 50) -> Iterator["Sheet"]:
        """The sheet in parts of so many households, to be imported in a transaction each: clerks need not wait."""
        for start in range(0, len(self.households), size):
            yield Sheet(self.columns, self.households[start : start + size])


def read_sheet(data: bytes) -> Sheet:
    """The sheet in `data` (xlsx or csv). BadSheet refuses it whole."""
    table = columns.find(sheets.read(data))
    groups: dict[str, list[NumberedRow]] = {}
    last = ""
    for number, row in table.rows:
        last = str(row["household.national_number"] or last).strip().removesuffix(".0")
        groups.setdefault(last, []).append((number, row))
    return Sheet(table.columns, list(groups.items()))


def import_households(
    session: Session, sheet: Sheet, *, line: Decimal, within: str = areas.ROOT
) -> tuple[Report, list[TakeOver]]:
    """Import a sheet, or a part of one, in the caller's transaction; a household that is refused leaves nothing.

    Only households within the area `within` are taken; `line` is the one in force. Households that are monitored and
    that this brings in are returned to be taken over.
    """
    importer = _Importer(session, sheet.columns, within, line)
    rows = [importer.take(number, members) for number, members in sheet.households]
    return Report(f"{sheet.columns.name} {sheet.columns.year}", rows), importer.taken_over


class _Importer:
    def __init__(self, session: Session, columns: Columns, within: str, line: Decimal) -> None:
        self.session = session
        self.columns = columns
        self.within = within
        self.line = line
        self.taken_over: list[TakeOver] = []
        self._villages = _villages(session)

    def take(self, national_number: str, rows: Sequence[NumberedRow]) -> Row:
        """Import one household; what became of it."""
        entry = read(self.columns, national_number, rows)
        if not national_number:
            entry.wrong.append("没有户编号")
        try:
            entry.wrong.extend(str(fault) for fault in checks.faults(entry.members))
            if entry.wrong:
                return self._row(entry, REFUSED, entry.wrong)
            with self.session.begin_nested():
                changed, taken_over = self._save(entry)
        except Impossible as refused:
            return self._row(entry, REFUSED, [str(refused)])
        if taken_over:
            self.taken_over.append(taken_over)
        doubts = [str(doubt) for doubt in self._doubts(entry)]
        return self._row(entry, DOUBTED if doubts else ACCEPTED if changed else UNCHANGED, doubts)

    def _save(self, entry: Entry) -> tuple[bool, TakeOver | None]:
        area = self._area(entry)
        existing = self._existing(entry)
        ended = households.last_to_leave(existing) if existing else []
        if ended:
            raise Impossible("household_ended", "该户已注销（{why}），不再导入。", why=ended[0].left_because)
        before = _changes(self.session, existing.key) if existing else 0
        household = households.save(
            self.session, existing.key if existing else None, area, entry.household, entry.members
        )
        self._keep_income(household, entry)
        self._keep_guarantees(household, entry)
        taken_over = self._monitor(household, entry) if entry.kind else None
        return _changes(self.session, household.key) != before, taken_over

    def _area(self, entry: Entry) -> str:
        path = self._villages.get(entry.area_names)
        if path is None:
            raise Impossible("unknown_area", "没有地区“{path}”。", path=" ".join(entry.area_names))
        if not path.startswith(self.within):
            raise Impossible("outside_area", "“{path}”不在您的地区内。", path=" ".join(entry.area_names))
        return path

    def _existing(self, entry: Entry) -> Household | None:
        found = self.session.scalars(
            select(Household).where(Household.national_number == entry.national_number)
        ).first()
        found = found or households.known_by_head(self.session, entry.members)
        if found is None:
            return None
        if not found.area.startswith(self.within):
            raise Impossible("elsewhere", "该户登记在您的地区之外，不能由您导入。")
        if found.national_number not in (None, entry.national_number):
            raise Impossible("two_numbers", "户主已登记在另一个户编号下，请先核对。")
        return found

    def _keep_income(self, household: Household, entry: Entry) -> None:
        if entry.income is None:
            return
        told = {name: float(amount) for name, amount in vars(entry.income).items()}
        last = income.as_told(income.latest(self.session, household.key)) or {}
        if last.get("this_year") != told:
            people = len(households.present(household))
            income.assess(
                self.session, household.key, people, {"this_year": vars(entry.income)}, "认定", self.line
            )

    def _keep_guarantees(self, household: Household, entry: Entry) -> None:
        """What the sheet says of the guarantees; those that it does not tell stay as they were found."""
        if entry.shortfalls is None:
            return
        before = set(monitoring.shortfalls(self.session, household.key))
        after = {name for name, lacking in entry.shortfalls.items() if lacking} | (
            before - entry.shortfalls.keys()
        )
        if after != before or monitoring.last_check(self.session, household.key) is None:
            monitoring.check_guarantees(self.session, household.key, after, "认定", entry.visited_on)

    def _monitor(self, household: Household, entry: Entry) -> TakeOver | None:
        """Take the household into monitoring, or out of it, as the sheet says; a TakeOver when that is new."""
        session, key = self.session, household.key
        if entry.exited:
            if monitoring.open_period(session, key):
                raise Impossible("exited_there", "全国系统中风险已消除，本系统仍在监测，请先办理移出。")
            return None
        if monitoring.open_period(session, key):
            return None
        day = entry.included_on or acting(session).day
        monitoring.include(session, key, entry.kind, [], CHANNEL, day)
        if entry.level:
            monitoring.warn(
                session, key, entry.level, ["接管时全国系统或台账所记级别"], acting(session).actor
            )
        had = [measures.taken_over(session, key, told["code"], told["detail"]) for told in entry.measures]
        return TakeOver(
            household_key=str(key),
            area=household.area,
            title=household.head_name,
            stage="跟踪" if entry.level and had else "帮扶" if entry.level else "定级",
            kind=entry.kind,
            level=entry.level,
            included_on=day.isoformat(),
            measures=[measures.shown(measure) for measure in had],
        )

    def _doubts(self, entry: Entry) -> list[Doubt]:
        return checks.doubts(
            Known(
                members=entry.members,
                phone=str(entry.household.get("phone") or ""),
                causes=entry.household.get("causes") or (),
                income=entry.income,
                stated_net=entry.stated_net,
                stated_population=entry.stated_population,
                measures=[
                    {**told, "name": measures.catalogue()[told["code"]].name} for told in entry.measures
                ],
                included_on=entry.included_on,
                exited_on=entry.exited_on,
                today=acting(self.session).day,
            )
        )

    @staticmethod
    def _row(entry: Entry, status: str, reasons: Sequence[str]) -> Row:
        return Row(entry.numbers, entry.national_number, entry.head_name, status, list(reasons))


def _villages(session: Session) -> dict[tuple[str, ...], str]:
    """Paths of villages by the names of county, township and village."""
    named = {area.path: area.name for area in session.scalars(select(Area))}
    return {
        tuple(named[above] for above in areas.ancestors(path)[1:]): path
        for path in named
        if len(areas.ancestors(path)) == len(areas.LEVELS)
    }


def _changes(session: Session, household_key: int) -> int:
    query = select(func.count()).where(FactChange.household_key == household_key)
    return session.scalar(query.select_from(FactChange)) or 0
