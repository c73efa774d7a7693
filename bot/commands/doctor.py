"""`chuishao doctor`: say what is missing in settings, database and gateway, each with what to do about it."""

import asyncio
import logging
import os
import socket
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from bot.clock import SystemClock, local
from bot.commands.channels import CHANNELS, EXPOSED
from bot.db import open_db
from bot.domain import people
from bot.errors import StartupError
from bot.files import can_hold
from bot.migrations import newest, revision
from bot.settings import Settings
from knowledge.workdays import calendar_covers

Finding = tuple[bool, str]
"""Whether all is well, and the sentence that says so or what to do."""


def run(settings: Settings) -> int:
    """Print one line a finding; 1 when something needs care."""
    findings = [*_database(settings), *_files(settings), *_channels(settings), *_pages(settings), *_calendar()]
    for well, text in findings:
        sys.stdout.write(f"{'✓' if well else '✗'} {text}\n")
    return 0 if all(well for well, _ in findings) else 1


def _database(settings: Settings) -> Iterator[Finding]:
    path = settings.database_url.removeprefix("sqlite:///")
    if path != settings.database_url and not Path(path).exists():
        yield _can_be_made(Path(path))
        return
    try:
        found, head = revision(settings.database_url), newest()
    except StartupError as error:
        yield False, str(error)
        return
    if path != settings.database_url and not os.access(path, os.W_OK):
        yield False, f"数据库 {path} 只能读：请给运行程序的用户写的权限"
    if found == head:
        yield True, f"数据库结构是最新的（{head}）"
        yield from _staff(settings)
    else:
        yield False, f"数据库结构是 {found or '空的'}，应为 {head}：请运行 chuishao migrate"


def _staff(settings: Settings) -> Iterator[Finding]:
    """Where it is not the example district that plays: somebody must be able to give orders."""
    if set(settings.channel_names()) <= {"web", "console"}:
        return
    if not asyncio.run(_count_staff(settings.database_url)):
        yield False, "还没有工作人员：请运行 chuishao grant 编号 staff，授予第一位"


async def _count_staff(url: str) -> int:
    db = open_db(url)
    try:
        return len(await db.run(people.holders, people.STAFF))
    finally:
        await db.close()


def _files(settings: Settings) -> Iterator[Finding]:
    if not can_hold(settings.files):
        yield False, f"收到的文件没处放：{settings.files} 写不了，请检查 CHUISHAO_FILES"
    if settings.log_level.upper() not in logging.getLevelNamesMapping():
        yield False, f"CHUISHAO_LOG_LEVEL 不能是 {settings.log_level}：可以是 DEBUG、INFO、WARNING 或 ERROR"


def _can_be_made(path: Path) -> Finding:
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return False, f"数据库 {path} 还没有建立：先运行 chuishao migrate 或 make run"
    return False, f"数据库 {path} 建不了：{folder} 不是可以写的文件夹，请检查 CHUISHAO_DATABASE_URL"


def _channels(settings: Settings) -> Iterator[Finding]:
    if not settings.channel_names():
        yield False, f"没有配置通道：CHUISHAO_CHANNELS 可以是 {'、'.join(CHANNELS)}"
    for name in settings.channel_names():
        if name not in CHANNELS:
            yield False, f"不认识的通道「{name}」：CHUISHAO_CHANNELS 可以是 {'、'.join(CHANNELS)}"
        elif name == "wechaty":
            yield _gateway(settings)
        elif name == "wecom":
            yield _robot(settings)
        elif name == "webhook":
            yield _webhooks(settings)
        elif name == "web" and (setting := settings.exposed()):
            yield settings.web_for_all, EXPOSED.format(setting=setting)
        else:
            yield True, f"通道 {name} 不需要配置"


def _gateway(settings: Settings) -> Finding:
    host, _, port = settings.wechaty_endpoint.rpartition(":")
    if not host or not port.isdigit() or not settings.wechaty_token:
        return False, "wechaty 通道缺少 CHUISHAO_WECHATY_ENDPOINT（主机:端口）或 CHUISHAO_WECHATY_TOKEN"
    if find_spec("wechaty") is None:
        return False, "wechaty 通道需要的组件没有安装：请执行 pip install 'chuishao[wechaty]'"
    if settings.wechaty_ca_file and not settings.wechaty_ca_file.is_file():
        return False, f"找不到 CHUISHAO_WECHATY_CA_FILE 指的文件 {settings.wechaty_ca_file}"
    try:
        socket.create_connection((host, int(port)), timeout=3).close()
    except (OSError, OverflowError):
        return False, f"wechaty 网关 {settings.wechaty_endpoint} 连不上：请确认网关已启动、端口已放行"
    return True, f"wechaty 网关 {settings.wechaty_endpoint} 可以连接"


def _robot(settings: Settings) -> Finding:
    if not settings.wecom_bot_id or not settings.wecom_secret:
        return False, "wecom 通道缺少 CHUISHAO_WECOM_BOT_ID 或 CHUISHAO_WECOM_SECRET（企业微信管理后台·智能机器人）"
    if find_spec("aibot") is None:
        return False, "wecom 通道需要的组件没有安装：请执行 pip install 'chuishao[wecom]'"
    if settings.wecom_ca_file and not settings.wecom_ca_file.is_file():
        return False, f"找不到 CHUISHAO_WECOM_CA_FILE 指的文件 {settings.wecom_ca_file}"
    return True, "企业微信智能机器人已配置；群里只收得到@它的消息"


def _webhooks(settings: Settings) -> Finding:
    try:
        groups = list(settings.webhook_keys())
    except ValueError:
        groups = []
    if not groups:
        return False, "webhook 通道缺少 CHUISHAO_WEBHOOKS，写成 群名=key，多个用逗号隔开"
    return True, f"群机器人：{'、'.join(groups)}，只推送"


def _pages(settings: Settings) -> Iterator[Finding]:
    if set(settings.channel_names()) - {"web", "console"} and not settings.public_url:
        yield False, f"没有设 CHUISHAO_PUBLIC_URL：登录链接和签到二维码会写成 {settings.pages_url()}，手机打不开"
    elif settings.exposed() and not settings.public_url.startswith("https:"):
        yield False, "CHUISHAO_PUBLIC_URL 不是 https：请在前面加带证书的反向代理，否则登录会被旁人看到"


def _calendar() -> Iterator[Finding]:
    year = local(SystemClock().now()).year
    if calendar_covers(year):
        yield True, f"{year}年的工作日历（含调休）齐全"
    else:
        yield False, f"缺少{year}年的工作日历，目前按周一至周五算：请升级 chinesecalendar"
