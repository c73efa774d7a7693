"""What an answer to a draft says without naming a field: 4点到6点, 一楼大厅, 20人左右, 就叫冬至包饺子, 带围裙."""

import re
from datetime import datetime
from typing import Any

from bot.domain.activities import Activity
from handlers.activities.wording import edits, new_time
from knowledge import times
from knowledge.numbers import NUMERAL, number

LONGEST = 60
_CLAUSE = re.compile(r"[,，。;；\n]+")
_END = r"(?:吧|哈|哦|就行|就好|好了|左右|上下|以内|[\W_])*"
_HEADS = re.compile(
    rf"(?:大概|大约|差不多|预计|最多|一共|共|限|就)*\s*({NUMERAL})\s*(?:来|多)?\s*(?:个?人|名|位){_END}"
)
_WHOM = re.compile(rf"(?:叫上|喊上|面向)([^?？]{{2,12}}?){_END}")
_NAMES_IT = (
    (
        re.compile(
            rf"(?:活动|名字|名称|题目|标题|主题|就|改)*叫(?:做|作)?(?![他她你我谁人车上不来大])([^?？]{{2,20}}?){_END}"
        ),
        "名称改成{}",
    ),
    (_WHOM, "对象改成{}"),
    (_HEADS, "名额改成{}人"),
    (re.compile(rf"报名(?:就|只)?(?:截止)?[到至](.{{2,16}}?)(?:截止|为止)?{_END}"), "报名截止改成{}"),
    (re.compile(rf"[到至]?(.{{2,10}}?)(?:就|左右)?(?:结束|散场|为止){_END}"), "结束时间改成{}"),
)
"""What tells by its form which field it is for, and how one says so in full."""
_PLACE = re.compile(
    r"(?!.*(?:[订约借修坏漏帮看谁哪没有吗不停用给]|什么|怎|取消|报|转))(?:[那这]个?|就|还是|放|改|换|定|成|在|去|到)*"
    rf"([^?？\s]{{1,18}}(?:楼|层|厅|室|馆|堂|场|院|园|房|站|中心|门口|社区)){_END}"
)
_REMARK = re.compile(
    r"(?:请|麻烦|大家|各位|需要?|要|都|记得|务必)*((?:自?带|携带|自备|穿)(?!来|走|回|[^,，。]{0,3}(?:队|头)).{1,24}?)[吧哈哦\W]*"
)
_BESIDES = (_HEADS, _WHOM, _REMARK)
_FILLER = re.compile(
    r"(?:那|就|还是|先|再|定|放|改|是|在|从|到|至|开始|吧|哈|哦|左右|准时|举行|办|搞|可以|好了|[\W_])*"
)


def bare_edits(text: str, draft: Activity, now: datetime) -> dict[str, Any]:
    """The columns that such an answer changes; {} where any of it is anything else."""
    changes: dict[str, Any] = {}
    for clause in filter(None, _CLAUSE.split(text) if len(text) <= LONGEST else ()):
        found = edits(clause, draft, now) or _clause(clause.strip(), draft, now)
        if not found:
            return {}
        changes |= found
    return changes


def besides(text: str) -> dict[str, Any]:
    """What clauses of their own say of a plan: how many are expected, whom to ask along, what to bring."""
    clauses = [clause.strip() for clause in _CLAUSE.split(text)]
    heads, whom, brought = ([one[1] for clause in clauses if (one := form.fullmatch(clause))] for form in _BESIDES)
    found = {
        "capacity": number(heads[0]) if heads else None,
        "audience": whom[0] if whom else None,
        "note": "；".join(brought)[:256],
    }
    return {field: value for field, value in found.items() if value}


def _clause(said: str, draft: Activity, now: datetime) -> dict[str, Any]:
    for pattern, in_full in _NAMES_IT:
        if (found := pattern.fullmatch(said)) and (changes := edits(in_full.format(found[1]), draft, now)):
            return changes
    if found := _REMARK.fullmatch(said):
        return {"note": "；".join(filter(None, (draft.note, found[1])))[:256]}
    if found := _PLACE.fullmatch(said):
        return {"place": found[1]}
    rest = said
    for time in times.find(said, now):
        rest = rest.replace(said[slice(*time.span)], "", 1)
    return new_time(said, draft, now) if rest != said and _FILLER.fullmatch(rest) else {}
