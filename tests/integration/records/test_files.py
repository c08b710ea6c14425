"""Attachments: only what is allowed, nothing of EXIF, encrypted on the disk, gone when due."""

from __future__ import annotations

import io
import os
import struct
import uuid
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from django.db import transaction
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from madoguchi.catalog.queries import AppRevision
from madoguchi.definition.fields import AnyField, FileField
from madoguchi.definition.text import Text
from madoguchi.lib.vault import VaultError
from madoguchi.records import files, tasks
from madoguchi.records.actor import SYSTEM
from madoguchi.records.models import Event, StoredFile
from madoguchi.records.write import create_record, fire_trigger
from tests.samples import certificate_answers

pytestmark = pytest.mark.django_db
GPS_LATITUDE, ORIENTATION, MAKER = 2, 0x0112, 0x010F


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


def picture(format_: str = "JPEG", size: tuple[int, int] = (600, 300), **options: Any) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    image.save(out, format_, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    found = Image.Exif()
    found[MAKER] = "SECRETPHONE"
    found[ORIENTATION] = orientation
    found.get_ifd(0x8825)[GPS_LATITUDE] = (35.0, 43.0, 19.0)
    return found


def store(app: AppRevision, data: bytes, *, field: AnyField | None = None, **options: Any) -> StoredFile:
    options.setdefault("interview_id", uuid.uuid4())
    options.setdefault("name", "IMG_0001.JPG")
    chosen = field or app.definition.by_code["身分証おもて"]
    return files.store_upload(app=app, field=chosen, data=data, content_type="image/jpeg", **options)


def document() -> FileField:
    return FileField(id=901, code="添付", label=Text({"ja": "添付"}))


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_pictures_of_every_phone_become_jpeg_with_a_thumbnail(published_app: AppRevision, format_: str) -> None:
    file = store(published_app, picture(format_))
    assert opened(files.read_file(file)).format == "JPEG"
    assert opened(files.read_file(file)).size == (600, 300)
    assert max(opened(files.read_thumbnail(file)).size) == 480
    assert (file.content_type, file.identity, file.original_name) == ("image/jpeg", True, "")
    assert file.has_thumbnail


def test_nothing_of_exif_survives(published_app: AppRevision) -> None:
    data = picture(exif=exif(), comment=b"SECRETPHONE")
    assert b"SECRETPHONE" in data
    file = store(published_app, data)
    for kept in (files.read_file(file), files.read_thumbnail(file)):
        assert b"SECRETPHONE" not in kept
        assert not opened(kept).getexif()
        assert "comment" not in opened(kept).info


def test_a_picture_taken_sideways_is_turned_upright(published_app: AppRevision) -> None:
    assert opened(files.read_file(store(published_app, picture(exif=exif(6))))).size == (300, 600)


def test_a_sideways_heic_is_turned_once(published_app: AppRevision) -> None:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (600, 300))).save(out, exif=exif(6).tobytes())
    assert opened(files.read_file(store(published_app, out.getvalue()))).size == (300, 600)


def test_a_huge_picture_is_made_smaller(published_app: AppRevision) -> None:
    assert opened(files.read_file(store(published_app, picture(size=(5000, 100))))).size == (4096, 82)


def test_transparency_becomes_white(published_app: AppRevision) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(files.read_file(store(published_app, out.getvalue()))).getpixel((5, 5)) == (255, 255, 255)


