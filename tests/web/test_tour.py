"""The tour of a new user: the real program on a fresh database, driven by clicks and keys in a real Chromium."""

from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
from openpyxl import load_workbook
from playwright.async_api import Locator, Page, async_playwright, expect

from tests.core.process import Bot
from tests.provision import chromium
from tests.web.test_groups import DESKTOP, FLAGS, speak_as

GROUP, DESK, PRIVATE = "海纳商圈党建群", "物业服务组", "与小红私聊"
PATIENCE_MS = 20_000


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bot]:
    bot = Bot("sqlite:///var/chuishao.db", tmp_path)  # as in a fresh clone, which has no var/ yet
    monkeypatch.setenv("CHUISHAO_PUBLIC_URL", f"http://127.0.0.1:{bot.port}")
    monkeypatch.setenv("CHUISHAO_BULK_INTERVAL", "0")
    bot.start(timeout=120)
    yield bot
    bot.stop()


@pytest_asyncio.fixture
async def page(bot: Bot) -> AsyncIterator[Page]:
    path = chromium.executable()
    assert path, "run `make test-setup` first: the browser tests need Chromium"
    faults: list[str] = []
    expect.set_options(timeout=PATIENCE_MS)
    width, height = DESKTOP
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = await browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(f"http://127.0.0.1:{bot.port}/")
        await page.locator(".chat-item").first.wait_for()
        yield page
        await browser.close()
    expect.set_options(timeout=5000)
    assert not faults


async def say(page: Page, name: str, chat: str, text: str) -> Locator:
    """Say it as somebody; what the bot says after it."""
    await page.locator("[data-who]:visible").first.click()
    await page.get_by_role("radio", name=name).click()
    await go(page, chat)
    await page.locator("#text").fill(text)
    await page.keyboard.press("Enter")
    await expect(page.locator(".line.own .bubble-text").last).to_have_text(text)
    return page.locator(".line.own").last.locator("xpath=following-sibling::li[contains(@class, 'from-bot')]")


async def go(page: Page, chat: str) -> None:
    """Open a chat by its title: the last line of another chat may name it too."""
    title = page.locator(".chat-item-title", has_text=chat)
    await page.locator(".chat-item", has=title).click()
    await expect(page.locator("#chat-title")).to_have_text(chat)


WEIGHT = "performance.getEntries().reduce((sum, one) => sum + (one.transferSize ?? 0), 0)"


async def test_a_new_user_takes_the_tour(page: Page) -> None:
    assert 10_000 < await page.evaluate(WEIGHT) < 50_000  # bytes on the wire: phones at the door share one network
    await a_need_from_the_report_to_the_rating(page)
    await three_questions(page)
    await an_activity_with_a_waiting_list(page)
    await a_notice_for_all_groups(page)
    await figures_for_staff_alone(page)


async def a_need_from_the_report_to_the_rating(page: Page) -> None:
    need = "@小红 3号楼货梯坏两天了，麻烦安排人来修，电话13900007781"
    receipt = await say(page, "刘芳", GROUP, need)
    await expect(receipt).to_contain_text("已登记诉求101号（物业服务·3号楼），已派给物业服务组")
    await expect(receipt).to_contain_text("139****7781")

    await expect(await say(page, "郭强", DESK, "接单 101")).to_contain_text("诉求101号由郭强接单")
    await expect(page.locator(".line.from-bot").first).not_to_contain_text("13900007781")
    await go(page, PRIVATE)
    await expect(page.locator(".line.from-bot")).to_contain_text("13900007781")
    await say(page, "郭强", DESK, "101号进展：配件已下单，明天上午到货")
    await expect(await say(page, "郭强", DESK, "101号办结，货梯已恢复")).to_contain_text("已请刘芳评价")

    status = await say(page, "刘芳", GROUP, "@小红 101号办到哪了")
    await expect(status).to_contain_text("已办结")
    told = page.locator(".line.from-bot", has_text="有进展")
    await expect(told.locator(".bubble-text")).to_have_text("诉求101号有进展：配件已下单，明天上午到货")
    await expect(await say(page, "刘芳", GROUP, "@小红 101号满意")).to_contain_text("诉求101号已关闭")


