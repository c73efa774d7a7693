"""Reading what a page posts: bounded, checked, and refused with a sentence that the page shows."""

import json
import re
from typing import Any
from uuid import UUID

from aiohttp import web

from bot.messages import MAX_TEXT

MAX_BODY = 2 * 1024 * 1024

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL keeps no NUL, UTF-8 no lone surrogate


def refusal(status: type[web.HTTPException], sentence: str) -> web.HTTPException:
    """An error answer that carries a sentence: `{"error": …}`."""
    body = json.dumps({"error": sentence}, ensure_ascii=False)
    if issubclass(status, web.HTTPRequestEntityTooLarge):
        return status(max_size=MAX_BODY, actual_size=MAX_BODY, text=body, content_type="application/json")
    return status(text=body, content_type="application/json")


async def read_object(request: web.Request) -> dict[str, Any]:
    """The JSON object in a request's body of at most MAX_BODY bytes. Raises a refusal with 400 or 413."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > MAX_BODY:
            raise refusal(web.HTTPRequestEntityTooLarge, "内容超过 2 MB，请拆分后再发。")
    try:
        value = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise refusal(web.HTTPBadRequest, "内容不是有效的 UTF-8 文本，请另存为 UTF-8 编码后再发。") from error
    except (ValueError, RecursionError) as error:
        raise refusal(web.HTTPBadRequest, "请求格式有误，请刷新页面后重试。") from error
    if not isinstance(value, dict):
        raise refusal(web.HTTPBadRequest, "请求格式有误，请刷新页面后重试。")
    return value


def read_id(value: Any) -> str:
    """The page's own id of a message, a UUID. Raises a refusal."""
    try:
        return str(UUID(value))
    except (ValueError, TypeError, AttributeError) as error:
        raise refusal(web.HTTPBadRequest, "消息编号有误，请刷新页面后重试。") from error


def read_text(value: Any, *, may_be_empty: bool = False) -> str:
    """The text of a message: not empty, at most MAX_TEXT characters, storable. Raises a refusal."""
    if may_be_empty and (value is None or (isinstance(value, str) and not value.strip())):
        return ""
    if not isinstance(value, str) or not value.strip():
        raise refusal(web.HTTPBadRequest, "请先输入内容。")
    if len(value) > MAX_TEXT:
        sentence = f"内容有 {len(value):,} 字，超过 {MAX_TEXT:,} 字的上限，请拆分后再发。"
        raise refusal(web.HTTPRequestEntityTooLarge, sentence)
    if _UNSTORABLE.search(value):
        raise refusal(web.HTTPBadRequest, "内容里有无法识别的字符，请删去后再发。")
    return value
