"""Channels by their names in the settings. An SDK is imported only for a channel that is configured."""

from bot.errors import StartupError
from bot.messages import Channel
from bot.settings import Settings

CHANNELS = ("web", "console", "wechaty")


def make_channels(settings: Settings) -> list[Channel]:
    """The configured channels, each once, in order. Raises StartupError."""
    names = dict.fromkeys(settings.channel_names())
    if not names:
        raise StartupError(f"没有配置通道：CHUISHAO_CHANNELS 可以是 {'、'.join(CHANNELS)}。")
    if unknown := [name for name in names if name not in CHANNELS]:
        raise StartupError(f"不认识的通道「{unknown[0]}」，CHUISHAO_CHANNELS 可以是 {'、'.join(CHANNELS)}。")
    return [_make(name, settings) for name in names]


def _make(name: str, settings: Settings) -> Channel:
    if name == "web":
        from bot.channels.web import WebChannel

        return WebChannel(settings.nickname)
    if name == "console":
        from bot.channels.console import ConsoleChannel

        return ConsoleChannel(nickname=settings.nickname)
    from bot.channels.wechaty import wechaty_channel

    if not settings.wechaty_endpoint or not settings.wechaty_token:
        raise StartupError("wechaty 通道需要 CHUISHAO_WECHATY_ENDPOINT 和 CHUISHAO_WECHATY_TOKEN。")
    return wechaty_channel(
        "wechaty",
        settings.wechaty_endpoint,
        settings.wechaty_token,
        nickname=settings.nickname,
        tls=settings.wechaty_ca_file or settings.wechaty_tls,
        tls_name=settings.wechaty_tls_name or None,
    )
