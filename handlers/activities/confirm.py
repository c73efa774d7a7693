"""代报名、代签、补签: another's word counts once the person concerned, or the organiser, has said that it is right."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import people
from bot.domain.activities import Activity, attendance, claims, organisers, plan, sign_ups
from bot.domain.activities.claims import MAKE_UP, Claim
from bot.domain.activities.sign_ups import SignUp
from bot.notices.activities import moment, tell_promoted
from handlers.activities.organising import ORGANISERS, leads_club
from knowledge import slots

ANSWER_WITHIN = timedelta(days=3)
WAITS_FOR = timedelta(days=14)


def ask_about_sign_up(ctx: Context, what: Activity, entry: SignUp) -> str:
    """Ask whoever was signed up by another, or the organiser; returns who is asked, in words."""
    by = people.display_name(ctx.person)
    text = f"{by}替您报了「{what.title}」，{moment(what.begins)}。参加请回复「确认」，不参加请回复「不去」。"
    if entry.person_id and _ask(ctx, entry.person_id, text, "confirm_sign_up", {"entry": str(entry.id)}):
        return "本人"
    return "组织者" if ask_organiser(ctx, what) else "本人"


def ask_about_presence(ctx: Context, what: Activity, claim: Claim) -> str:
    """Ask whoever is said to be there, where they are known; else the organiser. Returns who is asked."""
    text = (
        f"{people.display_name(ctx.person)}替您签到「{what.title}」。您本人到场请回复「确认」，没有到请回复「没到」。"
    )
    if (
        claim.person_id
        and claim.kind != MAKE_UP
        and _ask(ctx, claim.person_id, text, "confirm_presence", {"claim": str(claim.id)})
    ):
        return "本人"
    ask_organiser(ctx, what)
    return "组织者"


def _ask(ctx: Context, person_id: int, text: str, capability: str, args: dict[str, str]) -> bool:
    chat = ctx.private_chat_of(person_id)
    if chat is None or not ctx.tell_person(person_id, text):
        return False
    ctx.ask(capability, "yes", args, person_id=person_id, chat=chat, within=ANSWER_WITHIN)
    return True


def ask_organiser(ctx: Context, what: Activity) -> bool:
    """Put all that waits for the organiser of an activity before them, in one message."""
    for organiser in organisers.of(ctx.conn, what)[:1]:
        text, shown = _waiting(ctx, organiser)
        if text:
            return _ask(ctx, organiser, text, "decide_entries", shown)
    return False


def _waiting(ctx: Context, organiser: int) -> tuple[str, dict[str, str]]:
    """The list for an organiser, and what its numbers stand for: the answer is about those, whatever comes later."""
    said, listed = claims.of_organiser(ctx.conn, organiser, ctx.now - WAITS_FOR)
    lines = [_presence(ctx, one) for one in said] + [_listed(ctx, one) for one in listed]
    if not lines:
        return "", {}
    shown = {"claims": ",".join(str(one.id) for one in said), "entries": ",".join(str(one.id) for one in listed)}
    numbered = [f"{number}. {line}" for number, line in enumerate(lines, 1)]
    text = "\n".join(
        ["请您确认：", *numbered, "都对请回复「确认」，只对一部分回复序号如「1、3」，都不对回复「不同意」。"]
    )
    return text, shown


def _presence(ctx: Context, one: Claim) -> str:
    title = plan.get(ctx.conn, one.activity_id).title
    by = people.display_name(people.get_person(ctx.conn, one.by_id))
    reason = f"（{one.reason}）" if one.reason else ""
    if one.kind == MAKE_UP:
        return f"{one.name}补签「{title}」{reason}"
    if one.by_id == one.person_id:
        return f"{one.name}请您代签「{title}」"
    return f"{by}替{one.name}签到「{title}」"


def _listed(ctx: Context, one: SignUp) -> str:
    by = people.display_name(people.get_person(ctx.conn, one.by_id))
    return f"{by}替{one.name}报名「{plan.get(ctx.conn, one.activity_id).title}」"


Decision = bool | list[int]


def _read_decision(ctx: Context, text: str) -> Decision | None:
    if re.match(r"不同意|都不对|不对|驳回", text):
        return False
    if re.fullmatch(r"(?:都)?(?:同意|批准|通过|对的?|属实)\W*", text):
        return True
    if picked := slots.choices(text):
        return picked if min(picked) <= _count(ctx) else None  # of another list
    return slots.yes_no(text)


@handler("decide_entries", slots=(Slot("yes", _read_decision),))
def decide_entries(ctx: Context, yes: Decision) -> str:
    """The organiser's word on all that waits, or on some of it; what is said no to is undone."""
    waiting, unconfirmed = claims.of_organiser(ctx.conn, ctx.person.id, ctx.now - WAITS_FOR)
    shown, entries = _shown(ctx, "claims"), _shown(ctx, "entries")
    right: Sequence[int] = range(1, _count(ctx) + 1) if yes is True else yes or []
    if any(number > _count(ctx) for number in right):
        ctx.ask("decide_entries", "yes", {name: ctx.args[name] for name in ("claims", "entries")}, within=ANSWER_WITHIN)
        return f"序号只有1到{_count(ctx)}，还没有处理，请重新回复。"
    approved = total = 0
    for one in waiting:
        if one.id in shown:
            total += 1
            approved += _settle(ctx, one, approved=shown.index(one.id) + 1 in right)
    for entry in unconfirmed:
        if entry.id not in entries:
            continue
        total += 1
        if len(shown) + entries.index(entry.id) + 1 in right:
            sign_ups.confirm(ctx.conn, entry.id)
            approved += 1
        else:
            _take_back(ctx, entry)
    if not total:
        return "没有等您确认的了。"
    return f"已确认{approved}项" + (f"，{total - approved}项没有通过。" if approved < total else "。")


