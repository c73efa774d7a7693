"""会客厅、联席会议: propose a topic, the agenda, merge, promise, progress, done."""

import re
from datetime import timedelta

from bot.capability import Context, Handler, Slot, handler
from bot.clock import local
from bot.domain import topics
from bot.domain.people import HANDLER, SECRETARY, STAFF
from bot.errors import Refusal
from bot.notices import topics as notices
from bot.notices.topics import OFFERED, agenda, more, promised, suggestions, title, topic_line
from knowledge import times
from knowledge.private import mask
from knowledge.wording import readable

ORGANISERS = (STAFF, SECRETARY)
DECIDE_WITHIN = timedelta(days=1)
KIND = r"(?:部(?:\(局\))?长|局长)?会客厅|(?:季度)?联席会议"
NUMBER = r"(?:第|#)?(?P<number>\d{1,9})\s*号?"
_BEFORE = re.compile(r"[^,，。;；]{0,16}?(?:前|之前|以前|内|之内|底)(?=[,，。;；\s]|$)[,，\s]*")


@handler(
    "call_hearing",
    commands=(rf"(?P<kind>{KIND})\s*[:：]\s*(?P<what>.{{4,}})",),
    roles=ORGANISERS,
    title="登记会客厅",
    examples=("会客厅：7月30日下午3点，二楼会议室，区人社局局长谈用工",),
)
def call_hearing(ctx: Context) -> str:
    """A session with its day; the topics that waited for one are on it."""
    assert ctx.command is not None
    found = times.when(ctx.command["what"], ctx.now)
    if found is None or found.start <= ctx.now:
        raise Refusal("请写上哪天几点开，比如「会客厅：7月30日下午3点，二楼会议室，局长谈用工」。")
    kind = "联席会议" if "联席" in ctx.command["kind"] else "会客厅"
    session = topics.call(ctx.conn, kind, readable(ctx.command["what"]), found.start, ctx.person.id)
    waiting = len(topics.of_hearing(ctx.conn, session.id))
    return f"已登记{title(session)}，收到议题{waiting}个。大家发「议题：…」就能提；会前发「议程 {session.id}」看汇总。"


@handler(
    "propose_topic",
    commands=(r"(?:我)?(?:想)?(?:提)?(?:个|一个)?议题\s*[:：]\s*(?P<what>.{4,300})",),
    overhear=True,
    title="提议题",
    examples=("议题：随迁子女积分入学怎么办",),
)
def propose_topic(ctx: Context) -> str:
    """A topic for the next session."""
    assert ctx.command is not None
    one, new = topics.propose(ctx.conn, readable(ctx.command["what"]), ctx.person.id, ctx.chat.id, ctx.now)
    if not new:
        return f"这个议题您已经提过了，是议题{one.id}号。"
    session = topics.upcoming(ctx.conn, ctx.now)
    where = f"列入{title(session)}" if session else "等下一次会客厅或联席会议一并提交"
    return f"已收下议题{one.id}号，{where}。有答复我私下告诉您。"


@handler(
    "agenda",
    commands=(rf"(?:看看?|发我?)?(?:{KIND})?\s*议程\s*(?:{NUMBER})?", rf"(?:{KIND})\s*{NUMBER}\s*(?:的)?议程"),
    roles=ORGANISERS,
    title="会客厅议程",
    examples=("议程 1",),
)
def show_agenda(ctx: Context) -> str:
    """The topics of a session; those that look the same are offered to be merged."""
    assert ctx.command is not None
    number = ctx.command["number"]
    session = topics.find_hearing(ctx.conn, int(number) if number else None, ctx.now)
    found = topics.of_hearing(ctx.conn, session.id)
    text = agenda(ctx.conn, session, found)
    pairs = topics.alike(found)[:OFFERED]
    if not pairs:
        return text
    offered = ",".join(f"{other.id}>{one.id}" for one, other in pairs)
    ctx.ask("merge_offered", "which", {"offered": offered}, within=DECIDE_WITHIN)
    return f"{text}\n{suggestions(pairs)}"


def read_pair(ctx: Context, text: str) -> tuple[int, int] | None:
    """The pair behind a digit: which topic goes into which."""
    offered = str(ctx.args["offered"]).split(",")
    found = re.fullmatch(r"(\d)\s*[)）.。]?", text)
    if found is None or not 0 < int(found[1]) <= len(offered):
        return None
    gone, _, into = offered[int(found[1]) - 1].partition(">")
    return int(gone), int(into)


@handler("merge_offered", roles=ORGANISERS, slots=(Slot("which", read_pair),))
def merge_offered(ctx: Context, which: tuple[int, int]) -> str:
    """A digit: these two are the same."""
    return merged(ctx, *which)


@handler(
    "merge_topics",
    commands=(r"合并议题\s*(?P<one>\d{1,9})\s*号?\s*[、,，和到进\s]\s*(?P<other>\d{1,9})\s*号?",),
    roles=ORGANISERS,
    title="合并议题",
    examples=("合并议题 3、5",),
)
def merge_topics(ctx: Context) -> str:
    """合并议题 3、5: the later one goes into the earlier."""
    assert ctx.command is not None
    numbers = sorted((int(ctx.command["one"]), int(ctx.command["other"])))
    return merged(ctx, numbers[1], numbers[0])


