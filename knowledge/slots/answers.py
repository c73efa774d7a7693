"""Short answers to a question that the assistant asked: yes or no, choices by digit, whom to call."""

import re

_NO = re.compile(
    r"^\W*(?:请|先|那|我|还是|这次|暂时|都)*(?:取消|不(?:$|\W|用|要|了|是|对|行|可以|需要|必|同意|想|发|确认|报|换|订|去|改|好)|别|算了|否|没有?|no|n$|错|停|放弃|再说|等等|免了|作罢|撤)",
    re.IGNORECASE,
)
_NO_ANYWHERE = re.compile(r"取消|算了|不用了|不要了|不需要|不发了|先不|别发|不同意|不对")
_YES = re.compile(
    r"^\W*(?:请|那|就|我|都)*(?:确认|确定|好(?!像|多|久|几|不好|奇)|可以|可(?:$|\W)|对(?!方|面|接|了|不)|是(?!不是|谁|什么|哪|啥)|没(?:问题|错|毛病)|行(?!不行|吗)|嗯|恩|发(?:$|\W|吧|送|出|了|布(?!活动))|公布|同意|要(?!不|是|么)"
    r"|ok|okay|yes|y$|没错|正确|中(?:$|\W)|妥|成(?:$|\W)|就这样|就这么|照办|提交|得(?:$|\W)|👌|👍|✅|来吧|办吧|换吧|订吧|当然|需要|必须的|欧克)",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[吗?]\W*$|(?:怎么|为什么|什么|多少|几点|哪)")
_LONGEST_ANSWER = 24


_ERRAND = re.compile(
    r"(?:取消|撤[回销]|退掉?|不用了?)\W*(?:第|我的?|那个|这个)*\s*"
    r"(?:\d{1,9}\s*号?|(?:\d{1,9}\s*号?的?)?(?:活动|报名|预[约订定]|群发|诉求|签到|接龙|兑换|菜单|换班|议题))"
)
"""取消活动203, 撤回103号: an errand of its own, no refusal of what was asked."""


def yes_no(text: str) -> bool | None:
    """True for consent, False for refusal; None when the text is neither, or a question, a long story, an errand."""
    text = text.strip()
    if not text or len(text) > _LONGEST_ANSWER or _QUESTION.search(text) or _ERRAND.match(text):
        return None
    if re.match(r"\W*没(?:问题|错|毛病|事)", text):
        return True
    if _NO.match(text):
        return False
    if _YES.match(text):
        return not _NO_ANYWHERE.search(text)
    return False if _NO_ANYWHERE.search(text) else None


_NOTHING_ELSE = re.compile(
    r"(?:[请那就我都对是行可以好的没问题错毛病嗯恩要需妥成得中]|确[认定]|无误|正确|当然|必须|同意|照办|提交|公布|ok(?:ay)?|yes|y|欧克|👌|👍|✅"
    r"|就?这[样么]|[发办来换订]|布|送|出去?|给大家|到?各群|群发|活动|通知|草稿|马上|现在|立[即刻]|谢谢|辛苦|麻烦|小红|[你您了吧啦啊呀哈哦呢呗]|[\W_])+",
    re.IGNORECASE,
)


def go_ahead(text: str) -> bool | None:
    """As `yes_no`, for what goes out to many: a yes that says anything else besides (我要报修，灯坏了) is none."""
    said = yes_no(text)
    return said if not said or _NOTHING_ELSE.fullmatch(text) else None


_CIRCLED = {0x2460 + i: f" {i + 1} " for i in range(20)}
_CHINESE_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九十")}
_CHOICE_FILLER = re.compile(
    r"(?:我们|我|支部|单位|公司)?(?:想|要)?(?:选择?|自选|必选|报名?|参加|点|定|订|要|答案?|回复|勾|活动|菜单|编号|项目|的|项|号|个|第|是|和|跟|与|及|还有|以及|加|吧|了|这两|两|[、,，.。;；:：/&+\s])"
)
_CHOICE = re.compile(r"(?<!\d)\d{1,2}(?!\d)|[一二三四五六七八九十](?![点月号日周])")


def choices(text: str) -> list[int]:
    """Numbers picked from a list (`选2、4`, `2和4`, `1,3`, `②④`), in order, without repeats; [] when it is no pick.

    Circled digits only survive in raw text: cleaning makes ② a plain 2.
    """
    text = text.translate(_CIRCLED).strip()
    if _CHOICE_FILLER.sub("", _CHOICE.sub("", text)):
        return []
    picked = (int(d) if d.isdigit() else _CHINESE_DIGITS[d] for d in _CHOICE.findall(text))
    return list(dict.fromkeys(number for number in picked if number > 0))


SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白"
    "邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪"
    "梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利于呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
)
COMPOUND_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "夏侯")
_SURNAME = rf"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])"
_TITLE = (
    r"(?:总经理|经理|总监|总|工程师|工|主任|书记|老师|师傅|会计|店长|校长|院长|馆长|园长|站长|秘书|主管|女士|先生|小姐|律师|医生|大夫|老板|厂长|科长|处长|"
    r"局长|董事长|董|姐|哥|叔|姨|阿姨|博士|教授|同志|队长|班长|组长|委员|出纳|总工|所长|行长|部长|干事|导|助理)"
)
_PERSON = (
    rf"(?:{_SURNAME}{_TITLE}|[小老阿大]{_SURNAME}"
    rf"|{_SURNAME}[\u4e00-\u9fa5]{{1,2}}?(?={_TITLE}|\W|\d|$)|{_SURNAME}(?=\W|\d|$))"
)
_CONTACT = tuple(
    re.compile(p)
    for p in (
        rf"(?:联系人|对接人|负责人|经办人|联络人|联系|请?找|联络员|叫|本人|姓名)\s*(?:是|为|叫|:)?\s*({_PERSON})",
        rf"(?:我|免贵|本人|鄙人)姓\s*({_SURNAME})",
        rf"我(?:是|叫)\s*({_PERSON})",
        rf"(?<!\d)\d[\d\s-]{{5,16}}\d[\s,。、:;(（]{{0,4}}(?:请?找|是|叫|联系)?\s?({_PERSON})",
        rf"(?:^|[\s,。、:;(（])({_PERSON})[\s,。、:;的)）]{{0,4}}(?:电话|手机|号码)?[\s:是]{{0,3}}(?:1[3-9]\d{{9}}|0\d{{2,3}}-?\d{{7,8}})",
    )
)


def contact_name(text: str) -> str | None:
    """The person to call: `13900007781 找刘工` gives 刘工, `联系人王经理` 王经理, `我姓李` 李."""
    for pattern in _CONTACT:
        if found := pattern.search(text):
            return found[1]
    return None


_NAME = re.compile(
    rf"[小老阿大]?{_SURNAME}(?:{_TITLE}|[\u4e00-\u9fa5]{{1,3}}(?<![的了]))?"
    r"|[小老阿大][\u4e00-\u9fa5]|[A-Za-z][A-Za-z .·]*|.+·.+"
)


def is_name(text: str) -> bool:
    """Whether words can be what a person is called: a surname to begin with, or letters."""
    return _NAME.fullmatch(text) is not None
