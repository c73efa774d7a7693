"""Finding the company, activity or venue that a text means among many names.

Full names, short names and nicknames; typing slips and homophones. Exact outranks fuzzy.
"""

import math
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nlargest
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from ahocorasick_rs import AhoCorasick, MatchKind
from numpy.typing import NDArray
from rapidfuzz import fuzz

from knowledge.normalize import simplify

Key = TypeVar("Key", bound=Hashable)

_LONGEST = 200
_CANDIDATES = 40
_ENOUGH = 70.0
_EXACT, _BRAND, _PART = 100.0, 95.0, 88.0
_LEGAL_FORM = re.compile(
    r"(?:股份)?有限(?:责任)?公司|股份公司|集团|分?公司|合伙企业|个体工商户|经营部|服务部|(?:党?支部|总店|分店|门店)$"
)
_REGION = re.compile(r"^[\u4e00-\u9fa5]{2,3}(?:省|市|自治区)(?:[\u4e00-\u9fa5]{1,3}(?:区|县))?")
_TRADE = re.compile(
    r"(?:国际|文化|网络|信息|智能|数字|精密|电子|医疗|环保|食品|餐饮|商务|实业|建筑|管理|家居|家用|老年|儿童|少儿|数码|机械|生物)*"
    r"(?:货代|物流|供应链|科技|技术|传媒|传播|影视|动漫|互娱|文旅|设计|广告|装饰|建材|五金|机电|制造|贸易|商贸|超市|便利店?|百货|购物|药房|药业"
    r"|口腔|眼科|体检(?:中心)?|医院|诊所|健身|美容(?:院)?|美发|造型|影楼|酒店|宾馆|饭店|餐厅|酒楼|面馆|烘焙|食品|餐饮|咖啡|家政|物业|地产|置业|银行|担保"
    r"|保险|证券|律所|律师事务所|会计师?事务所|事务所|培训(?:学校|中心)?|教育|幼教|托育|幼儿园|学校|冷链|生物|医药|细胞|传感|电子|精密|能源|环境|珠宝|服饰|服装|鞋业|玩具|农业|果蔬|中心)$"
)
_PUNCTUATION = re.compile(r"[\W_]+")


class Sounds:
    """Which syllable each character has, sounds that many people confuse merged; one letter a syllable."""

    def __init__(self, syllables: NDArray[np.uint16]) -> None:
        """`syllables` holds a number for each code point from U+4E00 on, 0 where there is none."""
        self._table = {0x4E00 + at: chr(0xE000 + int(syllable)) for at, syllable in enumerate(syllables) if syllable}

    @classmethod
    def load(cls) -> "Sounds | None":
        """Take the table in knowledge/data, None when it was never made."""
        path = Path(__file__).parent / "data" / "faq-syllables.npy"
        return cls(np.load(path)) if path.exists() else None

    def read(self, text: str) -> str:
        """`text` with each character replaced by its syllable; others stay."""
        return text.translate(self._table)


@cache
def default_sounds() -> Sounds | None:
    """Read the table that ships with the package, once."""
    return Sounds.load()


def _plain(text: str) -> str:
    return _PUNCTUATION.sub("", text).lower()


def _forms(name: str) -> dict[str, float]:
    """What may stand for a name, and the score of finding it in full: the name, its core, its brand."""
    whole = _plain(simplify(name))
    core = _LEGAL_FORM.sub("", _REGION.sub("", simplify(name)))
    brand = _TRADE.sub("", _plain(core))
    forms = {whole: _EXACT}
    if len(_plain(core)) >= 2:
        forms.setdefault(_plain(core), _EXACT)
    if len(brand) >= 2:
        forms.setdefault(brand, _BRAND)
    return {form: score for form, score in forms.items() if form}


@dataclass(frozen=True, slots=True)
class Match(Generic[Key]):
    """One hit: whose name, the name that fits, and how well (100 is exact, fuzzy stays below 100)."""

    key: Key
    name: str
    score: float


