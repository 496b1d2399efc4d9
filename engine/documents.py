"""Files and prints: kept under the hash of their bytes, sealed by the vault, never changed.

An attachment's type is what its content says, not its name; what cannot be read as that type is refused. It belongs
to whoever sent it until an answer carries it into a case. A signed print is frozen: a change is the next revision.
"""

import hashlib
import io
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from PIL import Image, ImageFile
from sqlalchemy.orm import Session

from engine.errors import NotFound, Refusal
from engine.keys import new_key
from engine.models.documents import Attachment, Document, SignedPrint

MAXIMUM_SIZE = 10 * 1024 * 1024
MAXIMUM_PIXELS = 80_000_000
NAME_LENGTH = 120
_decoding = threading.Lock()
_IMAGES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}


class FileTooLarge(Refusal):
    """More than MAXIMUM_SIZE."""

    status = 413
    code = "file_too_large"
    message = "文件“{name}”超过{megabytes} MB。"
    mend = "请压缩或重新拍照后再传。"


class UnreadableFile(Refusal):
    """No photograph or PDF, or a damaged one."""

    status = 422
    code = "unreadable_file"
    message = "文件“{name}”不是可用的照片（JPEG、PNG）或PDF。"
    mend = "请检查文件能否打开；其他格式请先转为JPEG、PNG或PDF。"


class ForeignFile(Refusal):
    """An answer names a file that its author did not send and the case does not have."""

    status = 422
    code = "foreign_file"
    message = "附件“{name}”不是您上传的，也不属于本件。"
    mend = "请重新上传该附件。"


class DamagedDocument(RuntimeError):
    """The bytes kept under a hash do not have that hash."""


def store(session: Session, data: bytes, media_type: str) -> str:
    """Keep `data`; its SHA-256 in hex. The same bytes are kept once."""
    digest = hashlib.sha256(data).hexdigest()
    if session.get(Document, digest) is None:
        sealed = session.info["vault"].encrypt(data)
        row = {"sha256": digest, "media_type": media_type, "size": len(data), "sealed": sealed}
        # Two may send the same file at the same moment.
        session.execute(_insert(session).values(row).on_conflict_do_nothing())
    return digest


def read(session: Session, sha256: str) -> tuple[bytes, str]:
    """The bytes and media type under a hash. Raises NotFound, and DamagedDocument when they were changed."""
    document = session.get(Document, sha256)
    if document is None:
        raise NotFound("文件", sha256[:12])
    data: bytes = session.info["vault"].decrypt(document.sealed)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DamagedDocument(sha256)
    return data, document.media_type


def discard(session: Session, sha256: str) -> None:
    """Throw away what nothing refers to: no attachment and no signed print."""
    kept = sa.or_(
        sa.exists().where(Attachment.sha256 == sha256), sa.exists().where(SignedPrint.sha256 == sha256)
    )
    session.execute(sa.delete(Document).where(Document.sha256 == sha256, ~kept))


