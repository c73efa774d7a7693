# ruff: noqa: E501 - a rule reads best on one line
"""Rules for words that name days: months, weeks, dates, festivals; those for years are beside it."""

import re

from knowledge.times.festivals import FESTIVALS
from knowledge.times.numerals import number
from knowledge.times.tokens import NUMERALS, Kind, Rule, group_number, rule
from knowledge.times.weekwords import WEEK, WEEK_RULES, WEEKDAYS, step
from knowledge.times.yearwords import YEAR_RULES

Values = tuple[int, ...] | None

_CN = NUMERALS[10:]
_TO = r"\s?(?:-{1,3}|~|至|到)\s?"
_NUM = rf"(?:\d{{1,2}}|[{_CN}]{{1,3}})"
_NOT_A_DAY = (
    r"(?!\s?(?:楼|门|院|线|栋|幢|厅|馆|会议室|单|桌|车(?!辆)|教室|库|店(?!庆)|窗|柜|机|房|室|口|球场|场|信箱|文|令|公告|诉求|"
    r"票|摊|展位|铺|池|泵|井|站|码|梯|层|仓|塔|座|区|灯|杆|台(?!阶)|地块|厂|园|坑|电梯|选手|需求|工单|游|捐|志|报(?!名|到|送|告)|常|均|"
    r"记|程|语|本|托|三餐|化|光|子))"
)

# Units of NTH and FIRST_N; 0 to 6 are weekdays.
WORKDAY, DAY_UNIT, WEEK_UNIT, MONTH_UNIT, QUARTER_UNIT, WEEKEND, YEAR_UNIT = 7, 8, 9, 10, 11, 12, 13
_UNITS = {
    "工作日": WORKDAY, "上班日": WORKDAY, "交易日": WORKDAY, "天": DAY_UNIT, "日": DAY_UNIT, "周": WEEK_UNIT,
    "星期": WEEK_UNIT, "礼拜": WEEK_UNIT, "月": MONTH_UNIT, "年": YEAR_UNIT, "季度": QUARTER_UNIT, "周末": WEEKEND,
}  # fmt: skip
_UNIT = rf"(?P<unit>周末|工作日|上班日|交易日|{WEEK}[一二三四五六日天](?![次回])|周|星期|礼拜|天|日|月|季度)"


def _month(match: re.Match[str]) -> Values:
    """(0, month) or, of two in one breath, (0, the first, 2)."""
    if match["two"]:
        first = group_number(match, "two")
        return (0, first, 2) if group_number(match, "next") == first + 1 else None
    word = match["n"] or match["listed"] or match["first"]
    value = 1 if word == "元" else number(word)
    return (0, value) if 1 <= value <= 12 else None


def _near_month(match: re.Match[str]) -> Values:
    """(1, months from this one) or, of several, (1, the first of them, how many)."""
    if match["way"]:
        count = group_number(match, "n")
        return 1, -count if match["way"] == "上" else 1, count
    return 1, 1 if match["step"] == "次" else step(match["step"])


def _lunar(match: re.Match[str]) -> Values:
    """(lunar year or 0, leap, month or 0, day or 0)."""
    found = match.groupdict()
    month = {"正": 1, "冬": 11, "腊": 12}.get(found.get("month") or "") or (
        number(found["month"]) if found.get("month") else 1 if found.get("new_year") else 0
    )
    day = number((found.get("day") or "零").removeprefix("初"))
    year = number(found["year"]) if found.get("year") else 0
    return (year, bool(found.get("leap")), month, day) if month <= 12 and day <= 30 else None


_EDGES = {
    "初": 1, "中": 2, "底": 3, "末": 3, "终": 3, "上旬": 4, "中旬": 5, "下旬": 6, "伊始": 1, "中下旬": 10, "上中旬": 11, "中上旬": 11,
}  # fmt: skip


def _edge(match: re.Match[str]) -> Values:
    """(which edge, what of: 0 what comes before, 1 month, 2 year, 3 quarter)."""
    return _EDGES[match["edge"]], {"": 0, "月": 1, "年": 2, "岁": 2, "季": 3, "季度": 3}[match["of"] or ""]


def _half_month(match: re.Match[str]) -> Values:
    return (7 if match[0][0] == "上" else 8), 1


