"""The page of the local groups, in a real Chromium against a real server (see rehearsal.py)."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.messages import MAX_TEXT, Incoming, private_chat
from bot.web.groups import LINES, Line
from tests.provision import chromium
from tests.web.rehearsal import Memory, Stage, serving

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PARK, DESK = "火炬园区企业服务群", "部门经办人工作群"
DESKTOP, PHONE = (1280, 800), (375, 812)

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one Chromium for all: starting it takes three seconds

Visit = Callable[..., AbstractAsyncContextManager[Page]]


def answer(message: Incoming) -> str | None:
    """A bot that registers whatever is said to it."""
    return f"已登记诉求123号：{message.sender_name}" if message.mentioned or message.private else None


@pytest_asyncio.fixture(loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    async with serving(Memory(answer=answer)) as stage:
        yield stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = chromium.executable()
    assert path, "run `make test-setup` first: the browser tests need Chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser) -> Visit:
    """Open the page as a new visitor; leaving it fails when the page threw or broke its own content policy."""

    @asynccontextmanager
    async def visit(url: str, size: tuple[int, int] = DESKTOP, *, touch: bool = False) -> AsyncIterator[Page]:
        faults: list[str] = []
        width, height = size
        page = await browser.new_page(viewport={"width": width, "height": height}, has_touch=touch, is_mobile=touch)
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        await page.goto(url)
        await page.locator(".chat-item").first.wait_for()
        yield page
        await page.close()
        assert not faults

    return visit


async def enter(page: Page, title: str) -> None:
    await page.locator(".chat-item", has_text=title).click()
    await expect(page.locator("#chat-title")).to_have_text(title)


async def speak_as(page: Page, name: str) -> None:
    await page.locator(".speaker").click()
    await page.get_by_role("radio", name=name).click()


async def test_says_something_and_sees_the_answer_live(stage: Stage, visit: Visit) -> None:
    async with visit(stage.url) as page:
        await enter(page, PARK)
        await page.locator("#text").fill("@小红 3号楼电梯坏了")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("请派人修")
        await page.keyboard.press("Enter")

        await expect(page.locator(".line.own .bubble-text")).to_have_text("@小红 3号楼电梯坏了\n请派人修")
        await expect(page.locator(".line.from-bot .bubble-text")).to_have_text("已登记诉求123号：王敏")
        await expect(page.locator("#text")).to_have_value("")
        await expect(page.locator(".chat-item .dot")).to_have_count(0)  # what is on the screen has been seen

    [said] = stage.memory.accepted
    assert (said.sender, said.role, said.chat, said.chat_title) == ("wangmin", "company", "g:park", PARK)
    assert said.mentioned
    assert not said.private


async def test_a_tour_leads_from_the_need_to_the_desk(stage: Stage, visit: Visit) -> None:
    async with visit(stage.url) as page:
        await page.locator(".step-try", has_text="3号楼电梯坏了").click()
        await page.locator("#send").click()
        await expect(page.locator(".line.from-bot")).to_have_count(1)

        await page.get_by_role("button", name="上手指引").last.click()
        await page.locator("#guide .step-try", has_text="接单 123").click()

        await expect(page.locator("#chat-title")).to_have_text(DESK)
        await expect(page.locator("#text")).to_have_value("@小红 接单 123")
        await page.keyboard.press("Enter")
        await expect(page.locator(".line.own .said-name")).to_have_text("刘洁")
    assert [one.role for one in stage.memory.accepted] == ["company", "handler"]


async def test_a_private_chat_belongs_to_the_speaker(stage: Stage, visit: Visit) -> None:
    async with visit(stage.url) as page:
        await enter(page, "与小红私聊")
        await page.locator(".phrase", has_text="3号楼电梯坏了").click()
        await page.keyboard.press("Enter")
        await expect(page.locator(".line.from-bot")).to_have_count(1)

        await speak_as(page, "孙丽")
        await expect(page.locator(".line")).to_have_count(0)
        await stage.bot_says(private_chat("wangmin"), "诉求123号已接单")
        await page.locator(".speaker").click()
        await expect(page.get_by_role("radio", name="王敏")).to_contain_text("小红有新私聊")
    [said] = stage.memory.accepted
    assert said.private
    assert not said.mentioned
    assert said.text.startswith("3号楼")


async def test_quotes_in_the_wechat_form(stage: Stage, visit: Visit) -> None:
    await stage.bot_says("g:park", "诉求7号待接单")
    async with visit(stage.url) as page:
        await enter(page, PARK)
        await page.locator(".line.from-bot").hover()
        await page.get_by_role("button", name="引用小红的消息").click()
        await page.keyboard.type("我来办")
        await page.keyboard.press("Enter")
        await expect(page.locator(".line.own .quote")).to_have_text("小红：诉求7号待接单")
        await expect(page.locator(".line.own .bubble-text")).to_have_text("@小红 我来办")
    dashes = "- - - - - - - - - - - - - - -"
    assert stage.memory.accepted[0].text == f"「小红:诉求7号待接单」\n{dashes}\n@小红 我来办"


async def test_on_a_phone_list_and_chat_take_turns(stage: Stage, visit: Visit) -> None:
    async with visit(stage.url, PHONE, touch=True) as page:
        await expect(page.locator("#start-card")).to_be_visible()
        await expect(page.locator("#chat")).to_be_hidden()
        await enter(page, PARK)
        await expect(page.locator("#chats")).to_be_hidden()
        await stage.bot_says("g:handlers", "有一条新诉求")
        await page.get_by_role("link", name="返回会话列表").click()
        await expect(page.locator(".chat-item", has=page.locator(".dot"))).to_contain_text(DESK)
        overflow = "document.documentElement.scrollWidth > innerWidth"
        assert not await page.evaluate(overflow)
        await page.go_back()
        await expect(page.locator("#chat-title")).to_have_text(PARK)
        assert not await page.evaluate(overflow)


async def test_a_file_becomes_a_message_and_a_big_one_a_sentence(stage: Stage, visit: Visit, tmp_path: Path) -> None:
    chain, log, picture = tmp_path / "接龙.txt", tmp_path / "群聊.jsonl", tmp_path / "照片.txt"
    chain.write_bytes("#接龙\r\n1. 张伟\r\n2. 李娜".encode("gb18030"))
    log.write_text("长" * (MAX_TEXT + 1), encoding="utf-8")
    picture.write_bytes(b"\x89PNG\x00\x00\xff")
    page_of_html = tmp_path / "照片.png"
    page_of_html.write_text("<script>alert(1)</script>")
    async with visit(stage.url) as page:
        await enter(page, PARK)
        await page.locator("#file").set_input_files(chain)
        await expect(page.locator("#text")).to_have_value("#接龙\n1. 张伟\n2. 李娜")
        await page.locator("#file").set_input_files(log)
        await expect(page.locator("#alert")).to_have_text(
            "「群聊.jsonl」有 20,001 字，超过一条消息 20,000 字的上限，请拆分后再传。"
        )
        await page.locator("#file").set_input_files(picture)
        await expect(page.locator("#alert")).to_contain_text("不是文本文件")
        await page.locator("#file").set_input_files(page_of_html)
        await expect(page.locator("#alert")).to_contain_text("只收 20 MB 以内的图片")
        await expect(page.locator(".attached")).to_have_count(0)
        await page.locator("#send").click()
        await expect(page.locator(".line.own .bubble-text")).to_have_text("#接龙\n1. 张伟\n2. 李娜")


async def test_what_could_not_be_sent_is_sent_again_once(stage: Stage, visit: Visit) -> None:
    async with visit(stage.url) as page:
        await enter(page, PARK)
        stage.memory.breaks = True
        await page.locator("#text").fill("<b>断电了</b>")
        await page.keyboard.press("Enter")
        await expect(page.locator(".line.failed .state")).to_contain_text("没发出去")
        stage.memory.breaks = False
        await page.get_by_role("button", name="重发").click()
        await expect(page.locator(".line.failed")).to_have_count(0)
        await expect(page.locator(".line.own .bubble-text")).to_have_text("<b>断电了</b>")
    assert len(stage.memory.accepted) == 1


async def test_after_a_restart_the_page_catches_up(visit: Visit) -> None:
    memory = Memory()
    async with serving(memory) as first:
        port = int(first.url.rsplit(":", 1)[1])
        browsing = visit(first.url)
        page = await browsing.__aenter__()
        await enter(page, PARK)
        await first.bot_says("g:park", "重启之前")
        await expect(page.locator(".line")).to_have_count(1)
    await expect(page.locator("#banner")).to_contain_text("正在重连")
    memory.outgoing("g:park", "停机时说的")
    async with serving(memory, port) as second:
        await expect(page.locator(".bubble-text")).to_have_text(["重启之前", "停机时说的"], timeout=15_000)
        await expect(page.locator("#banner")).to_be_hidden()
        await second.bot_says("g:park", "重启之后")
        await expect(page.locator(".bubble-text").last).to_have_text("重启之后")
        await browsing.__aexit__(None, None, None)


async def test_scrolling_up_reads_older_lines(stage: Stage, visit: Visit) -> None:
    start = datetime.now(UTC) - timedelta(hours=5)
    for number in range(2 * LINES):
        at = start + timedelta(minutes=number)
        stage.memory.lines_kept.append(Line(f"in:{number}", "g:park", "zhangwei", "张伟", f"第{number}条", at, False))
    async with visit(stage.url) as page:
        await enter(page, PARK)
        await expect(page.locator(".line")).to_have_count(LINES)
        await expect(page.locator(".bubble-text").last).to_be_in_viewport()
        await page.locator("#lines-scroll").evaluate("scroll => { scroll.scrollTop = 0 }")
        await expect(page.locator(".line")).to_have_count(2 * LINES)
        await stage.bot_says("g:park", "最新的一条")
        await page.get_by_role("button", name="有新消息").click()
        await expect(page.locator(".bubble-text").last).to_be_in_viewport()
