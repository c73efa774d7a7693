"""Work orders of other systems (12345) and telephone notes: labelled fields in any order, or a table with a head."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from knowledge import times
from knowledge.private import phone as phone_in

MAX_ORDERS = 1_000
LABELS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "工单编号",
        "工单号",
        "工单流水号",
        "受理编号",
        "受理单号",
        "派单编号",
        "流水号",
        "诉求编号",
        "案件编号",
        "编号",
    ),
    "person": (
        "诉求人姓名",
        "诉求人",
        "来电人姓名",
        "来电人",
        "反映人",
        "投诉人",
        "市民姓名",
        "联系人姓名",
        "联系人",
        "姓名",
    ),
    "phone": ("联系电话", "来电号码", "联系方式", "来电电话", "联系号码", "手机号码", "手机号", "手机", "电话"),
    "company": ("企业名称", "单位名称", "诉求单位", "反映单位", "诉求企业", "来电单位", "企业", "单位"),
    "place": ("诉求地址", "事发地址", "事发地点", "发生地址", "发生地点", "详细地址", "问题地址", "地址", "地点"),
    "text": (
        *(
            "诉求内容",
            "工单内容",
            "反映内容",
            "来电内容",
            "问题描述",
            "诉求描述",
            "主要内容",
            "具体内容",
            "事项内容",
            "问题内容",
        ),
        *("诉求事项", "反映问题", "内容", "诉求"),
    ),
    "title": ("工单标题", "诉求标题", "诉求主题", "标题", "主题"),
    "deadline": (
        *(
            "办理时限",
            "办结时限",
            "处理时限",
            "答复时限",
            "反馈时限",
            "办理期限",
            "办结期限",
            "截止时间",
            "截止日期",
            "要求办结时间",
        ),
        *("办结时间要求", "限办时间", "回复时限", "时限"),
    ),
    "category": ("诉求类别", "诉求类型", "工单类别", "工单类型", "问题分类", "问题类别", "事项分类", "类别", "类型"),
    "urgency": ("紧急程度", "紧急情况", "优先级"),
    "": (  # known, so that it ends the field before; of no use here
        *(
            "受理时间",
            "来电时间",
            "登记时间",
            "派单时间",
            "转办时间",
            "受理渠道",
            "诉求来源",
            "工单来源",
            "来源",
            "承办单位",
            "主办单位",
        ),
        *(
            "协办单位",
            "责任单位",
            "工单状态",
            "办理状态",
            "状态",
            "性别",
            "是否回访",
            "是否保密",
            "回访",
            "备注",
            "处理意见",
            "办理结果",
        ),
        *("受理人", "话务员", "派单单位", "转办意见", "区域", "所属街道", "所属社区", "序号"),
    ),
}
_FIELD_OF = {label: name for name, labels in LABELS.items() for label in labels}
_LABEL = re.compile(
    rf"(?:(?<=^)|(?<=[\n;。,、|\t ])|(?<=[\])】」]))[\[【(]?({'|'.join(sorted(_FIELD_OF, key=len, reverse=True))})"
    r"(?:[\]】)]\s*:?|\s?:)[ \t]*",
)
_ORDER = re.compile(r"12345|工单|承办单|派遣单|交办单|转办单|热线")
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_/#]{3,39}")
_URGENT = re.compile(r"(?<!非)(?<!不)紧急|特急|加急|(?<!不)急件")
_LASTS = re.compile(r"(?<![月\d])(\d{1,3})\s*(?:个)?\s*(工作日|天|日|小时|个?工作小时)(?:内|之内)?")
_PHONE_NOTE = re.compile(r"(?:来电|电话|接听|热线)(?:诉求)?(?:记录|登记|接听记录)\s*[::]\s*(?P<text>.+)", re.DOTALL)
_CALLER = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,12}?)(?:\(?(?:1\d{10}|0\d{2,3}-?\d{7,8})\)?)?(?:打来电话|来电|致电|电话反映|打电话)"
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when: a moment, or so many `working days`, `days`, `hours` from the start."""

    at: datetime | None = None
    amount: int = 0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One order, in the words of the system that it comes from."""

    source: str  # 12345 or phone
    number: str = ""
    text: str = field(default="", repr=False)
    person: str = field(default="", repr=False)
    phone: str | None = field(default=None, repr=False)
    company: str = ""
    place: str = ""
    category: str = ""
    urgent: bool = False
    deadline: Deadline | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Work orders, and what could not be taken for one: its line (the head of a table is the first) and why."""

    orders: tuple[WorkOrder, ...] = ()
    rejected: tuple[tuple[int, str], ...] = ()


def parse(text: str, now: datetime) -> Batch | None:
    """The work orders that a message holds; None for anything else. `now` is aware."""
    plain = unicodedata.normalize("NFKC", text).replace("\r\n", "\n").replace("\r", "\n").strip()
    rows = [line.split("\t") for line in plain.split("\n") if "\t" in line]
    if len(rows) > 1 and head_of(rows):
        return table(rows, now)
    if not _ORDER.search(plain):
        return None
    found = [_order(fields, now) for fields in _split(plain)]
    orders = tuple(order for order in found if order.number and order.text and (order.phone or order.person))
    return Batch(orders) if orders else None


