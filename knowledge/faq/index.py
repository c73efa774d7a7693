"""Two compact indexes over grams: postings that find candidates, rows that compare phrasings one by one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.grams import Ints, cut, kind_of

Floats = NDArray[np.float32]

SATURATION = 1.2
LENGTH_NORM = 0.3
KIND_WEIGHT = np.array([0.5, 1.0, 0.4], np.float32)
"""How much a character, a pair of characters and a pair of syllables count."""
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
    grams, number = cut(texts)
    vocabulary, place = np.unique(grams, return_inverse=True)
    place = place.astype(np.int64)
    postings = _postings(vocabulary, place, entry[number], weight[number], size)
    return postings, _rows(postings, place, number, np.searchsorted(entry, np.arange(size + 1)), len(texts))


def _postings(vocabulary: Ints, place: Ints, entry: Ints, weight: Floats, size: int) -> Postings:
    key, inverse = np.unique(place * size + entry, return_inverse=True)
    counts = np.bincount(inverse, weight, len(key)).astype(np.float32)
    places, entries = np.divmod(key, size)
    held = np.bincount(places, minlength=len(vocabulary))
    idf = np.log1p((size - held + 0.5) / (held + 0.5)).astype(np.float32)
    lengths = np.bincount(entries, counts, size)
    norm = 1 - LENGTH_NORM + LENGTH_NORM * lengths / max(float(lengths.mean()), 1e-9)
    weights = counts * (SATURATION + 1) / (counts + SATURATION * norm[entries])
    starts = np.concatenate(([0], np.cumsum(held)))
    return Postings(vocabulary, idf, starts, entries.astype(np.int32), weights.astype(np.float32), size)


def _rows(postings: Postings, place: Ints, number: Ints, of_entry: Ints, count: int) -> Rows:
    key = np.sort(number * len(postings.grams) + place)  # far faster here than the hashing np.unique
    key = key[np.append(True, key[1:] != key[:-1])]
    rows, places = np.divmod(key, max(len(postings.grams), 1))
    mass = mass_of(postings.grams, postings.idf)
    masses = np.bincount(rows, mass[places], count).astype(np.float32)
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=count))))
    return Rows(starts, places.astype(np.int32), masses, of_entry)