def bomb(side: int) -> bytes:
    """A PNG of a few hundred bytes whose header promises ``side`` × ``side`` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    content = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", content) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空です"),
        (b"MZ\x90\x00 a program", "この形式"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "この形式"),
        (b"GIF89a....", "この形式"),
        (b"%PDF-1.7 a document", "この形式"),
        (b"\xff\xd8\xff not a picture after all", "読み取れません"),
        (picture()[:200], "読み取れません"),
        (picture("HEIF")[:300], "読み取れません"),
        (bomb(30_000), "画素数"),
        (bomb(8_000), "画素数"),
        (picture() + b"\0" * 11 * 1024 * 1024, "大きすぎます。10MB"),
    ],
    ids=["empty", "program", "svg", "gif", "pdf", "garbage", "cut", "cut heic", "bomb", "medium bomb", "too big"],
)
def test_what_is_not_a_good_picture_is_refused_in_words(published_app: AppRevision, data: bytes, words: str) -> None:
    with pytest.raises(files.FileRefused, match=words):
        store(published_app, data)
    assert StoredFile.objects.count() == 0


def test_a_document_may_be_a_pdf_and_keeps_its_name(published_app: AppRevision) -> None:
    pdf = b"%PDF-1.7\n1 0 obj"
    file = store(published_app, pdf, field=document(), name="../../etc/委任状\n.pdf")
    assert files.read_file(file) == pdf
    assert (file.content_type, file.original_name, file.has_thumbnail) == ("application/pdf", "委任状.pdf", False)


def test_a_text_field_takes_no_file(published_app: AppRevision) -> None:
    with pytest.raises(files.FileRefused):
        store(published_app, picture(), field=published_app.definition.by_code["使いみち"])


def test_one_interview_cannot_fill_the_disk(published_app: AppRevision, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_PER_INTERVIEW", 2)
    interview_id = uuid.uuid4()
    for _ in range(2):
        store(published_app, picture(), interview_id=interview_id)
    with pytest.raises(files.FileRefused, match="多すぎます"):
        store(published_app, picture(), interview_id=interview_id)


def test_the_disk_holds_nothing_readable(published_app: AppRevision, folder: Path) -> None:
    file = store(published_app, picture())
    on_disk = [path for path in folder.rglob("*") if path.is_file()]
    assert len(on_disk) == 2
    assert all(b"\xff\xd8\xff" not in path.read_bytes()[:64] and b"JFIF" not in path.read_bytes() for path in on_disk)
    assert all(path.parent.name == file.id.hex[:2] for path in on_disk)


def test_a_file_put_in_anothers_place_is_not_opened(published_app: AppRevision) -> None:
    one, other = store(published_app, picture()), store(published_app, picture())
    files._path(one.id).write_bytes(files._path(other.id).read_bytes())
    with pytest.raises(VaultError):
        files.read_file(one)


def test_the_record_takes_what_was_kept_and_the_rest_is_deleted(
    published_app: AppRevision, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, folder: Path
) -> None:
    interview_id = uuid.uuid4()
    kept, replaced = (store(published_app, picture(), interview_id=interview_id) for _ in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        files.attach_files(interview_id, 5, keep=[str(kept.id)])
    kept.refresh_from_db()
    replaced.refresh_from_db()
    assert (kept.record_id, kept.delete_after, kept.deleted_at) == (5, None, None)
    assert (replaced.record_id, replaced.deleted_at is not None) == (None, True)
    assert not files._path(replaced.id).exists()


def test_a_deleted_file_is_gone_from_the_disk_and_its_row_remains(
    published_app: AppRevision, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, folder: Path
) -> None:
    file = store(published_app, picture())
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            files.delete_file(file)
    with pytest.raises(FileNotFoundError):
        files.read_file(file)
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert StoredFile.objects.get().deleted_at is not None


def test_a_deletion_that_is_rolled_back_loses_nothing(published_app: AppRevision) -> None:
    file = store(published_app, picture())
    with pytest.raises(RuntimeError), transaction.atomic():
        files.delete_file(file)
        raise RuntimeError
    assert files.read_file(file)


def test_id_pictures_are_deleted_some_days_after_the_end_and_the_record_says_so(
    published_app: AppRevision, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    interview_id = uuid.uuid4()
    file = store(published_app, picture(), interview_id=interview_id)
    ref = create_record(
        app=published_app, values=certificate_answers(), actor=SYSTEM, interview_id=interview_id,
        status="awaiting_payment",
    )
    files.attach_files(interview_id, ref.record_id)
    ended = fire_trigger(app_id=published_app.app_id, record_id=ref.record_id, trigger="payment_expiry", actor=SYSTEM)
    assert ended is not None
    file.refresh_from_db()
    assert file.delete_after is not None
    assert published_app.definition.procedure is not None
    days = published_app.definition.procedure.identity_photo_days
    assert timedelta(days=days - 1) < file.delete_after - timezone.now() <= timedelta(days=days)
    tasks.delete_due_files(timestamp=0)
    assert files.read_file(file)
    StoredFile.objects.update(delete_after=timezone.now() - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.delete_due_files(timestamp=0)
    with pytest.raises(FileNotFoundError):
        files.read_file(file)
    event = Event.objects.filter(kind="file_deleted").get()
    assert event.data["file"] == str(file.id)


def test_content_that_no_row_wants_is_swept_after_a_day(published_app: AppRevision, folder: Path) -> None:
    kept = store(published_app, picture())
    orphan, fresh, half_written = (folder / "ab" / name for name in (str(uuid.uuid4()), str(uuid.uuid4()), ".tmp123"))
    orphan.parent.mkdir(exist_ok=True)
    old = (timezone.now() - timedelta(days=2)).timestamp()
    for path in (orphan, fresh, half_written):
        path.write_bytes(b"x")
    for path in (orphan, half_written, files._path(kept.id)):
        os.utime(path, (old, old))
    tasks.sweep_orphans(timestamp=0)
    assert not orphan.exists()
    assert not half_written.exists()
    assert fresh.exists()
    assert files.read_file(kept)
