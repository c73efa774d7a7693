import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

import numpy as np
import pytest

from knowledge.evaluate_faq import made_from
from knowledge.faq import Entry, Faq, cite, entry_from, learn, load_entries, load_phrasings, starter_ids
from knowledge.faq.citation import day_of
from knowledge.faq.classes import NO_ENTRY, packaged_classes
from knowledge.faq.grams import cut
from knowledge.faq.index import spans
from knowledge.faq.judge import MODEL, packaged
from knowledge.faq.meaning import packaged_meanings
from knowledge.faq.question import is_bare
from knowledge.faq.words import load_words, standard

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@cache
def base() -> Faq:
    return Faq(load_entries())


def made(id: str, question: str, answer: str = "请到窗口办理。", similar: Sequence[str] = ()) -> Entry:
    return entry_from(
        {
            "id": id,
            "category": "综合服务",
            "topic": "本地",
            "question": question,
            "similar": similar,
            "answer": answer,
            "confidence": "high",
            "local_varies": False,
        }
    )


def test_the_ids_of_the_starter_base_are_known_without_reading_it() -> None:
    assert starter_ids() == {entry.id for entry in load_entries()}


def test_the_starter_base_is_whole() -> None:
    entries = load_entries()

    assert len(entries) == len({entry.id for entry in entries}) == 258
    assert {entry.confidence for entry in entries} == {"high", "medium", "low"}
    assert all(entry.source and entry.source.title and entry.answer for entry in entries)
    refund = next(entry for entry in entries if entry.id == "stability-refund")
    assert (refund.effective_from, refund.effective_to) == (date(2026, 1, 1), date(2026, 12, 31))


def test_a_bare_month_means_its_first_and_its_last_day() -> None:
    fields = {**_fields(), "effective_from": "2024-02", "effective_to": "2024-02"}

    entry = entry_from(fields)

    assert (entry.effective_from, entry.effective_to) == (date(2024, 2, 1), date(2024, 2, 29))


def test_every_phrasing_is_for_an_entry_or_for_none() -> None:
    ids = {entry.id for entry in load_entries()}
    phrasings = load_phrasings()

    assert {phrasing.id for phrasing in phrasings} == ids | {None}
    assert sum(phrasing.id is None for phrasing in phrasings) >= 250
    assert len({phrasing.writer for phrasing in phrasings}) >= 5
    assert len({(phrasing.id, phrasing.text) for phrasing in phrasings}) == len(phrasings)


@pytest.mark.parametrize(
    ("question", "id"),
    [
        ("生育津贴 材料", "maternity-pay"),
        ("請問遞交入黨申請書之後多久會找我談話", "party-apply-talk"),
        ("@小红\u2005公司一直没签劳动和同能要双倍公资不", "no-contract-double"),
        ("电梯里困住人了维保多久得到", "elevator-trapped"),
        ("「物业小齐:下月起收装修押金」\n- - - - - - - - - - - - - - -\n承重墙能不能动啊", "decorate-notice"),
    ],
)
def test_finds_the_entry_however_it_is_asked(question: str, id: str) -> None:
    assert base().search(question, NOW).candidates[0] == id


def test_finds_the_question_at_the_end_of_a_story() -> None:
    story = (
        "各位老师好，我去年三月入职一家火锅店，老板人还可以，就是最近生意不好，发工资总是拖。"
        "上个月我送货的时候腿摔了，养了二十来天，公司一直让等着。我想问下工伤认定要在多少天内申请？"
    )

    assert "injury-apply" in base().search(story, NOW).candidates[:3]


@pytest.mark.parametrize("question", ["中午食堂有什么菜", "哈哈哈哈", "今天天气不错", "", "？？？", "ok👌"])
def test_small_talk_is_not_answered(question: str) -> None:
    answer = base().search(question, NOW)

    assert answer.id is None
    assert 0 <= answer.score < packaged().settled


def test_an_outright_answer_leads_the_candidates_and_offers_nothing() -> None:
    answer = base().search("党员组织关系介绍信有效期多久，过期怎么办？", NOW)

    assert answer.id == answer.candidates[0] == "org-transfer-letter"
    assert (answer.why, answer.offer) == ("sure", ())
    assert len(answer.candidates) == 5
    assert answer.score >= packaged().settled


def test_an_expired_entry_is_offered_but_never_settles() -> None:
    question = "2026年失业保险稳岗返还怎么领，返多少？"

    current = base().search(question, NOW)
    later = base().search(question, datetime(2027, 1, 1, 0, 30, tzinfo=UTC))
    last_evening_in_china = base().search(question, datetime(2026, 12, 31, 15, 59, tzinfo=UTC))

    assert current.id == last_evening_in_china.id == "stability-refund"
    assert (later.id, later.why) == (None, "expired")
    assert later.offer[0] == later.candidates[0] == "stability-refund"


def test_an_entry_of_the_future_and_an_unsure_one_never_settle() -> None:
    future = base().search("新修订的商标法什么时候施行？", NOW)
    unsure = base().search("流动党员活动证还需要办吗？", NOW)

    assert (future.id, future.why, future.offer[0]) == (None, "not_yet_in_force", "trademark-2027")
    assert (unsure.id, unsure.why, unsure.offer[0]) == (None, "low_confidence", "floating-cert")