def _split(plain: str) -> list[dict[str, str]]:
    """The fields of each order: a field that comes a second time begins another order."""
    orders: list[dict[str, str]] = [{}]
    marks = list(_LABEL.finditer(plain))
    ends = [mark.start() for mark in marks[1:]] + [len(plain)]
    for mark, end in zip(marks, ends if marks else [], strict=True):
        name = _FIELD_OF[mark[1]]
        value = plain[mark.end() : end].strip(" \n\t;,、|。[【(")
        if name == "number" and "number" in orders[-1]:
            orders.append({})
        if value and name:
            orders[-1].setdefault(name, value)
    return orders


def head_of(rows: Sequence[Sequence[str]]) -> dict[int, str] | None:
    """Which column of a table holds which field, by its first row; None where that is no head of work orders."""
    columns: dict[int, str] = {}
    for at, label in enumerate(rows[0]):
        name = _FIELD_OF.get(re.sub(r"[\s:*()]|必填|选填", "", unicodedata.normalize("NFKC", label)))
        if name and name not in columns.values():
            columns[at] = name
    return columns if "text" in columns.values() and len(columns) > 1 else None


def table(rows: Sequence[Sequence[str]], now: datetime) -> Batch:
    """The orders of a table whose head `head_of` knows. A number that comes twice is one order."""
    columns = head_of(rows)
    assert columns is not None
    orders: list[WorkOrder] = []
    rejected: list[tuple[int, str]] = []
    seen: dict[str, int] = {}
    for line, row in enumerate(rows[1:], 2):
        order, why = _row(columns, row, now)
        if order and order.number in seen:
            why = f"编号与第{seen[order.number]}行相同"
        elif order and len(orders) == MAX_ORDERS:
            why = f"一次最多导入{MAX_ORDERS}行"
        elif order:
            orders.append(order)
            seen.update({order.number: line} if order.number else {})
        if why:
            rejected.append((line, why))
    return Batch(tuple(orders), tuple(rejected))


def _row(columns: Mapping[int, str], row: Sequence[str], now: datetime) -> tuple[WorkOrder | None, str]:
    if not any(cell.strip() for cell in row):
        return None, ""
    fields = {
        name: unicodedata.normalize("NFKC", row[at]).strip()
        for at, name in columns.items()
        if at < len(row) and row[at].strip()
    }
    order = _order(fields, now)
    if "number" in columns.values() and not order.number:
        return None, "编号是空的或有误"
    if len(order.text) < 4:
        return None, "没有诉求内容"
    if "phone" in fields and order.phone is None:
        return None, f"电话「{fields['phone'][:3]}…」有误"
    if "deadline" in fields and order.deadline is None:
        return None, f"时限「{fields['deadline'][:16]}」看不懂"
    return order, ""


def _order(fields: Mapping[str, str], now: datetime) -> WorkOrder:
    number = _NUMBER.match(fields.get("number", ""))
    title, text = fields.get("title", ""), fields.get("text", "")
    return WorkOrder(
        source="12345",
        number=number[0] if number else "",
        text=text if not title or title in text else f"{title}。{text}",
        person=re.split(r"[\s,;(]", fields.get("person", ""))[0][:16],
        phone=phone_in(fields.get("phone", "")) or phone_in(fields.get("person", "")),
        company=fields.get("company", "")[:64],
        place=fields.get("place", "").split("\n")[0][:64],
        category=fields.get("category", ""),
        urgent=bool(_URGENT.search(fields.get("urgency", ""))),
        deadline=deadline(fields["deadline"], now) if "deadline" in fields else None,
    )


def deadline(text: str, now: datetime) -> Deadline | None:
    """2025-10-20 17:00, 10月20日前, 5个工作日, 24小时; None where it says none of these."""
    if lasts := _LASTS.search(text):
        unit = {"天": "days", "日": "days", "小时": "hours", "工作日": "working days"}.get(lasts[2], "working hours")
        return Deadline(amount=int(lasts[1]), unit=unit)
    found = times.when(text, now)
    if found is None:
        return None
    has_clock = re.search(r"\d\s?[:点时]|上午|中午|下午|晚上", text)
    return Deadline(at=found.start if has_clock else (found.end or found.start).replace(hour=17, minute=30, second=0))


def phone_note(text: str) -> WorkOrder | None:
    """A note of a telephone call that reports something; None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _PHONE_NOTE.match(plain)
    if found is None or len(found["text"].strip()) < 6:
        return None
    order = WorkOrder(source="phone", text=found["text"].strip(), phone=phone_in(plain))
    caller = _CALLER.search(order.text)
    return replace(order, person=caller["name"]) if caller else order