def _count(ctx: Context) -> int:
    return len(_shown(ctx, "claims")) + len(_shown(ctx, "entries"))


def _shown(ctx: Context, what: str) -> list[int]:
    return [int(one) for one in str(ctx.args.get(what) or "").split(",") if one]


def _settle(ctx: Context, one: Claim, *, approved: bool) -> bool:
    """Record a presence that is right, and tell those concerned; True when it counts now."""
    if not claims.decide(ctx.conn, one.id, ctx.person.id, ctx.now, approved=approved):
        return False
    what = plan.get(ctx.conn, one.activity_id)
    concerned, whose = one.person_id or one.by_id, "您" if one.person_id else one.name
    if not approved:
        ctx.tell_person(concerned, f"{whose}的「{what.title}」{'补签' if one.kind == MAKE_UP else '代签'}没有通过。")
        return False
    if one.person_id is None:  # a mere name: there is nobody to give points to
        someone = people.meet_person(ctx.conn, "page", f"{one.activity_id}:{one.name}", one.name)
    else:
        someone = people.get_person(ctx.conn, one.person_id)
    mine = attendance.check_in(ctx.conn, what, someone.id, one.chat_id, one.at, attendance.APPROVED)
    earned = f"，+{mine.points}分" if mine.points else ""
    ctx.tell_person(concerned, f"{whose}的「{what.title}」签到已确认{earned}。")
    return True


def _take_back(ctx: Context, entry: SignUp) -> None:
    what = plan.get(ctx.conn, entry.activity_id)
    _, promoted = sign_ups.leave(ctx.conn, entry, ctx.now)
    tell_promoted(ctx.conn, ctx.voice, what, promoted)
    ctx.tell_person(entry.by_id, f"您替{entry.name}报的「{what.title}」没有通过，名额已退回。")


@handler(
    "list_unconfirmed",
    commands=(r"(?:看看|查看|查)?(?:还有)?(?:哪些|什么)?(?:待确认|等我确认)(?:的)?(?:签到|报名|名单)?\W*",),
    roles=ORGANISERS,
    also=leads_club,
    title="待确认的代报、代签、补签",
    examples=("@小红 待确认",),
)
def list_unconfirmed(ctx: Context) -> str:
    """What waits for the sender's word, privately."""
    text, shown = _waiting(ctx, ctx.person.id)
    if not text:
        return "没有等您确认的代报、代签、补签。"
    if ctx.chat.private:
        ctx.ask("decide_entries", "yes", shown, within=ANSWER_WITHIN)
        return text
    return "已私发给您。" if _ask(ctx, ctx.person.id, text, "decide_entries", shown) else "请私聊我问「待确认」。"


def _read_word(_: Context, text: str) -> bool | None:
    if re.match(r"没到|没去|不去|不参加|不是|没有到|去不了", text):
        return False
    if re.fullmatch(r"(?:我)?(?:参加|会去|去的?|到了|在的?|本人到场)\W*", text):
        return True
    return slots.yes_no(text)


@handler("confirm_sign_up", slots=(Slot("yes", _read_word), Slot("entry", lambda _, text: int(text))))
def confirm_sign_up(ctx: Context, yes: bool, entry: int) -> str:
    """The word of somebody whom another signed up."""
    held = sign_ups.get(ctx.conn, entry)
    what = plan.get(ctx.conn, held.activity_id)
    if held.state not in sign_ups.HELD:
        return f"「{what.title}」的报名已经取消了。"
    if yes:
        sign_ups.confirm(ctx.conn, entry)
        waits = "，现在是候补" if held.state == sign_ups.WAITING else ""
        return f"好的，「{what.title}」已确认{waits}，{moment(what.begins)} {what.place}".rstrip() + "。"
    _, promoted = sign_ups.leave(ctx.conn, held, ctx.now)
    tell_promoted(ctx.conn, ctx.voice, what, promoted)
    ctx.tell_person(held.by_id, f"{people.display_name(ctx.person)}不参加「{what.title}」，您替报的名额已退回。")
    return f"好的，「{what.title}」的报名已取消。"


def _read_claim(ctx: Context, text: str) -> Claim | None:
    return claims.find(ctx.conn, int(text))


@handler("confirm_presence", slots=(Slot("yes", _read_word), Slot("claim", _read_claim)))
def confirm_presence(ctx: Context, yes: bool, claim: Claim) -> str:
    """The word of somebody for whom another checked in."""
    what = plan.get(ctx.conn, claim.activity_id)
    if not claims.decide(ctx.conn, claim.id, ctx.person.id, ctx.now, approved=yes):
        return f"「{what.title}」的代签已经处理过了。"
    if not yes:
        return f"好的，「{what.title}」没有给您签到。"
    mine = attendance.check_in(ctx.conn, what, ctx.person.id, claim.chat_id, claim.at, attendance.APPROVED)
    earned = f"，+{mine.points}分" if mine.points else ""
    return f"签到成功：「{what.title}」{local(claim.at):%H:%M}{earned}。"


HANDLERS: tuple[Handler, ...] = (
    list_unconfirmed,
    decide_entries,
    confirm_sign_up,
    confirm_presence,
)
