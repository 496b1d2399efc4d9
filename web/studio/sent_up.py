"""Files sent up from a computer, or a whole set as a zip archive: what differs from what is in force becomes a draft."""

import io
import lzma
import struct
import zipfile
import zlib
from typing import IO, Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from engine import drafts
from engine.errors import InvalidInput
from web.runtime import runtime
from web.signed_in import requires, viewer
from web.studio.door import routes

LARGEST_UNPACKED = 50_000_000  # bytes of all files of an archive together
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)


@routes.post("/files")
@requires("drawing.deploy")
def send_up() -> Any:
    """A draft of the files that are not in force as they are; files in force that are not sent stay as they are."""
    found: dict[str, bytes] = {}
    sent = [each for each in request.files.getlist("files") if each.filename]
    for each in sent:
        if str(each.filename).lower().endswith(".zip"):
            found |= read(each.stream)
        else:
            found[str(each.filename)] = each.read()
    title = request.form.get("title", "").strip() or ("、".join(str(each.filename) for each in sent))[:200]
    with runtime().database.begin() as session:
        made = drafts.of_files(session, title, found, viewer().name, runtime().clock.now())
        count = len(drafts.files(session, made))
    flash(_("已放进草稿：%(count)s 个文件和现行的不同。", count=count))
    return redirect(url_for("studio.difference_page", key=made.key))


def read(stream: IO[bytes]) -> dict[str, bytes]:
    """The archive's files by name, none written to disk. InvalidInput for no archive, or one that unpacks too large."""
    found: dict[str, bytes] = {}
    left = LARGEST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(stream.read())) as archive:
            for each in archive.infolist():
                if each.is_dir():
                    continue
                with archive.open(each) as packed:  # what the archive says of its sizes is not believed
                    data = packed.read(min(left, drafts.LARGEST) + 1)
                left -= len(data)
                if left < 0 or len(found) >= drafts.MOST_FILES:
                    raise InvalidInput("files", detail=_("压缩包太大，或文件太多。"))
                found[each.filename] = data
    except _UNREADABLE as error:
        raise InvalidInput("files", detail=_("这不是能读的 zip 压缩包。")) from error
    return found
