"""The bytes of files that people send, kept under their digest: the same picture sent twice is one file.

What a file is, its first bytes say, never its name; what is not on the list is not kept.
"""

import hashlib
import os
import re
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

from bot.messages import Attached

MAX_FILE = 20 * 1024 * 1024
"""Bytes of one file."""
REFUSED = "只收 20 MB 以内的图片、PDF、Word、Excel、PPT 和 MP4 视频。"

_MAGIC = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"%PDF-\d"), "application/pdf"),
    (re.compile(rb"....ftyp(?:isom|iso\d|mp4[12]|avc1|M4V |MSNV|qt  )", re.DOTALL), "video/mp4"),
)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": SHEET,
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNNAMEABLE = re.compile(r"[\x00-\x1f\x7f/\\\ud800-\udfff]")


class NotKept(Exception):
    """The file is too large, or of a kind that is not kept; the text says so to people."""


def kind_of(content: bytes) -> str | None:
    """The media type of a file by its content; None for what is not kept."""
    for magic, kind in _MAGIC:
        if magic.match(content):
            return kind
    return _office(content) if content.startswith(b"PK\x03\x04") else None


def _office(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for start, kind in _OFFICE.items() if any(name.startswith(start) for name in names)), None)


def can_hold(folder: Path) -> bool:
    """Whether files can be written there, or the folder be made; leaves no trace."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            return True
    except OSError:
        return False


class FileStore:
    """A folder of files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: bytes, name: str) -> Attached:
        """Keep a file; when this returns, it survives a crash. Raises NotKept."""
        kind = kind_of(content) if len(content) <= MAX_FILE else None
        if kind is None:
            raise NotKept(REFUSED)
        digest = hashlib.sha256(content).hexdigest()
        self._put(digest, content)
        return Attached(digest, kind, len(content), _UNNAMEABLE.sub("", name).strip()[-80:] or "附件")

    def find(self, digest: str) -> Path | None:
        """Where the file of that digest lies; None where there is none."""
        path = self._path(digest) if _DIGEST.fullmatch(digest) else None
        return path if path and path.is_file() else None

    def everything(self) -> Iterator[Path]:
        """All that is kept; the name of a file is its digest."""
        return (path for path in sorted(self._folder.glob("??/*")) if _DIGEST.fullmatch(path.name))

    def put_back(self, digest: str, content: bytes) -> bool:
        """Keep a file of a backup; False where its content is not what its digest says."""
        if hashlib.sha256(content).hexdigest() != digest:
            return False
        self._put(digest, content)
        return True

    def remove_others(self, wanted: Collection[str], before: datetime) -> int:
        """Let go of what nothing refers to and what was handed in before a moment; how many files.

        What was handed in lately may belong to a message that is still on its way.
        """
        found = [path for path in self.everything() if path.name not in wanted]
        gone = [path for path in found if path.stat().st_mtime < before.timestamp()]
        for path in gone:
            path.unlink()
        return len(gone)

    def _put(self, digest: str, content: bytes) -> None:
        path = self._path(digest)
        if path.exists():
            os.utime(path)
        else:
            _write(path, content)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(content)
        part.flush()
        os.fsync(part.fileno())
    Path(part.name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
