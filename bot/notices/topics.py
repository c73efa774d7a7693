"""会客厅、联席会议: the agenda, what proposers hear, and the list of needs for the quarterly claim round."""

from sqlalchemy.engine import Connection

from bot.clock import local
from bot.domain import needs, people, topics
from bot.domain.topics import Hearing, Topic
from bot.notices.needs import line
from bot.voice import Voice
from knowledge.private import mask

SHOWN = 20
OFFERED = 5


def title(session: Hearing) -> str:
    """会客厅1号（7月30日15:00）."""
    at = local(session.at)
    return f"{session.kind}{session.id}号（{at.month}月{at.day}日{at:%H:%M}）"


def agenda(conn: Connection, session: Hearing, found: list[Topic]) -> str:
    """The topics of a session in order, with how many proposed each."""
    if not found:
        return f"{title(session)}还没有议题。"
    head = f"{title(session)}议程，{len(found)}个议题：\n{session.text}"
    return "\n".join((head, *(topic_line(conn, one) for one in found[:SHOWN]), *more(found)))


def topic_line(conn: Connection, one: Topic) -> str:
    """3. 随迁子女积分入学（2人提）：人社局张科长8月15日前……"""
    count = len(topics.proposers(conn, one.id))
    many = f"（{count}人提）" if count > 1 else ""
    kept = f"：{promised(one)}" if one.state == topics.PROMISED else "：已办结" if one.state == topics.DONE else ""
    return f"{one.id}. {mask(one.text)[:60]}{many}{kept}"


def promised(one: Topic) -> str:
    """Who promised what until when."""
    assert one.due is not None
    return f"{one.owner}承诺{one.due.month}月{one.due.day}日前{mask(one.promise or '')[:80]}"


def more(found: list[Topic]) -> list[str]:
    """That there are more than are shown."""
    return [f"另有{len(found) - SHOWN}个。"] if len(found) > SHOWN else []


def suggestions(pairs: list[tuple[Topic, Topic]]) -> str:
    """Which topics may be the same, to be merged by a digit."""
    lines = [
        f"{number}) 议题{one.id}和{other.id}：{mask(one.text)[:20]} / {mask(other.text)[:20]}"
        for number, (one, other) in enumerate(pairs[:OFFERED], 1)
    ]
    return "像是同一件事的，回复数字合并；都不是就不用理：\n" + "\n".join(lines)


def tell_proposers(conn: Connection, voice: Voice, one: Topic, text: str) -> None:
    """To everybody who proposed it, privately."""
    for person_id, chat_id in topics.proposers(conn, one.id):
        voice.to_person(person_id, text, channel=people.get_chat(conn, chat_id).channel)


def claim_list(conn: Connection) -> str | None:
    """The open needs, put on the table for whoever can help; None where there are none."""
    found = [one for one in needs.of_categories(conn, needs.CATEGORIES, needs.OPEN) if one.merged_into_id is None]
    if not found:
        return None
    lines = [line(one) for one in found]
    example = found[0].id
    return "\n".join(
        (
            f"【需求认领】这些诉求正在找人帮忙（{len(found)}件）：",
            *lines,
            f"能出力的请回复「认领{example}号，我们出…」。",
        )
    )
