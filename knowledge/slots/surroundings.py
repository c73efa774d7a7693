"""Where each character of a text stands: in its clause, in its word, and to the cues beside it.

Rows of small numbers are put together of whole stretches as bytes: for a short text that takes a fraction of what
arrays would.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

_FAR = 6
"""The largest distance that is told from others."""
_BREAKS = frozenset(",。!?;:\n、 ")
_RISING = bytes(range(_FAR))
_FARTHEST = bytes((_FAR,))

Stretch = tuple[int, int]


def breaks(text: str) -> list[int]:
    """Where the signs stand that part clauses."""
    return [at for at, char in enumerate(text) if char in _BREAKS]


def _away(size: int) -> bytes:
    """Distances from what lies just before a stretch, rising from 0."""
    return (_RISING + _FARTHEST * (size - _FAR))[:size]


def _towards(size: int) -> bytes:
    """Distances to what lies just behind a stretch, falling to 0."""
    return _away(size)[::-1]


def rows(cues: Sequence[Stretch], parting: Sequence[int], size: int) -> tuple[bytes, ...]:
    """For each character: how far the last break is, the next; its clause; the last cue, the next; the beginning."""
    return *_to_breaks(parting, size), _clauses(parting, size), *_to_cues(cues, size), _away(size)


def _to_breaks(parting: Sequence[int], size: int) -> tuple[bytes, bytes]:
    """How far the last break is, and how far the next."""
    since = b"".join([_away(after - before) for before, after in pairwise((-1, *parting, size - 1))])
    return since, b"".join([_towards(after - before) for before, after in pairwise((0, *parting, size))])


def _clauses(parting: Sequence[int], size: int) -> bytes:
    """1 before the first break, 3 after the last, 2 between."""
    if not parting:
        return b"\1" * size
    first, last = parting[0] + 1, parting[-1] + 1
    return b"\1" * first + b"\2" * (last - first) + b"\3" * (size - last)


def _to_cues(cues: Sequence[Stretch], size: int) -> tuple[bytes, bytes]:
    """How far the last cue's end is, and how far the next cue's beginning."""
    if not cues:
        return _FARTHEST * size, _FARTHEST * size
    starts, ends = [0, *(start for start, _ in cues)], [*(end for _, end in cues), size]
    gap = [_away(after - before) for before, after in pairwise(ends)]
    ahead = [_towards(after - before) for before, after in pairwise(starts)]
    return b"".join([_FARTHEST * ends[0], *gap]), b"".join([*ahead, _FARTHEST * (size - starts[-1])])


def led(cues: Sequence[Stretch], parting: Sequence[int], size: int) -> list[Stretch]:
    """For each cue, the stretch behind it as far as its clause and the next cue's end."""
    ends = [*(end for _, end in cues), size]
    bounds = [*(at + 1 for at in parting), size]
    return [(end, min(after, bounds[bisect_left(parting, end)])) for end, after in pairwise(ends)]


def leads(cues: Sequence[Stretch], parting: Sequence[int]) -> list[Stretch]:
    """For each cue, the stretch before it from its clause's beginning and the cue before it on."""
    starts = [0, *(start for start, _ in cues)]
    bounds = [0, *parting]
    return [(max(before, bounds[bisect_left(parting, start + 1)]), start) for before, start in pairwise(starts)]


def parts(sizes: Sequence[int]) -> bytes:
    """For each character: 1 a word's first, 2 its last, 3 a word of one character, 0 inside."""
    return b"".join([b"\1" + b"\0" * (size - 2) + b"\2" if size > 1 else b"\3" for size in sizes])