def _date(match: re.Match[str]) -> Values:
    """(year or 0, month, day or 0)."""
    found = match.groupdict()
    month, day = int(found["month"]), int(found.get("day") or 0)
    year = int(found.get("year") or 0)
    year += 2000 if 0 < year < 100 else 0
    return (year, month, day) if 1 <= month <= 12 and day <= 31 and (not year or 1900 <= year <= 2100) else None


def _day(match: re.Match[str]) -> Values:
    """(day,) or, of a list that comes round, (-1, days)."""
    if match["tails"]:  # 逢五逢十
        tails = {number(c) % 10 for c in match["tails"] if c in _CN}
        return -1, *(day for day in range(1, 32) if day % 10 in tails)
    if match["list"]:
        days = sorted({number(word) for word in re.findall(_NUM, match["list"])})
        return (-1, *days) if days[0] > 0 and days[-1] <= 31 else None
    return _day_of(match["n"] or match["one"] or match["first"] or match["listed"] or match["bare"])


def _day_of(word: str) -> Values:
    value = number(word)
    return (value,) if 1 <= value <= 31 else None


def _near(match: re.Match[str]) -> Values:
    """(days from today, whether counted from a day named before); a third number says how many days follow."""
    days = {"前": -2, "昨": -1, "今": 0, "本": 0, "当": 0, "明": 1, "赶": 1, "后": 2}[match["word"][0]]
    big = len(match.groupdict().get("big") or "")
    return days + (big if days > 0 else -big), 0


def _two_days(match: re.Match[str]) -> Values:
    return {"昨": -1, "今": 0, "明": 1}[match[0][0]], 0, 2 if match[0].startswith("今明后") else 1


def _nth(match: re.Match[str]) -> Values:
    """(which, from the end when negative; unit)."""
    found = match.groupdict()
    count = number(found["n"]) if found.get("n") else 1
    word = found.get("unit") or "工作日"
    unit = _UNITS[word] if word in _UNITS else WEEKDAYS[word[-1]]
    return (-count if found.get("last") or found.get("very_last") else count), unit


_DAY_OF_LUNAR = r"(?:初(?:[一二三四五六七八九十]|\d{1,2})|[二三]十[一二三四五六七八九]?|十[一二三四五六七八九]?|廿[一二三四五六七八九]?)"
_MD_UNITS = (
    r"(?!\d|\.\d|\s?(?:元|折|块|万|亿|倍|米|m|M|k|K|公里|斤|吨|小时|个|分|%|度|寸|平|G|版|岁|级|℃|毫|厘|名|人|天|年|月|升|千|w|W|"
    r"的[人企]|左右|以上|点|时))"
)

_DAY = (
    r"(?<=逢)(?P<tails>[一二三四五六七八九十](?:[、,]?逢?[一二三四五六七八九十]){1,9})[日号]?(?![周月年点])|"
    rf"(?:(?<=每月)|(?<=每个月)|(?<=每月的)|(?<=每个月的)|(?<=逢))(?P<list>{_NUM}[日号]?(?:[、,和及]{_NUM}[日号]?){{1,9}})(?<=[日号])|"
    rf"(?P<n>\d{{1,2}}|[{_CN}]{{2,3}}|[二三四五六七八九十廿卅]|(?<=月)一)\s?[日号]{_NOT_A_DAY}|"
    rf"(?P<one>一)号{_NOT_A_DAY}(?=[上下早晚中前之开截以,。 ]|$)|"
    rf"(?P<first>{_NUM})(?={_TO}{_NUM}[日号]{_NOT_A_DAY})|(?<=月)(?P<listed>{_NUM})(?=(?:、{_NUM})*[、和及]{_NUM}[日号])|"
    rf"(?<=月)(?P<bare>{_NUM})(?=\s?(?:上午|下午|早|晚|中午|凌晨|傍晚|\(?周|-|~|至|到|$))"
)

