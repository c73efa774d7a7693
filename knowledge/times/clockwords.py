# ruff: noqa: E501 - a rule reads best on one line
"""Rules for hours, parts of the day, lengths of time, repetition and the words that join them."""

import re

from knowledge.times.durations import LENGTH, read_length
from knowledge.times.numerals import number
from knowledge.times.tokens import NUMERALS, Kind, Rule, group_number, rule

Values = tuple[int, ...] | None

_CN = NUMERALS[10:]
_TO = r"\s?(?:-{1,3}|~|至|到)\s?"
_HOUR = rf"(?:\d{{1,2}}|[{_CN}]{{1,3}})"
_NOT_HOURS = (
    r"(?!建议|意见|要求|想法|体会|说明|内容|方面|原因|收获|心得|注意|不足|思考|感受|希望|需求|诉求|问题|共识|启示|优势|疑问|计划|措施|"
    r"经验|感悟|补充|提示|提醒|事|好处|看法|做法|评|赞|击|餐|心|子|滴|数|位|钱|理由|变化|工作|认识|成绩|承诺|忠告|亮点|水|油|点)"
)
_NOT_AN_AGE = r"(?!间|候|段|期|长|代|常|光|效|装|尚|令|事|速|空|差|薪|刻|尔|而|机|节|限)"
_COUNTED = r"(?![\d个人名位元块年月日号楼层岁份家户张件页台组桌.%]|多[个人名]|[-~到至]\d+[人名])"

# Parts of the day: from and to (hours of the day; past 24 is the next), and how an hour said in it is read.
PARTS: dict[str, tuple[int, int]] = {
    "凌晨": (0, 6), "早": (6, 9), "上午": (8, 12), "中午": (12, 14), "下午": (13, 18), "傍晚": (17, 19), "晚": (18, 22),
    "夜": (20, 24), "白天": (8, 18),
}  # fmt: skip
_NAMES = tuple(PARTS)
NOON, EVENING = _NAMES.index("中午"), _NAMES.index("晚")
_PART_WORDS = {
    "凌晨": "凌晨", "黎明": "凌晨", "拂晓": "凌晨", "清晨": "早", "大清早": "早", "清早": "早", "一大早": "早", "大早上": "早", "一早": "早", "早上": "早", "早晨": "早",
    "早间": "早", "晨间": "早", "头晌": "上午", "头午": "上午", "前晌": "上午", "上午": "上午", "上半晌": "上午", "晌午": "中午", "正午": "中午",
    "中午": "中午", "午间": "中午", "晌午头": "中午", "午后": "下午", "下午": "下午", "后晌": "下午", "下晌": "下午", "过晌": "下午",
    "下半晌": "下午", "后半晌": "下午", "傍晚": "傍晚", "黄昏": "傍晚", "傍黑": "傍晚", "擦黑": "傍晚", "晚上": "晚", "晚间": "晚",
    "大晚上": "晚", "夜里": "夜", "夜间": "夜", "夜晚": "晚", "深夜": "夜", "半夜": "夜", "大半夜": "夜", "午夜": "夜", "后半夜": "凌晨",
    "黑夜": "夜", "白天": "白天", "晚": "晚", "早": "早", "晨": "早", "夜": "夜",
}  # fmt: skip
_LONG_PARTS = "|".join(sorted((w for w in _PART_WORDS if len(w) > 1), key=len, reverse=True))


def _part(match: re.Match[str]) -> Values:
    return (_NAMES.index(_PART_WORDS[match[0]]),)


def _clock(hour: int, minute: int, *, sure: bool) -> Values:
    """(hour, minute, whether the hour counts from midnight for certain)."""
    return (hour, minute, sure or hour > 12 or hour == 0) if 0 <= hour <= 24 and 0 <= minute < 60 else None


def _digital(match: re.Match[str]) -> Values:
    hour, half = int(match["hour"]), (match["half"] or "").lower()[:1]
    if half and 1 <= hour <= 12:
        return _clock(hour % 12 + 12 * (half == "p"), int(match["minute"]), sure=True)
    return _clock(hour, int(match["minute"]), sure=match["hour"][0] == "0" or match["hour"] == "24")


