"""A backup as one file: a tar of the rows (bot.backup), the files that people sent, and a last word that counts them.

A backup of before is the gzipped rows alone; it is read as well.
"""

import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from bot.backup import Broken
from bot.files import FileStore

ROWS, FOLDER, LAST = "rows.jsonl.gz", "files/", "last.json"
GZIP = b"\x1f\x8b"


def pack(out: IO[bytes], rows: Path, files: FileStore) -> int:
    """Write the archive; how many files are in it. One that goes meanwhile is wanted by no row."""
    count = 0
    with tarfile.open(fileobj=out, mode="w") as tar:
        tar.add(rows, ROWS)
        for path in files.everything():
            try:
                tar.add(path, f"{FOLDER}{path.name}")
            except FileNotFoundError:
                continue
            count += 1
        last = json.dumps({"files": count}).encode()
        told = tarfile.TarInfo(LAST)
        told.size = len(last)
        tar.addfile(told, BytesIO(last))
    return count


@dataclass(frozen=True, slots=True)
class Archive:
    """What is in a backup."""

    rows: IO[bytes]
    tar: tarfile.TarFile | None = None

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The digest and the content of each file."""
        for member in self.tar or ():
            content = self.tar.extractfile(member) if self.tar and member.name.startswith(FOLDER) else None
            if content:
                yield member.name.removeprefix(FOLDER), content.read()


@contextmanager
def opened(source: IO[bytes]) -> Iterator[Archive]:
    """A backup of either kind. Raises Broken."""
    start = source.read(len(GZIP))
    source.seek(0)
    if start == GZIP:
        yield Archive(source)
        return
    try:
        with tarfile.open(fileobj=source, mode="r:") as tar:
            yield Archive(_whole(tar), tar)
    except tarfile.TarError as error:
        raise Broken("读不出来") from error


def _whole(tar: tarfile.TarFile) -> IO[bytes]:
    """The rows of an archive that is complete. Raises Broken."""
    names = tar.getnames()
    last = tar.extractfile(LAST) if names and names[-1] == LAST else None
    rows = tar.extractfile(ROWS) if names and names[0] == ROWS else None
    if last is None or rows is None or json.load(last)["files"] != len(names) - 2:
        raise Broken("没有写完")
    return rows
