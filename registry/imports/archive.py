"""Looks into an xlsx before anything reads it: a small file may unpack to gigabytes, or place one cell at the far corner
of a sheet, which a reader would fill up to there."""

import io
import re
import zipfile
import zlib
from typing import IO, Any
from xml.parsers.expat import ExpatError, ParserCreate

MAX_UNPACKED = 200 << 20
MAX_ENTRIES = 2_000
_CHUNK = 1 << 20
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_BOMB = ("bomb", "文件解压后过大，已拒绝。")
_BROKEN = ("broken", "文件已损坏，或者不是 xlsx 表格，请用 Excel 或 WPS 打开后另存再导入。")


class BadArchive(Exception):
    """The archive is refused: `code`, `message` (Chinese, with `{params}`), `params`."""

    def __init__(self, code: str, message: str, **params: Any) -> None:
        super().__init__(message.format(**params))
        self.code = code
        self.message = message
        self.params = params


def inspect(data: bytes, max_rows: int, max_columns: int) -> None:
    """BadArchive where `data` is no sound zip, unpacks to too much, or holds a cell beyond the limits.

    Every part is unpacked for real, since the sizes that an archive states may be lies (its check sums then show it), and
    every part that is XML is looked at, since a sheet may lie under any name.
    """
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > MAX_ENTRIES:
                raise BadArchive(*_BOMB)
            for entry in archive.infolist():
                with archive.open(entry) as file:
                    left = _part(file, left, _Cells(max_rows, max_columns))
    except (zipfile.BadZipFile, ExpatError, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
        raise BadArchive(*_BROKEN) from None


def _part(file: IO[bytes], left: int, cells: "_Cells") -> int:
    """Unpack one part and look at it; how many bytes are left of those that may be unpacked."""
    chunk = file.read(_CHUNK)
    xml = chunk.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe", b"\xfe\xff"))
    while chunk:
        left -= len(chunk)
        if left < 0:
            raise BadArchive(*_BOMB)
        if xml:
            cells.look(chunk)
        chunk = file.read(_CHUNK)
    if xml:
        cells.look(b"", last=True)
    return left


class _Cells:
    """Follows the rows and cells of a sheet as it streams by; keeps nothing of it."""

    def __init__(self, max_rows: int, max_columns: int) -> None:
        self._most = (max_rows, max_columns)
        self._row = self._column = 0
        self._parser = ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._doctype

    def look(self, chunk: bytes, last: bool = False) -> None:
        """Take in the next bytes."""
        self._parser.Parse(chunk, last)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = name.rpartition(":")[2]
        if element == "row":
            self._row, self._column = self._row + 1, 0
        elif element == "c":
            self._column += 1
        else:
            return
        self._row, self._column = _place(attributes.get("r"), self._row, self._column)
        if self._row > self._most[0] or self._column > self._most[1]:
            raise BadArchive(
                "too_many_cells",
                "表格超过 {rows} 行或 {columns} 列。",
                rows=self._most[0],
                columns=self._most[1],
            )

    def _doctype(self, *_: object) -> None:
        raise BadArchive(*_BROKEN)


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    """Row and column that a cell (`AB12`) or a row (`12`) says it has, or those counted."""
    if reference and reference.isdigit():
        return int(reference), column
    match = _REFERENCE.fullmatch(reference or "")
    if match is None:
        return row, column
    letters, number = match.groups()
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return int(number), place
