"""读书会改到周四下午3点, 消防体验课取消，场地停电: changes to an activity that is named in full, without its number."""

import re

from bot.capability import Context, Handler, handler
from bot.domain.activities import Activity, lookup
from handlers.activities import which
from handlers.activities.change import FIELD, cancel_activity, change_activity, postpone_activity
from handlers.activities.organising import ORGANISERS, leads_club

_PLANS = re.compile(
    rf"[」》”\"]?\s*(?:的|这个)?(?:活动)?[,，:：]?\s*(?P<rest>(?:{FIELD})?(?:先|就|也|要)?"
    r"(?:取消|不办了|停办|延期|推迟|改[到为成至在]|[换挪调]到|提前[到至]).*)"
)
_KIND = re.compile(
    rf"(?:.{{1,8}}的)?(?P<kind>[^,，。的]{{2,6}}?)的?(?P<rest>(?:{FIELD})?(?:也|要)?(?:改[到为成至在]|[换挪调]到|推迟[到至]|提前[到至]).+)"
)
_WORDS = re.compile(r"取消|不办|停办|延期|推迟|[改换挪调]|提前")


def _titled(ctx: Context) -> tuple[Activity, Handler, re.Match[str]] | None:
    """The activity whose title the message begins with, and what is to become of it."""
    if not _WORDS.search(ctx.text):
        return None
    said = re.sub(r"^(?:请|麻烦|把|[「《“\"])*", "", ctx.text)
    for what in sorted([*which.ahead(ctx), *lookup.put_off(ctx.conn)], key=lambda one: -len(one.title)):
        found = _PLANS.fullmatch(said, len(what.title)) if said.startswith(what.title) else None
        if found is None or not (ctx.addressed or what.drafter_id == ctx.person.id):
            continue
        numbered = f"活动{what.id}{found['rest']}"
        for one in (cancel_activity, postpone_activity, change_activity):
            if command := one.command(numbered):
                return what, one, command
    return _of_a_kind(ctx, said) if ctx.addressed else None


def _of_a_kind(ctx: Context, said: str) -> tuple[Activity, Handler, re.Match[str]] | None:
    """周五的学习改到三点: of the only activity ahead that is called so."""
    found = _KIND.fullmatch(said)
    same = which.of_its_kind(ctx, found["kind"], which.ahead(ctx)) if found else []
    command = change_activity.command(f"活动{same[0].id}{found['rest']}") if found and same else None
    return (same[0], change_activity, command) if command else None


def _meant(ctx: Context) -> bool:
    return _titled(ctx) is not None and change_titled.allows(ctx)


@handler("change_titled", when=_meant, roles=ORGANISERS, also=leads_club, overhear=True, title="按名称改活动")
def change_titled(ctx: Context) -> str | None:
    """As if it had been called by its number; overheard, only its announcer means it."""
    found = _titled(ctx)
    assert found is not None
    what, change, ctx.command = found
    return change.run(ctx, what)


HANDLERS: tuple[Handler, ...] = (change_titled,)
