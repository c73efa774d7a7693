"""Words of one meaning made one: dialect, everyday speech and the language of documents meet in one word."""

from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind

from knowledge.faq.entries import DATA

WORDS = DATA / "faq-words.txt"


def standard(text: str) -> str:
    """Put the word that stands for all in the place of each; the text is simplified and in lower case."""
    finder, stand_in = _finder()
    found = finder.find_matches_as_indexes(text)
    if not found:
        return text
    ends = [0, *(end for _, _, end in found)]
    begins = [*(begin for _, begin, _ in found), len(text)]
    between = [text[end:begin] for end, begin in zip(ends, begins, strict=True)]
    told = [stand_in[number] for number, _, _ in found]
    return between[0] + "".join(word + rest for word, rest in zip(told, between[1:], strict=True))


@cache
def _finder() -> tuple[AhoCorasick, tuple[str, ...]]:
    """What finds the words, the longest first, and beside it the word that stands for each."""
    known = load_words()
    return AhoCorasick(list(known), matchkind=MatchKind.LeftmostLongest), tuple(known.values())


def load_words() -> dict[str, str]:
    """Each word with the one that stands for it; ValueError where a word stands on two lines."""
    known: dict[str, str] = {}
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        words = line.split() if line[:1] != "#" else []
        for word in words:
            if known.setdefault(word, words[0]) != words[0]:
                raise ValueError(f"{word} means both {known[word]} and {words[0]}")
    return known
