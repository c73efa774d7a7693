"""What every page needs against other sites: the same-origin rule and the response headers; and errors in Chinese."""

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from bot.settings import is_loopback
from bot.web.rendered import notice

log = logging.getLogger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # no-referrer would make browsers send our own forms with the origin `null`
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")
"""What a reverse proxy adds: the request came from elsewhere, whatever its last hop."""
SAID = {
    403: "这一页不对您开放。",
    404: "没有这一页，请核对地址。",
    405: "不能这样打开这一页，请从上一页进入。",
    413: "内容太大，请拆分后再发。",
    500: "页面出错了，已经记录，请稍后再试。",
}


PUBLIC = web.AppKey("public", str)
"""Host and port by which people reach the pages, where a proxy may pass on another name."""


def secure(app: web.Application, *, public_url: str = "", local_only: bool = False) -> None:
    """Put the same-origin rule before, and the headers on, every answer of this application.

    `local_only`: nothing but health is answered to other machines.
    """
    app[PUBLIC] = urlsplit(public_url).netloc
    app.middlewares.append(say_in_chinese)
    if local_only:
        app.middlewares.append(keep_local)
    app.middlewares.append(same_origin)
    app.on_response_prepare.append(set_headers)


async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the security headers that the handler did not set itself."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def say_in_chinese(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors as pages that people can read; a refusal that carries its own JSON stays as it is."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400 or error.content_type == "application/json":
            raise
        own = error.text if error.text and not error.text.startswith(f"{error.status}") else None
        return notice(request, error.status, "打不开", own or SAID.get(error.status, "请求有误，请返回重试。"))
    except Exception:
        log.exception("page failed", extra={"method": request.method})
        return notice(request, 500, "出错了", SAID[500])


@web.middleware
async def keep_local(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another machine asks, or a page of another site that let its name point here (DNS rebinding)."""
    if request.path not in ("/healthz", "/readyz", "/metrics") and not (is_local(request) and _named_local(request)):
        raise web.HTTPForbidden(
            text="本地体验页只在本机打开。对外服务请设置 CHUISHAO_CHANNELS，去掉 web；确要开放请看 docs/operation.md。"
        )
    return await handler(request)


def is_local(request: web.Request) -> bool:
    """Whether a request comes from this machine, and not through a proxy on it."""
    return is_loopback(request.remote or "") and not any(name in request.headers for name in FORWARDED)


def _named_local(request: web.Request) -> bool:
    return is_loopback(urlsplit(f"//{request.host}").hostname or "")


@web.middleware
async def same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse, with 403, a request that changes something and that another site made the browser send.

    A caller that names neither a site nor an origin is no browser (a gateway's webhook, curl): it passes,
    for it carries no cookie that another site could abuse.
    """
    if request.method not in SAFE_METHODS and not _from_here(request):
        raise web.HTTPForbidden(text="请求来自其他网站，已拒绝。")
    return await handler(request)


def _from_here(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc in {request.host, request.app[PUBLIC] or request.host}
