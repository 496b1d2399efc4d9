"""Whether the ledgers agree with the cases' histories and with each other: each comparison by its name."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import invariants, journal, values
from engine.models.instances import Instance, Passage
from engine.models.worklist import UserTask
from registry import areas, figures, funds, history, ledger, measures, monitoring, problems, reliefs
from registry.models import (
    Base,
    Disqualification,
    Fact,
    FactChange,
    HiddenProblem,
    Household,
    Measure,
    Member,
    Monitoring,
    Payment,
    Problem,
    Relief,
    SuddenRisk,
)

Differences = Iterator[str]
_LOST = ("upheld", "not_appealed", "appeal_waived", "cancelled")
"""Where a case of S05 ends that has taken the eligibility away for good."""


def differences(session: Session, today: date) -> dict[str, list[str]]:
    """What does not agree, by the name of what was compared; all empty when all is well."""
    return {name: list(compare(session, today)) for name, compare in COMPARED.items()}


def _stored(session: Session, _today: date) -> Differences:
    """As `fangfan check`."""
    yield from (
        f"{found.case_key}/{found.instance_key}: {found.reason}" for found in invariants.check(session)
    )


def _journal(session: Session, _today: date) -> Differences:
    """As `fangfan journal verify`."""
    yield from map(str, journal.verify(session))


def _facts(session: Session, _today: date) -> Differences:
    """Every fact is what its history leaves it at."""
    left: dict[tuple[str, int], dict[str, Any]] = defaultdict(dict)
    changes = sa.select(FactChange.subject, FactChange.subject_key, FactChange.fields)
    for subject, key, fields in session.execute(changes.order_by(FactChange.at, FactChange.key)):
        left[subject, key].update({name: after for name, (_, after) in json.loads(fields).items()})
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Fact):
            for fact in session.scalars(sa.select(mapper.class_)):
                told = left.pop((mapper.class_.__tablename__, fact.key), {})
                for name, after in told.items():
                    if history.plain(getattr(fact, name)) != after:
                        yield f"{mapper.class_.__tablename__} {fact.key}: {name} is not what was written last"
            session.expunge_all()
    yield from (f"{subject} {key} has a history and is not there" for subject, key in left)


def _periods(session: Session, _today: date) -> Differences:
    """A household is monitored where its case has taken it in and not let it go, and nowhere else."""
    open_now = set(session.scalars(sa.select(Monitoring.household_key).where(Monitoring.ended_on.is_(None))))
    applying = sa.select(Instance.parent_key).where(
        Instance.process_id == "application", Instance.state == "active"
    )
    running = _subjects(session, "monitoring", Instance.state == "active", Instance.key.not_in(applying))
    yield from _unlike("monitored without a case or the other way round", Counter(open_now), running)
    ended = Counter(
        session.scalars(sa.select(Monitoring.household_key).where(Monitoring.ended_on.is_not(None)))
    )
    refused = sa.select(Instance.parent_key).where(
        Instance.process_id == "application", sa.not_(Instance.end_event == "included")
    )
    exited = _subjects(
        session,
        "monitoring",
        Instance.end_event.in_(("exited", "household_gone")),
        Instance.key.not_in(refused),
    )
    yield from _unlike("exits of the ledger and of the cases", ended, exited)


def _places(session: Session, _today: date) -> Differences:
    """A running case is where its household lives: it goes along when the household moves."""
    homes = sa.select(Instance.process_id, Instance.key, Instance.area, Household.area).join(
        Household, sa.cast(Household.key, sa.Text) == Instance.subject
    )
    for process, key, area, home in session.execute(homes.where(Instance.state == "active")):
        if area != home:
            yield f"{process} {key} is in {area}, its household in {home}"


def _gone(session: Session, _today: date) -> Differences:
    """Of a household in which nobody lives any more nothing is open, no fact and no case."""
    here = sa.select(Member.household_key).where(Member.left_on.is_(None))
    gone = set(session.scalars(sa.select(Household.key).where(Household.key.not_in(here))))
    for table, is_open in (
        (Monitoring, Monitoring.ended_on.is_(None)),
        (Measure, Measure.state != measures.CLOSED),
        (Relief, Relief.closed_on.is_(None)),
        (SuddenRisk, SuddenRisk.closed_on.is_(None)),
        (Problem, Problem.state != problems.CLOSED),
    ):
        still = set(session.scalars(sa.select(table.household_key).where(is_open)))
        yield from (
            f"{table.__tablename__} of household {key}, which is no more, is open" for key in gone & still
        )
    running = sa.select(Instance.process_id, Instance.subject).where(
        Instance.state == "active", Instance.subject.in_([str(key) for key in gone])
    )
    for process, key in session.execute(running):
        yield f"{process} of household {key}, which is no more, goes on"


def _levels(session: Session, _today: date) -> Differences:
    """The level of the ledger is the one of the case."""
    applying = sa.select(Instance.parent_key).where(
        Instance.process_id == "application", Instance.state == "active"
    )
    running = sa.select(Instance).where(
        Instance.process_id == "monitoring", Instance.state == "active", Instance.key.not_in(applying)
    )
    for case in session.scalars(running):
        level = monitoring.level(session, int(case.subject or 0))
        if level != (case.level or ""):
            yield f"{case.title} {case.key}: {case.level} in the case, {level} in the ledger"


def _measures(session: Session, _today: date) -> Differences:
    """Each measure has had its assistance, closed where that has ended, be it with its household."""
    for closed in (True, False):
        state = Measure.state == measures.CLOSED if closed else Measure.state != measures.CLOSED
        told = Counter(session.scalars(sa.select(Measure.household_key).where(state)))
        ended = Instance.state != "active" if closed else Instance.state == "active"
        yield from _unlike(
            f"measures {'closed' if closed else 'open'}", told, _subjects(session, "assistance", ended)
        )


def _sudden(session: Session, _today: date) -> Differences:
    """Who is on the list of S18 has a running case."""
    listed = set(session.scalars(sa.select(SuddenRisk.household_key).where(SuddenRisk.closed_on.is_(None))))
    running = _subjects(session, "sudden_risk", Instance.state == "active")
    yield from (f"household {key} is on the list without a case" for key in listed - running.keys())


def _problems(session: Session, _today: date) -> Differences:
    """Each problem of supervision and gap checks that is closed has been mended in a case, or is over with its household."""
    closed = Counter(
        session.scalars(sa.select(Problem.household_key).where(Problem.state == problems.CLOSED))
    )
    mended = _subjects(session, "rectification", Instance.state != "active")
    yield from _unlike("problems closed", closed, mended)
    still = Counter(session.scalars(sa.select(Problem.household_key).where(Problem.state != problems.CLOSED)))
    running = _subjects(session, "rectification", Instance.state == "active")
    yield from (f"household {key} mends what is no open problem" for key in running - still)


def _reliefs(session: Session, _today: date) -> Differences:
    """Each relief has its case, is closed where that has ended, and then no stage of it waits."""
    decided = sa.select(Passage.instance_key).where(Passage.element == "open_relief")
    for closed in (True, False):
        told = Relief.closed_on.is_not(None) if closed else Relief.closed_on.is_(None)
        state = Instance.state != "active" if closed else Instance.state == "active"
        yield from _unlike(
            f"reliefs {'closed' if closed else 'open'}",
            Counter(session.scalars(sa.select(Relief.household_key).where(told))),
            _subjects(session, "special_relief", state, Instance.key.in_(decided)),
        )
    waiting = sa.select(Payment.key).join(Relief).where(Relief.closed_on.is_not(None))
    for key in session.scalars(waiting.where(Payment.state == reliefs.WAITING)):
        yield f"payment {key} waits though its relief is closed"


def _eligibility(session: Session, _today: date) -> Differences:
    """Eligibility is lost (S05) where a case has taken it and not given it back."""
    lost = set(
        session.scalars(
            sa.select(Disqualification.household_key).where(Disqualification.restored_on.is_(None))
        )
    )
    held = _subjects(session, "disqualification", Instance.end_event.in_(_LOST))
    yield from (f"household {key} has its eligibility in spite of its case" for key in held.keys() - lost)
    deciding = _subjects(session, "disqualification", Instance.state == "active")
    yield from (f"household {key} lost it without a case" for key in lost - held.keys() - deciding.keys())


def _money(session: Session, today: date) -> Differences:
    """Every yuan: by source, kind, origin and place as much as in the rows, and as those who paid it have answered."""
    since = today.replace(month=1, day=1)
    for area in [areas.ROOT, *(county.path for county in areas.below(session, areas.ROOT, "county"))]:
        if not funds.table(figures.of(session, area, today, since=since)).reconciled:
            yield f"the funds of {area} do not add up"
    told = funds.table(figures.of(session, areas.ROOT, today, since=since)).total.total.paid
    rows = [sa.select(sa.func.sum(table.paid_amount)) for table in (Measure, Payment)]
    paid = sum((session.scalar(row) or Decimal(0) for row in rows), Decimal(0))
    if told != paid:
        yield f"{told} yuan paid by the figures, {paid} by the rows"
    answered = _answered(session, "deliver", "paid_amount")
    measured = session.scalar(rows[0]) or Decimal(0)
    if answered != measured:
        yield f"{measured} yuan paid for measures by the ledger, {answered} by the answers"


def _figures(session: Session, today: date) -> Differences:
    """The figures count what the ledger lists."""
    counted = figures.of(session, areas.ROOT, today, since=date(1900, 1, 1))
    of = ledger.monitored()
    wanted = ledger.Wanted(of.chosen(of.first_set), today, known=of.by_key)
    open_now = session.scalar(
        sa.select(sa.func.count()).select_from(Monitoring).where(Monitoring.ended_on.is_(None))
    )
    ways = {
        "figures": counted.monitored.sum("households"),
        "flows": counted.flows.sum("households", way="纳入") - counted.flows.sum("households", way="移出"),
        "ledger": ledger.totals(session, wanted)["count"],
    }
    yield from (
        f"{n} monitored by the {way}, {open_now} by the rows" for way, n in ways.items() if n != open_now
    )
    here = sa.select(sa.func.count(Member.household_key.distinct()))
    registered = session.scalar(here.where(sa.or_(Member.left_on.is_(None), Member.left_on > today)))
    if counted.registered.sum("households") != registered:
        yield f"{counted.registered.sum('households')} registered by the figures, {registered} by the rows"


def _comparison(session: Session, _today: date) -> Differences:
    """Each hidden problem that was handed out has been checked in a case."""
    given = sa.select(HiddenProblem.household_key).where(HiddenProblem.handed_out_at.is_not(None))
    checked = _subjects(session, "risk_check", sa.true())
    yield from (f"household {key} was never checked" for key in set(session.scalars(given)) - checked.keys())


COMPARED: Mapping[str, Callable[[Session, date], Differences]] = {
    "what is stored (fangfan check)": _stored,
    "journal (fangfan journal verify)": _journal,
    "facts and their histories": _facts,
    "monitored households and their cases": _periods,
    "cases and where their households live": _places,
    "households that are no more": _gone,
    "warning levels": _levels,
    "measures and assistance": _measures,
    "sudden hardship": _sudden,
    "problems and their mending": _problems,
    "reliefs and their stages": _reliefs,
    "eligibility": _eligibility,
    "hidden problems": _comparison,
    "money": _money,
    "figures and ledger": _figures,
}


def _subjects(session: Session, process: str, *where: sa.ColumnElement[bool]) -> Counter[int]:
    """How many such instances of a process each household has."""
    found = sa.select(Instance.subject).where(
        Instance.process_id == process, Instance.subject.is_not(None), *where
    )
    return Counter(map(int, session.scalars(found)))


def _unlike(what: str, ours: Counter[int], theirs: Counter[int]) -> Differences:
    for key in sorted(ours.keys() | theirs.keys()):
        if ours[key] != theirs[key]:
            yield f"{what}: household {key} has {ours[key]} in the ledger, {theirs[key]} in the cases"


def _answered(session: Session, element: str, name: str) -> Decimal:
    """The sum of what was answered last at each step of that id: an amount once told stands until another is."""
    done = sa.select(UserTask).where(UserTask.element == element, UserTask.state == "completed")
    last: dict[int, Any] = {}
    for task in session.scalars(done.order_by(UserTask.ended_at)):
        amount = values.answer(session, task).get(name)
        if amount is not None:
            last[task.instance_key] = amount
    return sum((Decimal(str(amount)) for amount in last.values()), Decimal(0))
