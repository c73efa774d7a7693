"""企业微信's side of the long connection, on loopback over TLS: what the smart robot's SDK talks to."""

import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.x509.oid import NameOID

BOT_ID, SECRET = "bot-1", "s3cret"


@dataclass(slots=True)
class Platform:
    """Signs robots in, hands them messages, and takes theirs: or refuses, forgets to answer, hangs up."""

    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    sign_ins: int = 0
    refuse_with: int = 0
    silent: bool = False
    stored: dict[str, bytes] = field(default_factory=dict)
    _line: web.WebSocketResponse | None = None

    async def fetch(self, request: web.Request) -> web.Response:
        """A file that somebody sent, as it lies there: enciphered."""
        content = self.stored.get(request.path)
        return web.Response(body=content) if content else web.Response(status=404)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        line = web.WebSocketResponse()
        await line.prepare(request)
        async for message in line:
            if message.type == WSMsgType.TEXT:
                await self._answer(line, message.json())
        return line

    async def _answer(self, line: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        code = 0
        match frame["cmd"]:
            case "aibot_subscribe":
                code = 0 if (frame["body"]["bot_id"], frame["body"]["secret"]) == (BOT_ID, SECRET) else 40001
                if not code:
                    self._line = line
                    self.sign_ins += 1
            case "aibot_send_msg":
                if self.silent:
                    return
                code = self.refuse_with
                if not code:
                    self.taken.append(frame["body"])
        await line.send_json({"headers": frame["headers"], "errcode": code, "errmsg": "ok" if not code else "no"})

    async def says(
        self, text: str, *, message_id: str, chat: str = "group-1", sender: str = "lisi", **more: Any
    ) -> None:
        """Somebody mentions the robot in a group, or writes to it where `chat` is empty."""
        where = {"chattype": "group", "chatid": chat} if chat else {"chattype": "single"}
        body = {"msgid": message_id, "from": {"userid": sender}, "msgtype": "text", "text": {"content": text}}
        await self._push("aibot_msg_callback", {**body, **where, **more})

    async def displaces(self) -> None:
        """Another program signed in as the robot."""
        await self._push("aibot_event_callback", {"msgtype": "event", "event": {"eventtype": "disconnected_event"}})

    async def _push(self, command: str, body: dict[str, Any]) -> None:
        assert self._line is not None
        await self._line.send_json({"cmd": command, "headers": {"req_id": f"r-{body.get('msgid')}"}, "body": body})

    async def hangs_up(self) -> None:
        """A clean end, as when the platform restarts: the one after which the SDK does nothing."""
        assert self._line is not None
        await self._line.close(code=1001)


@asynccontextmanager
async def serving(platform: Platform, tls: ssl.SSLContext, port: int = 0) -> AsyncIterator[Platform]:
    """The platform at work, on loopback."""
    app = web.Application()
    app.router.add_get("/", platform.serve)
    app.router.add_get("/{name}", platform.fetch)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
    platform.url = f"wss://127.0.0.1:{runner.addresses[0][1]}/"
    yield platform
    await runner.cleanup()


AES_KEY = base64.b64encode(bytes(range(32))).decode()


def enciphered(content: bytes) -> bytes:
    """AES-256-CBC, the key's first half as the initial vector, padded to 32 bytes."""
    key = base64.b64decode(AES_KEY)
    pad = 32 - len(content) % 32
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return cipher.update(content + bytes([pad]) * pad) + cipher.finalize()


def certificate(folder: Path) -> ssl.SSLContext:
    """What the server needs to be known by the authority in the folder's `ca.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "chuishao test")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    authority, private = folder / "ca.pem", folder / "key.pem"
    authority.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, private)
    return context
