"""代签、补签、签到码: presences that are not simply said while the activity is open."""

import re
from datetime import timedelta

from bot.capability import Context, Handler, handler
from bot.domain import people
from bot.domain.activities import (
    Activity,
    attendance,
    claims,
    codes,
    door,
    lookup,
    organisers,
    plan,
    reach,
    sheets,
    sign_ups,
)
from bot.errors import Refusal
from bot.notices.aside import aside
from handlers.activities import which
from handlers.activities.check_in import arrive, find_open
from handlers.activities.confirm import ask_about_presence
from handlers.activities.organising import ORGANISERS, leads_club

MAKE_UP_WITHIN = timedelta(days=7)
_NAME = r"(?P<name>[^\s,，。我俺咱你您他她大各全\d]{2,4}?)"


@handler(
    "check_in_by_code",
    commands=(r"(?:活动)?(?:签到|打卡|报到)码?\s*[:：是为]?\s*(?P<code>\d{4})\W*", r"(?P<code>\d{4})\W*"),
    overhear=True,
    title="凭签到码签到",
    examples=("签到 4821",),
)
def check_in_by_code(ctx: Context) -> str | None:
    """The code that is spoken at the activity; bare digits are one only in private, and only where they fit."""
    assert ctx.command is not None
    bare = ctx.command[0].strip()[:4].isdigit()
    if bare and not ctx.chat.private:
        return None
    said = ctx.command["code"]
    # a log can be made up: it ties nobody's phone to a person
    if not ctx.message.told and (phone_at := door.tie(ctx.conn, said, ctx.person.id, ctx.now)):
        return f"{arrive(ctx, plan.get(ctx.conn, phone_at), attendance.PAGE)}扫码的手机已记住您。"
    meant = [plan.get(ctx.conn, one) for one in codes.with_code(ctx.conn, said)]
    opened = [what for what in meant if attendance.is_open(what, ctx.now)]
    if opened:
        return arrive(ctx, opened[0], attendance.CODE)
    wrong = "签到码不对，或者不在签到时间。请看现场的签到码。"
    return wrong if ctx.addressed or lookup.talked_about(ctx.conn, ctx.chat.id, _open_now(ctx), ctx.now) else None


def _open_now(ctx: Context) -> list[Activity]:
    near = lookup.in_reach(ctx.conn, ctx.chat, ctx.person, ctx.now - timedelta(days=1), ctx.now + timedelta(days=1))
    return [what for what in near if attendance.is_open(what, ctx.now)]


@handler(
    "check_in_for",
    commands=(
        rf"(?:请|麻烦)?(?:帮|替|代|给)\s*{_NAME}(?:也|一起|代)?(?:签(?:个|一?下)?到?|打个?卡|报到|代签)(?P<rest>.{{0,24}})",
        rf"(?P<rest>.{{0,16}}?)(?:帮|替|代){_NAME}(?:签(?:个|一?下)?到|打个?卡|代签)(?:一下|吧|了)?\W*",
    ),
    overhear=True,
    title="代签",
    examples=("替张伟签到",),
)
def check_in_for(ctx: Context) -> str | None:
    """Another's presence: it counts once they, or the organiser, have said so."""
    assert ctx.command is not None
    what = find_open(ctx)
    if what is None or isinstance(what, str):
        return what
    if not attendance.is_open(what, ctx.now):
        return f"「{what.title}」不在签到时间，代签没有记。" if ctx.addressed else None
    name = ctx.command["name"]
    whose = reach.person_named(ctx.conn, name, ctx.chat.id) if not ctx.chat.private else None
    held = sign_ups.named_in(ctx.conn, what.id, name)
    whose = whose or (held.person_id if held else None)
    if whose and any(person_id == whose for person_id, _, _ in attendance.present(ctx.conn, what.id)):
        return f"{name}已经签过「{what.title}」了。"
    claim = claims.claim(
        ctx.conn,
        what.id,
        person_id=whose,
        name=name,
        kind=claims.PROXY,
        by_id=ctx.person.id,
        chat_id=ctx.chat.id,
        at=ctx.now,
        reason="",
    )
    return f"已记下{name}的代签，等{ask_about_presence(ctx, what, claim)}确认后算「{what.title}」签到。"


