"""网页: the link by which somebody logs in to the pages, told to them alone; and out again everywhere."""

from bot.capability import EVERYONE, Context, Handler, handler
from bot.domain import access
from bot.domain.people import STRANGER
from bot.notices.aside import aside


@handler(
    "log_in",
    commands=(
        r"(?:我要|我想|请|帮我|打开|进入?|给我|要)*(?:网页|网站|后台|电脑版|网页版)(?:版|端)?(?:的)?(?:登[录陆]|链接|地址|入口)?",
        r"(?:我要|我想|请|帮我|请问|怎么|怎样|如何|在哪里?|咋)*(?:登[录陆])(?:一下|网页|网站|后台|上去)?[啊呀呢]?[?]?",
    ),
    roles=EVERYONE - {STRANGER},
    title="网页",
    examples=("网页",),
    audited=True,
)
def log_in(ctx: Context) -> str | None:
    """A link that is good once, and not for long. Not for whom only a log says to have asked: logs can be made up."""
    if ctx.message.told:
        return None
    secret = access.issue(ctx.conn, ctx.person.id, access.LOGIN, ctx.now)
    text = f"点开登录，10分钟内有效，只能用一次，请勿转发：{ctx.link(f'login/{secret}')}"
    return aside(ctx.voice, ctx.chat, ctx.person.id, text, "登录链接")


@handler(
    "log_out",
    commands=(
        r"(?:全部|所有)?(?:退出|登出|注销)(?:网页|网站|后台|登[录陆])(?:登[录陆])?",
        r"(?:解绑|忘记|忘掉)(?:我的|签到)?手机",
    ),
    title="退出网页",
    examples=("退出网页",),
)
def log_out(ctx: Context) -> str | None:
    """Every browser, phone and calendar of the sender is forgotten; not by a log."""
    if ctx.message.told:
        return None
    count = access.revoke(ctx.conn, ctx.person.id)
    return "好的，您登录过的网页、签到手机和日历订阅都已失效。" if count else "您没有登录着的网页，也没有绑定的手机。"


HANDLERS: tuple[Handler, ...] = (log_in, log_out)
