"""活动报名: sign up with companions or for others, answer whether there is room, the waiting list."""

import re
from datetime import timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.domain import people
from bot.domain.activities import Activity, names, plan, reach, sign_ups
from bot.domain.activities.sign_ups import Applicant, SignUp
from bot.notices.activities import moment, room, tell_promoted
from handlers.activities import companions, spoken, which
from handlers.activities.confirm import ask_about_sign_up
from handlers.activities.seats import EVENT, as_listed, asks_for_room, offer, tell_room
from knowledge import slots
from knowledge.slots.answers import SURNAMES

_FOR = re.compile(
    r"(?:帮|替|给|代)(?P<name>[^\s,，。我俺咱]{2,4}|我[^\s,，。们这那和跟]{1,3}?)(?:也|一起)?(?:报|登记|占|留个?位)"
)
_WAIT = re.compile(r"候补|排队|排上|等位")


def applicant(ctx: Context) -> Applicant:
    """The speaker, or whom the speaker names: a person whom this chat knows by that name, else the mere name."""
    found = _FOR.search(ctx.said)
    if found is None:
        return Applicant(ctx.person.id, ctx.person.name, ctx.person.id, ctx.chat.id, ctx.now)
    name = found["name"]
    if name.startswith("我"):  # their own kin: as good as their own word
        name = f"{people.display_name(ctx.person)}的{name[1:]}"
        return Applicant(None, name, ctx.person.id, ctx.chat.id, ctx.now)
    known = None if ctx.chat.private else reach.person_named(ctx.conn, name, ctx.chat.id)
    return Applicant(known, name, ctx.person.id, ctx.chat.id, ctx.now, confirmed=False)


_JOINS_IN = re.compile(
    rf"(?:(?:我|俺|我们)也(?:想)?|{companions.WITH_KIN.pattern}(?:两个?人?|俩|一起)?(?:都|也)(?:想|要)?)(?:来|去|要|参加|报|报名)(?:一个)?[吧哈啊呀的]*\W*"
)
LATELY = timedelta(minutes=30)
JUST_NOW = timedelta(hours=1)
"""How long after the last word about an activity an overheard +1 is for it."""


def joins_in(ctx: Context) -> bool:
    """我也来: it means a sign-up only where one activity was announced or signed up for just before."""
    if ctx.addressed or not _JOINS_IN.fullmatch(ctx.text):
        return False
    return len(spoken.of(ctx, which.ahead(ctx), LATELY)) == 1


_NAMES_IT = re.compile(
    r"(?:我|俺|本人|我们)?(?:也|想|要|来|再)*报(?:个|一?下)?名(?:参加|一下)?[\s:：]*(?P<what>[^,，。?？吗呢的]{2,20}?)[吧哈啊啦~!！。]*"
)


def names_it(ctx: Context) -> bool:
    """报名主题党日, overheard, and nothing else: the name stands for itself."""
    found = None if ctx.addressed or ctx.reading.quote else _NAMES_IT.fullmatch(ctx.text)
    return found is not None and bool(which.only_named(found["what"], which.ahead(ctx)))


_ALL = re.compile(r"(?:我们?|俺)?(?:全都?|都|[两二三][个场项样]都)(?:要|想)?(?:去|来|报名?|参加|要)[吧哈啊的~!！。]*")
_LISTED_NAME = rf"[{SURNAMES}](?:大爷|大妈|大娘|大伯|大婶|阿姨|叔叔?|奶奶|爷爷|师傅|老师|姐|哥|婶)"
_LISTED = re.compile(
    rf"[,，:：\s](?P<names>(?:{_LISTED_NAME}[、,，和跟与\s]*)+)(?:[两三]个?人?|俩|都|也|一起|全)*(?:去|来|参加|报)"
)


def listed(ctx: Context) -> list[Applicant]:
    """手工课报名，王大爷李大妈都去: whom the speaker puts down, and not themselves."""
    found = _LISTED.search(ctx.said)
    if found is None or re.search(r"我|俺", ctx.said):
        return []
    names = dict.fromkeys(re.findall(_LISTED_NAME, found["names"]))
    known = {one: None if ctx.chat.private else reach.person_named(ctx.conn, one, ctx.chat.id) for one in names}
    return [Applicant(known[one], one, ctx.person.id, ctx.chat.id, ctx.now, confirmed=False) for one in names]


@handler(
    "sign_up",
    intents=("sign_up",),
    when=lambda ctx: joins_in(ctx) or names_it(ctx),
    commands=(
        r"(?:请|麻烦)?(?:帮|替|代)[^\s,，。我俺咱你您他她大各全\d]{2,4}?(?:也|一起)?报(?:个|一?下)?名[,，:：]?[^,，。?]{2,20}",
        rf".{{0,16}}{EVENT}(?:现在|今天|这会儿)?还?(?:能|可以|能不能)再?(?:报|加|参加)(?:上|名|人)?(?:不|吗|么|没)?\W*",
        r"(?:我|我们)?[也要想]*报名\s*第?\d{3,6}\s*号?(?:活动)?\W*",
    ),
    slots=(which.ACTIVITY,),
    overhear=True,
    title="活动报名",
    examples=("@小红 主题党日报名", "主题党日算我和我对象2个人"),
)
def sign_up(ctx: Context, activity: Activity | None) -> str | None:
    """Sign up at once when all fit; a group that does not fit waits whole; one alone is offered the waiting list."""
    asks = asks_for_room(ctx.said)
    verb = "问" if asks else "报名"
    options = [] if activity else _options(ctx)
    if len(options) > 1 and _ALL.fullmatch(ctx.said) and (ctx.addressed or _together(ctx)):
        return "\n".join(_join(ctx, one) for one in options)
    what = activity or which.one(ctx, "sign_up", verb, options, lambda: which.nothing(ctx, "报名"))
    if what is None or isinstance(what, str):
        return what
    if ctx.chat.private is False:
        plan.touch(ctx.conn, what.id, ctx.chat.id, spoken.said_at(ctx))
    if asks:
        return tell_room(ctx, what)
    return "\n".join(_join(ctx, what, who) for who in listed(ctx)) or _join(ctx, what)


