"""Files are what their bytes say, belong to who sent them, and never change."""

import hashlib
import io
import zlib
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from PIL import Image, ImageFile

from engine import documents
from engine.database import Database
from engine.errors import NotFound
from engine.models.documents import Attachment, Document, SignedPrint

AT = datetime(2020, 7, 1, 1, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"


def photograph(kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    """An image's bytes."""
    into = io.BytesIO()
    Image.new("RGB", size, (90, 120, 150)).save(into, kind)
    return into.getvalue()


def test_the_same_bytes_are_kept_once_and_sealed(database: Database) -> None:
    data = photograph()
    with database.begin() as session:
        first = documents.store(session, data, "image/jpeg")
        assert documents.store(session, data, "image/jpeg") == first == hashlib.sha256(data).hexdigest()
    with database.read() as session:
        assert documents.read(session, first) == (data, "image/jpeg")
        assert data[:200] not in session.scalars(sa.select(Document.sealed)).one()


def test_a_document_that_was_changed_is_not_given_out(sqlite_database: Database) -> None:
    with sqlite_database.begin() as session:
        digest = documents.store(session, PDF, "application/pdf")
        other = session.info["vault"].encrypt(b"other")
        session.execute(sa.update(Document).values(sealed=other))
    with sqlite_database.read() as session, pytest.raises(documents.DamagedDocument):
        documents.read(session, digest)


def test_an_unknown_hash_is_not_found(sqlite_database: Database) -> None:
    with sqlite_database.read() as session, pytest.raises(NotFound):
        documents.read(session, "0" * 64)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (photograph("JPEG"), "image/jpeg"),
        (photograph("PNG"), "image/png"),
        (PDF, "application/pdf"),
        (photograph("GIF"), None),
        (photograph("JPEG", (900, 900))[:-2000], None),
        (photograph("PNG")[:40], None),
        (b"\x89PNG\r\n\x1a\n" + b"<script>alert(1)</script>", None),
        (b"%PDF-1.7 cut off", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<html><script>", None),
        (b"MZ\x90\x00", None),
        (b"", None),
    ],
)
def test_the_type_is_what_the_content_says(data: bytes, media_type: str | None) -> None:
    assert documents.sniff(data) == media_type


def test_a_photograph_that_was_cut_off_is_refused_whatever_other_libraries_put_up_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert documents.sniff(photograph("JPEG", (900, 900))[:-2000]) is None
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


def test_a_huge_picture_is_refused_before_it_is_decoded() -> None:
    data = bytearray(photograph("PNG"))
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    assert documents.sniff(bytes(data)) is None


def test_a_name_shows_no_folders_or_control_characters(sqlite_database: Database) -> None:
    with sqlite_database.begin() as session:
        named = documents.attach(session, PDF, "..\\..\\etc/证明\x00\n.pdf", "clerk", AT)
        long = documents.attach(session, PDF, "长" * 300 + "材料.pdf", "clerk", AT)
    assert named["name"] == "证明.pdf"
    assert len(long["name"]) == 120
    assert long["name"].endswith("材料.pdf")


def test_what_is_too_large_or_unreadable_is_refused_and_not_kept(sqlite_database: Database) -> None:
    with sqlite_database.begin() as session:
        with pytest.raises(documents.FileTooLarge) as large:
            documents.attach(session, b"%PDF-" + bytes(documents.MAXIMUM_SIZE), "大.pdf", "clerk", AT)
        with pytest.raises(documents.UnreadableFile) as unreadable:
            documents.attach(session, b"GIF89a", "动图.jpg", "clerk", AT)
        assert session.scalar(sa.select(sa.func.count()).select_from(Document)) == 0
    assert str(large.value) == "文件“大.pdf”超过10 MB。"
    assert "动图.jpg" in str(unreadable.value)


def test_a_file_enters_the_case_of_the_answer_that_carries_it(database: Database) -> None:
    with database.begin() as session:
        file = documents.attach(session, PDF, "证明.pdf", "farmer", AT)
        documents.adopt(session, [file], 7, "farmer")
        documents.adopt(session, [file], 7, "clerk")  # a later answer of the case carries it on
    with database.read() as session:
        assert [a.name for a in documents.attachments(session, 7)] == ["证明.pdf"]
        assert documents.may_read(session, file["sha256"], actor="county", case_keys=[7])
        assert not documents.may_read(session, file["sha256"], actor="county", case_keys=[8])


def test_a_hash_alone_gives_nobody_another_households_file(database: Database) -> None:
    with database.begin() as session:
        file = documents.attach(session, PDF, "证明.pdf", "farmer", AT)
        documents.adopt(session, [file], 7, "farmer")
        with pytest.raises(documents.ForeignFile):
            documents.adopt(session, [file], 8, "stranger")
        assert set(session.scalars(sa.select(Attachment.case_key))) == {7}


def test_a_signed_print_is_frozen_and_a_change_is_the_next_revision(database: Database) -> None:
    with database.begin() as session:
        first = documents.freeze(session, 7, "application", PDF, "farmer", AT, task_key=3)
        second = documents.freeze(session, 7, "application", PDF + b"\n", "farmer", AT)
        other = documents.freeze(session, 7, "verification", PDF, "clerk", AT)
    assert (first.revision, second.revision, other.revision) == (1, 2, 1)
    with database.read() as session:
        kept: list[SignedPrint] = documents.signed_prints(session, 7, "application")
        assert [documents.read(session, k.sha256)[0] for k in kept] == [PDF, PDF + b"\n"]
        assert len(documents.signed_prints(session, 7)) == 3
