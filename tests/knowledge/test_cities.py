"""A city named tells of elsewhere, unless it is the district's own."""

import pytest

from knowledge.cities import elsewhere


@pytest.mark.parametrize(
    ("text", "far"),
    [
        ("杭州那边5号楼冒烟了", True),
        ("成都2号厂房塌了一角", True),
        ("广州分公司电梯困人了", True),
        ("武汉，有人晕倒了", True),
        ("南京路12号着火了", False),
        ("重庆火锅店后厨着火了", False),
        ("上海银行楼下有人晕倒", False),
        ("苏州的3号楼着火了", False),
        ("3号楼着火了", False),
    ],
)
def test_elsewhere(text: str, far: bool) -> None:
    assert elsewhere(text, ("苏州街商圈党委", "兴业楼宇支部")) is far