def attach(session: Session, data: bytes, name: str, actor: str, at: datetime) -> dict[str, Any]:
    """Keep a file that `actor` sends; returns what a form's `files` holds: `{sha256, name, media_type, size}`.

    Raises FileTooLarge, UnreadableFile.
    """
    shown = _tidy(name)
    if len(data) > MAXIMUM_SIZE:
        raise FileTooLarge(name=shown, megabytes=MAXIMUM_SIZE // 1024 // 1024)
    media_type = sniff(data)
    if media_type is None:
        raise UnreadableFile(name=shown)
    digest = store(session, data, media_type)
    session.add(Attachment(key=new_key(), sha256=digest, name=shown, case_key=None, attached_by=actor, at=at))
    return {"sha256": digest, "name": shown, "media_type": media_type, "size": len(data)}


def adopt(session: Session, files: Iterable[Mapping[str, Any]], case_key: int, actor: str) -> None:
    """Take the files of an answer into its case. Raises ForeignFile for one that `actor` could not have seen.

    A hash alone opens nothing: who names another household's file in an answer does not get to read it.
    """
    for file in files:
        mine = sa.and_(Attachment.case_key.is_(None), Attachment.attached_by == actor)
        found = session.scalars(
            sa.select(Attachment)
            .where(Attachment.sha256 == str(file["sha256"]), sa.or_(Attachment.case_key == case_key, mine))
            .order_by(Attachment.case_key)
        ).all()
        if not found:
            raise ForeignFile(name=str(file.get("name", "")))
        for attachment in found:
            attachment.case_key = case_key


def attachments(session: Session, case_key: int) -> list[Attachment]:
    """What is attached to a case, oldest first, each document once."""
    rows = session.scalars(
        sa.select(Attachment).where(Attachment.case_key == case_key).order_by(Attachment.at, Attachment.key)
    )
    return list({row.sha256: row for row in reversed(rows.all())}.values())[::-1]


def may_read(session: Session, sha256: str, *, actor: str, case_keys: Iterable[int]) -> bool:
    """Whether a document was sent by `actor`, or belongs to one of the cases he may see."""
    seen = sa.or_(Attachment.case_key.in_(list(case_keys)), Attachment.attached_by == actor)
    return bool(session.scalar(sa.select(sa.exists().where(Attachment.sha256 == sha256, seen))))


def freeze(
    session: Session,
    case_key: int,
    sheet: str,
    pdf: bytes,
    signed_by: str,
    at: datetime,
    *,
    task_key: int | None = None,
) -> SignedPrint:
    """Keep a sheet as signed, as the next revision of that sheet in that case.

    The caller holds the case's row, as every step does; so two revisions never get one number.
    """
    last = session.scalar(sa.select(sa.func.max(SignedPrint.revision)).where(*_of(case_key, sheet)))
    frozen = SignedPrint(
        key=new_key(),
        case_key=case_key,
        sheet=sheet,
        revision=(last or 0) + 1,
        sha256=store(session, pdf, "application/pdf"),
        task_key=task_key,
        signed_by=signed_by,
        at=at,
    )
    session.add(frozen)
    session.flush()
    return frozen


def signed_prints(session: Session, case_key: int, sheet: str | None = None) -> list[SignedPrint]:
    """The signed prints of a case (of one sheet), by sheet and revision."""
    wanted = _of(case_key, sheet) if sheet else [SignedPrint.case_key == case_key]
    order = (SignedPrint.sheet, SignedPrint.revision)
    return list(session.scalars(sa.select(SignedPrint).where(*wanted).order_by(*order)))


def sniff(data: bytes) -> str | None:
    """The media type that the content is, whole: image/jpeg, image/png, application/pdf; or None."""
    if data.startswith(b"%PDF-"):
        return "application/pdf" if b"%%EOF" in data[-1024:] else None
    for magic, kind in _IMAGES.items():
        if data.startswith(magic):
            return f"image/{kind.lower()}" if _is_whole_image(data, kind) else None
    return None


def _is_whole_image(data: bytes, kind: str) -> bool:
    # Decoded, not only verified: a photograph that was cut off passes `verify`.
    try:
        with _strictly(), Image.open(io.BytesIO(data), formats=(kind,)) as image:
            if image.width * image.height > MAXIMUM_PIXELS:
                return False
            image.draft("L", (256, 256))
            image.load()
    except Exception:  # Pillow's decoders raise anything on what is no image
        return False
    return True


@contextmanager
def _strictly() -> Iterator[None]:
    """Pillow as it comes: WeasyPrint has it put up with images that were cut off, for the whole process."""
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("error")
        lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def _of(case_key: int, sheet: str) -> list[sa.ColumnElement[bool]]:
    return [SignedPrint.case_key == case_key, SignedPrint.sheet == sheet]


def _insert(session: Session) -> Any:
    if session.get_bind().dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        return sqlite_insert(Document)
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert

    return postgresql_insert(Document)


def _tidy(name: str) -> str:
    """The name as shown: no folders, no control characters, not too long (the ending is kept)."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in last if c.isprintable()).strip() or "附件"
    return plain if len(plain) <= NAME_LENGTH else plain[: NAME_LENGTH - 10] + plain[-10:]
