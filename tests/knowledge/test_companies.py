from knowledge.companies import Gazetteer

NAMES = Gazetteer([(1, ["厦门市海通达国际货代有限公司"]), (2, ["方舟五金"]), (3, ["宏达物流"])])


def test_short_names_slips_and_homophones() -> None:
    assert [NAMES.find(text)[0].key for text in ("海通达", "方州五金", "宏大物流有人吗")] == [1, 2, 3]
    assert NAMES.find("中午吃什么") == [] == NAMES.find("")


def test_exact_outranks_fuzzy() -> None:
    names = Gazetteer([("a", ["宏达物流"]), ("b", ["宏大物流"])])
    assert [match.key for match in names.find("宏大物流")] == ["b"]