def _minute(match: re.Match[str]) -> int:
    found = match.groupdict()
    if found["half"]:
        return 30
    if found["quarter"]:
        return 15 * number(found["quarter"])
    word = found["minute"] or found["bare"] or found["tens"] or found["few"]
    return number(word) if word else 0


def _spoken(match: re.Match[str]) -> Values:
    word = match["hour"]
    about = len(word) == 2 and not set(word) & set("十廿卅百零0123456789")  # 七八点
    hour, minute = number(word[0] if about else word), _minute(match)
    if match["less"]:
        hour, minute = hour - 1, 60 - number(match["less"])
    return _clock(hour, minute, sure=len(match["hour"]) == 2 and match["hour"][0] == "0")


def _short_of(match: re.Match[str]) -> Values:
    minutes = 15 if match["quarter"] else group_number(match, "less")
    return _clock(group_number(match, "hour") - 1, 60 - minutes, sure=False)


def _bare(match: re.Match[str]) -> Values:
    return _clock(group_number(match, "hour"), 0, sure=False)


def _first_of_two(match: re.Match[str]) -> Values:
    """3-5pm begins in the half of the day in which it ends; 10-1pm cannot."""
    hour, end, afternoon = int(match["hour"]) % 12, int(match["end"]) % 12, match["half"] in "pP"
    return _clock(hour + 12 * (afternoon == (hour <= end)), 0, sure=True)


def _follows(match: re.Match[str]) -> Values:
    """Whether a list goes on with the very next day or month, so that it names a stretch: 18、19日."""
    before = _NUMBER_BEFORE.search(match.string[max(0, match.start() - 4) : match.start()])
    listed = [number(word) for word in _NUMBER.findall(f"{before[1]}{match[0]}、{match['next']}")] if before else []
    return () if listed and listed == [*range(listed[0], listed[-1] + 1)] else None


def _length(match: re.Match[str]) -> Values:
    """(months, days, minutes, working days)."""
    return read_length(match["length"])


def _signed(match: re.Match[str]) -> Values:
    """(sign, months, days, minutes, working days)."""
    back = match["way"][-1] == "前" or match["way"] == "以来"
    if _DAY_OF_MONTH.fullmatch(match["length"]):
        return None
    if match["way"][-1:] == "到" and _NOT_FROM_NOW.search(match.string[: match.start()][-1:]):
        return None
    return -1 if back else 1, *read_length(match["length"])


_NUMBER_BEFORE = re.compile(rf"(\d{{1,2}}|[{_CN}]{{1,3}})[日号]?$")
_NUMBER = re.compile(rf"\d{{1,2}}|[{_CN}]{{1,3}}")
_NOT_FROM_NOW = re.compile("[前早晚后迟]")  # 提前十分钟到
_DAY_OF_MONTH = re.compile(r"\d{1,2}日")
_CN_MONTHS = "[两三四五六七八九十]月"
_PAST = r"过去|刚过去|最近|近|此前|之前|以往|(?<![^\s,。、;:!?(从在看])前(?=[\d一二两三四五六七八九十]{1,3}个?半?(?:小时|钟头|分钟))"
_BACKWARDS = frozenset({"过去", "刚过去", "最近", "近", "此前", "之前", "以往", "前"})
_COMING = r"未来|接下来|今后|往后|之后|以后|随后|(?<![^\s,。、;:!?(从在看])后(?!天)"


def _window(match: re.Match[str]) -> Values:
    back = match["way"] in _BACKWARDS
    return -1 if back else 1, *read_length(match["length"])


