"""Vectors of texts, kept by what they were made of, so that no text is ever encoded twice.

Those of the packaged base lie in data/faq-vectors.npz; those of entries that people add, in a file beside the database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.entries import DATA
from knowledge.faq.meaning import FULL, Vectors
from knowledge.semantic.encoder import NAME

PACKAGED = DATA / "faq-vectors.npz"
WIDTH = 128
"""Numbers a vector, of the encoder's 384: more find no more."""
Packed = NDArray[np.int8]


def digest(text: str) -> int:
    """What stands for a text as read by this encoder."""
    made_of = f"{NAME}\n{text}".encode("utf-8", "replace")
    return int.from_bytes(blake2b(made_of, digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class Axes:
    """The directions in which texts of the base differ most; what all have in common is taken off first."""

    common: Vectors
    axes: Vectors

    @classmethod
    def of(cls, vectors: Vectors) -> "Axes":
        """The axes of many texts."""
        common = vectors.mean(axis=0)
        axes = np.linalg.svd(vectors - common, full_matrices=False)[2][:WIDTH].T
        return cls(common.astype(np.float32), axes.astype(np.float32))

    def turn(self, vector: Vectors) -> Vectors:
        """A vector in these axes, of length one."""
        turned = (vector - self.common) @ self.axes
        return np.asarray(turned / max(float(np.linalg.norm(turned)), 1e-6), np.float32)


class Store:
    """The vectors that are known, a byte a number."""

    def __init__(self, axes: Axes, own: Path | None = None) -> None:
        self._axes = axes
        self._own = own
        self._rows: dict[int, Packed] = {}
        self._added: set[int] = set()

    @classmethod
    def load(cls, own: Path | None = None) -> "Store":
        """The packaged vectors, and those of the file `own` where there is one."""
        with np.load(PACKAGED) as arrays:
            store = cls(Axes(arrays["common"], arrays["axes"]), own)
            store._take(arrays["digests"], arrays["rows"])
        if own and own.exists():
            with np.load(own) as arrays:
                store._take(arrays["digests"], arrays["rows"])
                store._added.update(arrays["digests"].tolist())
        return store

    def _take(self, digests: NDArray[np.uint64], rows: Packed) -> None:
        self._rows.update(zip(digests.tolist(), rows, strict=True))

    def missing(self, texts: Iterable[str]) -> list[str]:
        """The texts without a vector."""
        return [text for text in texts if digest(text) not in self._rows]

    def of(self, texts: Sequence[str]) -> Vectors | None:
        """The vectors of texts, a row each; None where one is missing."""
        rows = [self._rows.get(digest(text)) for text in texts]
        known = [row for row in rows if row is not None]
        if len(known) < len(rows):
            return None
        return np.asarray(np.array(known, np.float32).reshape(len(known), WIDTH) / FULL, np.float32)

    def turned(self, vector: Vectors) -> Vectors:
        """What the encoder says of a question, to be compared with what is kept."""
        return self._axes.turn(vector)

    def add(self, text: str, vector: Vectors) -> None:
        """Keep what the encoder says of a text."""
        self._rows[digest(text)] = np.round(self.turned(vector) * FULL).astype(np.int8)
        self._added.add(digest(text))

    def save(self) -> None:
        """Write what was added to the own file."""
        if self._own:
            self._own.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._own.with_name(f"new-{self._own.name}")
            self._write(fresh, sorted(self._added))
            fresh.replace(self._own)

    def write_packaged(self, texts: Iterable[str]) -> None:
        """Write the vectors of these texts to the file that is shipped."""
        self._write(PACKAGED, sorted({digest(text) for text in texts}), common=self._axes.common, axes=self._axes.axes)

    def _write(self, path: Path, digests: Sequence[int], **more: Vectors) -> None:
        rows = np.array([self._rows[one] for one in digests], np.int8).reshape(len(digests), WIDTH)
        np.savez_compressed(path, digests=np.array(digests, np.uint64), rows=rows, allow_pickle=False, **more)