class Gazetteer(Generic[Key]):
    """Names of companies, activities or venues, searchable by what people type."""

    def __init__(self, names: Iterable[tuple[Key, Sequence[str]]], sounds: Sounds | None = None) -> None:
        """Index `names`: each key with its full name, short names and nicknames."""
        self._sounds = sounds or default_sounds()
        self._forms: list[tuple[Key, str, str, float]] = []  # key, name as given, form compared, score when found
        for key, given in names:
            for name in given:
                self._forms += [(key, name, form, score) for form, score in _forms(name).items()]
        self._by_form: dict[str, list[int]] = defaultdict(list)
        postings: dict[str, list[int]] = defaultdict(list)
        for at, (_, _, form, _) in enumerate(self._forms):
            self._by_form[form].append(at)
            for gram in self._grams(form):
                postings[gram].append(at)
        self._longer = [form for form in self._by_form if len(form) >= 2]
        self._finder = AhoCorasick(self._longer, matchkind=MatchKind.LeftmostLongest)
        self._postings = dict(postings)
        size = len(self._forms)
        self._idf = {gram: math.log(1 + size / len(hits)) for gram, hits in postings.items()}
        self._weight = [sum(self._idf[g] for g in self._grams(form)) or 1.0 for _, _, form, _ in self._forms]

    def find(self, text: str, limit: int = 5) -> list[Match[Key]]:
        """The best matches, best first, one per key; [] when nothing is near. Exact hits shut out fuzzy ones."""
        plain = _plain(simplify(text[:_LONGEST]))
        if not plain:
            return []
        return (self._exact(plain) or self._near(plain))[:limit]

    def _exact(self, plain: str) -> list[Match[Key]]:
        if plain in self._by_form:
            forms = [plain]
        else:
            hits = self._finder.find_matches_as_indexes(plain) if self._longer else []
            forms = sorted({self._longer[at] for at, _, _ in hits}, key=len, reverse=True)
        found = [(at, self._forms[at][3]) for form in forms for at in self._by_form[form]]
        return self._best(sorted(found, key=lambda hit: -hit[1]))

    def _near(self, plain: str) -> list[Match[Key]]:
        shared: dict[int, float] = defaultdict(float)
        for gram in self._grams(plain):
            for at in self._postings.get(gram, ()):
                shared[at] += self._idf[gram]
        ranked = nlargest(_CANDIDATES, shared, key=lambda at: shared[at] / math.sqrt(self._weight[at]))
        near = ((at, self._similarity(plain, self._forms[at][2])) for at in ranked)
        return self._best(sorted((hit for hit in near if hit[1] >= _ENOUGH), key=lambda hit: -hit[1]))

    def _similarity(self, plain: str, form: str) -> float:
        if len(plain) >= 2 and plain in form:
            return _PART + 10.0 * len(plain) / len(form)
        compare = fuzz.partial_ratio if len(plain) > len(form) + 1 else fuzz.ratio
        score = compare(plain, form) if len(form) >= 3 else 0.0
        if self._sounds is not None:
            heard, named = self._sounds.read(plain), self._sounds.read(form)
            part = _PART if len(plain) >= 3 and heard in named else 0.0
            score = max(score, part - 3.0, compare(heard, named) - 3.0)
        return min(99.0, score)

    def _grams(self, form: str) -> set[str]:
        grams = {*form, *(form[at : at + 2] for at in range(len(form) - 1))}
        if self._sounds is not None:
            heard = self._sounds.read(form)
            grams.update(heard, (heard[at : at + 2] for at in range(len(heard) - 1)))
        return grams

    def _best(self, hits: Iterable[tuple[int, float]]) -> list[Match[Key]]:
        """The first hit of each key."""
        best: dict[Key, Match[Key]] = {}
        for at, score in hits:
            key, name, _, _ = self._forms[at]
            best.setdefault(key, Match(key, name, score))
        return list(best.values())
