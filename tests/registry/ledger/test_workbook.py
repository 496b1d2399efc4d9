"""The ledger as a workbook: what begins like a formula stays text, ID numbers are masked unless they may be seen."""

import io
from datetime import date

from python_calamine import CalamineWorkbook

from tests.registry.ledger.conftest import wanted, written


def opened(data: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_what_is_written(county):
    columns = ("head", "address", "id_number", "causes", "started_on", "net", "resettled")
    found = wanted(*columns)
    table = opened(written(county, found))
    assert table[0] == ["编号", *(column.name for column in found.columns), "版本"]
    one = next(row for row in table if row[1] == "赵一")
    assert one[2] == "=0组", "a text, no formula"
    assert one[3].startswith("220299********") and isinstance(one[0], str)
    assert one[4:-1] == ["因病、因残", date(2020, 1, 1), 3900.0, "否"]
    full = opened(written(county, found, in_full=True))
    assert "*" not in next(row for row in full if row[1] == "赵一")[3]
