"""Read and write a base as a file: YAML as the starter has it, XLSX and DOCX as offices have it.

Every input is bounded before it is parsed: a file is a stranger's.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import yaml

from knowledge import tables
from knowledge.reasons import reason

MAX_BYTES: Final = 10 << 20
MAX_UNPACKED: Final = 100 << 20
MAX_ROWS: Final = 2_000
MAX_COLUMNS: Final = 40
MAX_DEPTH: Final = 8
COLUMNS: Final = {
    "id": ("编号",),
    "category": ("类别", "分类", "服务组", "服务类别"),
    "topic": ("主题",),
    "question": ("问题", "问", "标准问", "标准问题"),
    "similar": ("相似问法", "相似问", "其他问法", "类似问题"),
    "answer": ("答案", "答", "答复", "回答"),
    "title": ("依据", "来源", "文件", "文件名称", "政策依据"),
    "number": ("文号", "条款"),
    "issuer": ("发布单位", "发文单位", "发布机关"),
    "date": ("发布日期", "印发日期"),
    "effective_from": ("生效日期", "施行日期", "有效期起"),
    "effective_to": ("失效日期", "有效期至", "有效期止", "截止日期"),
    "confidence": ("把握",),
    "local_varies": ("各地不同",),
    "keywords": ("关键词",),
    "checked_on": ("核对日期", "核对于"),
    "author": ("作者", "填报人", "提供人"),
}
"""The fields of a row, with what people write over the column; the first is what an export writes."""
_NAMED: Final = {name: field for field, names in COLUMNS.items() for name in (field, *names)}
_SPLIT: Final = re.compile(r"[;；|\n]+")
_LABEL: Final = re.compile(r"\s*([^:：\s]{1,6})\s*[:：]\s*(.*)", re.DOTALL)
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class UnreadableFile(ValueError):
    """A file that cannot be taken at all; the text is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as it stands in a file: where, and its fields by the names of COLUMNS."""

    place: str
    fields: Mapping[str, Any]


def rows_of(path: Path) -> list[Row]:
    """Read the rows of a YAML, XLSX, CSV or DOCX file. Raises UnreadableFile."""
    readers = {".yaml": _yaml, ".yml": _yaml, ".xlsx": _sheet, ".csv": _sheet, ".docx": _docx}
    read = readers.get(path.suffix.lower())
    if read is None:
        raise UnreadableFile("只认 .yaml、.xlsx、.csv、.docx 文件。")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFile(f"文件超过 {MAX_BYTES >> 20} MB，请分成几个。")
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"打不开文件：{reason(error)}。") from error
    found = list(islice(read(content), MAX_ROWS + 1))
    if len(found) > MAX_ROWS:
        raise UnreadableFile(f"超过 {MAX_ROWS} 条，请分成几个文件。")
    if not found:
        raise UnreadableFile("没有读到条目：表格第一行应有「问题」「答案」「依据」等列名。")
    return found


def _yaml(content: bytes) -> Iterator[Row]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_depth(content, loader)
        listed = yaml.load(content, Loader=loader)
    except UnreadableFile:
        raise
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableFile("不是正确的 YAML。") from error
    if not isinstance(listed, list):
        raise UnreadableFile("YAML 应当是条目的列表。")
    for number, fields in enumerate(listed, 1):
        yield Row(f"第{number}条", _flat(fields) if isinstance(fields, Mapping) else {})


def _check_depth(content: bytes, loader: Any) -> None:
    """A few thousand brackets would overflow the stack of the C loader, and with it end the process."""
    depth = 0
    for event in yaml.parse(content, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise UnreadableFile("YAML 嵌套太深。")


def _flat(fields: Mapping[Any, Any]) -> dict[str, Any]:
    """Take an entry's own form apart: its source's fields stand beside the others."""
    source = fields.get("source")
    inner = source if isinstance(source, Mapping) else {}
    return {_NAMED[name]: value for name, value in {**fields, **inner}.items() if name in _NAMED}


def _sheet(content: bytes) -> Iterator[Row]:
    try:
        lines = tables.read(content)
    except tables.UnreadableTable as error:
        raise UnreadableFile(str(error)) from error
    if len(lines) > tables.MAX_ROWS:
        raise UnreadableFile(f"超过 {MAX_ROWS} 条，请分成几个文件。")
    yield from _table("", lines)


def _docx(content: bytes) -> Iterator[Row]:
    """Tables with a line of column names, or paragraphs 问：…答：…依据：…"""
    _check_unpacked(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            body = ElementTree.fromstring(archive.read("word/document.xml"))
    except (KeyError, zipfile.BadZipFile, ElementTree.ParseError) as error:
        raise UnreadableFile("不是能读的 DOCX 文件，请用 Word 或 WPS 另存一次。") from error
    for number, table in enumerate(body.iter(f"{_WORD}tbl"), 1):
        lines = ([_text(cell) for cell in line.iter(f"{_WORD}tc")][:MAX_COLUMNS] for line in table.iter(f"{_WORD}tr"))
        yield from _table(f"表{number}", lines)
    yield from _paragraphs(_text(paragraph) for paragraph in body.iterfind(f"{_WORD}body/{_WORD}p"))


def _text(element: ElementTree.Element) -> str:
    paragraphs = [element] if element.tag == f"{_WORD}p" else element.iter(f"{_WORD}p")
    return "\n".join("".join(part.text or "" for part in each.iter(f"{_WORD}t")) for each in paragraphs).strip()


def _check_unpacked(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableFile("文件损坏，或者不是 Office 文件。") from error
    if size > MAX_UNPACKED:
        raise UnreadableFile("文件展开后太大。")


def _table(name: str, lines: Iterable[Sequence[Any]]) -> Iterator[Row]:
    fields: list[str | None] = []
    for number, line in enumerate(lines, 1):
        if not fields:
            fields = [_NAMED.get(str(cell or "").strip()) for cell in line]
            if "question" not in fields or "answer" not in fields:
                return
        elif any(cell not in (None, "") for cell in line):
            found = {field: cell for field, cell in zip(fields, line, strict=False) if field and cell not in (None, "")}
            yield Row(f"{name}第{number}行", found)


def _paragraphs(texts: Iterable[str]) -> Iterator[Row]:
    fields: dict[str, Any] = {}
    last, count = "", 0
    for text in texts:
        label = _LABEL.fullmatch(text)
        field = _NAMED.get(label[1]) if label else None
        if field == "question" and fields:
            yield Row(f"第{(count := count + 1)}问", fields)
            fields = {}
        if label and field and (fields or field == "question"):
            fields[field], last = label[2].strip(), field
        elif fields and text:
            fields[last] = f"{fields[last]}\n{text}"
    if fields:
        yield Row(f"第{count + 1}问", fields)


def listed(value: Any) -> list[str]:
    """Take a list apart that stands in one cell, or is one already."""
    parts = value if isinstance(value, list | tuple) else _SPLIT.split(str(value or ""))
    return [part for part in (str(part).strip() for part in islice(parts, MAX_ROWS)) if part]


def cell_of(value: object) -> str:
    """Write a value as it stands in one cell."""
    if isinstance(value, tuple):
        return "；".join(map(str, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.isoformat() if isinstance(value, date) else str(value or "")