async def three_questions(page: Page) -> None:
    known = await say(page, "林晓", PRIVATE, "生育津贴怎么领")
    await expect(known).to_contain_text("依据：《社会保险法")
    await expect(known).to_contain_text("各地标准不同")

    unsure = await say(page, "林晓", PRIVATE, "贷款下个月到期，有没有贴息政策")
    await expect(unsure).to_contain_text("您想问的是哪一个？请回复数字：")
    await expect(await say(page, "林晓", PRIVATE, "1")).to_contain_text("依据：")

    unknown = await say(page, "林晓", PRIVATE, "宠物狗办证要带什么")
    await expect(unknown).to_contain_text("知识库里还没有答案，已转给综合服务组（问题1号）")
    answered = await say(page, "郭强", "社会服务组", "回复1：带身份证和免疫证到街道窗口")
    await expect(answered).to_contain_text("问题1号的答复已转给林晓")
    await speak_as(page, "林晓")
    await go(page, PRIVATE)
    await expect(page.locator(".line.from-bot").last).to_contain_text("带身份证和免疫证到街道窗口")


async def an_activity_with_a_waiting_list(page: Page) -> None:
    command = "@小红 发布活动：消防体验课，后天下午2点到4点，消防救援站一楼，限2人"
    draft = await say(page, "陈书记", GROUP, command)
    await expect(draft).to_contain_text("未公布")
    await expect(await say(page, "陈书记", GROUP, "确认")).to_contain_text("】消防体验课")
    await expect(await say(page, "林晓", GROUP, "消防体验课报名")).to_contain_text("（1/2）")
    await expect(await say(page, "刘芳", GROUP, "+1")).to_contain_text("（2/2）")
    await expect(await say(page, "于洋", GROUP, "消防体验课报名")).to_contain_text("候补")
    await expect(await say(page, "林晓", GROUP, "取消消防体验课报名")).to_contain_text("已取消")

    chain = await say(page, "陈书记", GROUP, "#接龙\n周五志愿服务报名\n1. 张伟\n2. 李娜 带家属1人")
    await expect(chain).to_contain_text("已记下接龙「周五志愿服务报名」")


async def a_notice_for_all_groups(page: Page) -> None:
    notice = "明天上午9点停水，请各企业提前储水，收到请回复"
    # Urgent, so that the test passes at night as well.
    await expect(await say(page, "陈书记", PRIVATE, f"紧急广播：{notice}")).to_contain_text("还没有发送")
    confirmed = await say(page, "陈书记", PRIVATE, "确认")
    await expect(confirmed.filter(has_text="已送达3/3个群")).to_be_visible()
    await go(page, "云帆科技园企业服务群")
    await expect(page.locator(".line.from-bot .bubble-text")).to_have_text(notice)


async def figures_for_staff_alone(page: Page) -> None:
    await expect(await say(page, "刘芳", GROUP, "@小红 统计 本月")).to_contain_text("只对支部书记、工作人员开放")
    figures = await say(page, "蔡宁", PRIVATE, "统计 本月")
    await expect(figures).to_contain_text("解决率 100%，1/1（办结/收到）")

    ledger = await say(page, "蔡宁", PRIVATE, "台账")
    rows = await download(page, ledger.get_by_role("link"))
    assert [row[0] for row in rows] == ["编号", 101]
    assert "139****7781" in str(rows[1])
    assert "13900007781" not in str(rows)


async def download(page: Page, link: Locator) -> list[tuple[object, ...]]:
    """The rows of the workbook behind a link."""
    async with page.expect_download() as started:
        await link.click()
    saved = await (await started.value).path()
    sheet = load_workbook(BytesIO(saved.read_bytes())).worksheets[0]
    return list(sheet.iter_rows(values_only=True))
