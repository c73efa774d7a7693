"""签到页 and 年历 in a real Chromium of a phone's size, against a real server and database."""

import io
import os
import re
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from aiohttp import ClientSession, CookieJar, web
from openpyxl import load_workbook
from PIL import Image
from playwright.async_api import async_playwright, expect

from bot.web.server import application
from tests.actors import Park
from tests.areas.test_activities import here, published
from tests.provision import chromium
from tests.web.login import link_of
from tests.web.test_groups import FLAGS

LOOKS_WITHIN_MS = 3000
SHOTS = os.environ.get("SHOTS")
"""A folder for pictures of the pages, for whoever wants to look at them."""


@pytest.fixture
async def site(park: Park) -> AsyncIterator[str]:
    """The address of the pages of the park."""
    runner = web.AppRunner(application(park.app.db, park.clock, None), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


async def opened(park: Park) -> tuple[str, str]:
    """An activity under way with two in its list; its spoken code and the path of its page."""
    await published(park, "智汇讲堂，7月24日下午2点到4点，路演中心，对象：全体职工，7月23日截止")
    await here(park, "李敏").says("智汇讲堂报名")
    await here(park, "高翔").says("智汇讲堂报名")
    sec = here(park, "sec", "secretary")
    told = await sec.whispers("智汇讲堂签到码")
    assert told is not None
    code, token = told.split("签到码：")[1][:4], told.split("check-in/")[1].split("/")[0]
    await park.until("2025-07-24T13:20")
    return code, f"/check-in/{token}"


async def test_a_phone_is_tied_once_and_then_one_tap_checks_in(park: Park, site: str) -> None:
    _, path = await opened(park)
    limin, gao, sec = here(park, "李敏"), here(park, "高翔"), here(park, "sec", "secretary")
    faults: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.executable(), args=FLAGS)
        page = await browser.new_page(viewport={"width": 375, "height": 700}, has_touch=True, is_mobile=True)
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        shown = page.locator("[data-live] [role]").first
        wall = await browser.new_page(viewport={"width": 1280, "height": 720})
        await wall.goto(f"{site}{path}/screen")
        count = wall.locator(".count b")
        await expect(count).to_have_text("0")

        async def look(shot: str) -> str:
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            if SHOTS:
                await page.screenshot(path=f"{SHOTS}/{shot}.png")
            return await shown.inner_text()

        async def tap(button: str) -> None:
            async with page.expect_navigation():
                await page.get_by_role("button", name=button).tap()

        await page.goto(site + path)
        code = await look("code")
        await page.get_by_role("button", name="复制这句话").tap()
        await expect(page.get_by_role("button", name="已复制")).to_be_visible()
        assert await limin.whispers(code) == "签到成功：「智汇讲堂」13:20，+2分。扫码的手机已记住您。"
        await expect(shown).to_contain_text("李敏13:20已签到。", timeout=LOOKS_WITHIN_MS)  # the page looks by itself
        await expect(count).to_have_text("1", timeout=LOOKS_WITHIN_MS)
        assert "这一页可以关了" in await look("known")
        assert "签到码不对" in (await gao.says(code) or "")  # the digits are good once

        await park.app.db.run(lambda conn: conn.execute(sa.text("delete from check_in")))
        await page.goto(site + path)
        await tap("签到")
        assert "李敏签到成功，13:20，+2分。" in await look("done")

        await tap("不是李敏？换人")
        assert (await look("again"))[:3] == "签到 "
        await page.get_by_role("link", name="不会发？请工作人员代签").tap()
        await page.get_by_label("姓名").fill("许诺")
        await tap("请工作人员代签")
        assert "名单里没有许诺" in await look("stranger")
        await page.get_by_label("姓名").fill("高 翔")
        await tap("请工作人员代签")
        assert "已记下高翔，等工作人员确认" in await look("vouched")

        assert await wall.evaluate("document.querySelector('.qr').naturalWidth > 100")
        assert await wall.evaluate("document.documentElement.scrollHeight <= innerHeight")  # a wall has no scroll bar
        if SHOTS:
            await wall.screenshot(path=f"{SHOTS}/wall.png")
        await wall.context.set_offline(True)
        await expect(wall.get_by_text("网络断了")).to_be_visible()
        await wall.context.set_offline(False)
        await expect(wall.get_by_text("网络断了")).to_be_hidden()
        await park.until("2025-07-24T17:01")
        await expect(wall.locator(".over")).to_have_text("签到已经结束。", timeout=LOOKS_WITHIN_MS)
        await page.goto(site + path)
        await expect(shown).to_contain_text("签到已经结束。签到时间是7月24日（周四）13:00–17:00")
        await browser.close()
    assert not faults
    assert "签到页有人请您代签（高翔等）" in park.to_person(sec)[-1]
    assert "1. 高翔请您代签「智汇讲堂」" in (await sec.whispers("待确认") or "")
    assert await sec.whispers("确认") == "已确认1项。"
    rows = await park.rows("select p.name, c.via from check_in c join person p on p.id = c.person_id order by c.at")
    assert [tuple(row) for row in rows] == [("李敏", "page"), ("高翔", "approved")]


