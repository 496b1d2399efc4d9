"""Sheets that somebody sends by the page, read in the background: departments' compared, the national system's imported.

The sheet is kept sealed until its job is over, under a hash of its own, then thrown away: it holds everybody's ID
numbers. What became of each row stays as a workbook, which holds none.
"""

import json
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from engine import background, documents
from engine.background import Job
from engine.errors import Refusal
from engine.runtime import Runtime
from registry import comparison, history
from registry.imports import BadSheet, Report, Row, as_xlsx, read_sheet
from registry.imports.report import ACCEPTED, DOUBTED, REFUSED, UNCHANGED
from web import takeover

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OWN = 16
"""Random bytes before the sheet's own: the same sheet sent twice is two documents, each thrown away by its own job."""


class SheetRefused(Refusal):
    """A sheet that cannot be read, with what is wrong with it."""

    status, code = 422, "sheet_refused"
    message = "数据表不能用：{reason}"
    mend = "请按说明改好表格，再重新上传。"


class NotYours(Refusal):
    """A department sends another department's sheet."""

    status, code = 403, "not_your_sheet"
    message = "这是{department}的“{name}”，不能由您的部门上传。"
    mend = "请上传本部门的数据表，或请县扶贫办代为比对。"


def keep(session: Session, data: bytes) -> str:
    """Keep a sheet until its job has read it; its hash."""
    return documents.store(session, secrets.token_bytes(_OWN) + data, "application/octet-stream")


@contextmanager
def as_file(data: bytes) -> Iterator[Path]:
    """The bytes as a file of ours alone, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet"
        path.write_bytes(data)
        yield path


def check(data: bytes, departments: frozenset[str] | None) -> str:
    """The name of the department's sheet that this is. `departments`: whose sheets may be sent (None: all).

    SheetRefused, NotYours.
    """
    with as_file(data) as path:
        kind = _opened(path).kind
    if departments is not None and kind.department not in departments:
        raise NotYours(department=kind.department, name=kind.name)
    return kind.name


@background.kind("compare_sheet", "比对部门数据表")
def compare_sheet(runtime: Runtime, job: Job) -> dict[str, Any]:
    """Compare a department's sheet with the registry. A run that died is done again: the same sheet changes nothing twice."""
    with as_file(_sheet(runtime, job)) as path, tempfile.TemporaryDirectory() as folder:
        sheet = _opened(path)
        counts = comparison.Counts()

        @contextmanager
        def begin() -> Iterator[Session]:
            with job.unit() as session:
                history.act(session, job.actor, runtime.clock.now())
                job.report(counts.rows, max(sheet.rows, counts.rows), session)
                yield session

        done = comparison.compare(begin, sheet, job.arguments["area"])
        report = Path(folder) / "report.xlsx"

        def parts() -> Iterator[Any]:
            nonlocal counts
            for part in done:
                counts = done.counts
                yield part

        try:
            comparison.as_xlsx(parts(), report)
        except BadSheet as bad:
            raise SheetRefused(reason=str(bad)) from bad
        told = {name: int(value) for name, value in asdict(done.counts).items()}
        return _over(job, told["rows"], report.read_bytes(), {"name": sheet.kind.name, "counts": told})


@background.kind("import_households", "导入户档")
def import_households(runtime: Runtime, job: Job) -> dict[str, Any]:
    """Take over the national system's export, some households at a time; goes on after the last part that was taken."""
    try:
        sheet = read_sheet(_sheet(runtime, job))
    except BadSheet as bad:
        raise SheetRefused(reason=str(bad)) from bad
    parts, all_of_them = list(sheet.parts()), len(sheet.households)
    job.cursor = job.cursor or {"next": 0, "households": 0, "begun": 0, "reports": []}
    for part in parts[job.cursor["next"] :]:
        with job.unit() as session:
            report, begun = takeover.take(runtime, session, part, job.arguments["area"], job.actor)
            told = json.dumps([asdict(row) for row in report.rows], ensure_ascii=False).encode()
            job.cursor = {
                "next": job.cursor["next"] + 1,
                "households": job.cursor["households"] + len(part.households),
                "begun": job.cursor["begun"] + begun,
                "reports": [*job.cursor["reports"], keep(session, told)],
            }
            job.report(job.cursor["households"], all_of_them, session)
    report = _joined(runtime, job, f"{sheet.columns.name} {sheet.columns.year}")
    counts = {status: report.count(status) for status in (ACCEPTED, UNCHANGED, DOUBTED, REFUSED)}
    result = {"name": report.columns, "counts": counts, "begun": job.cursor["begun"]}
    return _over(job, all_of_them, as_xlsx(report), result)


def _opened(path: Path) -> comparison.Opened:
    try:
        return comparison.open_sheet(path)
    except BadSheet as bad:
        raise SheetRefused(reason=str(bad)) from bad


def _kept(session: Session, sha256: str) -> bytes:
    return documents.read(session, sha256)[0][_OWN:]


def _sheet(runtime: Runtime, job: Job) -> bytes:
    with runtime.database.read() as session:
        return _kept(session, job.arguments["sheet"])


def _joined(runtime: Runtime, job: Job, columns: str) -> Report:
    with runtime.database.read() as session:
        rows = [row for sha256 in job.cursor["reports"] for row in json.loads(_kept(session, sha256))]
    return Report(columns, [Row(**row) for row in rows])


def _over(job: Job, done: int, report: bytes, told: dict[str, Any]) -> dict[str, Any]:
    """Keep the report, throw away the sheet and what was kept on the way."""
    with job.unit() as session:
        kept = documents.store(session, report, XLSX)
        for sha256 in (job.arguments["sheet"], *(job.cursor or {}).get("reports", ())):
            documents.discard(session, sha256)
        job.report(done, done, session)
    return {**told, "report": kept, "next": f"/sheets/{job.key}"}
