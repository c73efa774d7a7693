"""The first sheet of an XLSX file or the rows of a CSV file as plain text cells. A file is a stranger's: bounded."""

import csv
import io
import zipfile
import zlib
from datetime import date, datetime
from typing import Any, Final
from xml.etree.ElementTree import ParseError

MAX_ROWS: Final = 2_000
MAX_COLUMNS: Final = 60
MAX_CELL: Final = 5_000
MAX_UNPACKED: Final = 32 << 20

_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, ParseError, LookupError, ValueError, TypeError, AttributeError),
    *(OSError, EOFError, RuntimeError),
)
"""What openpyxl and zipfile raise on what is no workbook, a broken one, or one with a password."""


class UnreadableTable(ValueError):
    """A file that is no table; the text is a Chinese sentence."""


def read(content: bytes) -> list[list[str]]:
    """The rows of a table, blank ones too, so that line numbers are those of the file. Raises UnreadableTable."""
    return _xlsx(content) if content.startswith(b"PK") else _csv(content)


def _csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        dialect: Any = "excel-tab" if "\t" in text.split("\n", 1)[0] else "excel"
        try:
            return [row[:MAX_COLUMNS] for row in csv.reader(io.StringIO(text), dialect)][: MAX_ROWS + 1]
        except csv.Error as error:
            raise UnreadableTable("这个文件不是表格，请另存为 .xlsx 再试。") from error
    raise UnreadableTable("这个文件不是表格，请另存为 .xlsx 再试。")


def _xlsx(content: bytes) -> list[list[str]]:
    from openpyxl import load_workbook  # takes a tenth of the time of a start
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(item.file_size for item in package.infolist()) > MAX_UNPACKED:
                raise UnreadableTable("表格展开后太大，请删去图片和空白页再试。")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        page = book.worksheets[0]
        page.reset_dimensions()  # a file may claim a million columns
        rows = page.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)
        found = [[_text(cell) for cell in row] for row in rows]
        book.close()
    except UnreadableTable:
        raise
    except (InvalidFileException, *_BROKEN) as error:
        raise UnreadableTable("这个文件打不开，请另存为 .xlsx 再试。") from error
    return found


def _text(cell: object) -> str:
    """As people see it: a moment without seconds, a number without .0."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}" if (cell.hour or cell.minute) else f"{cell:%Y-%m-%d}"
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)[:MAX_CELL].strip()
