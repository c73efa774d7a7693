"""发错了, 说错了，是5号楼, and corrections that staff say of a message."""

import pytest

from knowledge.intents import IntentModel
from knowledge.lessons import NAMES, Correction, correction
from knowledge.slips import Slip, promises, recalled_by, slip

RETRACTED = Slip(retracts=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发错了", RETRACTED),
        ("不好意思，发错群了", RETRACTED),
        ("发错了，不用管了，我们自己弄好了", RETRACTED),
        ("刚才订的会议室不要了，改线上", RETRACTED),
        ("说错了，是5号楼", Slip(new="5号楼")),
        ("哎打错了，电话是13812340001", Slip(new="13812340001")),
        ("不是3号楼，是5号楼", Slip(new="5号楼", old="3号楼")),
        ("人数改成4个", Slip(new="4个")),
        ("那改成3点到5点吧", Slip(new="3点到5点")),
        ("我说错话了", None),
        ("你发错了吧", None),
        ("说错了", None),
        ("这个群发错了好多通知，大家以工会群里的为准，具体安排等明天开会再定，别着急", None),
    ],
)
def test_slips(text: str, expected: Slip | None) -> None:
    assert slip(text) == expected


def test_what_is_about_to_be_corrected_and_what_was_recalled() -> None:
    assert promises("说错了") and not promises("发错了") and not promises("没说错")
    assert recalled_by('"夏禾" 撤回了一条消息') == "夏禾"
    assert recalled_by("他把那条撤回了") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不是诉求", Correction("none")),
        ("这不是诉求，是咨询", Correction("ask_policy")),
        ("小红你搞错了，这是在报名", Correction("sign_up")),
        ("应该归物业", Correction(category="物业服务")),
        ("这个属于社会服务组的", Correction(category="社会服务")),
        ("不是", None),
        ("这是他们公司的事", None),
        ("这是通知，请大家收到回复，不要报名", None),
    ],
)
def test_corrections(text: str, expected: Correction | None) -> None:
    assert correction(text) == expected


def test_every_intent_has_a_name_and_no_name_means_two() -> None:
    assert set(NAMES) == set(IntentModel.load().intents)
    names = [name for group in NAMES.values() for name in group]
    assert len(names) == len(set(names))
