"""Pictures, tables and chat logs through the real program and page: from the entry to the desk that reads them."""

import asyncio
import struct
import zlib
from pathlib import Path

import pytest
from aiohttp import ClientSession
from openpyxl import Workbook
from playwright.async_api import Page, expect

from tests.core.process import Bot
from tests.web.test_groups import speak_as
from tests.web.test_tour import DESK, GROUP, PRIVATE, bot, go, page

__all__ = ["bot", "page"]  # fixtures


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = (b"\0" + bytes(colour) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def orders(path: Path) -> Path:
    book = Workbook()
    assert book.active is not None
    book.active.append(("工单编号", "诉求人", "联系电话", "诉求内容", "办理时限"))
    book.active.append(("B0001", "张三", "13900001111", "海纳商圈2号楼电梯停运两天", "5个工作日"))
    book.active.append(("B0002", "李四", "1390", "井盖坏了两天没人管", "5个工作日"))
    book.save(path)
    return path


async def say(page: Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.locator("#send").click()


async def bot_said(page: Page, text: str) -> None:
    await expect(page.locator(".line.from-bot .bubble-text", has_text=text).last).to_be_visible()


@pytest.mark.asyncio
async def test_files_and_logs_reach_those_who_need_them(bot: Bot, page: Page, tmp_path: Path) -> None:
    first, second = tmp_path / "货梯.png", tmp_path / "门.png"
    first.write_bytes(png(400, 300, (180, 60, 50)))
    second.write_bytes(png(200, 300, (60, 90, 180)))

    await go(page, GROUP)
    await speak_as(page, "刘芳")
    await page.locator("#file").set_input_files(first)
    await expect(page.locator(".attached")).to_contain_text("货梯.png")
    await say(page, "@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781")
    await bot_said(page, "已登记诉求101号")
    await expect(page.locator(".line.own .picture-link img")).to_have_count(1)
    await page.locator("#file").set_input_files(second)
    await page.locator("#send").click()
    await expect(page.locator(".line.own .picture-link img")).to_have_count(2)

    await go(page, DESK)
    await bot_said(page, "附件1个。")
    await bot_said(page, "诉求101号补充附件1个。")
    shown = page.locator(".line.from-bot .picture-link img")
    await expect(shown).to_have_count(2)
    assert await shown.first.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 400
    address = await shown.first.get_attribute("src")
    async with ClientSession(f"http://127.0.0.1:{bot.port}") as session, session.get(str(address)) as response:
        assert (response.status, response.content_type) == (200, "image/png")
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert await response.read() == first.read_bytes()
    kept = [
        path for path in await asyncio.to_thread(lambda: list((tmp_path / "var/files").rglob("*"))) if path.is_file()
    ]
    assert len(kept) == 2

    await speak_as(page, "蔡宁")
    await go(page, PRIVATE)
    await page.locator("#file").set_input_files(orders(tmp_path / "工单.xlsx"))
    await page.locator("#send").click()
    await bot_said(page, "读到1条工单。\n有1行不能导入：\n第3行：电话「139…」有误")
    await say(page, "确认导入")
    await bot_said(page, "新登记1件：诉求102号，已派到各服务组。")

    log = tmp_path / "聊天记录.txt"
    log.write_text(
        "海纳商圈党建群的聊天记录\n王敏 昨天 09:12\n4号楼厕所漏水，请派人修，电话13900007784\n赵强 昨天 09:13\n辛苦了"
    )
    await page.locator("#file").set_input_files(log)
    await page.locator("#send").click()
    await bot_said(page, "读了2条：新登记诉求103号（王敏）；其余没有要办的。")
