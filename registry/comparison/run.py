"""Compares a department's sheet with the registry, part by part: bounded memory, short transactions, every row told.

The sheet's ID numbers are matched by blind index, so that the registry's never leave it. The same sheet again finds
the same problems and adds none; a run that died is simply done again.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import polars as pl
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from registry import areas
from registry.comparison import people, quarters
from registry.comparison.kinds import ID_NUMBER, NAME, Rule
from registry.comparison.reading import LOST, NUMBER, Opened
from registry.comparison.rules import holds, valid_id
from registry.history import Act, acting
from registry.imports.report import ACCEPTED, DOUBTED, REFUSED, UNCHANGED
from registry.keys import new_key
from registry.models import ComparedSheet, HiddenProblem
from registry.secrets import blind_all

STATUS, REASON = "status", "reason"
Begin = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Counts:
    """How many rows were read, matched with the registry, doubted and refused, and how many problems were found."""

    rows: int = 0
    matched: int = 0
    doubted: int = 0
    refused: int = 0
    problems: int = 0
    new_problems: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass
class Comparison:
    """A comparison under way: iterate over it for the rows' fate, part by part, then ask for `counts`.

    Each part is `{number, name, status, reason}`, no ID number. `within` is the area whose households are compared.
    """

    begin: Begin
    sheet: Opened
    within: str = areas.ROOT
    counts: Counts = field(default_factory=Counts)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        with self.begin() as session:
            self._acts = acting(session)
            self._quarter = quarters.of(self._acts.day).name
            self._known = _known(session, self._quarter, self.sheet.kind.department)
            self._people = people.registered(session, self.within)
            self._dialect = session.get_bind().dialect
        rules = self.sheet.kind.in_force(self._acts.day)
        seen: list[pl.Series] = []
        for part in self.sheet.parts():
            compared = self._compare(part, [rule for rule in rules if not rule.absent])
            seen.append(compared["member_key"].drop_nulls())
            yield compared.select(NUMBER, NAME, STATUS, REASON)
        listed = pl.concat(seen) if seen else pl.Series(dtype=pl.Int64)
        for rule in rules:
            if rule.absent:
                yield self._absent(rule, listed)
        self._finish()

    def _compare(self, part: pl.DataFrame, rules: list[Rule]) -> pl.DataFrame:
        rows = self._matched(part)
        found = [
            rows.filter(
                pl.col("member_key").is_not_null() & ~pl.col("doubtful") & holds(rule, self._acts.day)
            )
            .unique("member_key", maintain_order=True)
            .select(NUMBER, "household_key", "member_key", pl.lit(number).alias("rule"))
            for number, rule in enumerate(rules)
        ]
        problems = pl.concat(found) if found else pl.DataFrame(schema={NUMBER: pl.Int64, "rule": pl.Int32})
        new = self._keep(problems, rules)
        told = _told(rows, problems, rules, new)
        self.counts += Counts(
            rows=rows.height,
            matched=rows["member_key"].count(),
            doubted=int((told[STATUS] == DOUBTED).sum()),
            refused=int((told[STATUS] == REFUSED).sum()),
            problems=problems.height,
            new_problems=len(new),
        )
        return told

    def _matched(self, part: pl.DataFrame) -> pl.DataFrame:
        """The rows with `valid`, and who of the registry each is; `doubtful` where he has another name there."""
        number = pl.col(ID_NUMBER).str.replace_all(r"\s", "").str.to_uppercase()
        rows = part.with_columns(number).with_columns(valid_id(pl.col(ID_NUMBER)).alias("valid"))
        indexes = blind_all(self._dialect, ID_NUMBER, rows[ID_NUMBER])
        return (
            rows.with_columns(pl.Series("id_index", indexes, dtype=pl.Binary))
            .join(self._people, on="id_index", how="left", maintain_order="left")
            .with_columns((pl.col("registered_name") != pl.col(NAME)).fill_null(False).alias("doubtful"))
        )

    def _absent(self, rule: Rule, listed: pl.Series) -> pl.DataFrame:
        """A rule about those of the registry whom the sheet does not list; told as rows without a number."""
        missing = self._people.filter(~pl.col("member_key").is_in(listed.implode()))
        problems = missing.select("household_key", "member_key", pl.lit(0).alias("rule"))
        new = self._keep(problems, [rule])
        self.counts += Counts(problems=problems.height, new_problems=len(new))
        return missing.select(
            pl.lit(0, dtype=pl.Int64).alias(NUMBER),
            pl.col("registered_name").alias(NAME),
            pl.when(pl.col("member_key").is_in(list(_members(new))))
            .then(pl.lit(ACCEPTED))
            .otherwise(pl.lit(UNCHANGED))
            .alias(STATUS),
            pl.lit(f"{rule.problem}：{rule.says}").alias(REASON),
        )

    def _keep(self, problems: pl.DataFrame, rules: list[Rule]) -> set[tuple[int, str]]:
        """Put down the problems that are not known in this quarter yet; which these are: `(member, rule code)`."""
        rows = [
            {
                "key": new_key(),
                "quarter": self._quarter,
                "household_key": row["household_key"],
                "member_key": row["member_key"],
                "department": self.sheet.kind.department,
                "rule": rule.code,
                "problem": rule.problem,
                "says": rule.says,
                "found_at": self._acts.at,
            }
            for row in problems.iter_rows(named=True)
            if (row["member_key"], (rule := rules[row["rule"]]).code) not in self._known
        ]
        if rows:
            with self.begin() as session:
                session.execute(insert(HiddenProblem), rows)
        new = {(row["member_key"], row["rule"]) for row in rows}
        self._known |= new
        return new

    def _finish(self) -> None:
        with self.begin() as session:
            same = (ComparedSheet.quarter == self._quarter, ComparedSheet.sha256 == self.sheet.sha256)
            if session.scalars(select(ComparedSheet).where(*same)).first() is None:
                session.add(_sheet(self.sheet, self._quarter, self.counts, self._acts))


def compare(begin: Begin, sheet: Opened, within: str = areas.ROOT) -> Comparison:
    """A comparison of the sheet for the quarter of today; nothing happens before it is iterated over."""
    return Comparison(begin, sheet, within)


def _known(session: Session, quarter: str, department: str) -> set[tuple[int, str]]:
    found = select(HiddenProblem.member_key, HiddenProblem.rule)
    of_quarter = (HiddenProblem.quarter == quarter, HiddenProblem.department == department)
    return {(member, rule) for member, rule in session.execute(found.where(*of_quarter))}


def _members(new: set[tuple[int, str]]) -> set[int]:
    return {member for member, _ in new}


def _told(
    rows: pl.DataFrame, problems: pl.DataFrame, rules: list[Rule], new: set[tuple[int, str]]
) -> pl.DataFrame:
    """What became of each row and why."""
    says = pl.DataFrame(
        {
            NUMBER: problems[NUMBER],
            "found": [f"{rules[n].problem}：{rules[n].says}" for n in problems["rule"]],
            "new": [
                (member, rules[n].code) in new
                for member, n in zip(
                    problems.get_column("member_key", default=[]), problems["rule"], strict=True
                )
            ],
        },
        schema={NUMBER: pl.Int64, "found": pl.String, "new": pl.Boolean},
    )
    by_row = says.group_by(NUMBER, maintain_order=True).agg(
        pl.col("found").str.join("；"), pl.col("new").any()
    )
    return rows.join(by_row, on=NUMBER, how="left", maintain_order="left").with_columns(
        pl.when(pl.col(LOST) | ~pl.col("valid"))
        .then(pl.lit(REFUSED))
        .when(pl.col("doubtful"))
        .then(pl.lit(DOUBTED))
        .when(pl.col("found").is_not_null() & ~pl.col("new"))
        .then(pl.lit(UNCHANGED))
        .otherwise(pl.lit(ACCEPTED))
        .alias(STATUS),
        pl.when(pl.col(LOST))
        .then(pl.lit("身份证号码存成了数字，末几位已丢失，请把该列设为文本后重新导出"))
        .when(~pl.col("valid"))
        .then(pl.lit("身份证号码有误"))
        .when(pl.col("doubtful"))
        .then(pl.concat_str(pl.lit("户档中这个号码的姓名是“"), "registered_name", pl.lit("”")))
        .when(pl.col("member_key").is_null())
        .then(pl.lit("不在户档中"))
        .otherwise(pl.col("found").fill_null("没有发现隐患"))
        .alias(REASON),
    )


def _sheet(sheet: Opened, quarter: str, counts: Counts, acts: Act) -> ComparedSheet:
    return ComparedSheet(
        quarter=quarter,
        sha256=sheet.sha256,
        department=sheet.kind.department,
        name=sheet.kind.name,
        rows=counts.rows,
        matched=counts.matched,
        problems=counts.problems,
        compared_by=acts.actor,
        compared_at=acts.at,
    )
