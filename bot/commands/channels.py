"""Channels by their names in the settings. An SDK is imported only for a channel that is configured."""

from collections.abc import Callable
from importlib.util import find_spec

from bot.errors import StartupError
from bot.files import FileStore
from bot.messages import Channel
from bot.settings import Settings

CHANNELS = ("web", "console", "wechaty", "wecom", "webhook")


def make_channels(settings: Settings) -> list[Channel]:
    """The configured channels, each once, in order. Raises StartupError."""
    names = dict.fromkeys(settings.channel_names())
    if not names:
        raise StartupError(f"没有配置通道：CHUISHAO_CHANNELS 可以是 {'、'.join(CHANNELS)}。")
    if unknown := [name for name in names if name not in CHANNELS]:
        raise StartupError(f"不认识的通道「{unknown[0]}」，CHUISHAO_CHANNELS 可以是 {'、'.join(CHANNELS)}。")
    return [channel for name in names for channel in _MAKERS[name](settings)]


EXPOSED = (
    "{setting} 让别的机器也能打开网页，而 web 通道是本地体验页，谁打开都能以任何人的身份说话。"
    "请在 CHUISHAO_CHANNELS 里去掉 web，换成 wechaty、wecom 等通道；"
    "确实要对外开放体验页，请设 CHUISHAO_WEB_FOR_ALL=true"
)
"""Why the local groups are not served."""


def _web(settings: Settings) -> list[Channel]:
    if (setting := settings.exposed()) and not settings.web_for_all:
        raise StartupError(f"{EXPOSED.format(setting=setting)}。")
    from bot.channels.web import WebChannel

    return [WebChannel(settings.nickname)]


def _console(settings: Settings) -> list[Channel]:
    from bot.channels.console import ConsoleChannel

    return [ConsoleChannel(nickname=settings.nickname)]


def _wechaty(settings: Settings) -> list[Channel]:
    from bot.channels.wechaty import wechaty_channel

    if not settings.wechaty_endpoint or not settings.wechaty_token:
        raise StartupError("wechaty 通道需要 CHUISHAO_WECHATY_ENDPOINT 和 CHUISHAO_WECHATY_TOKEN。")
    return [
        wechaty_channel(
            "wechaty",
            settings.wechaty_endpoint,
            settings.wechaty_token,
            nickname=settings.nickname,
            tls=settings.wechaty_ca_file or settings.wechaty_tls,
            tls_name=settings.wechaty_tls_name or None,
            files=FileStore(settings.files),
        )
    ]


def _wecom(settings: Settings) -> list[Channel]:
    if find_spec("aibot") is None:
        raise StartupError("wecom 通道需要的组件没有安装：请执行 pip install 'chuishao[wecom]'。")
    from bot.channels.wecom.robot import URL, RobotChannel

    if not settings.wecom_bot_id or not settings.wecom_secret:
        raise StartupError("wecom 通道需要 CHUISHAO_WECOM_BOT_ID 和 CHUISHAO_WECOM_SECRET。")
    url, ca_file = settings.wecom_url or URL, settings.wecom_ca_file
    return [
        RobotChannel(
            "wecom",
            settings.wecom_bot_id,
            settings.wecom_secret,
            url=url,
            ca_file=ca_file,
            files=FileStore(settings.files),
        )
    ]


def _webhooks(settings: Settings) -> list[Channel]:
    """One channel a group: each robot has its own limits."""
    from bot.channels.wecom.webhook import URL, WebhookChannel

    try:
        keys = settings.webhook_keys()
    except ValueError as error:
        raise StartupError("CHUISHAO_WEBHOOKS 写成 群名=key，多个用逗号隔开。") from error
    if not keys:
        raise StartupError("webhook 通道需要 CHUISHAO_WEBHOOKS：群名=key，多个用逗号隔开。")
    url, files = settings.webhook_url or URL, FileStore(settings.files)
    return [WebhookChannel(name, key, url=url, files=files) for name, key in keys.items()]


_MAKERS: dict[str, Callable[[Settings], list[Channel]]] = {
    "web": _web,
    "console": _console,
    "wechaty": _wechaty,
    "wecom": _wecom,
    "webhook": _webhooks,
}
