"""What a short wish must name to be acted on where nobody addressed the assistant.

A model that has never seen 没有 or 4.5分 in a group takes them for whatever is likeliest of their sender's role. The
lists are generous: of the 401 short overheard wishes of these kinds in the training messages they miss none.
"""

import re

SHORT = 20
"""Characters of a short message: a longer one says enough for the model to judge."""
_NAMED = {
    "ask_policy": r"\S.{4}",  # the shortest that names its matter: 离婚冷静期几天 has more
    "check_in": r"^(?!.{0,8}[吗么没]\W*$)",  # 到了吗 asks others
    "query_activities": (
        r"活[动動]|课|班|会|賽|赛|讲座|沙龙|培训|菜单|自选|必选|几[点號号日]|[什甚]么|[啥乜谁]|哪[天儿里些个场次边一]|[在去]哪|[时時候]候?"
        r"|[周週月]|礼拜|[今明后几这当]天|[今明当]晚|[有冇没]|报名|安排|参加|通知|[演走跑影展营游摘节练学教近还開开项吗]|瑜伽|志愿"
        r"|公里|不$"
    ),
    "ask_human": (
        r"人工|人话|叫个|来个|专人|跟人|说话|职员|谁管|工作人员|客服|真人|负责|管事|领导|小红|机器|转|值[班守]|电话|找"
    ),
    "help": r"帮|怎么用|能做|能干|功能|小红|机器|助手|你|使用|用法|命令|教|指令|格式|说明",
    "query_stats": (
        r"统计|数据|率|台[帐账]|清单|诉求|办|汇总|报表|走访|走到|满意|活跃|签到|缺勤|积分|单子|接单|超时|评价|反映|收[了到]"
        r"|几[条家件个宗起]|多少[条家件个宗起人]|企业|排个?名|挑|列|导|[上这本]个?[月周季]|今年"
    ),
    "redeem_points": r"积分|兑(?!换码)|换(?![班码])|领",
    "resolve_need": (
        r"办|完|好|解决|修|换|恢复|处理|搞|弄|通|结|正常|妥|落实|到位|销|闭环|装|补|\d{2}|没问题|到账|清|成|填|关|落地|[领拿]|ok|可以"
    ),
    "track_need": (
        r"办|修|处理|进[度展]|结果|解决|回[复音信]|答复|[诉素]求|单|反[映馈应]|报|催|多久|信儿|消息|动静|怎么?样|咋|怎么说|派|来"
        r"|\d{2}|提的|弄|审|落实|查|情况|搞|安排|到嘛|下文|状态.|对接|后续|银行|律师|定了|登记|负责|在跟|着落|哪|联系|接"
    ),
    "withdraw_need": (
        r"撤|[诉需]求|求助|\d{2}|不(?:用|必|需要?|麻烦|修|跑)|好了|别[派来修]|报|解决|销|作废|误会|单|收回|够了|那[条个件]|找到|换了"
    ),
}
_PLAIN = {intent: re.compile(words, re.IGNORECASE) for intent, words in _NAMED.items()}


def names(intent: str, text: str) -> bool:
    """Whether an overheard text says plainly enough what it is about; a long one does."""
    words = _PLAIN.get(intent)
    return words is None or len(text) > SHORT or words.search(text) is not None
