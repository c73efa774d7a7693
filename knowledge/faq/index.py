"""Two compact indexes over grams: postings that find candidates, rows that compare phrasings one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.grams import GRAM_BITS, Ints, cut, kind_of

Floats = NDArray[np.float32]

SATURATION = 1.2
LENGTH_NORM = 0.3
KIND_WEIGHT = np.array([0.5, 1.0, 0.4], np.float32)
"""How much a character, a pair of characters and a pair of syllables count."""
_BATCH = 10_000
_COMMON = 0.12
_LARGE = 2_000
"""From this many entries on, grams that over a share of `_COMMON` of them hold no longer find candidates."""


@dataclass(frozen=True, slots=True)
class Postings:
    """BM25 weights of grams in entries; arrays of one length per posting, `starts` per gram."""

    grams: Ints
    idf: Floats
    starts: Ints
    entries: NDArray[np.int32]
    weights: Floats
    size: int

    def look_up(self, grams: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """Give the place of each gram in the vocabulary and whether it is there."""
        if not len(self.grams):
            return np.zeros(len(grams), np.int64), np.zeros(len(grams), np.bool_)
        places = np.minimum(np.searchsorted(self.grams, grams), len(self.grams) - 1)
        return places, self.grams[places] == grams

    def score(self, places: Ints, masses: Floats) -> Floats:
        """Sum mass times weight over the postings of the grams, for every entry."""
        begins, ends = self.starts[places], self.starts[places + 1]
        if self.size > _LARGE:
            rare = ends - begins <= self.size * _COMMON
            if rare.any():
                begins, ends, masses = begins[rare], ends[rare], masses[rare]
        at = spans(begins, ends)
        found = self.weights[at] * np.repeat(masses, ends - begins)
        return np.bincount(self.entries[at], found, self.size).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Rows:
    """Texts of entries as sets of places in the vocabulary; the rows of an entry lie side by side."""

    starts: Ints
    places: NDArray[np.int32]
    masses: Floats
    """Mass of every row."""
    of_entry: Ints
    """First row of every entry, and the end."""


def spans(begins: Ints, ends: Ints) -> Ints:
    """Concatenate the ranges begin..end."""
    lengths = ends - begins
    total = int(lengths.sum())
    offsets = np.repeat(begins - np.cumsum(lengths) + lengths, lengths)
    return np.asarray(np.arange(total) + offsets, np.int64)


def mass_of(grams: Ints, idf: Floats) -> Floats:
    """Weigh grams by rarity and kind."""
    return np.asarray(idf * KIND_WEIGHT[kind_of(grams)], np.float32)


def build(texts: Sequence[str], entry: Ints, weight: Floats, size: int) -> tuple[Postings, Rows]:
    """Index texts; `entry` (ascending) and `weight` go with the texts, `size` counts the entries."""
    batches = [_batch(texts[begin : begin + _BATCH], begin) for begin in range(0, max(len(texts), 1), _BATCH)]
    vocabulary = _distinct(np.concatenate([batch.grams for batch in batches]))
    number = np.concatenate([batch.numbers for batch in batches])
    place = np.concatenate([np.searchsorted(vocabulary, batch.grams)[batch.places] for batch in batches])
    place = place.astype(np.int32)
    del batches
    postings = _postings(vocabulary, place, entry[number], weight[number], size)
    mass = mass_of(vocabulary, postings.idf)
    masses = np.bincount(number, mass[place], len(texts)).astype(np.float32)
    starts = np.concatenate(([0], np.cumsum(np.bincount(number, minlength=len(texts)))))
    return postings, Rows(starts, place, masses, np.searchsorted(entry, np.arange(size + 1)))


class _Batch(NamedTuple):
    """The distinct grams of each of some texts: numbers of texts, ascending, and places among `grams`."""

    numbers: NDArray[np.int32]
    places: NDArray[np.int32]
    grams: Ints


def _batch(texts: Sequence[str], begin: int) -> _Batch:
    """Cut texts, the first of which has the number `begin`."""
    grams, number = cut(texts)
    both = _distinct((number << GRAM_BITS) + grams)  # one plain sort is far faster than a sort by two keys
    number, grams = both >> GRAM_BITS, both & ((1 << GRAM_BITS) - 1)
    known = _distinct(grams)
    return _Batch((number + begin).astype(np.int32), np.searchsorted(known, grams).astype(np.int32), known)


def _distinct(values: Ints) -> Ints:
    """Sort and drop repeats; far faster on these than np.unique, which hashes."""
    values = np.sort(values)
    return np.asarray(values[np.append(True, values[1:] != values[:-1])[: len(values)]], np.int64)


def _postings(vocabulary: Ints, place: NDArray[np.int32], entry: Ints, weight: Floats, size: int) -> Postings:
    key, counts = _summed(place * np.int64(size) + entry, weight)
    places, entries = np.divmod(key, max(size, 1))
    held = np.bincount(places, minlength=len(vocabulary))
    idf = np.log1p((size - held + 0.5) / (held + 0.5)).astype(np.float32)
    lengths = np.bincount(entries, counts, size)
    norm = 1 - LENGTH_NORM + LENGTH_NORM * lengths / max(float(lengths.mean() if size else 0), 1e-9)
    weights = counts * (SATURATION + 1) / (counts + SATURATION * norm[entries])
    starts = np.concatenate(([0], np.cumsum(held)))
    return Postings(vocabulary, idf, starts, entries.astype(np.int32), weights.astype(np.float32), size)


def _summed(key: Ints, weight: Floats) -> tuple[Ints, Floats]:
    """Give the distinct keys, ascending, and the sum of the weights of each; weights are halves below four."""
    packed = np.sort((key << 3) + (weight * 2).astype(np.int64))
    key = packed >> 3
    new = np.append(True, key[1:] != key[:-1])[: len(key)]
    sums = np.bincount(np.cumsum(new) - 1, (packed & 7) / 2) if len(key) else np.zeros(0)
    return key[new], sums.astype(np.float32)
