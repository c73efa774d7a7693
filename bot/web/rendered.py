"""Pages that are written on the server: small, without scripts, legible on a phone."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web

HERE = Path(__file__).parent


@cache
def _templates() -> Any:
    from jinja2 import Environment, FileSystemLoader  # a start that nobody looks at need not load it

    return Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


def page(template: str, values: Mapping[str, Any]) -> web.Response:
    """A page made of a template."""
    text = _templates().get_template(template).render(values)
    return web.Response(text=text, content_type="text/html", charset="utf-8")


def notice(status: int, heading: str, text: str) -> web.Response:
    """A page that says one thing, with the status of the answer."""
    answer = page("notice.html", {"heading": heading, "text": text})
    answer.set_status(status)
    return answer
