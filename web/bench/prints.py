"""The cost of a print: sheets of the demo's cases, from the database to the PDF, against bare WeasyPrint on the same HTML.

Both go by turns in one run. The bare side has style and fonts read already, as ours has; so what is measured is what
finding the facts, filling in the sheet and looking for missing characters add.
"""

import tempfile
from collections.abc import Iterator
from itertools import cycle, islice
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from engine.models.instances import Instance
from engine.runtime import Runtime
from web import casefile, demo, prints
from web.runtime import open_runtime

HOUSEHOLDS = 8
COUNT = 100


def measure(database: str | None = None, count: int = COUNT) -> dict[str, Any]:
    """One object as `fangfan bench print --json` prints it. `database`: an empty one; None makes a SQLite file."""
    with tempfile.TemporaryDirectory(prefix="fangfan-bench-") as folder:
        runtime = open_runtime(database or f"sqlite:///{folder}/bench.sqlite")
        try:
            demo.prepare(runtime, HOUSEHOLDS)
            return compare(runtime, count)
        finally:
            runtime.evaluator.close()
            runtime.database.close()


def compare(runtime: Runtime, count: int) -> dict[str, Any]:
    """Print `count` sheets of the cases in a database, ours and bare by turns; milliseconds a sheet, and their ratio."""
    sheets = list(_sheets(runtime))
    ours = bare = 0.0
    _print(runtime, *sheets[0])  # style, fonts and expressions are read at the first print
    for case, sheet in islice(cycle(sheets), count):
        started = perf_counter()
        html = _print(runtime, case, sheet)
        printed = perf_counter()
        prints.lay_out(html).write_pdf()
        bare += perf_counter() - printed
        ours += printed - started
    return {
        "prints": count,
        "print_ms": round(ours / count * 1000, 2),
        "bare_ms": round(bare / count * 1000, 2),
        "ratio": round(ours / bare, 3),
    }


def _sheets(runtime: Runtime) -> Iterator[tuple[int, str]]:
    """Every sheet of the demo's cases whose step has begun."""
    with runtime.database.read() as session:
        for case in session.scalars(sa.select(Instance).where(Instance.parent_key.is_(None))):
            for sheet in casefile.sheets(session, case):
                if sheet.begun:
                    yield case.key, sheet.name


def _print(runtime: Runtime, case: int, sheet: str) -> str:
    with runtime.database.read() as session:
        html = prints.of_case(runtime, session, session.get_one(Instance, case), sheet)
    prints.pdf(html)
    return html