DAY_RULES: tuple[Rule, ...] = (
    rule(Kind.DATE, "12", r"(?<![\d./])(?P<year>(?:19|20)\d\d)(?:[-./]| (?=\d\d \d\d))(?P<month>\d{1,2})[-./ ](?P<day>\d{1,2})(?:日|号|(?!\d(?!\d?:)))", _date),
    rule(Kind.DATE, "2", r"(?<![\d./])(?P<year>2\d)(?P<sep>[./])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?![\d./])", _date),
    rule(Kind.DATE, "2", r"(?<!\d)(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)", _date),
    rule(Kind.DATE, "12", r"(?<![\d./])(?P<year>(?:19|20)\d\d)[-./](?P<month>0?[1-9]|1[0-2])(?![\d./]|-\d{1,2}(?!\d))", _date),
    *YEAR_RULES,
    rule(
        Kind.LUNAR, "农阴旧",
        rf"(?:农历|阴历|旧历)\s?(?:(?P<year>\d{{4}}|[{_CN}]{{4}})年)?(?P<leap>闰)?(?P<month>[正冬腊]|\d{{1,2}}|[{_CN}]{{1,2}})月份?"
        rf"(?:(?P<day>{_DAY_OF_LUNAR}|\d{{1,2}}|[一二三四五六七八九](?!月))[日号]?)?",
        _lunar,
    ),
    rule(Kind.LUNAR, "闰正冬腊", rf"(?P<leap>闰)?(?P<month>(?<=闰)(?:\d{{1,2}}|[{_CN}]{{1,2}})|[正冬腊])月(?:(?P<day>{_DAY_OF_LUNAR}|\d{{1,2}})[日号]?)?", _lunar),
    rule(Kind.LUNAR, NUMERALS, rf"(?P<month>[{_CN}]{{1,2}}|\d{{1,2}})月(?P<day>初(?:[一二三四五六七八九十]|\d{{1,2}})|廿[一二三四五六七八九]?|(?:(?<=[一二三四五六七八九十]月)|(?<=[78]月)(?=十五))(?:十五|(?<=二月)二|(?<=三月)三|(?<=五月)五|(?<=六月)六|(?<=七月)七|(?<=九月)九)(?![十日号点时个%]))", _lunar),
    rule(Kind.LUNAR, "大年", r"(?P<new_year>大年|(?<![今明去\d])年)(?P<day>初[一二三四五六七八九十])(?![季级])", _lunar),
    rule(Kind.LUNAR, "十二三", r"(?:(?<=初[一二三四五六七八九十]至)|(?<=初[一二三四五六七八九十]到)|(?<=初[一二三四五六七八九十]-))(?P<day>[二三]?十[一二三四五六七八九]?)(?![日号个])", _lunar),
    rule(Kind.LUNAR, "初廿", r"(?P<day>初[四五六七八九十](?![中年级])|(?<=初[一二][至到\-~])初[二三]|廿[一二三四五六七八九](?![日号]))", _lunar),
    rule(Kind.FILL, "农阴", r"[农阴]历(?!新年)"),
    rule(Kind.MONTH, NUMERALS + "元", rf"(?P<two>[一二三四五六七八九])(?P<next>[二三四五六七八九十])月份?|(?<![\d.])(?P<listed>\d{{1,2}})(?=、\d{{1,2}}月)|(?P<n>\d{{1,2}}|[一二三四五六七八九十]{{1,2}}|元)\s?月(?:份)?(?![龄嫂饼子])|(?<!月)(?P<first>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})(?={_TO}(?:\d{{1,2}}|[一二三四五六七八九十]{{1,2}})月)", _month),
    rule(Kind.MONTH, "上下本这当同次今", r"(?<![以早])(?<!(?<!最)晚)(?:(?P<step>上{1,4}|下{1,4}|本|这|当|同|次|今(?=个?月))一?个?月份?(?![饼嫂球])|(?<![楼线网])(?P<way>[上下])\s?(?P<n>\d{1,2}|[两二三四五六七八九十])\s?个月)", _near_month),
    rule(Kind.DATE, "0123456789", r"(?<![\d./:])(?<![低掉降升涨达]到)(?<!低至)(?<![分率])(?P<month>0?[1-9]|1[0-2])(?:[./](?P<day>0?[1-9]|[12]\d|3[01])(?:/(?P<year>(?:19|20)\d\d))?|-(?P<day2>\d\d)(?<=\d\d-\d\d)(?=[\s,。()]|$|上午|下午|[早晚]))[日号]?" + _MD_UNITS,
         lambda m: None if m["day2"] and m.string[m.start() - 1 : m.start()] in tuple("-月日号") else (int(m["year"] or 0), int(m["month"]), int(m["day"] or m["day2"]))),
    rule(Kind.EDGE, "月年岁季上中下", r"(?P<of>月|年|岁|季度?)?(?P<edge>[上中]旬|下旬|中下旬|上中旬|中上旬)", _edge),
    rule(Kind.EDGE, "月年岁季", r"(?P<of>月|年|岁|季度?)(?P<edge>[初中底末终])(?![国秋小级考])", _edge),
    rule(Kind.EDGE, "初底末中伊", r"(?P<of>)(?:(?<=[月年份度代季])(?P<edge>[初底末]|伊始)(?![一二三四五六七八九十中月])|(?<=[月份])(?P<mid>中)(?![国秋旬午小心]))",
         lambda m: (2, 0) if m["mid"] else _edge(m)),
    rule(Kind.EDGE, "上下", r"[上下]半月", _half_month),
    rule(Kind.EDGE, "年月周", r"(?<!个)(?P<of>[年月周])(?=[之以]?内(?![容部外]))", lambda m: (9, "月年季周".index(m["of"]) + 1)),
    rule(Kind.NTH, "第最倒首头末", rf"(?:(?P<last>倒数)?第\s?(?P<n>\d{{1,2}}|[{_CN}]{{1,3}})|(?P<very_last>最后|末(?=月))一?|首|头一(?=个))\s?个?{_UNIT}", lambda m: _nth(m)),
    rule(Kind.NTH, "第首上开节", r"第一天上班|第一个?上班日|上班(?:的)?第一天|开工第一天|首个上班日", lambda m: (1, WORKDAY)),
    rule(Kind.NTH, "下上", r"(?P<step>[上下])一?个?(?P<unit>工作日|交易日)", lambda m: (1 if m["step"] == "下" else -1, WORKDAY)),
    rule(Kind.FIRST_N, "前头", rf"(?:(?<!提)(?<!之)前|(?<=[年月周度期])头|(?<=[年月周度期]的)头)\s?(?P<n>{_NUM})\s?个?\s?(?P<unit>季度|天|周|星期|礼拜|月|年|工作日)", _nth),
    rule(Kind.FIRST_N, "后最", rf"(?P<last>最?后)\s?(?P<n>{_NUM})\s?个?\s?(?P<unit>季度|天|周|星期|礼拜|月|工作日)", _nth),
    rule(Kind.DAY, NUMERALS, _DAY, _day),
    rule(Kind.DAY, "123", r"(?:(?<=[日号]-)|(?<=[日号]~)|(?<=[日号]至)|(?<=[日号]到))(?P<n>\d{1,2})(?![\d:点时月.年人个名])", lambda m: _day_of(m["n"])),
    rule(Kind.NEAR, "今明昨", r"(?P<word>[今昨])(?P<two>[明今])两?[天日]|明后两?[天日](?!气)|今明后三?天", _two_days),
    rule(Kind.NEAR, "这", r"(?:(?<=[年月周])|(?<=[年月周]的))这个?时候", lambda _: (0, 0)),
    rule(Kind.NEAR, "即现", r"即日(?=起)|现在(?=(?:起|开始)?\s?[到至]\s?(?:\d{1,2}[月日号]|周|星期|礼拜|本周|下周|下个?[星礼月]|[明后]天|大后|[月年]底))", lambda _: (0, 0)),
    rule(Kind.NEAR, "大前后", r"(?P<big>大{0,3})(?<![目以之先])(?P<word>[前后])(?:天(?!气)|日|儿个?)", _near),
    rule(Kind.NEAR, "今明昨赶本", r"(?P<word>今|明|昨|赶明|本(?=日))(?:天|日(?!头条)|儿个?|个儿?(?=[早晚\d]|[上下中]午))|(?P<rush>赶明(?!天))", lambda m: (1, 0) if m["rush"] else _near(m)),
    rule(Kind.NEAR, "今明昨后当", r"(?<!如)(?<!至(?=今))(?P<word>今|明|昨|后|当)(?=[早晚晨夜]|中午)", _near),
    rule(Kind.NEAR, "次翌隔转第", r"次日|翌日|隔天|转天|第二天", lambda _: (1, 1)),
    *WEEK_RULES,
    *(rule(Kind.FESTIVAL, first, expression) for first, expression in FESTIVALS.items()),
    rule(Kind.HOLIDAY, "小长假期黄放", r"小长假|长假|假期|期间|黄金周|放假"),
)  # fmt: skip
