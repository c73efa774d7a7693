"""Cleaned text as people like to read it: Chinese punctuation after Chinese words."""

import re

_AFTER_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff」』”】）\]])[,;:!?]+")
_FULL = str.maketrans(",;:!?", "，；：！？")


def readable(text: str) -> str:
    """The text with the punctuation full-width again that cleaning made half-width."""
    return _AFTER_CHINESE.sub(lambda marks: marks.group().translate(_FULL), text)
