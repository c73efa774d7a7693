"""What is said to the bot, by number, and what must come of it."""

NEED, HELLO, TALK = range(3)
ROBOT = 1_000_000
"""Numbers from here on are of messages that the gateway hands over."""


def kind_of(number: int) -> int:
    """Every third message is a need, which leads to an answer, a card and events; or a greeting; or talk."""
    return number % 3


def text_of(number: int) -> str:
    if kind_of(number) == NEED:
        return f"@小红 {number}号摊位停电了，请派人来修，电话13900000000"
    return f"@小红 你好 {number}" if kind_of(number) == HELLO else f"大家中午好 {number}"
