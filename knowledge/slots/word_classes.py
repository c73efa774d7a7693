"""The grammatical classes of common words, taken from jieba's dictionary while training; jieba is slow to load."""

from collections import defaultdict

import jieba

from knowledge.slots.features import DATA

_COMMON_WORD = 100


def write_word_classes() -> None:
    """Common words of jieba's dictionary by grammatical class, one class a line."""
    merged = {"nrt": "nr", "nrfg": "nr", "vn": "v", "ad": "a", "an": "a", "zg": "g", "vg": "v", "ng": "n", "l": "i"}
    by_class: dict[str, list[str]] = defaultdict(list)
    with jieba.get_dict_file() as lines:
        for line in lines:
            word, count, name = line.decode("utf-8").split()
            if int(count) >= _COMMON_WORD:
                by_class[merged.get(name, name)].append(word)
    body = "\n".join(" ".join([name, *words]) for name, words in sorted(by_class.items()))
    (DATA / "word-classes.txt").write_text(body + "\n", "utf-8")
