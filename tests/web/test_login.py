"""Who may open which page: links to log in by, sessions that end with the role, and what only this machine sees."""

import pytest
import sqlalchemy as sa
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.engine import Connection

from bot.channels.web import WebChannel
from bot.commands.channels import make_channels
from bot.domain import people
from bot.errors import StartupError
from bot.settings import Settings
from bot.web.server import Front, application
from tests.actors import Park
from tests.web.login import link_of, log_in

PAGES = ("/home", "/calendar", "/venues", "/downloads/x", "/attendance/x", "/menu/9/2020-07.png")


async def test_a_link_opens_a_session_that_lasts_as_long_as_the_role(park: Park) -> None:
    cai, stranger = park.staff("蔡主任"), park.person("路人", None)
    server = TestServer(application(park.app.db, park.clock, None, front=Front("http://chuishao.example", "figures")))
    async with TestClient(server) as pages:

        async def status(path: str, **options: object) -> int:
            async with pages.get(path, **options) as answer:  # type: ignore[arg-type]
                return answer.status

        assert {await status(path) for path in PAGES} == {401}
        assert await status("/healthz") == 200
        refused = await stranger.whispers("网页")
        assert refused and "只对" in refused and "登记后就能用" in refused
        assert await cai.says("@小红 网页") == "登录链接已私发给您。"

        link = await link_of(cai)
        assert await status(link) == await status(link) == 200  # whoever merely looks does not use it up
        async with pages.post(link, allow_redirects=False) as answer:
            cookie = answer.cookies["session"]
            assert (answer.status, answer.headers["Location"]) == (303, "/home")
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] == "2592000"
        async with pages.post(link) as answer:
            assert (answer.status, "只能用一次" in await answer.text()) == (410, True)
        async with pages.get("/") as answer:
            text = await answer.text()
            assert "蔡主任，您好" in text and "工作人员" in text
            assert "no-store" in answer.headers["Cache-Control"]
        assert [await status(path) for path in PAGES] == [200, 200, 200, 404, 404, 404]

        def demote(conn: Connection) -> None:
            conn.execute(sa.update(people.role_grant).values(role="member"))

        await park.app.db.run(demote)
        assert [await status(path) for path in PAGES] == [200, 200, 200, 403, 404, 404]
        assert "都已失效" in (await park.person("蔡主任", None).whispers("退出网页") or "")
        assert await status("/home") == 401
        await log_in(pages, park.member("蔡主任"))
        async with pages.post("/logout") as answer:
            assert "已退出" in await answer.text()
        assert await status("/home") == 401

        late = await link_of(park.member("蔡主任"))
        await park.wait(minutes=11)
        async with pages.post(late) as answer:
            assert answer.status == 410
        async with pages.post(late, headers={"Origin": "https://elsewhere.example"}) as answer:
            assert (answer.status, "其他网站" in await answer.text()) == (403, True)
        async with pages.post(late, headers={"Origin": "http://chuishao.example"}) as answer:
            assert answer.status == 410  # as people reach it, whatever name the proxy passes on
        async with pages.get("/nothing") as answer:
            assert (answer.status, "没有这一页" in await answer.text()) == (404, True)
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"

        elsewhere = {"X-Forwarded-For": "203.0.113.7"}
        assert (await status("/metrics"), await status("/metrics", headers=elsewhere)) == (200, 403)
        assert await status("/metrics", headers=elsewhere | {"Authorization": "Bearer figures"}) == 200
        assert await status("/metrics", headers=elsewhere | {"Authorization": "Bearer guess"}) == 403
    assert await park.rows("select count(*) from access_log where what in ('log_in', 'login')") == [(7,)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_local_groups_are_for_this_machine(park: Park) -> None:
    ledger = await park.staff("蔡宁").whispers("台账") or ""
    sheet = f"/downloads/{ledger.split('/downloads/')[1].split()[0]}"
    for for_all, refused in ((False, 403), (True, 200)):
        app = application(park.app.db, park.clock, WebChannel(), front=Front(for_all=for_all))
        async with TestClient(TestServer(app)) as pages:
            for path in ("/", "/calendar", "/home"):
                async with pages.get(path) as answer:
                    assert answer.status == 200, path  # nobody is asked to log in
            async with pages.get("/home") as answer:
                assert "退出" not in await answer.text()  # nobody is logged in
            await log_in(pages, park.member("林晓"))
            async with pages.get("/home") as answer:
                text = await answer.text()
                assert "林晓，您好" in text and 'action="/logout"' in text and "台账" not in text
            async with pages.get(sheet) as answer:
                assert answer.status == 200  # of another persona, who may be spoken for as well
            async with pages.post("/logout") as answer:
                assert "已退出" in await answer.text()
            async with pages.get("/home") as answer:
                assert "林晓" not in await answer.text()
            for headers in ({"X-Forwarded-For": "203.0.113.7"}, {"Host": "chuishao.example"}):
                async with pages.get("/", headers=headers) as answer:
                    assert answer.status == refused
                async with pages.get("/healthz", headers=headers) as answer:
                    assert answer.status == 200


@pytest.mark.parametrize("given", [{"host": "0.0.0.0"}, {"host": "::"}, {"public_url": "https://chuishao.example"}])
def test_the_local_groups_are_not_served_to_other_machines(given: dict[str, str]) -> None:
    def settings(**more: object) -> Settings:
        return Settings(_env_file=None, **given, **more)  # type: ignore[arg-type]

    with pytest.raises(StartupError, match="谁打开都能以任何人的身份说话"):
        make_channels(settings())
    assert [channel.name for channel in make_channels(settings(web_for_all=True))] == ["web"]
    assert [channel.name for channel in make_channels(settings(channels="console"))] == ["console"]
