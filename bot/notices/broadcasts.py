"""群发: how groups are called, what is shown before a broadcast goes out, and the report when it is out."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot import questions
from bot.clock import local
from bot.domain import broadcasts, people
from bot.domain.broadcasts import Broadcast, audience, deliveries
from bot.domain.broadcasts.deliveries import Progress
from bot.domain.people import Chat
from bot.messages import private_chat
from bot.pacing import limits, split
from bot.voice import Voice

UNNAMED = ("", "工作群")
CHANNELS = {"web": "网页", "wechaty": "微信", "wecom": "企业微信", "webhook": "企业微信群机器人"}
DECIDE_WITHIN = timedelta(days=7)
QUOTED = 20


def title(chat: Chat) -> str:
    """What a group is called; one whose title was never learnt, by its id on the platform."""
    return chat.title if chat.title not in UNNAMED else f"工作群 {chat.external_id.split('@')[0]}"


def titles(chats: Sequence[Chat]) -> str:
    """The groups by name, in a row."""
    return "、".join(title(chat) for chat in chats)


def shown(moment: datetime) -> str:
    """7月28日（周一）08:30."""
    at = local(moment)
    return f"{at.month}月{at.day}日（周{'一二三四五六日'[at.weekday()]}）{at:%H:%M}"


def preview(conn: Connection, item: Broadcast, now: datetime, problems: Sequence[str] = ()) -> str:
    """The exact text, the groups, how long it is on each channel."""
    chats = broadcasts.targets(conn, item.id)
    had = {} if item.urgent else audience.sated(conn, chats, now)
    odd = "".join(f"（{problem}，这一处没有改。）\n" for problem in problems)
    urgent = "，紧急" if item.urgent else ""
    timed = f"，定于{shown(item.wanted_at)}发" if item.wanted_at else ""
    groups = "\n".join(
        f"{number}. {title(chat)}" + (f"（本周已推送{had[chat.id]}条，到上限，这次不发）" if chat.id in had else "")
        for number, chat in enumerate(chats, 1)
    )
    return (
        f"群发{item.id}号草稿，还没有发送{urgent}{timed}：\n{odd}————\n{item.text}\n————\n"
        f"发到{len(chats)}个群：\n{groups}\n{_lengths(item.text, chats)}"
    )


def _lengths(text: str, chats: Sequence[Chat]) -> str:
    """How long it is, and where it has to be split."""
    counts = Counter(chat.channel.partition(":")[0] for chat in chats)
    parts = {name: len(split(text, limits(name))) for name in counts}
    named = [
        f"{CHANNELS.get(name, name)}{count}个群" + (f"（太长，分{parts[name]}条）" if parts[name] > 1 else "")
        for name, count in counts.items()
        if len(counts) > 1 or parts[name] > 1
    ]
    return "，".join([f"共{len(text)}字", *named]) + "。"


def send(conn: Connection, voice: Voice, item: Broadcast) -> None:
    """Queue a confirmed broadcast to every group, paced, once each."""
    groups = {deliveries.key(item.id, chat.id): chat for chat in broadcasts.targets(conn, item.id)}
    voice.to_chats(groups, item.text, due_at=item.due_at)


def report(number: int, done: Progress) -> str:
    """How a broadcast went: 群发3号：已送达2/2个群, and what is doubtful about it."""
    text = f"群发{number}号：已送达{len(done.sent)}/{done.total}个群"
    doubts = (
        ("待确认（可能已到，不会自动重发）", done.unknown),
        ("没有发成", done.failed),
        ("已撤回", done.recalled),
        ("还没发", done.waiting),
    )
    parts = [f"{words}：{titles(chats)}" for words, chats in doubts if chats]
    return "；".join([text, *parts]) + "。"


def tell_result(conn: Connection, voice: Voice, item: Broadcast, now: datetime) -> None:
    """Report a broadcast to its drafter; what is doubtful is the drafter's to decide."""
    done = deliveries.progress(conn, item.id)
    text = report(item.id, done)
    if done.unknown:
        text += "请到群里看一眼：回复 1 重发，回复 2 算已发。"
    elif done.failed:
        text += "回复 1 再发一次，回复 2 不发了。"
    if voice.to_person(item.drafter_id, text, channel=item.channel) and (done.unknown or done.failed):
        ask_privately(conn, item, item.drafter_id, "settle_broadcast", now)


def correction(item: Broadcast) -> str:
    """What is said in the groups that have a broadcast which does not hold."""
    text = item.text if len(item.text) <= QUOTED else f"{item.text[:QUOTED]}…"
    return f"更正：刚才的通知「{text}」作废，请以后续通知为准。"


def offer_correction(item: Broadcast, out: Sequence[Chat]) -> str:
    """The question whether to correct what cannot be taken back."""
    return (
        f"已经发出的撤不回：{titles(out)}。要在这{len(out)}个群更正吗？回复 1 发出：「{correction(item)}」；"
        "回复「更正：…」按您写的发；回复 2 不发。"
    )


def tell_taken_back(conn: Connection, voice: Voice, item: Broadcast, now: datetime) -> None:
    """Report to the drafter what was taken back; what was not can be corrected."""
    done = deliveries.progress(conn, item.id)
    out = [*done.sent, *done.unknown]
    text = f"群发{item.id}号：{len(done.recalled)}/{done.total}个群已撤回。"
    told = voice.to_person(item.drafter_id, text + (offer_correction(item, out) if out else ""), channel=item.channel)
    if told and out:
        ask_privately(conn, item, item.drafter_id, "correct_broadcast", now)


def tell_put_off(voice: Voice, item: Broadcast, done: Progress, until: datetime) -> None:
    """Say that the rest of a broadcast waits for the morning."""
    text = (
        f"群发{item.id}号已送达{len(done.sent)}/{done.total}个群，到休息时间先停下，"
        f"其余{len(done.waiting)}个群{shown(until)}接着发。不发了请回复「撤回群发{item.id}」。"
    )
    voice.to_person(item.drafter_id, text, channel=item.channel)


def ask_privately(conn: Connection, item: Broadcast, person_id: int, capability: str, now: datetime) -> None:
    """Wait for somebody's decision on a broadcast in their private chat."""
    where = people.address(conn, person_id, item.channel)
    assert where is not None
    chat = people.meet_chat(conn, where[0], private_chat(where[1]), private=True)
    questions.ask(
        conn,
        chat_id=chat.id,
        person_id=person_id,
        capability=capability,
        slot="decision",
        args={"draft": str(item.id)},
        now=now,
        expires_at=now + DECIDE_WITHIN,
    )