_SPOKEN = (
    rf"(?P<hour>{_HOUR})\s?(?:点钟?|时{_NOT_AN_AGE}){_NOT_HOURS}"
    rf"(?:(?P<half>半)(?!天|个)|[过又]?(?P<quarter>[一二两三1-3])刻钟?|差(?P<less>\d{{1,2}}|[{_CN}]{{1,3}})分?|"
    rf"[过又]?零?(?P<minute>\d{{1,2}}|[{_CN}]{{1,3}})分(?!钟?[之以]?[前后内]|之|店|会|支|公|钟)(?:\d{{1,2}}秒)?|"
    rf"零(?P<few>[一二三四五六七八九])(?!\d)|(?P<bare>[0-5]\d){_COUNTED}(?![点:时])|"
    rf"(?P<tens>[二三四五]?十[一二三四五六七八九]?){_COUNTED}(?![几多来点时分天周一二三四五六七八九十]))?"
    r"(?:钟|整|左右|多钟?(?!个|人))?"
)
_BEFORE_ONE = r"(?<=[午晨天日号间里末夜到至\-~儿钟晌])"
_LOOSE = r"(?<![这那有几提讲说谈强哪快慢多少好求意项])(?<![以如]下)(?<!以上)"

LENGTH_RULES: tuple[Rule, ...] = (
    rule(Kind.OFFSET, NUMERALS + "半", rf"(?P<length>{LENGTH})(?P<way>(?<=[时头钟])(?:左右)?(?:就|能|可以)?(?:到(?=[了达场位现,。!]|(?![\s\S]))|赶到)|[之以过]后|后(?![天续面期])|[之以]前|前(?![往台]|[一二两三四五六七八九十\d]{{1,2}}(?:个月|个?季)))", _signed),
    rule(Kind.OFFSET, "再过还", rf"(?:(?<![超不通经])再?过|再[等有]|(?P<left>还[有剩]下?\s?))(?P<length>{LENGTH})(?(left)(?=就?要?(?:到期|过期|开始|开会|开课|截止|结束|出发|放假|下班|关门))|(?![以之]?[后前内]))", lambda m: (1, *read_length(m["length"]))),
    rule(Kind.NOW, "现此目眼当而依", rf"(?<![\s\S])(?:现在|此刻|此时|目前|眼下|当前|而家|依家)(?![\s\S])|(?:现在|此刻)(?=(?:起|开始)?{_TO}(?:{_LONG_PARTS}|[早晚])?{_HOUR}[点时:])"),
    rule(Kind.WITHIN, NUMERALS + "半", rf"(?P<length>{LENGTH})(?:[之以]内|内(?![容部外])|里头?(?!面))", _length),
    rule(Kind.WINDOW, NUMERALS + "半", rf"(?P<length>{LENGTH})(?P<way>以来|来)", _signed),
    rule(Kind.WINDOW, "过刚最近此之以未接今往随后前", rf"(?P<way>{_PAST}|{_COMING})的?这?\s?(?P<length>{LENGTH}|{_CN_MONTHS})[之以]?[内里]?", _window),
)  # fmt: skip