async def test_a_newcomer_is_asked_who_they_are_before_a_tap_counts(park: Park, site: str) -> None:
    _, path = await opened(park)
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as phone:

        async def reads(**fields: str) -> str:
            async with phone.request("POST" if fields else "GET", site + path, data=fields or None) as answer:
                assert answer.status == 200
                return await answer.text()

        code = re.search(r"签到 \d{4}", await reads())
        assert code and code[0] in await reads()  # the same while it waits
        xu = here(park, "许诺")
        assert "请回复单位和姓名" in (await xu.whispers(code[0]) or "")
        assert "还不认识您" in await reads(do="arrive")
        assert "签到成功" in (await xu.whispers("我是新锐传媒的许诺") or "")
        assert "许诺13:20已经签过了" in await reads(do="arrive")
        assert "都已失效" in (await xu.whispers("忘记手机") or "")
        assert "把这句话发给小红" in await reads()


async def test_code_proxy_make_up_and_the_sheet(park: Park, site: str) -> None:
    code, _ = await opened(park)
    sec, limin, gao = here(park, "sec", "secretary"), here(park, "李敏"), here(park, "高翔")
    wrong = "1000" if code != "1000" else "2000"
    assert "不对" in (await limin.whispers(f"签到 {wrong}") or "")
    assert "不对" in (await limin.says(f"签到 {wrong}") or "")  # the group talks of the activity under way
    assert "签到成功：「智汇讲堂」13:20" in (await limin.whispers(code) or "")

    assert "等本人确认" in (await limin.says("替高翔签到") or "")
    assert "李敏替您签到" in park.to_person(gao)[-1]
    assert "签到成功" in (await gao.whispers("确认") or "")
    assert "等组织者确认" in (await limin.says("替钱多多签到") or "")
    assert "李敏替钱多多签到" in park.to_person(sec)[-1]
    assert "通过" not in (await sec.whispers("9") or "")  # of some other list
    assert await sec.whispers("1、9") == "序号只有1到1，还没有处理，请重新回复。"
    assert await sec.whispers("不同意") == "已确认0项，1项没有通过。"

    await park.until("2025-07-24T17:30")
    tian = here(park, "田甜")
    await tian.says("大家好")
    late = await tian.says("@小红 智汇讲堂签到")
    assert late is not None and "13:00到17:00" in late
    assert "等组织者同意" in (await tian.says("@小红 补签智汇讲堂，手机没电了") or "")
    assert "手机没电了" in park.to_person(sec)[-1]
    assert await sec.whispers("确认") == "已确认1项。"
    assert "签到已确认，+2分" in park.to_person(tian)[-1]

    assert "只对" in (await tian.says("@小红 智汇讲堂签到表") or "")
    link = await sec.whispers("智汇讲堂签到表")
    assert link is not None
    async with ClientSession(site, cookie_jar=CookieJar(unsafe=True)) as session:
        async with session.get(f"/attendance/{link.split('/attendance/')[1]}") as answer:
            assert answer.status == 401
        await session.post(await link_of(sec))
        async with session.get(f"/attendance/{link.split('/attendance/')[1]}") as answer:
            sheet = load_workbook(io.BytesIO(await answer.read())).worksheets[0]
        async with session.get("/attendance/nothing") as answer:
            assert answer.status == 404
    assert [(row[1], row[4], row[6]) for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        ("李敏", "到场", "签到码"),
        ("高翔", "到场", "代签或补签"),
        ("田甜", "到场（未报名）", "代签或补签"),
    ]


async def test_the_leader_of_a_club_fetches_the_sheet_of_its_own(park: Park, site: str) -> None:
    sec, lin, wang = park.secretary("陈书记"), park.member("林晓"), park.member("王强")
    await lin.says("大家早")
    await sec.says("@小红 成立社团 羽毛球社，负责人林晓")
    await lin.whispers("发布活动：周末友谊赛，7月26日下午2点到4点，体育馆")
    await lin.whispers("确认")
    link = (await lin.whispers("周末友谊赛签到表") or "").split("/attendance/")[1]
    for visitor, status in ((wang, 404), (lin, 200)):
        async with ClientSession(site, cookie_jar=CookieJar(unsafe=True)) as session:
            await session.post(await link_of(visitor))
            async with session.get(f"/attendance/{link}") as answer:
                assert answer.status == status, await answer.text()


async def test_the_menu_is_a_picture(park: Park, site: str) -> None:
    home = (await park.rows("select organisation_id from chat where external_id = 'haina'"))[0][0]
    async with ClientSession(site, cookie_jar=CookieJar(unsafe=True)) as session:
        await session.post(await link_of(here(park, "李敏")))
        async with session.get(f"/menu/{home}/2025-07.png") as answer:
            picture = Image.open(io.BytesIO(await answer.read()))
        async with session.get(f"/menu/{home}/2024-01.png") as answer:
            assert answer.status == 404
    assert picture.width == 1080 and picture.height > 600