def test_a_taught_entry_is_found_at_once() -> None:
    taught = made("local-heating", "停暖报停几月几号前办，要收基础费吗？", similar=["暖气报停怎么收费"])
    faq = Faq([*load_entries(), taught])

    assert faq.search("停暖报停几月几号前办,要收基础费吗", NOW).id == "local-heating"
    assert faq.search("报停暖气得几号以前去办,还收不收基础费", NOW).candidates[0] == "local-heating"
    assert base().search("报停暖气得几号以前去办,还收不收基础费", NOW).id is None
    assert faq.entry("local-heating") == taught
    with pytest.raises(KeyError):
        base().entry("local-heating")


def test_a_corrected_and_a_withdrawn_entry() -> None:
    entries = load_entries()
    corrected = [replace(entry, answer="新答案") if entry.id == "theme-day" else entry for entry in entries]
    without = [entry for entry in entries if entry.id != "theme-day"]

    assert Faq(corrected).entry("theme-day").answer == "新答案"
    assert "theme-day" not in Faq(without).search("主题党日多久一次", NOW).candidates


def test_small_bases() -> None:
    assert Faq([]).search("怎么入党", NOW).candidates == ()
    one = Faq([made("a", "食堂几点开饭？")])
    assert one.search("食堂几点开饭", NOW).candidates == ("a",)
    with pytest.raises(ValueError, match="share an id"):
        Faq([made("a", "甲"), made("a", "乙")])


def test_the_category_breaks_ties_only() -> None:
    two = Faq([made("a", "补贴怎么申请？"), replace(made("b", "补贴怎么申请？"), category="金融服务")], phrasings={})

    assert two.search("补贴怎么申请", NOW, category="综合服务").candidates[0] == "a"
    assert two.search("补贴怎么申请", NOW, category="金融服务").candidates[0] == "b"


def test_a_citation_says_source_validity_check_and_every_caution() -> None:
    refund = base().entry("stability-refund")

    lines = cite(refund, NOW).splitlines()

    assert lines[0].startswith("依据：《") and "2026" in lines[0]
    assert lines[1] == "有效期至 2026-12-31 · 尚未逐字核对"
    assert lines[2] == "各地标准不同，请以当地窗口为准"
    assert "待核对原文" in lines[3]
    assert "已到期" in cite(refund, datetime(2027, 1, 1, tzinfo=UTC))
    checked = replace(refund, checked_on=date(2026, 11, 1), confidence="high", local_varies=False)
    assert cite(checked, NOW).splitlines()[1:] == ["有效期至 2026-12-31 · 核对于 2026-11-01"]


def test_a_citation_of_an_entry_without_source_or_dates() -> None:
    assert cite(made("a", "甲"), NOW) == "依据：未注明，待补充\n长期有效 · 尚未逐字核对"
    assert "尚未生效" in cite(base().entry("trademark-2027"), NOW)


def test_a_day_needs_a_time_zone() -> None:
    assert day_of(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == date(2027, 1, 1)
    with pytest.raises(ValueError, match="time zone"):
        day_of(datetime(2026, 1, 1))


def test_homophones_share_syllable_grams_but_no_pairs() -> None:
    one, _ = cut(["消防"])
    other, _ = cut(["小方"])

    assert len(set(one.tolist()) & set(other.tolist())) == 1


def test_cut_numbers_the_texts() -> None:
    grams, number = cut(["甲", "", "乙丙"])

    assert set(number.tolist()) == {0, 2}
    assert len(grams) == len(number)


def test_spans_concatenate_ranges() -> None:
    assert spans(np.array([5, 0, 9]), np.array([7, 0, 10])).tolist() == [5, 6, 9]


def _fields() -> dict[str, object]:
    return {
        "id": "a",
        "category": "综合服务",
        "topic": "",
        "question": "甲",
        "answer": "乙",
        "confidence": "high",
        "local_varies": True,
    }


def test_the_model_files_were_learnt_from_the_data_that_are_here() -> None:
    assert json.loads(MODEL.read_text(encoding="utf-8"))["made_from"] == made_from()
    assert {*packaged_classes().ids} == {entry.id for entry in load_entries()} | {NO_ENTRY}


def test_learning_twice_gives_the_same_numbers() -> None:
    entries = load_entries()[:8]
    ids = {entry.id for entry in entries}
    phrasings = [one for one in load_phrasings() if one.id is None or one.id in ids]

    one, other = (learn.train_classes(entries, phrasings) for _ in range(2))
    judges = [learn.train_judge(learn.cases(entries, phrasings)) for _ in range(2)]

    assert np.array_equal(one.weights, other.weights) and np.array_equal(one.bias, other.bias)
    assert judges[0] == judges[1]


def test_words_of_one_meaning_are_one_word() -> None:
    assert standard("老细拖粮点算") == standard("老板拖欠工资怎么") != standard("老板怎么")
    assert standard("民办园") == "民办园"
    assert all(word == load_words()[word] for word in set(load_words().values()))


def test_what_means_the_same_is_near_without_a_common_word() -> None:
    meanings = packaged_meanings()

    near = meanings.of("老板压着薪水") @ meanings.of("单位拖欠工资")
    far = meanings.of("老板压着薪水") @ meanings.of("电梯年检")

    assert near > far + 0.2
    assert not meanings.of("😀").any()


def test_a_question_that_names_nothing_is_about_no_entry() -> None:
    for text in ("多少钱", "怎么办", "这个要去哪里办啊", "要带什么材料"):
        found = base().search(text)
        assert (found.id, found.why) == (None, "no_subject")
    assert base().search("商标注册多少钱").candidates[0] == "trademark-apply"
    assert not is_bare("怎么办" * 200 + "公司")