_DOTTED = r"(?<![\d.])(?:1[3-9]|2[0-3])\.[0-5]\d"
DOTTED_RULES: tuple[Rule, ...] = (  # 晚上7.30 and 14.30-16.30 are hours, 7.30 alone is a day
    rule(Kind.CLOCK, "123456789", r"(?:(?<=[上下中]午)|(?<=[早晚]上)|(?<=[今明后]晚))(?P<hour>\d{1,2})\.(?P<minute>[0-5]\d)(?P<half>)(?![\d.])", _digital),
    rule(Kind.CLOCK, "12", rf"(?P<hour>1[3-9]|2[0-3])\.(?P<minute>[0-5]\d)(?P<half>)(?:(?<={_DOTTED})(?={_TO}{_DOTTED})|(?<=\d\.\d\d[-~至到]\d\d\.\d\d))(?!\d|\s?[元万亿%度米])", _digital),
)  # fmt: skip
CLOCK_RULES: tuple[Rule, ...] = (
    rule(Kind.CLOCK, "差", rf"差\s?(?:(?P<less>\d{{1,2}}|[{_CN}]{{1,3}})分钟?|(?P<quarter>一刻钟?))(?:到|不到)?(?P<hour>{_HOUR})点钟?", _short_of),
    rule(Kind.CLOCK, "0123456789", r"(?<![:.])(?P<hour>\d{1,2})\s?:\s?(?P<minute>[0-5]\d)(?::[0-5]\d)?(?:分|[时点](?![间候段]))?(?![\d:])(?:\s?(?P<half>[aApP]\.?[mM])\.?)?", _digital),
    rule(Kind.CLOCK, "0123456789", r"(?P<hour>\d{1,2})(?P<minute>)\s?(?P<half>[aApP]\.?[mM])(?![a-zA-Z])\.?",
         lambda m: _clock(int(m["hour"]) % 12 + 12 * (m["half"][0] in "pP"), 0, sure=True)),
    rule(Kind.CLOCK, "一俩仨", rf"(?:{_BEFORE_ONE}(?=[一俩仨])|(?=一点(?:半|整|钟|到|至|-|~|[二三四五]?十|零|\d|[一三]刻))){_LOOSE}{_SPOKEN}", _spoken),
    rule(Kind.CLOCK, "零二两三四五六七八九十廿", rf"{_LOOSE}{_SPOKEN}", _spoken),
    rule(Kind.CLOCK, "0123456789", rf"(?<!\d\.){_SPOKEN}", _spoken),
    rule(Kind.CLOCK, "0123456789", rf"(?<![\d:.])(?P<hour>\d{{1,2}})(?={_TO}(?P<end>\d{{1,2}})(?::[0-5]\d)?\s?(?P<half>[aApP])\.?[mM])", _first_of_two),
    rule(Kind.CLOCK, NUMERALS, rf"(?P<hour>{_HOUR})(?={_TO}{_HOUR}(?:点{_NOT_HOURS}|时{_NOT_AN_AGE}))", _bare),
    rule(Kind.LENGTH, NUMERALS + "半", rf"(?P<length>{LENGTH})(?<!日)", _length),
    rule(Kind.PART, "凌黎拂清大一早晨头前上晌正中午下后过傍黄擦晚夜深半黑白", rf"(?:{_LONG_PARTS})(?![好茶餐饭鹅])", _part),
    rule(Kind.CLOCK, "早朝", r"[早朝](?P<hour>[六七八九十])(?=[到至-]?晚[四五六七八九])", lambda m: (number(m["hour"]), 0, 1)),
    rule(Kind.TO, "晚", r"(?<=[早朝][六七八九十])晚(?=[四五六七八九])"),
    rule(Kind.CLOCK, "四五六七八九晚", r"(?:(?<=[早朝][六七八九十]晚)|(?<=[早朝][六七八九十][到至-])晚)(?P<hour>[四五六七八九])(?P<half>半)?(?![点时:\d])", lambda m: (12 + number(m["hour"]), 30 * bool(m["half"]), 1)),
    rule(Kind.PART, "早", rf"早起(?=\s?{_HOUR}\s?[点时:])", lambda _: (_NAMES.index("早"),)),
    rule(Kind.PART, "早", rf"早(?!一点)(?=\s?{_HOUR}\s?[点时:])|(?:(?<=[今明昨后当每])早(?!已|餐|饭|就)|(?:(?<=\d[日号])|(?<=[十一二三四五六七八九][日号])|(?<=[周期拜][一二三四五六日天]))早(?![已就餐饭点些先知期年]|一[点些]))", _part),
    rule(Kind.PART, "晚", rf"晚(?!一点)(?=\s?{_HOUR}\s?[点时:])|(?<=[今明昨后当每周一二三四五六日号天])晚(?![会餐宴饭点报归辈安婚年些])", _part),
    rule(Kind.PART, "晨夜", r"(?<=[今明昨当每])[晨夜]", _part),
    rule(Kind.FILL, "全整", r"全天|整天|一整天|整个(?=[上下中]午|[早晚]上|周|星期|月)"),
    rule(Kind.FILL, "当那这同", r"(?:当|那|这|同)[天日](?!津)|[那这]个?(?=周|星期|礼拜)"),
    rule(Kind.FILL, "含", r"(?<=\()含[^()]{0,3}(?=\))"),
    rule(Kind.FILL, "大约准左前", r"大约|大概|约(?=\s?\d)|准时|左右|前后"),
    rule(Kind.REPEAT, "每天逐逢历年", r"每一?个?(?:天|日(?!常))|天天|每(?=[早晚夜])|每(?=上午|下午)", lambda _: (1, 0)),
    rule(Kind.REPEAT, "每工", r"每一?个?(?:工作日|上班日)|(?<![个\d])工作日(?=每天|\s?(?:[早朝上下中晚]|\d{1,2}[:点时]))", lambda _: (1, 1)),
    rule(Kind.REPEAT, "每", r"每个?(?:周|星期|礼拜)一(?:-|~|到|至)(?:周|星期|礼拜)?五", lambda _: (1, 1)),
    rule(Kind.REPEAT, "每隔双单", r"每[两2二]个?(?:周|星期|礼拜)(?!年)|(?:每?隔一?个?|[双单])(?:(?=周[一二三四五六日天](?!次))|(?:周|星期|礼拜)(?=[末周星礼的]))", lambda _: (6, 0)),
    rule(Kind.REPEAT, "每逢", r"每?逢(?=[一二三四五六七八九十](?:[、,]|、?逢)[一二三四五六七八九十])", lambda _: (3, 0)),
    rule(Kind.REPEAT, "每逢", r"(?:每逢?一?个?|逢)(?=(?:周|星期|礼拜)[一二三四五六日天1-7末](?![次回趟遍]))|每一?个?(?:周|星期|礼拜)(?!年|[一二三四五六1-7][次回趟遍])", lambda _: (2, 0)),
    rule(Kind.REPEAT, "每", r"每一?个?月|每逢(?=\d)", lambda _: (3, 0)),
    rule(Kind.REPEAT, "每历年", r"每一?年|历年|年年", lambda _: (4, 0)),
    rule(Kind.UNTIL_NOW, "到至", rf"(?:到|至)(?:今[天日]的?(?!\s?(?:{_LONG_PARTS}|[早晚]|{_HOUR}[点时:]))|今(?![年晚早后明天日])|现在|目前|此刻)(?:为止)?"),
    rule(Kind.TO, "、和及", rf"(?:(?<=[日号])|(?<=[\d{_CN}])(?=、))(?:、(?:\d{{1,2}}|[{_CN}]{{1,3}})[日号]?){{0,9}}[、和及](?=(?:\d{{1,2}}月)?(?P<next>\d{{1,2}}|[{_CN}]{{1,3}})[日号月])", _follows),
    rule(Kind.TO, "一", r"(?<=:\d\d)一(?=\d{1,2}:)|一直(?:持续)?[到至]"),
    rule(Kind.TO, "-~至到直持延开用和与", r"-{1,3}|~{1,2}|至|(?:直|持续|延续|开放|[开用])?到|(?:持续|延续)至|[和与](?=[^,。\n]{1,12}之?间)"),
    rule(Kind.BEFORE, "之以或及前止为下", r"(?:下班)?(?:[及或]?[之以]|[及或])前|下班前|前(?![往提台期后面来排身方线沿景进行者天日年儿\d]|[一二三四五六七八九十两]个?(?:天|名|月|季|周))|为止|止(?!步)"),
    rule(Kind.AFTER, "之以或及后", r"[及或]?[之以]后|后(?![天面台勤续门期备排方年])"),
    rule(Kind.WITHIN, "之以内", r"[之以]内|内(?![容部外务])", lambda _: ()),
    rule(Kind.SINCE, "起开以", r"起(?![来草诉名步床初码飞点重航跑吊身立])|开始|以来"),
    rule(Kind.DEADLINE, "截最不赶", r"截[止至](?:时间|日期)?(?:到|至|为|是)?:?|最[迟晚](?:于|在|到)?|不[晚迟]于|赶在"),
)  # fmt: skip
