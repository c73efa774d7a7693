"""The Wechaty channel against the real npm gateway: refusals, lost connections, restarts, TLS."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.channels.wechaty.channel import WechatyChannel
from bot.errors import StartupError
from bot.messages import SendRefused, SendUnknown
from tests.channels.account import NICKNAME, Account, connected, eventually, reply
from tests.channels.gateway import TOKEN, Gateway


async def test_send_to_an_unknown_chat_is_refused(account: Account) -> None:
    with pytest.raises(SendRefused):
        await account.channel.send(reply("r-nowhere@chatroom"))
    with pytest.raises(SendRefused):
        await account.channel.send(reply("p:c-nobody", private=True))


async def test_send_while_logged_out_is_refused(gateway: Gateway, account: Account, room: str) -> None:
    gateway("logout")
    try:
        await asyncio.sleep(0.05)
        with pytest.raises(SendRefused, match="没有登录") as refused:
            await account.channel.send(reply(room))
        assert refused.value.retry_after
    finally:
        gateway("login")
    await asyncio.sleep(0.05)
    assert await account.channel.send(reply(room))


async def test_send_without_a_connection_is_refused() -> None:
    channel = WechatyChannel("wx", "127.0.0.1:9", TOKEN, nickname=NICKNAME)
    with pytest.raises(SendRefused, match="没有连接"):
        await channel.send(reply("r-1@chatroom"))


@pytest.mark.parametrize("behaviour", ["hang", "fail"])
async def test_send_without_a_clear_answer_is_unknown(gateway: Gateway, room: str, behaviour: str) -> None:
    gateway("onSend", behaviour=behaviour)
    try:
        async with connected(gateway, timeout=0.5) as account:
            with pytest.raises(SendUnknown):
                await account.channel.send(reply(room))
    finally:
        gateway("onSend", behaviour="deliver")


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway that a test may break, if it starts it again."""
    with Gateway(tmp_path_factory.mktemp("fragile") / "log") as running:
        yield running


async def test_gateway_restarts_in_mid_conversation(fragile: Gateway) -> None:
    async with connected(fragile) as account:
        fragile("say", from_="c-zhang", text="之前")
        await account.hears(1)
        fragile.kill()
        await asyncio.sleep(0.1)
        with pytest.raises(SendRefused, match="没有连接"):
            await account.channel.send(reply("p:c-zhang", private=True))
        await asyncio.to_thread(fragile.start)
        await eventually(lambda: fragile("status")["listeners"])
        fragile("say", from_="c-zhang", text="之后")
        assert [event.text for event in await account.hears(2)] == ["之前", "之后"]
        assert await account.channel.send(reply("p:c-zhang", private=True))


async def test_connection_lost_during_a_send_is_unknown(fragile: Gateway) -> None:
    fragile("onSend", behaviour="die")
    async with connected(fragile) as account:
        with pytest.raises(SendUnknown):
            await account.channel.send(reply("p:c-zhang", private=True))
        await asyncio.to_thread(fragile.start)
        await eventually(lambda: fragile("status")["listeners"])


async def test_wrong_token_is_told_in_a_sentence(gateway: Gateway) -> None:
    account = Account(WechatyChannel("wx", gateway.endpoint, "wrong", nickname=NICKNAME))
    with pytest.raises(StartupError, match="令牌"):
        await asyncio.wait_for(account.channel.run(account.accept), 5)


def test_missing_package_is_told_in_a_sentence(tmp_path: Path) -> None:
    program = """
import sys
from bot.channels.wechaty import wechaty_channel
assert not any(name.startswith("wechaty") for name in sys.modules)
if sys.argv[1] == "without":
    sys.modules["wechaty_grpc"] = None
wechaty_channel("wx", "127.0.0.1:9", "token", nickname="小红")
"""
    command = [sys.executable, "-c", program]
    options: dict[str, Any] = {"cwd": tmp_path, "capture_output": True, "text": True, "check": False}
    done = subprocess.run([*command, "without"], **options)
    assert "StartupError: 配置了微信（wechaty）账号「wx」，但没有安装它需要的组件 wechaty_grpc" in done.stderr
    done = subprocess.run([*command, "with"], **options)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["var"]


async def test_tls(tmp_path: Path) -> None:
    cert, key = self_signed(tmp_path, "gateway.example")
    with Gateway(tmp_path / "log", cert, key) as gateway:
        async with connected(gateway, tls=cert, tls_name="gateway.example") as account:
            gateway("say", from_="c-zhang", text="加密了吗")
            assert [event.text for event in await account.hears()] == ["加密了吗"]


async def test_tls_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="证书"):
        WechatyChannel("wx", "127.0.0.1:9", TOKEN, nickname=NICKNAME, tls=tmp_path / "missing.pem")


def self_signed(folder: Path, host: str) -> tuple[Path, Path]:
    """PEM files of a certificate that is its own authority, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(private)
    return folder / "cert.pem", folder / "key.pem"
