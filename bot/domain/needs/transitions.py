"""The lifecycle as one explicit table: state × verb × party → next state. Every change of a need goes through it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

STATES = {
    "reported": "待派单",
    "dispatched": "已派单，等接单",
    "accepted": "已接单",
    "in_progress": "办理中",
    "resolved": "已办结，等评价",
    "rated": "已评价，等结案",
    "closed": "已结案",
    "returned": "已退单，重新派单中",
    "reopened": "重新办理",
    "withdrawn": "已撤回",
    "merged": "已合并",
}
OPEN = ("reported", "dispatched", "accepted", "in_progress", "returned", "reopened")
"""States in which work is left to do."""
TAKEN = ("accepted", "in_progress", "reopened")
"""States in which somebody works on it, or has to take it up again."""
WAITING = ("reported", "dispatched", "returned", "reopened")
"""States in which somebody has to accept it."""

REPORTER, JOINER, HOLDER, UNIT, OFFICER, WORKER, COMPANY, STAFF, CLOCK, ANYONE = (
    "reporter",
    "joiner",
    "holder",
    "unit",
    "officer",
    "worker",
    "company",
    "staff",
    "clock",
    "anyone",
)
PARTIES = {
    REPORTER: "报事人",
    JOINER: "同报人",
    HOLDER: "接单人",
    UNIT: "认领人",
    OFFICER: "上一级负责人",
    WORKER: "经办人",
    COMPANY: "企业联络员",
    STAFF: "工作人员",
    CLOCK: "系统",
    ANYONE: "任何人",
}
"""What somebody can be to a need; one person may be several."""


@dataclass(frozen=True, slots=True)
class Step:
    """A verb: who may do it, and where it leads from where."""

    verb: str
    name: str
    parties: tuple[str, ...]
    moves: Mapping[str, str]
    say: str = ""  # how people say it; {n} stands for the number


def _to(after: str, *before: str) -> dict[str, str]:
    return dict.fromkeys(before, after)


def _stay(*states: str) -> dict[str, str]:
    return {state: state for state in states}


_DESK = (WORKER, STAFF)
_HANDS = (HOLDER, *_DESK)

STEPS: tuple[Step, ...] = (
    Step("contact", "补充联系方式", (REPORTER, *_DESK), _stay(*OPEN, "resolved")),
    Step("dispatched", "派单", (REPORTER, *_DESK, CLOCK), _to("dispatched", "reported", "returned")),
    Step("accepted", "接单", (*_DESK, COMPANY), _to("accepted", *WAITING), "接单 {n}"),
    Step("claimed", "认领", (*_DESK, COMPANY), _stay(*OPEN), "认领{n}号，我们出…"),
    Step("part_done", "完成认领的部分", (UNIT,), _stay(*OPEN), "{n}号我们那部分办好了"),
    Step("co_asked", "请协办", _HANDS, _stay(*OPEN), "{n}号协办法律服务组"),
    Step("progress", "报进展", (UNIT, *_HANDS), _to("in_progress", *TAKEN), "{n}号进展：…"),
    Step("extended", "延期", (HOLDER, OFFICER, STAFF), _stay(*TAKEN), "{n}号延期到…，原因"),
    Step("delay_asked", "申请延期", (HOLDER,), _stay(*TAKEN)),
    Step("delay_refused", "不同意延期", (OFFICER, STAFF), _stay(*TAKEN), "不同意延期{n}"),
    Step("urgent", "加急", _DESK, _stay(*OPEN), "加急 {n}"),
    Step("complex", "列为疑难", _HANDS, _stay(*OPEN), "疑难 {n}"),
    Step("resolved", "办结", _HANDS, _to("resolved", *TAKEN), "{n}号办结，…"),
    Step("returned", "退单", _HANDS, _to("returned", "dispatched", "accepted", "in_progress", "reopened"), "退单 {n}"),
    Step("merged", "合并", _DESK, _to("merged", *OPEN), "合并 {n} 到 …"),
    Step("unmerged", "取消合并", _DESK, _to("reported", "merged"), "取消合并 {n}"),
    Step("escalated", "上报", (REPORTER, *_HANDS, CLOCK), _stay(*OPEN, "rated"), "上报 {n}"),
    Step("rated", "评价", (REPORTER,), _to("rated", "resolved", "rated", "closed"), "{n}号满意（或 一般、不满意）"),
    Step("reopened", "重办", (REPORTER,), _to("reopened", "rated")),
    Step("reopened", "重办", (STAFF,), _to("reopened", "resolved", "rated", "closed"), "重办 {n}"),
    Step("closed", "结案", (REPORTER,), _to("closed", "rated")),
    Step("closed", "结案", (STAFF, CLOCK), _to("closed", "resolved", "rated"), "结案 {n}"),
    Step("withdrawn", "撤回", (REPORTER, STAFF), _to("withdrawn", *OPEN), "撤回{n}号"),
    Step("urged", "催办", (ANYONE,), _stay(*OPEN), "催一下{n}号"),
    Step("added", "补充", (REPORTER, JOINER, *_DESK), _stay(*OPEN, "resolved")),
    Step("amended", "更正", (REPORTER, *_DESK), _stay(*OPEN)),
    Step("joined", "同报", (ANYONE,), _stay(*OPEN), "{n}号我们也是"),
    Step("said_why", "补充说明", (REPORTER,), _stay(*STATES)),
    Step("reminded", "提醒", (CLOCK,), _stay(*OPEN, "resolved")),
)

TABLE: Mapping[tuple[str, str, str], str] = {
    (before, step.verb, party): after
    for step in STEPS
    for party in step.parties
    for before, after in step.moves.items()
}
NEXT: Mapping[tuple[str, str], str] = {(before, verb): after for (before, verb, _), after in TABLE.items()}
"""The same without the party: one verb leads from one state to one other, whoever says it."""
NAMES = {step.verb: step.name for step in STEPS} | {"created": "登记", "returned": "退单"}


def after(state: str, verb: str, parties: Iterable[str]) -> str | None:
    """The state after a step; None where none of the parties may take it in this state."""
    moves = (TABLE.get((state, verb, party)) for party in parties)
    return next((move for move in moves if move), None)


def possible(state: str, parties: Iterable[str]) -> list[Step]:
    """The steps that one of the parties can take by saying so in this state."""
    able = set(parties)
    return [step for step in STEPS if step.say and state in step.moves and able & set(step.parties)]


def who_may(state: str, verb: str) -> list[str]:
    """The parties that may take a step in this state, as they are called; empty where nobody may."""
    able = {party for step in STEPS if step.verb == verb and state in step.moves for party in step.parties}
    return [name for party, name in PARTIES.items() if party in able]


def as_markdown() -> str:
    """The table as the manual shows it: a row for each step, before, after and who."""
    lines = ["| 步骤 | 谁可以 | 原来的状态 → 之后的状态 | 怎么说 |", "| --- | --- | --- | --- |"]
    for step in STEPS:
        groups: dict[str, list[str]] = {}
        for before, then in step.moves.items():
            groups.setdefault("不变" if then == before else STATES[then], []).append(STATES[before].split("，")[0])
        stays = len(groups.get("不变", ())) == len(STATES)
        moves = "；".join(f"{'、'.join(before)} → {then}" for then, before in groups.items())
        who = "、".join(PARTIES[party] for party in step.parties)
        say = f"`{step.say.format(n=101)}`" if step.say else ""
        lines.append(f"| {step.name} | {who} | {'任何状态，不变' if stays else moves} | {say} |")
    return "\n".join(lines)
