"""The sheets that departments bring to the quarter's comparison: made up from the register, with something in them."""

import csv
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from registry import comparison, history
from registry.models import Member
from web.demo.accounts import COUNTY
from web.demo.play import Play

SCREENING = ("医保", "教育", "住建", "残联", "民政", "水利", "应急", "卫健", "人社", "医保", "民政")
"""Which department screens, month by month."""
UNINSURED, DEAR = 0.004, 0.01
"""The shares of people without medical insurance, and of those who paid much themselves."""


def compare(play: Play) -> None:
    """The medical insurance's sheet of everybody, compared with the register."""
    [person, *_] = play.people.who([("department:医保", COUNTY)])
    random = Random(play.clock.now().toordinal())  # noqa: S311 - made up, the same each time

    @contextmanager
    def begin() -> Iterator[Session]:
        with play.runtime.database.begin() as session:
            history.act(session, person.name, play.clock.now())
            yield session

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.csv"
        with play.runtime.database.read() as session, path.open("w", encoding="utf-8", newline="") as file:
            write = csv.writer(file)
            write.writerow(("姓名", "身份证号码", "参保状态", "年度自付"))
            here = sa.select(Member).where(Member.left_on.is_(None)).order_by(Member.key)
            for member in session.scalars(here):
                insured = "终止参保" if random.random() < UNINSURED else "正常参保"
                paid = 12000 if random.random() < DEAR else 300
                write.writerow((member.name, member.id_number, insured, paid))
        deque(comparison.compare(begin, comparison.open_sheet(path)), maxlen=0)
