"""Festivals and commemoration days: name and day in a year."""

from datetime import date, timedelta

from knowledge.lunar import TERMS, lunar_day, lunar_month, solar_term

_SOLAR = {
    "元旦": (1, 1), "新年第一天": (1, 1), "情人节": (2, 14), "学雷锋纪念日": (3, 5), "学雷锋日": (3, 5),
    "雷锋日": (3, 5),
    "三八妇女节": (3, 8), "三八节": (3, 8), "妇女节": (3, 8), "女神节": (3, 8), "三八": (3, 8), "植树节": (3, 12),
    "消费者权益日": (3, 15), "三一五": (3, 15), "愚人节": (4, 1), "国家安全教育日": (4, 15), "世界地球日": (4, 22),
    "世界读书日": (4, 23), "五一劳动节": (5, 1), "五一国际劳动节": (5, 1), "国际劳动节": (5, 1), "劳动节": (5, 1),
    "五一节": (5, 1), "五一": (5, 1), "五四青年节": (5, 4), "青年节": (5, 4), "五四": (5, 4), "护士节": (5, 12),
    "防灾减灾日": (5, 12), "六一国际儿童节": (6, 1), "国际儿童节": (6, 1), "六一儿童节": (6, 1), "儿童节": (6, 1),
    "六一": (6, 1), "世界环境日": (6, 5), "环境日": (6, 5), "国际禁毒日": (6, 26), "禁毒日": (6, 26),
    "七一建党节": (7, 1), "建党节": (7, 1), "建党纪念日": (7, 1), "党的生日": (7, 1), "七一": (7, 1),
    "香港回归纪念日": (7, 1), "八一建军节": (8, 1), "建军节": (8, 1), "八一": (8, 1), "医师节": (8, 19),
    "抗战胜利纪念日": (9, 3), "抗日战争胜利纪念日": (9, 3), "教师节": (9, 10), "九一八": (9, 18), "烈士纪念日": (9, 30),
    "十一国庆节": (10, 1), "十一国庆": (10, 1), "国庆节": (10, 1), "国庆": (10, 1), "十一": (10, 1),
    "程序员节": (10, 24), "万圣节": (10, 31), "记者节": (11, 8), "全国消防日": (11, 9), "消防日": (11, 9),
    "光棍节": (11, 11), "双十一": (11, 11), "双11": (11, 11), "双十二": (12, 12), "双12": (12, 12),
    "国家宪法日": (12, 4), "宪法日": (12, 4), "国际志愿者日": (12, 5), "国家公祭日": (12, 13), "公祭日": (12, 13),
    "一二九": (12, 9), "女生节": (3, 7), "平安夜": (12, 24), "圣诞节": (12, 25), "圣诞": (12, 25), "跨年夜": (12, 31),
    "六一八": (6, 18), "澳门回归纪念日": (12, 20),
}  # fmt: skip
_LUNAR = {
    "农历新年": (1, 1), "大年初一": (1, 1), "春节": (1, 1), "元宵节": (1, 15), "元宵": (1, 15),
    "上元节": (1, 15), "灯节": (1, 15), "龙抬头": (2, 2), "上巳节": (3, 3), "端午节": (5, 5), "端午": (5, 5),
    "端阳节": (5, 5), "七夕节": (7, 7), "七夕": (7, 7), "中元节": (7, 15), "中秋节": (8, 15), "中秋": (8, 15),
    "重阳节": (9, 9), "重阳": (9, 9), "老年节": (9, 9), "寒衣节": (10, 1), "腊八节": (12, 8), "腊八": (12, 8),
    "小年夜": (12, 23), "小年": (12, 23),
}  # fmt: skip
_NTH_WEEKDAY = {"母亲节": (5, 6, 2), "父亲节": (6, 6, 3), "感恩节": (11, 3, 4)}
_EVE = ("除夕夜", "除夕", "大年三十", "年三十", "大年夜", "年三十儿")
# Names of terms that are weather or plain words at least as often.
_PLAIN_WORDS = frozenset({"雨水", "小满", "白露", "小雪", "大雪", "小寒", "大寒", "小暑", "大暑", "寒露"})
_NUMERIC = frozenset({"三八", "五一", "五四", "六一", "七一", "八一", "九一八", "十一", "一二九", "三一五", "六一八"})

_NOT_A_FESTIVAL = (
    r"(?![零一二两三四五六七八九十百千万\d点时个人名位月日号楼层分年元块条项次家路街厂小中校村天支队广大])"
)


def _expression(first: str) -> str:
    """All festivals that begin with a character: few alternatives to try at each place."""
    words = []
    for name in sorted((name for name in _NAMES if name[0] == first), key=len, reverse=True):
        if name == "十一":
            words.append(r"十一(?=前|后|假|长假|黄金周|放假|期间|当天|上午|下午|那天|$)")
        elif name in _NUMERIC:
            words.append(name + _NOT_A_FESTIVAL)
        elif name in _PLAIN_WORDS:
            words.append(rf"{name}(?=节气|当天|那天|这天|$)(?:节气)?|(?<=年){name}|(?<=年的){name}")
        elif name in {"小年"}:
            words.append(rf"{name}(?![轻龄级纪会货青夜])")
        else:
            words.append(name)
    coming = "|".join(word for word in ANY_HOLIDAY if word[0] == first)
    any_holiday = [rf"(?<![\u4e00-\u9fff])(?:{coming}){_AND_A_DAY}"] if coming else []
    return "|".join([f"(?:{'|'.join(words)})(?:节气)?"] * bool(words) + any_holiday)


_NAMES = (*_SOLAR, *_LUNAR, *_NTH_WEEKDAY, *_EVE, *TERMS)
ANY_HOLIDAY = ("放假", "假期", "长假", "小长假", "节")
"""Words for whichever public holiday comes next, before 前 or 后 and a day chosen: 节后第一个工作日."""
_AND_A_DAY = r"(?=(?:结束)?[之以]?[前后]的?(?:第[一二三两]|[首头]|最后|(?:上班|开工)的?第))"
FESTIVALS = {first: _expression(first) for first in dict.fromkeys(name[0] for name in (*_NAMES, *ANY_HOLIDAY))}
"""The festivals' expressions by the character that they begin with."""


def festival(name: str, year: int) -> date | None:
    """The day of a festival; for lunar ones `year` is the lunar year, save 除夕, which closes the one before it."""
    name = name.removesuffix("节气")
    if name in _SOLAR:
        return date(year, *_SOLAR[name])
    if name in _LUNAR:
        return lunar_day(year, *_LUNAR[name])
    if name in _EVE:
        month = lunar_month(year - 1, 12)
        return month and month[1]
    if name in _NTH_WEEKDAY:
        month_number, weekday, nth = _NTH_WEEKDAY[name]
        first = date(year, month_number, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    return solar_term(year, name)