@handler(
    "make_up",
    commands=(
        r"(?:我)?(?:想|要|申请|请求|能不能|可以|麻烦)?(?:给我|帮我)?补(?:一?下|个)?签(?:到)?[,，:：\s]*(?P<rest>.{0,60})",
        r"(?P<rest>.{2,24}?)(?:忘了?签到?|没签上)?[,，]?(?:我)?(?:想|要|申请|能不能|可以)?补(?:一?下|个)?签(?:到)?(?:一下|吗|不)?\W*",
        r"(?P<rest>.{0,24}?)(?:忘了?|没|漏)签(?:到|上)?了?[,，\s]*(?:我)?(?:现在|还)?(?:想|要|能不能|能|可以)(?:再)?补(?:一?下|个)?(?:签到?)?(?:一下|吗|么|不)?\W*",
    ),
    overhear=True,
    title="补签",
    examples=("@小红 补签主题党日，昨天忘了签",),
)
def make_up(ctx: Context) -> str | None:
    """Asked for afterwards, approved by the organiser; while the activity is open it is an ordinary check-in."""
    assert ctx.command is not None
    lately = lookup.in_reach(ctx.conn, ctx.chat, ctx.person, ctx.now - MAKE_UP_WITHIN, ctx.now + timedelta(hours=1))
    mine = [what for what, _ in sign_ups.of_person(ctx.conn, ctx.person.id, ctx.now - MAKE_UP_WITHIN)]
    candidates = [what for what in dict.fromkeys([*lately, *mine]) if attendance.opens(what) <= ctx.now]
    missed = [what for what in candidates if sign_ups.find(ctx.conn, what.id, ctx.person.id)]
    found = which.named(ctx, candidates) or missed or lookup.talked_about(ctx.conn, ctx.chat.id, candidates, ctx.now)
    if not found:
        return f"没有找到{MAKE_UP_WITHIN.days}天内可以补签的活动。" if ctx.addressed else None
    what = max(found, key=lambda one: one.begins)
    if what.ends + MAKE_UP_WITHIN < ctx.now:
        raise Refusal(f"「{what.title}」已经过了{MAKE_UP_WITHIN.days}天，不能补签了。")
    if attendance.is_open(what, ctx.now):
        return arrive(ctx, what, attendance.WORDS)
    if any(person_id == ctx.person.id for person_id, _, _ in attendance.present(ctx.conn, what.id)):
        return f"您已经签过「{what.title}」了，不用补签。"
    claim = claims.claim(
        ctx.conn,
        what.id,
        person_id=ctx.person.id,
        name=people.display_name(ctx.person),
        kind=claims.MAKE_UP,
        by_id=ctx.person.id,
        chat_id=ctx.chat.id,
        at=ctx.now,
        reason=re.sub(r"^\W+|\W+$", "", ctx.command["rest"].replace(what.title, "")),
    )
    return f"已提交「{what.title}」补签，等{ask_about_presence(ctx, what, claim)}同意后生效。"


# for organisers


@handler(
    "check_in_codes",
    commands=(
        r"(?P<rest>.{0,30}?)(?:的)?(?:签到码|签到二维码|二维码签到|签到链接)(?:是多少|多少|发一?下|发我|给我)?\W*",
    ),
    roles=ORGANISERS,
    also=leads_club,
    title="签到码和二维码",
    examples=("@小红 主题党日签到码",),
)
def check_in_codes(ctx: Context) -> str | None:
    """The spoken code and the page with the QR code, privately to who organises it."""
    what = _organised(ctx, "check_in_codes")
    if what is None or isinstance(what, str):
        return what
    made = codes.of(ctx.conn, what.id)
    text = (
        f"「{what.title}」签到码：{made.code}（现场口播，发「签到 {made.code}」）\n"
        f"二维码投屏：{ctx.link(f'check-in/{made.token}/screen')}\n"
        "签到时间：开始前1小时到结束后1小时。"
    )
    return aside(ctx.voice, ctx.chat, ctx.person.id, text, "签到码")


@handler(
    "attendance_sheet",
    commands=(
        r"(?:导出|生成|要|下载|发)?(?P<rest>.{0,30}?)(?:的)?(?:签到表|考勤表|出勤表|签到名册)(?:发我|发一?下|导出)?\W*",
    ),
    roles=ORGANISERS,
    also=leads_club,
    title="签到表",
    examples=("@小红 主题党日签到表",),
)
def attendance_sheet(ctx: Context) -> str | None:
    """Present, absent, leave and waiting list as an XLSX file, privately to who organises it."""
    what = _organised(ctx, "attendance_sheet")
    if what is None or isinstance(what, str):
        return what
    token = sheets.link(ctx.conn, what.id, ctx.person.id, ctx.now)
    link = ctx.link(f"attendance/{token}")
    text = f"「{what.title}」签到表（24小时内有效，请勿转发）：{link}"
    return aside(ctx.voice, ctx.chat, ctx.person.id, text, "签到表")


def _organised(ctx: Context, capability: str) -> Activity | str | None:
    lately = lookup.in_reach(ctx.conn, ctx.chat, ctx.person, ctx.now - timedelta(days=31))
    mine = [what for what in lately if organisers.decides(ctx.conn, what, ctx.person.id, ctx.role)]
    found = which.named(ctx, mine)
    if not found and not which.of_another(ctx):
        near = sorted(mine, key=lambda one: abs(one.begins - ctx.now))[:1]
        found = lookup.talked_about(ctx.conn, ctx.chat.id, mine, ctx.now)[:1] or near
    return which.one(ctx, capability, "查", found, lambda: which.nothing(ctx, "查"))


HANDLERS: tuple[Handler, ...] = (
    check_in_codes,
    attendance_sheet,
    check_in_for,
    make_up,
    check_in_by_code,
)
