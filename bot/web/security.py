"""What every page needs against other sites: the same-origin rule and the response headers."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def secure(app: web.Application) -> None:
    """Put the same-origin rule before, and the headers on, every answer of this application."""
    app.middlewares.append(same_origin)
    app.on_response_prepare.append(set_headers)


async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the security headers that the handler did not set itself."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


@web.middleware
async def same_origin(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
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
    return origin is None or urlsplit(origin).netloc == request.host