def merged(ctx: Context, gone: int, into: int) -> str:
    """Merge, and say who is counted now."""
    one = topics.merge(ctx.conn, gone, into)
    return f"议题{gone}号已并入议题{one.id}号，共{len(topics.proposers(ctx.conn, one.id))}人提出，有答复都会告诉。"


@handler(
    "promise",
    commands=(
        rf"议题\s*{NUMBER}\s*(?:的)?(?:承诺|答复)\s*[:：]\s*(?P<what>.+)",
        rf"(?:承诺|答复)议题\s*{NUMBER}\s*[:：]\s*(?P<what>.+)",
    ),
    roles=ORGANISERS,
    title="记承诺",
    examples=("议题3承诺：人社局张科长，8月15日前，牵线三家职校",),
)
def record_promise(ctx: Context) -> str:
    """Who promised what until when; the proposers hear it."""
    assert ctx.command is not None
    number, what = int(ctx.command["number"]), readable(ctx.command["what"])
    owner, _, rest = re.sub(r"^由", "", what).partition("，")
    found = times.when(rest, ctx.now)
    if not owner or len(owner) > 30 or found is None:
        raise Refusal(f"请写明谁、哪天前、办什么，比如「议题{number}承诺：人社局张科长，8月15日前，牵线三家职校」。")
    due = local(found.end or found.start).date()
    if due < local(ctx.now).date():
        raise Refusal("承诺的日期已经过了，请核对。")
    text = _BEFORE.sub("", rest, count=1).strip("，。； ") or rest
    one = topics.promise(ctx.conn, number, owner, due, text, ctx.person.id, ctx.now)
    notices.tell_proposers(ctx.conn, ctx.voice, one, f"您提的议题「{mask(one.text)[:40]}」有答复了：{promised(one)}。")
    count = len(topics.proposers(ctx.conn, one.id))
    return f"已记下议题{one.id}号：{promised(one)}。已告诉提议题的{count}人，7天、30天后我来问进展。"


@handler(
    "topic_progress",
    commands=(
        rf"议题\s*{NUMBER}\s*(?:的|有)?(?P<verb>进展|进度)\s*[:：]\s*(?P<what>.+)",
        rf"议题\s*{NUMBER}\s*(?:已经?)?(?P<verb>办结|办好了?|完成了?)\s*[:：,，。]?\s*(?P<what>.*)",
    ),
    roles=(*ORGANISERS, HANDLER),
    title="议题进展、办结",
    examples=("议题3进展：两家已谈妥", "议题3办结，三家都签了"),
)
def topic_progress(ctx: Context) -> str:
    """How it goes; when it is done the proposers hear it."""
    assert ctx.command is not None
    number, what = int(ctx.command["number"]), readable(ctx.command["what"])
    if ctx.command["verb"].startswith("进"):
        one = topics.get(ctx.conn, number)
        topics.note(ctx.conn, one.id, ctx.person.id, what, ctx.now)
        return f"已记下议题{one.id}号的进展。"
    one = topics.finish(ctx.conn, number, ctx.person.id, what, ctx.now)
    notices.tell_proposers(
        ctx.conn, ctx.voice, one, f"您提的议题「{mask(one.text)[:40]}」办结了{f'：{mask(what)}' if what else ''}。"
    )
    return f"议题{one.id}号已办结，已告诉提议题的人。"


@handler(
    "topic_list",
    commands=(r"(?:看看?|发我?)?议题(?:清单|列表|情况|台账)",),
    roles=(*ORGANISERS, HANDLER),
    title="议题清单",
    examples=("议题清单",),
)
def topic_list(ctx: Context) -> str:
    """What waits for an answer, or for what was promised."""
    found = topics.unfinished(ctx.conn)
    if not found:
        return "没有未办结的议题。"
    lines = [topic_line(ctx.conn, one) for one in found[:20]]
    return "\n".join((f"未办结的议题{len(found)}个：", *lines, *more(found)))


@handler(
    "my_topics",
    commands=(r"(?:看看?|查一?下?)?(?:我|我们)(?:提|报)?(?:过)?的议题(?:呢|怎么样了|有答复[吗没]?)?\W*",),
    title="我的议题",
    examples=("我的议题",),
)
def my_topics(ctx: Context) -> str:
    """What the sender proposed, and what became of each."""
    found = topics.proposed_by(ctx.conn, ctx.person.id)
    return "\n".join(topic_line(ctx.conn, one) for one in found[:20]) or "您还没有提过议题。提一个：「议题：…」。"


HANDLERS: tuple[Handler, ...] = (
    merge_topics,
    record_promise,
    topic_progress,
    topic_list,
    my_topics,
    propose_topic,
    show_agenda,
    merge_offered,
    call_hearing,
)
