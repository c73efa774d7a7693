"""The one importer of the Wechaty packages, which need help to import on Python 3.11 and 3.12.

Every other module takes their names from here, so the order of imports cannot matter.
"""

import os
import warnings

import pyee
import pyee.asyncio
import urllib3
import urllib3.util

# Read by the SDK when it is imported. It would create ./.wechaty, and log message texts and the token.
os.environ.setdefault("CACHE_DIR", "var/wechaty")
os.environ["WECHATY_LOG"] = "error"


def _get_host(url: str) -> tuple[str, str | None, int | None]:
    """What urllib3 1.x had under this name."""
    parts = urllib3.util.parse_url(url)
    return parts.scheme or "http", parts.host, parts.port


if not hasattr(pyee, "AsyncIOEventEmitter"):  # moved in pyee 12
    setattr(pyee, "AsyncIOEventEmitter", pyee.asyncio.AsyncIOEventEmitter)  # noqa: B010
if not hasattr(urllib3, "get_host"):  # removed in urllib3 2
    setattr(urllib3, "get_host", _get_host)  # noqa: B010

with warnings.catch_warnings():  # deprecated modules and escapes of packages that get no more releases
    warnings.simplefilter("ignore")
    from wechaty_puppet.schemas.puppet import PuppetOptions

    # Since Python 3.11 a dataclass refuses an unhashable default, which WechatyOptions has.
    PuppetOptions.__hash__ = object.__hash__

    from wechaty import Contact, Message, Room, RoomInvitation, Wechaty, WechatyOptions
    from wechaty_grpc.wechaty import PuppetStub
    from wechaty_grpc.wechaty.puppet import EventType
    from wechaty_puppet import MessageType, WechatyPuppetError
    from wechaty_puppet_service import PuppetService
    from wechaty_puppet_service.utils import extract_host_and_port

__all__ = [
    "Contact",
    "EventType",
    "Message",
    "MessageType",
    "PuppetOptions",
    "PuppetService",
    "PuppetStub",
    "Room",
    "RoomInvitation",
    "Wechaty",
    "WechatyOptions",
    "WechatyPuppetError",
    "extract_host_and_port",
]