def _options(ctx: Context) -> list[Activity]:
    """What can be meant; +1 that does not say for what is for what was spoken of last, or for nothing here."""
    found = which.meant(ctx, which.ahead(ctx))
    if ctx.addressed or not which.bare(ctx) or names.number_in(ctx.said):
        return found
    last = spoken.of(ctx, which.ahead(ctx), JUST_NOW)
    return last or (found if re.search(r"报|参[加与]", ctx.said) else [])


def _together(ctx: Context) -> bool:
    """Whether several activities were spoken of last, and at once."""
    return len(spoken.of(ctx, which.ahead(ctx), JUST_NOW)) > 1


def _join(ctx: Context, what: Activity, other: Applicant | None = None) -> str:
    who = other or applicant(ctx)
    held = sign_ups.find(ctx.conn, what.id, who.person_id, who.name)
    said = ctx.slots.get("people")
    count = 1 if other else companions.headcount(ctx.said, said, held.people if held else None)
    entry = sign_ups.join(ctx.conn, what.id, who, count, wait=count > 1)
    if entry is None:
        return offer(ctx, what)
    if held and entry.people < held.people:
        tell_promoted(ctx.conn, ctx.voice, what, sign_ups.promote(ctx.conn, what.id))
    whom = "" if who.person_id == ctx.person.id else who.name
    asked = f"等{ask_about_sign_up(ctx, what, entry)}确认。" if not (held or entry.confirmed) else ""
    if held and held == entry:
        return f"{whom or '您'}已经报过「{what.title}」了{as_listed(ctx, entry)}，不用重复报。"
    if entry.state == sign_ups.WAITING:
        free = sign_ups.seats(ctx.conn, what.id).free
        left = f"只剩{free}个名额" if free else "名额已满"
        line = sign_ups.place_in_line(ctx.conn, entry)
        waits = f"已为您登记候补{count}人（候补第{line}位），有空位会通知您。"
        return f"「{what.title}」{left}，坐不下{count}人，{waits}{asked}"
    if held and entry.people != held.people:
        return f"已改：{whom}「{what.title}」{entry.people}人（{room(ctx.conn, what)}）。{asked}"
    return _receipt(ctx, what, entry, whom) + asked


def _receipt(ctx: Context, what: Activity, entry: SignUp, whom: str) -> str:
    many = f"{entry.people}人" if entry.people > 1 else ""
    text = f"已{f'为{whom}' if whom else ''}报名「{what.title}」{many}（{room(ctx.conn, what)}），{moment(what.begins)}"
    seats = sign_ups.seats(ctx.conn, what.id)
    return text + ("，名额已满。" if seats.free == 0 else "。")


def _read_consent(_: Context, text: str) -> bool | None:
    """候补 and its like, or a plain yes or no."""
    if len(text) <= 24 and _WAIT.search(text) and not re.search(r"[不别]|吗|\?", text):
        return True
    return slots.yes_no(text)


def brings(ctx: Context) -> bool:
    """带老伴一起: somebody who has just signed up here says with whom."""
    return companions.only(ctx.text) and _just_joined(ctx) is not None


def _just_joined(ctx: Context) -> Activity | None:
    return sign_ups.latest_of(ctx.conn, ctx.person.id, ctx.chat.id, ctx.now - LATELY)


@handler("bring_companions", when=brings, overhear=True)
def bring_companions(ctx: Context) -> str | None:
    """Add them to the sender's own sign-up."""
    what = _just_joined(ctx)
    return _join(ctx, what) if what else None


@handler("join_waiting_list", slots=(Slot("yes", _read_consent), Slot("activity", which.read_activity)))
def join_waiting_list(ctx: Context, yes: bool, activity: Activity) -> str:
    """The answer to the offer: only a yes joins. A seat that has fallen free meanwhile is given at once."""
    if not yes:
        return "好的，没有登记候补。"
    who = applicant(ctx)
    count = slots.people(ctx.text) or companions.headcount(ctx.said, ctx.slots.get("people"), None)
    entry = sign_ups.join(ctx.conn, activity.id, who, count, wait=True)
    assert entry is not None
    if entry.state == sign_ups.SEATED:
        return _receipt(ctx, activity, entry, "" if who.person_id == ctx.person.id else who.name)
    line = sign_ups.place_in_line(ctx.conn, entry)
    return f"已登记「{activity.title}」候补，第{line}位，有空位会通知您。"


HANDLERS: tuple[Handler, ...] = (bring_companions, sign_up, join_waiting_list)
