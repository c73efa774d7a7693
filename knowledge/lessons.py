"""What people say that a message was, or what it states: names in plain Chinese, and corrections in a few words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

NAMES: Mapping[str, tuple[str, ...]] = {
    "report_need": ("诉求", "报修", "求助", "反映问题"),
    "track_need": ("查进度", "问进度", "问进展"),
    "urge_need": ("催办", "催单"),
    "accept_need": ("接单", "认领"),
    "update_need": ("报进展", "进展"),
    "resolve_need": ("办结",),
    "rate_need": ("评价",),
    "withdraw_need": ("撤回诉求", "撤诉求"),
    "check_in": ("签到", "打卡"),
    "sign_up": ("报名", "活动报名"),
    "cancel_sign_up": ("取消报名", "请假", "退报名"),
    "solitaire": ("接龙",),
    "query_activities": ("问活动", "查活动"),
    "publish_activity": ("活动通知", "发布活动", "活动预告"),
    "ask_policy": ("政策咨询", "问政策", "政策问题", "咨询", "政策"),
    "offer_resource": ("提供资源", "登记资源", "资源"),
    "seek_resource": ("找资源", "借东西", "找场地"),
    "book_venue": ("订场地", "预约场地", "订会议室", "预约"),
    "query_points": ("查积分", "问积分"),
    "redeem_points": ("兑换", "换积分", "积分兑换"),
    "query_duty": ("问值班", "查值班", "问坐班"),
    "log_visit": ("走访记录", "走访"),
    "query_stats": ("查统计", "统计", "要数据"),
    "register": ("登记身份", "自我介绍", "登记"),
    "acknowledge": ("收到", "回执"),
    "ask_human": ("转人工", "找人工"),
    "help": ("问功能", "帮助"),
    "none": ("闲聊", "聊天", "群聊", "闲话", "广告", "玩笑", "转发"),
}
"""Intents and what people call them; the first name is the bot's own."""
LONGEST = 40
"""Characters of a correction."""
GROUPS = ("党建指导", "人才服务", "综合服务", "金融服务", "法律服务", "物业服务", "社会服务")

SLOTS: Mapping[str, tuple[str, ...]] = {
    "place": ("地点", "位置", "地址"),
    "company": ("单位", "公司", "企业"),
    "activity": ("活动",),
    "name": ("姓名", "名字"),
    "resource": ("资源",),
    "goods": ("物品", "奖品"),
    "phone": ("电话", "手机号", "联系电话"),
}
"""Slots and what people call them; the first name is the bot's own."""

_SLOTS = {name: slot for slot, names in SLOTS.items() for name in names}
_SLOT_NAME = "|".join(sorted(_SLOTS, key=len, reverse=True))
_INTENTS = {name: intent for intent, names in NAMES.items() for name in names}
_NAME = "|".join(sorted(map(re.escape, _INTENTS), key=len, reverse=True))
_GROUP_NAME = "|".join(name[:2] for name in GROUPS)
_WRONG = r"(?:你)?(?:(?:认|看|搞|弄|读|理解|听)错了|错了|不对)?"
_THIS = rf"(?:小红)?[,，\s]*{_WRONG}[,，。\s]*(?:这条|这句|这个|这|那|他|她|人家)?(?:条|句)?(?:话|消息)?"
_END = r"(?:的)?(?:消息|问题|信息)?(?:来的|吧|啊|呀|哦|了|嘛)?[,，。!！~\s]*"
_NOT = re.compile(
    rf"{_THIS}\s*(?:不是|不算|并不是|别当|别算|不应该是|不该是)\s*(?:一?[个条件])?(?P<name>{_NAME}){_END}"
)
_IS = re.compile(
    rf"{_THIS}\s*(?:只|其实|应该|应当|明明|才)?(?:就|都)?(?:是|算|当|按|属于|记成|记为)\s*(?:在|来|想|要|一?[个条件])?"
    rf"(?P<name>{_NAME}){_END}"
)
_NOT_BUT = re.compile(r"(?P<no>.{2,14}?)[,，。\s]+(?P<yes>(?:应该|而|其实|这)?.{0,2}(?:是|算).{2,12})")
_GROUP = re.compile(
    rf"{_THIS}\s*(?:应该|应当|得|要|该)?(?:归|属于|派给|转给?|给|交给|是)\s*(?P<group>{_GROUP_NAME})"
    rf"(?:服务|指导)?(?:组)?(?:的)?(?:管|办|处理|负责)?{_END}"
)


_STATES = re.compile(
    rf"{_THIS}\s*的?(?P<slot>{_SLOT_NAME})(?:名称|名)?\s*(?:不是[^,，]{{1,16}}[,，\s]+)?(?:其实|应该|应当|明明)?"
    rf"(?:应?[是为]|写的是|说的是|[:：])\s*(?P<words>[^,，。!！?？\s]{{1,24}}?)(?:才对|来的|吧|啊|哦|呀)?[。!！~\s]*"
)
_ASKING = re.compile(r"[哪谁啥吗么呢几]|多少")
_STATES_NONE = re.compile(rf"{_THIS}\s*(?:里面?)?(?:并?没有?[写说提]到?)(?P<slot>{_SLOT_NAME}){_END}")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a message was: an intent, or the service group that it concerns, or the words that fill a slot of it.

    Empty words: the message does not state the slot.
    """

    intent: str | None = None
    category: str | None = None
    slot: str | None = None
    words: str = ""


def name_of(intent: str) -> str:
    """What the bot calls an intent."""
    return NAMES[intent][0]


def slot_name(slot: str) -> str:
    """What the bot calls a slot."""
    return SLOTS[slot][0]


def correction(text: str) -> Correction | None:
    """The correction that a few words are: 不是诉求, 这是报名, 应该归物业, 地点应是3号楼. None for anything else."""
    if len(text) > LONGEST:
        return None
    if found := _STATES_NONE.fullmatch(text):
        return Correction(slot=_SLOTS[found["slot"]])
    if (found := _STATES.fullmatch(text)) and not _ASKING.search(found["words"]):
        return Correction(slot=_SLOTS[found["slot"]], words=found["words"])
    if found := _GROUP.fullmatch(text):
        return Correction(category=next(name for name in GROUPS if name.startswith(found["group"])))
    if found := _IS.fullmatch(text):
        return Correction(_INTENTS[found["name"]])
    if _NOT.fullmatch(text):
        return Correction("none")
    if (found := _NOT_BUT.fullmatch(text)) and _NOT.fullmatch(found["no"]):
        return correction(found["yes"])
    return None
