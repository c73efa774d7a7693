"""`chuishao faq`: entries come in from what offices have, with a report, and go out again."""

import zipfile
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook, load_workbook

from tests.cli.conftest import Command

DOCX = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


def sheet(path: Path, *lines: tuple[str | int | None, ...]) -> Path:
    book = Workbook()
    page = book.worksheets[0]
    for line in lines:
        page.append(line)
    book.save(path)
    return path


def document(path: Path, *paragraphs: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
        archive.writestr("word/document.xml", DOCX.format(body))
    return path


def test_a_sheet_is_imported_with_a_report_of_what_is_wrong(command: Command, tmp_path: Path) -> None:
    db = f"sqlite:///{tmp_path}/faq.db"
    file = sheet(
        tmp_path / "本区.xlsx",
        ("问题", "答案", "依据", "有效期至", "类别", "相似问法"),
        (
            "停暖报停几月几号前办？",
            "每年10月15日前到热力公司窗口办。",
            "《区供热办法》",
            "2027年12月31日",
            "物业服务",
            "报停暖气；停暖",
        ),
        ("只有问题", "", "《区供热办法》", "", "", ""),
        ("犬证去哪办？", "街道综合窗口。", "", "", "", ""),
        ("犬证多少钱？", "免费。", "《养犬条例》", "明年底", "", ""),
    )
    status, tried, _ = command("faq", "import", str(file), "--dry-run", "--db", db)
    assert status == 1
    assert tried.startswith("试运行，没有写入：新增 1 条，更新 0 条，没有变化 0 条，拒绝 3 行。")
    assert "拒绝 第3行：没有写答案" in tried and "拒绝 第4行：没有写依据" in tried and "不是日期" in tried

    command("faq", "import", str(file), "--db", db, "--author", "王宁")
    _, again, _ = command("faq", "import", str(file), "--db", db, "--author", "王宁", "--source", "区办事指南")
    assert again.startswith("新增 1 条，更新 0 条，没有变化 1 条，拒绝 2 行。")

    for name in ("out.yaml", "out.xlsx"):
        assert command("faq", "export", str(tmp_path / name), "--db", db)[0] == 0
        status, report, _ = command("faq", "import", str(tmp_path / name), "--db", db)
        assert (status, report) == (0, "新增 0 条，更新 0 条，没有变化 260 条，拒绝 0 行。\n")
    taken = next(e for e in yaml.safe_load((tmp_path / "out.yaml").read_bytes()) if e["question"].startswith("停暖"))
    assert (taken["author"], taken["source"]["title"], taken["effective_to"]) == (
        "王宁",
        "《区供热办法》",
        "2027-12-31",
    )
    assert taken["similar"] == ["报停暖气", "停暖"]
    assert load_workbook(tmp_path / "out.xlsx").worksheets[0].max_row == 261


def test_a_document_contradicts_what_is_known(command: Command, tmp_path: Path) -> None:
    db = f"sqlite:///{tmp_path}/faq.db"
    assert "可能矛盾 0 处" in command("faq", "check", "--db", db)[1]
    file = document(
        tmp_path / "产假.docx",
        "本区人社常见问题",
        "问：女职工产假多少天，流产有假吗？",
        "答：产假100天。",
        "流产休20天。",
        "依据：本区通知",
    )
    status, report, _ = command("faq", "import", str(file), "--db", db)
    assert status == 0 and report.startswith("新增 1 条") and "可能矛盾" in report and "maternity-leave" in report
    status, found, _ = command("faq", "check", "--db", db)
    assert status == 1 and "问的是同一件事，数字不同：100、20天" in found


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"x"),
        ("a.xlsx", b"PK\x03\x04broken"),
        ("a.docx", b"no zip"),
        ("a.yaml", b"a: [1"),
        ("a.yaml", b"[" * 100_000),
        ("a.yaml", b"question: x"),
        ("a.csv", "甲,乙\n1,2\n".encode()),
    ],
)
def test_a_file_that_is_no_base_is_refused_in_one_sentence(
    command: Command, tmp_path: Path, name: str, content: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    status, out, error = command("faq", "import", str(file), "--db", f"sqlite:///{tmp_path}/faq.db")
    assert (status, out) == (1, "") and error.startswith(f"{name}：") and error.count("\n") == 1


def test_a_file_too_large_is_refused_unread(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    with file.open("wb") as stream:
        stream.truncate(11 << 20)
    assert "超过 10 MB" in command("faq", "import", str(file), "--db", f"sqlite:///{tmp_path}/faq.db")[2]
