"""Personal WeChat through a Wechaty gateway (wechaty-puppet-service over gRPC).

The SDK costs 1.5 s and 78 MB to import and is an optional extra, so nothing here imports it until an account
of this kind is configured.
"""

from pathlib import Path

from bot.errors import StartupError
from bot.files import FileStore
from bot.messages import Channel


def wechaty_channel(
    name: str,
    endpoint: str,
    token: str,
    *,
    nickname: str,
    tls: Path | bool = False,
    tls_name: str | None = None,
    files: FileStore | None = None,
) -> Channel:
    """The channel of one account; see WechatyChannel. StartupError when the optional packages are missing."""
    try:
        from bot.channels.wechaty.channel import WechatyChannel
    except ModuleNotFoundError as missing:
        raise StartupError(
            f"配置了微信（wechaty）账号「{name}」，但没有安装它需要的组件 {missing.name}，"
            "请先执行 pip install 'chuishao[wechaty]'。"
        ) from missing
    return WechatyChannel(name, endpoint, token, nickname=nickname, tls=tls, tls_name=tls_name, files=files)
