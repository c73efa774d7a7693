"""Tables as an XLSX file. Imported only when a file is fetched: openpyxl takes its time."""

import io
import re
from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bot.web.sheet import Sheet, Value
from knowledge.private import mask

WIDTHS = {"内容": 60, "名称": 30, "来源群": 22, "地点": 18, "组织": 20, "状态": 18, "备注": 24} | {
    **dict.fromkeys(("时间", "办结时间", "签到时间", "登记时间", "可用时间"), 18),
    **dict.fromkeys(("报事人单位", "单位", "提供单位"), 24),
}

HEAD = PatternFill("solid", fgColor="F8E9E6")

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what the file format cannot hold


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """The XLSX file of some tables. Numbers of phones and identity cards are starred out; nothing is a formula."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _fill(book.create_sheet(sheet.title), sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(page: Worksheet, sheet: Sheet) -> None:
    for line, values in enumerate((sheet.head, *sheet.rows), 1):
        for column, value in enumerate(values, 1):
            cell = page.cell(line, column)
            assert isinstance(cell, Cell)  # nothing is merged
            _put(cell, value)
    for column, name in enumerate(sheet.head, 1):
        page.cell(1, column).font = Font(bold=True)
        page.cell(1, column).fill = HEAD
        page.column_dimensions[get_column_letter(column)].width = WIDTHS.get(name, 12)
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"  # printed, a list is as wide as the paper, with its head on every sheet
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.auto_filter.ref = page.dimensions


def _put(cell: Cell, value: Value) -> None:
    if isinstance(value, int):
        cell.value = value
        cell.alignment = Alignment(vertical="top", horizontal="left")
        return
    cell.value = _UNSTORABLE.sub("", mask(value))
    cell.data_type = "s"  # what somebody wrote in a chat is text, also where it begins with =
    cell.alignment = Alignment(vertical="top", wrap_text="\n" in value or len(value) > 20)
