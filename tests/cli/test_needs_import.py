"""`chuishao needs import`: a table of work orders, tried first, then imported once."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from tests.cli.conftest import Command

HEAD = ("序号", "工单编号", "诉求人", "联系电话", "诉求内容", "办理时限")
ROWS = (
    (1, "B0001", "张三", 13900001111, "海纳商圈3号楼货梯停运两天", datetime(2030, 1, 4, 17, 0)),
    (2, "B0002", "李四", "1390", "井盖坏了两天没人管", "5个工作日"),
    (None, None, None, None, None, None),
    (3, "B0003", "王五", "0631-5550127", "公司想咨询劳动合同纠纷怎么处理", "5个工作日"),
)


def needs(path: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute("SELECT outside_no, contact, phone FROM need ORDER BY id").fetchall()


def test_a_workbook_is_tried_and_then_imported_once(command: Command, sqlite_template: Path, tmp_path: Path) -> None:
    database, file = tmp_path / "chuishao.db", tmp_path / "工单.xlsx"
    database.write_bytes(sqlite_template.read_bytes())
    book = Workbook()
    assert book.active is not None
    for row in (HEAD, *ROWS):
        book.active.append(row)
    book.save(file)
    where = ("--db", f"sqlite:///{database}", "--channel", "replay")

    status, out, err = command("needs", "import", str(file), "--dry-run", *where)
    assert status == 1
    assert out == "试运行，什么也没有登记。\n读到2条工单。\n"
    assert err == "有1行不能导入：\n第3行：电话「139…」有误\n"
    assert needs(database) == []

    status, out, _ = command("needs", "import", str(file), *where)
    assert (status, out) == (1, "新登记2件：诉求101、102号，已派到各服务组。\n")
    assert needs(database) == [("B0001", "张三", "13900001111"), ("B0003", "王五", "0631-5550127")]

    _, out, _ = command("needs", "import", str(file), *where)
    assert out == "已有2件，没有重复登记：B0001就是诉求101号、B0003就是诉求102号。\n"
    assert len(needs(database)) == 2


def test_what_is_no_table_is_refused_with_a_sentence(command: Command, tmp_path: Path) -> None:
    for name, content, sentence in (
        ("照片.xlsx", b"PK\x03\x04broken", "打不开"),
        ("名单.csv", "姓名,年龄\n张三,3\n".encode("gb18030"), "没有认得的列名"),
        ("空.xlsx", b"", "没有认得的列名"),
    ):
        (tmp_path / name).write_bytes(content)
        status, out, err = command("needs", "import", str(tmp_path / name))
        assert (status, out) == (1, "")
        assert sentence in err
    assert "打不开" in command("needs", "import", str(tmp_path / "没有.xlsx"))[2]
