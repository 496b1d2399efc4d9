"""The speed of a comparison: a made-up sheet of people, a part of whom are in the registry, on an empty database."""

import csv
import resource
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.runtime import Runtime
from registry import areas, comparison, history
from registry.fiction.people import id_number
from registry.keys import new_key
from registry.models import Household, Member
from web.runtime import open_runtime

ROWS = 200_000
HOUSEHOLDS = 20_000
MEMBERS = 3
_AT_ONCE = 5_000


def measure(database: str | None = None, rows: int = ROWS, households: int = HOUSEHOLDS) -> dict[str, Any]:
    """One object as `fangfan bench comparison --json` prints it. `database`: an empty one; None makes a SQLite file."""
    with tempfile.TemporaryDirectory(prefix="fangfan-bench-") as folder:
        runtime = open_runtime(database or f"sqlite:///{folder}/bench.sqlite")
        try:
            people = list(_people(rows))
            _register(runtime, people[: households * MEMBERS])
            return {
                "rows": rows,
                "households": households,
                **_compare(runtime, people, Path(folder) / "a.csv"),
            }
        finally:
            runtime.evaluator.close()
            runtime.database.close()


def _compare(runtime: Runtime, people: list[str], path: Path) -> dict[str, Any]:
    _write(people, path)

    @contextmanager
    def begin() -> Iterator[Session]:
        with runtime.database.begin() as session:
            history.act(session, "bench", runtime.clock.now())
            yield session

    before = _memory()
    started = perf_counter()
    first = comparison.compare(begin, comparison.open_sheet(path))
    deque(first, maxlen=0)
    once = perf_counter()
    again = comparison.compare(begin, comparison.open_sheet(path))
    deque(again, maxlen=0)
    return {
        "matched": first.counts.matched,
        "problems": first.counts.new_problems,
        "rows_a_second": round(len(people) / (once - started)),
        "again_rows_a_second": round(len(people) / (perf_counter() - once)),
        "new_problems_again": again.counts.new_problems,
        "megabytes_more": round(_memory() - before),
    }


def _people(count: int) -> Iterator[str]:
    """ID numbers."""
    random = Random(1)  # noqa: S311  (made up, the same each time)
    for _ in range(count):
        yield id_number(
            random, date(1940, 1, 1) + timedelta(days=random.randrange(29_000)), random.choice("男女")
        )


def _write(people: list[str], path: Path) -> None:
    """A medical insurance sheet: every fiftieth is not insured, every hundredth has paid much himself."""
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(("姓名", "身份证号码", "参保状态", "年度自付"))
        for place, number in enumerate(people):
            write.writerow(
                (
                    "张三",
                    number,
                    "终止参保" if place % 50 == 0 else "正常参保",
                    12000 if place % 100 == 7 else 300,
                )
            )


def _register(runtime: Runtime, people: list[str]) -> None:
    now = runtime.clock.now()
    with runtime.database.begin() as session:
        areas.load(session)
        village = areas.below(session, areas.ROOT, "village")[0].path
    for start in range(0, len(people), _AT_ONCE * MEMBERS):
        homes, members = [], []
        for place, number in enumerate(people[start : start + _AT_ONCE * MEMBERS]):
            if place % MEMBERS == 0:
                homes.append(
                    {
                        "key": new_key(),
                        "area": village,
                        "kind": "脱贫户",
                        "head_name": "张三",
                        "recorded_at": now,
                    }
                )
            members.append(
                {
                    "key": new_key(),
                    "household_key": homes[-1]["key"],
                    "position": place % MEMBERS,
                    "name": "张三",
                    "sex": "男",
                    "birth": date(1970, 1, 1),
                    "relation": "其他",
                    "id_number": number,
                    "id_index": number,
                    "id_last_four": number[-4:],
                }
            )
        with runtime.database.begin() as session:
            session.execute(sa.insert(Household), homes)
            session.execute(sa.insert(Member), members)


def _memory() -> float:
    """The most that the process has held so far, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1024 / (1024 if sys.platform == "darwin" else 1)
