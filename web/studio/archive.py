"""A whole set of files sent up as one zip archive: what differs from what is in force becomes a draft."""

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


@routes.post("/archives")
@requires("drawing.deploy")
def unpack() -> Any:
    """A draft of the archive's files that are not in force as they are; files in force that it lacks stay as they are."""
    sent = request.files.get("archive")
    found = read(sent.stream) if sent else {}
    now, title = runtime().clock.now(), ((sent and sent.filename) or "")[:100]
    with runtime().database.begin() as session:
        new = {name: data for name, data in found.items() if drafts.in_force(session, name) != data}
        if not new:
            raise InvalidInput("archive", detail=_("压缩包里没有和现行的不同的文件。"))
        made = drafts.begin(session, title, viewer().name, now)
        for name, data in new.items():
            drafts.save(session, made, name, data, 0, viewer().name, now)
    flash(_("已放进草稿：%(count)s 个文件和现行的不同。", count=len(new)))
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
                    raise InvalidInput("archive", detail=_("压缩包太大，或文件太多。"))
                found[each.filename] = data
    except _UNREADABLE as error:
        raise InvalidInput("archive", detail=_("这不是能读的 zip 压缩包。")) from error
    return found
