"""Pages that are written on the server: small, legible on a phone, of use without scripts."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import web

HERE = Path(__file__).parent
STATIC = "/static"
CONDITIONS = {"If-None-Match", "If-Modified-Since", "Range"}
SQUEEZED = ("text/html", "application/json")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody whom a page knows, with the role that counts at this moment."""

    person_id: int
    name: str
    role: str


VISITOR = web.RequestKey("visitor", Visitor)
OPEN = web.AppKey("open", bool)
"""The local groups are served as well: whoever reaches them may speak as anybody, so nobody is asked to log in."""


@cache
def _templates() -> Any:
    from jinja2 import Environment, FileSystemLoader  # a start that nobody looks at need not load it

    return Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


def page(request: web.Request, template: str, values: Mapping[str, Any]) -> web.Response:
    """A page made of a template, which also learns who looks at it and whether there are local groups to go to."""
    around = {"visitor": request.get(VISITOR), "groups": request.app.get(OPEN, False), "path": request.path}
    text = _templates().get_template(template).render({**around, **values})
    return web.Response(text=text, content_type="text/html", charset="utf-8")


def notice(request: web.Request, status: int, heading: str, text: str) -> web.Response:
    """A page that says one thing, with the status of the answer."""
    groups = request.app.get(OPEN, False) and status != HTTPStatus.FORBIDDEN  # who is kept out gets no way in
    answer = page(request, "notice.html", {"heading": heading, "text": text, "groups": groups})
    answer.set_status(status)
    return answer


@web.middleware
async def squeeze(request: web.Request, handler: Callable[[web.Request], Awaitable[Any]]) -> web.StreamResponse:
    """Compress what is text: phones at the door share one network.

    Not where the answer may have no body: aiohttp would send the end of the compressed stream after it nevertheless.
    """
    answer: web.StreamResponse = await handler(request)
    is_text = answer.content_type in SQUEEZED or request.path.startswith(STATIC)
    if is_text and not answer.prepared and request.method != "HEAD" and not CONDITIONS & request.headers.keys():
        answer.enable_compression()
        answer.headers["Vary"] = "Accept-Encoding"
    return answer


def static() -> web.AbstractRouteDef:
    """What the pages look like and do, under `/static`."""
    return web.static(STATIC, HERE / "static")
