"""Cities that everybody knows: whoever says what happens in another than his own tells of elsewhere."""

import re
from collections.abc import Iterable

_CITIES = (
    "北京|上海|天津|重庆|石家庄|太原|呼和浩特|沈阳|长春|哈尔滨|南京|杭州|合肥|福州|南昌|济南|郑州|武汉|长沙|广州|南宁|海口|成都|贵阳|昆明"
    "|拉萨|西安|兰州|西宁|银川|乌鲁木齐|香港|澳门|台北|深圳|厦门|青岛|大连|宁波|苏州"
)
"""The municipalities, the capitals of provinces, and the largest cities beside them."""
_THERE = re.compile(
    rf"({_CITIES})(?=市|那[边里儿头]|的|分[公店部]|总[部公]|老家|有[个家人栋]|某|[\d一二三四五六七八九十A-Z]+[号楼层栋座区]|\W|$)"
)
"""A city, and not a name that begins with it: 南京路, 重庆火锅, 上海银行."""


def elsewhere(text: str, own: Iterable[str]) -> bool:
    """Whether a text places something in a city that none of the district's `own` names holds."""
    named = _THERE.findall(text)
    return bool(named) and not any(city in name for name in own for city in named)
